import { afterEach, expect, test, vi } from 'vitest';
import { createCollectLater, PAUSE_MS } from './collect-later.ts';

const MB = 1024 * 1024;

afterEach(() => void vi.useRealTimers());

test('garbage is collected once after a flood, when the output pauses; little output collects nothing', () => {
  vi.useFakeTimers();
  const collect = vi.fn();
  const note = createCollectLater(collect);
  note(MB);
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(collect).not.toHaveBeenCalled();
  for (let i = 0; i < 20; i++) {
    note(MB);
    vi.advanceTimersByTime(PAUSE_MS - 1);
  }
  expect(collect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(collect).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(collect).toHaveBeenCalledTimes(1);
  note(9 * MB);
  vi.advanceTimersByTime(PAUSE_MS);
  expect(collect).toHaveBeenCalledTimes(2);
});

test('what nothing refers to any more is collected', async () => {
  vi.useFakeTimers();
  const collected: string[] = [];
  const registry = new FinalizationRegistry<string>((name) => collected.push(name));
  registry.register({}, 'garbage');
  createCollectLater()(9 * MB);
  vi.advanceTimersByTime(PAUSE_MS);
  vi.useRealTimers();
  await expect.poll(() => collected).toEqual(['garbage']);
});
