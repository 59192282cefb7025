import { afterEach, expect, test, vi } from 'vitest';
import { createCollectLater, PAUSE_MS } from './collect-later.ts';

const MB = 1024 * 1024;

afterEach(() => void vi.useRealTimers());

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
