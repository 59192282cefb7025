import { expect, test } from 'vitest';
import { type MonitorRecord, NOTICE_LINES, findUnreportedLines } from './monitor-record.ts';

const record = (over: Partial<MonitorRecord> = {}): MonitorRecord => ({ description: 'd', maxEvents: 1000, told: 0, ...over });
const numbered = (count: number) => Array.from({ length: count }, (_unused, index) => `line ${index + 1}`);

test('the lines after the reported ones are left, with a pattern only the matching ones', () => {
  expect(findUnreportedLines(record({ told: 1 }), 'a\nb\nc\n', true)).toEqual({ lines: ['b', 'c'], droppedLines: 0, events: 3 });
  expect(findUnreportedLines(record({ told: 1, pattern: '^e' }), 'e1\nx\ne2\n', true)).toEqual({
    lines: ['e2'],
    droppedLines: 0,
    events: 2,
  });
  expect(findUnreportedLines(record({ told: 3 }), 'a\nb\nc\n', true)).toEqual({ lines: [], droppedLines: 0, events: 3 });
});

test('lines beyond the limit of one message, or of the monitor, are counted', () => {
  const many = findUnreportedLines(record(), numbered(250).join('\n'), true);
  expect([many.lines.length, many.droppedLines, many.events]).toEqual([NOTICE_LINES, 150, 100]);
  expect(findUnreportedLines(record({ told: 2, maxEvents: 3 }), numbered(9).join('\n'), true)).toEqual({
    lines: ['line 3'],
    droppedLines: 6,
    events: 3,
  });
});

test('after a flood, or for an output too long to read, only the number of lines is reported', () => {
  const lost = { lines: [], droppedLines: 3, events: 1 };
  expect(findUnreportedLines(record({ told: 1, isInexact: true }), 'a\nb\nc\nd\n', true)).toEqual(lost);
  expect(findUnreportedLines(record({ told: 1 }), 'a\nb\nc\nd\n', false)).toEqual(lost);
});

test('a pattern that runs forever loses its lines without blocking the app', () => {
  const slow = record({ pattern: '^(a+)+$' });
  expect(findUnreportedLines(slow, `${'a'.repeat(40)}!\n`, true)).toEqual({ lines: [], droppedLines: 1, events: 0 });
});
