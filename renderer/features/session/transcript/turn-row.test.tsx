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

test('a turn that summarizes shows it', async () => {
  const host = { 'session.attach': () => ({ snapshot: snapshot({ turn: turn({ compacting: true }) }) }) };
  await renderWith(<TurnRow sessionId={SESSION} />, host, true);
  expect(screen.getByText(/^Summarizing the conversation/)).toBeDefined();
});

test('without a turn, a requested summary is shown, and the text of a hook replaces it while the hook runs', async () => {
  const { client } = await renderWith(<TurnRow sessionId={SESSION} />, {}, true);
  const summary = { ...snapshot().summary, state: 'running' as const };
  const emitSummary = (more: object) =>
    act(async () => client.emit({ event: 'session.changed', data: { summary: { ...summary, ...more } } }));
  await emitSummary({ isCompacting: true });
  expect(screen.getByText(/^Summarizing the conversation/)).toBeDefined();
  await emitSummary({ isCompacting: true, hookStatus: 'Keeping a copy' });
  expect(screen.getByText('Keeping a copy')).toBeDefined();
  await emitSummary({});
  expect(screen.getByText('Working')).toBeDefined();
});

test('thinking counts while it continues, and then shows its duration', async () => {
  const thinks = assistant('a', { thinking: 'hm', text: '', streaming: true, createdAtMs: NOW_MS });
  await renderWith(<AssistantMessage item={thinks} sessionId={SESSION} />);
  expect(screen.getByRole('button').textContent).toBe('Thinking…');
  await pass(12_000);
  expect(screen.getByRole('button').textContent).toBe('Thinking… 0:12');
  await renderWith(<AssistantMessage item={{ ...thinks, thinkingMs: 14_000, text: 'So.' }} sessionId={SESSION} />);
  await pass(60_000);
  expect(screen.getByRole('button').textContent).toBe('Thinking 0:14');
});

test('thinking without a measured time shows no duration', async () => {
  await renderWith(<AssistantMessage item={assistant('a', { thinking: 'hm', createdAtMs: NOW_MS })} sessionId={SESSION} />);
  await pass(5000);
  expect(screen.getByRole('button').textContent).toBe('Thinking');
});
