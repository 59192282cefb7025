import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { assistant, NOW_MS, SESSION, snapshot, turn } from '../../../test/samples.ts';
import { AssistantMessage } from './AssistantMessage.tsx';
import { TurnRow } from './TurnRow.tsx';

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => act(async () => vi.advanceTimersByTime(ms));

test('a turn that summarizes says so', async () => {
  const host = { 'session.attach': () => ({ snapshot: snapshot({ turn: turn({ compacting: true }) }) }) };
  await renderWith(<TurnRow sessionId={SESSION} />, host, true);
  expect(screen.getByText(/^Summarizing the conversation/)).toBeDefined();
});

test('without a turn a summary that was asked for says so, and a hook has the word while it runs', async () => {
  const { client } = await renderWith(<TurnRow sessionId={SESSION} />, {}, true);
  const summary = { ...snapshot().summary, state: 'running' as const };
  const tell = (more: object) => act(async () => client.emit({ event: 'session.changed', data: { summary: { ...summary, ...more } } }));
  await tell({ isCompacting: true });
  expect(screen.getByText(/^Summarizing the conversation/)).toBeDefined();
  await tell({ isCompacting: true, hookStatus: 'Keeping a copy' });
  expect(screen.getByText('Keeping a copy')).toBeDefined();
  await tell({});
  expect(screen.getByText('Working')).toBeDefined();
});

test('thinking counts while it goes on, and tells how long it took', async () => {
  const thinks = assistant('a', { thinking: 'hm', text: '', streaming: true, createdAtMs: NOW_MS });
  await renderWith(<AssistantMessage item={thinks} sessionId={SESSION} />);
  expect(screen.getByRole('button').textContent).toBe('Thinking…');
  await pass(12_000);
  expect(screen.getByRole('button').textContent).toBe('Thinking… 0:12');
  await renderWith(<AssistantMessage item={{ ...thinks, thinkingMs: 14_000, text: 'So.' }} sessionId={SESSION} />);
  await pass(60_000);
  expect(screen.getByRole('button').textContent).toBe('Thinking 0:14');
});

test('of thinking nobody has measured no time is told', async () => {
  await renderWith(<AssistantMessage item={assistant('a', { thinking: 'hm', createdAtMs: NOW_MS })} sessionId={SESSION} />);
  await pass(5000);
  expect(screen.getByRole('button').textContent).toBe('Thinking');
});
