import type { WebContents } from 'electron';
import { afterEach, expect, test, vi } from 'vitest';
import { collectAfterFloods } from './page-memory.ts';

const MB = 1024 * 1024;

afterEach(() => void vi.useRealTimers());

function setUp({ isDestroyed = false, isAttached = false } = {}) {
  vi.useFakeTimers();
  const calls: string[] = [];
  const contents: Pick<WebContents, 'isDestroyed'> & { debugger: Partial<WebContents['debugger']> } = {
    isDestroyed: () => isDestroyed,
    debugger: {
      isAttached: () => isAttached,
      attach: () => void calls.push('attach'),
      sendCommand: async (name) => void calls.push(name),
      detach: () => void calls.push('detach'),
    },
  };
  return { note: collectAfterFloods(contents as WebContents), calls }; // the members that it uses
}

test('after a flood the page is asked once to collect its garbage, when the output pauses', async () => {
  const { note, calls } = setUp();
  note(MB);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual([]);
  for (let i = 0; i < 10; i++) {
    note(MB);
    await vi.advanceTimersByTimeAsync(14_000);
  }
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual(['attach', 'HeapProfiler.collectGarbage', 'detach']);
});

test.each([{ isDestroyed: true }, { isAttached: true }])('a page that has closed or is being debugged is left alone: %o', async (state) => {
  const { note, calls } = setUp(state);
  note(9 * MB);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual([]);
});
