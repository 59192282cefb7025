import { act, fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import type { ApprovalMode } from '../../../preload/contract/index.ts';
import { renderWith } from '../../test/render.tsx';
import { Composer, type ComposerProps } from './Composer.tsx';

beforeEach(() => localStorage.clear());

async function shown(over: Partial<ComposerProps> = {}) {
  const sent: string[] = [];
  const ran: string[] = [];
  const modes: ApprovalMode[] = [];
  const props: ComposerProps = {
    draftKey: 's1',
    earlierPrompts: () => ['second', 'first'],
    onSend: async (text) => sent.push(text) > 0,
    onRun: async (command) => ran.push(command) > 0,
    onStop: undefined,
    mode: 'default',
    onMode: (mode) => modes.push(mode),
    model: undefined,
    onModel: () => {},
    context: undefined,
    ...over,
  };
  await renderWith(<Composer {...props} />);
  return { sent, ran, modes };
}
const input = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const type = (text: string) => fireEvent.change(input(), { target: { value: text } });
const press = (key: string, over: object = {}) => act(async () => fireEvent.keyDown(input(), { key, ...over }));

test('Enter sends and empties the field, Shift+Enter and an input method do not send', async () => {
  const { sent } = await shown();
  type('hello');
  await press('Enter', { shiftKey: true });
  await press('Enter', { isComposing: true });
  expect(sent).toEqual([]);
  await press('Enter');
  expect(sent).toEqual(['hello']);
  expect(input().value).toBe('');
});

test('blank text is not sent', async () => {
  const { sent } = await shown();
  type('  \n ');
  await press('Enter');
  expect(sent).toEqual([]);
});

test('text that was not sent comes back', async () => {
  await shown({ onSend: async () => false });
  type('hello');
  await press('Enter');
  expect(input().value).toBe('hello');
});

test('a draft is kept for its session', async () => {
  await shown();
  type('half a thought');
  await shown();
  expect(input().value).toBe('half a thought');
  await shown({ draftKey: 's2' });
  expect(input().value).toBe('');
});

test('Up recalls earlier prompts and Down returns to the draft', async () => {
  await shown();
  await press('ArrowUp');
  expect(input().value).toBe('second');
  await press('ArrowUp');
  expect(input().value).toBe('first');
  await press('ArrowDown');
  await press('ArrowDown');
  expect(input().value).toBe('');
});

test('Up inside a text moves the caret and recalls nothing', async () => {
  await shown();
  type('some text');
  input().setSelectionRange(4, 4);
  await press('ArrowUp');
  expect(input().value).toBe('some text');
});

test('Shift+Tab goes to the next mode', async () => {
  const { modes } = await shown({ mode: 'yolo' });
  await press('Tab', { shiftKey: true });
  expect(modes).toEqual(['plan']);
});

test('while a turn runs it can be stopped, and what is written is queued', async () => {
  let stopped = 0;
  const { sent } = await shown({ onStop: () => (stopped += 1) });
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(stopped).toBe(1);
  type('and then');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Send when this turn ends' })));
  expect(sent).toEqual(['and then']);
});

test('the gauge shows how much of the window is used', async () => {
  await shown({ context: { usedTokens: 46_000, windowTokens: 256_000 } });
  expect(screen.getByRole('meter', { name: 'Context used' }).getAttribute('aria-valuenow')).toBe('18');
});

test('a leading ! runs the rest as a command, a space before it makes it a prompt again', async () => {
  const { sent, ran } = await shown();
  type('!');
  expect(screen.getByText(/Runs in this folder, without the agent/)).toBeDefined();
  await press('Enter');
  type('! npm test ');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Run' })));
  expect([ran, sent, input().value]).toEqual([['npm test'], [], '']);
  type(' !important matters');
  await press('Enter');
  expect([ran, sent]).toEqual([['npm test'], ['!important matters']]);
});

test('a command that was not started comes back, and none is run while something else runs', async () => {
  const { ran } = await shown({ onRun: async () => false });
  type('!npm test');
  await press('Enter');
  expect([input().value, ran]).toEqual(['!npm test', []]);
  const busy = await shown({ onStop: () => {} });
  type('!npm test');
  await press('Enter');
  expect([busy.ran, input().value]).toEqual([[], '!npm test']);
  expect(screen.getByText(/wait, or stop what runs/)).toBeDefined();
});
