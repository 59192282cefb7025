import { expect, test } from 'vitest';
import { createMonitor, NOTICE_CHARS, NOTICE_LINES } from './monitor.ts';

const request = { description: 'the log', maxEvents: 1000, idleTimeoutMs: 1000 };

test('every line is an event that is reported once', () => {
  const monitor = createMonitor(request);
  monitor.push(['a', 'b'], 3);
  expect(monitor.take()).toEqual({ lines: ['a', 'b'], droppedLines: 3, events: 2 });
  expect(monitor.hasLines).toBe(false);
  monitor.push(['c'], 0);
  expect(monitor.take()).toEqual({ lines: ['c'], droppedLines: 0, events: 3 });
});

test('with a pattern only matching lines are events, and the others do not count as dropped', () => {
  const monitor = createMonitor({ ...request, pattern: 'err:\\s|error:\\s' });
  monitor.push(['fine', 'error: disk', 'err: x', 'an error'], 0);
  expect(monitor.take()).toEqual({ lines: ['error: disk', 'err: x'], droppedLines: 0, events: 2 });
});

test('one notice is limited in lines and characters, and the rest is counted', () => {
  const many = createMonitor(request);
  many.push(
    Array.from({ length: 150 }, (_unused, i) => `${i}`),
    0,
  );
  expect(many.take()).toMatchObject({ droppedLines: 150 - NOTICE_LINES, events: NOTICE_LINES });
  const long = createMonitor(request);
  long.push(Array<string>(10).fill('x'.repeat(2000)), 0);
  expect(long.take()).toMatchObject({ droppedLines: 10 - NOTICE_CHARS / 2000 });
});

test('it stops at its last event or when it is idle, and ignores later lines', () => {
  const short = createMonitor({ ...request, maxEvents: 2 });
  short.push(['a', 'b', 'c'], 0);
  short.push(['d'], 0);
  expect(short.take()).toEqual({ lines: ['a', 'b'], droppedLines: 0, events: 2, stop: 'max_events' });
  const idle = createMonitor(request);
  idle.onIdle();
  expect(idle.wantsStop).toBe('idle');
});
