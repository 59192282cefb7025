import { expect, test } from 'vitest';
import { markCommand } from './approval-card-marks.ts';

test('pieces are marked with all their reasons and together are the whole command', () => {
  const command = 'ls > out && rm x';
  const pieces = markCommand(command, [
    { start: 3, end: 8, why: 'writes to out' },
    { start: 5, end: 8, why: 'not understood' },
    { start: 12, end: 14, why: 'removes files' },
  ]);
  expect(pieces.map(({ text, why }) => [text, why])).toEqual([
    ['ls ', []],
    ['> ', ['writes to out']],
    ['out', ['writes to out', 'not understood']],
    [' && ', []],
    ['rm', ['removes files']],
    [' x', []],
  ]);
  expect(pieces.map(({ text }) => text).join('')).toBe(command);
});

test('ranges beyond the command and empty ranges change nothing', () => {
  expect(
    markCommand('ls', [
      { start: 1, end: 99, why: 'a' },
      { start: 1, end: 1, why: 'b' },
      { start: 50, end: 60, why: 'c' },
    ]),
  ).toEqual([
    { text: 'l', start: 0, why: [] },
    { text: 's', start: 1, why: ['a'] },
  ]);
  expect(markCommand('', [])).toEqual([]);
});
