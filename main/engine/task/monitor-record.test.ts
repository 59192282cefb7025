import { expect, test } from 'vitest';
import { type MonitorRecord, NOTICE_LINES, untoldLines } from './monitor-record.ts';

const record = (over: Partial<MonitorRecord> = {}): MonitorRecord => ({ description: 'd', maxEvents: 1000, told: 0, ...over });
const numbered = (count: number) => Array.from({ length: count }, (_unused, index) => `line ${index + 1}`);

test('what follows the lines that were told is left, with a pattern only of those that match', () => {
  expect(untoldLines(record({ told: 1 }), 'a\nb\nc\n', true)).toEqual({ lines: ['b', 'c'], droppedLines: 0, events: 3 });
  expect(untoldLines(record({ told: 1, pattern: '^e' }), 'e1\nx\ne2\n', true)).toEqual({ lines: ['e2'], droppedLines: 0, events: 2 });
  expect(untoldLines(record({ told: 3 }), 'a\nb\nc\n', true)).toEqual({ lines: [], droppedLines: 0, events: 3 });
});

test('more than one message holds, and more than the monitor may tell, is counted', () => {
  const many = untoldLines(record(), numbered(250).join('\n'), true);
  expect([many.lines.length, many.droppedLines, many.events]).toEqual([NOTICE_LINES, 150, 100]);
  expect(untoldLines(record({ told: 2, maxEvents: 3 }), numbered(9).join('\n'), true)).toEqual({
    lines: ['line 3'],
    droppedLines: 6,
    events: 3,
  });
});

test('after a flood, or of an output too long to read, only the number is said', () => {
  const lost = { lines: [], droppedLines: 3, events: 1 };
  expect(untoldLines(record({ told: 1, isInexact: true }), 'a\nb\nc\nd\n', true)).toEqual(lost);
  expect(untoldLines(record({ told: 1 }), 'a\nb\nc\nd\n', false)).toEqual(lost);
});

test('a pattern that takes for ever loses its lines, not the app', () => {
  const slow = record({ pattern: '^(a+)+$' });
  expect(untoldLines(slow, `${'a'.repeat(40)}!\n`, true)).toEqual({ lines: [], droppedLines: 1, events: 0 });
});
