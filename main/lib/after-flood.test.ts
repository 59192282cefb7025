import { afterEach, expect, test, vi } from 'vitest';
import { afterFlood } from './after-flood.ts';

const MB = 1024 * 1024;
const PAUSE_MS = 10_000;

afterEach(() => void vi.useRealTimers());

function setUp() {
  vi.useFakeTimers();
  const run = vi.fn();
  return { run, note: afterFlood(PAUSE_MS, run) };
}

test('little output starts nothing, however long it pauses', () => {
  const { run, note } = setUp();
  note(7 * MB);
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(run).not.toHaveBeenCalled();
});

test('while output flows nothing is started; once it pauses, one start follows', () => {
  const { run, note } = setUp();
  for (let i = 0; i < 20; i++) {
    note(MB);
    vi.advanceTimersByTime(PAUSE_MS - 1);
  }
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(run).toHaveBeenCalledTimes(1);
});

test('after a start the count begins again', () => {
  const { run, note } = setUp();
  note(9 * MB);
  vi.advanceTimersByTime(PAUSE_MS);
  note(7 * MB);
  vi.advanceTimersByTime(PAUSE_MS);
  expect(run).toHaveBeenCalledTimes(1);
  note(MB);
  vi.advanceTimersByTime(PAUSE_MS);
  expect(run).toHaveBeenCalledTimes(2);
});
