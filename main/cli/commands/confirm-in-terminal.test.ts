import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirmInTerminal } from './confirm-in-terminal.ts';

const question = { message: 'Trust this folder?', detail: '/p\n\nIts hooks can run programs.', action: 'Trust' };

function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough({ encoding: 'utf8' });
  return { input, output, shown: () => String(output.read() ?? '') };
}

test.each([
  ['y\n', true],
  [' YES \n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
])('the answer %j gives %s, after the terminal has shown what is asked', async (typed, isGranted) => {
  const streams = terminal();
  const answer = confirmInTerminal(streams, question, new AbortController().signal);
  streams.input.write(typed);
  expect(await answer).toBe(isGranted);
  expect(streams.shown()).toContain('The browser asks: Trust this folder?\n  /p\n');
});

test('the end of the input and a browser that leaves refuse', async () => {
  const ended = terminal();
  const first = confirmInTerminal(ended, question, new AbortController().signal);
  ended.input.end();
  expect(await first).toBe(false);
  const left = new AbortController();
  const second = confirmInTerminal(terminal(), question, left.signal);
  left.abort();
  expect(await second).toBe(false);
  expect(await confirmInTerminal(terminal(), question, left.signal)).toBe(false);
});

test('without a terminal it is refused, with the flag that leaves it to the page', () => {
  const streams = { input: new PassThrough(), output: new PassThrough() };
  expect(() => confirmInTerminal(streams, question, new AbortController().signal)).toThrow(/terminal.*--confirm-in-page/);
});
