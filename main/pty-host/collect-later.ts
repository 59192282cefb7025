/**
 * Gives memory back after a flood. V8 collects its garbage when more memory is needed, so that a process that has become idle may
 * keep what a flood needed for minutes: 70 MB were measured instead of 41 MB.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterFlood } from '../lib/after-flood.ts';

/** A collection takes some 20 ms, so it waits for a pause. Unit: ms. */
export const PAUSE_MS = 10_000;

/** Returns a function to call with the size of each chunk of output. */
export function createCollectLater(): (bytes: number) => void {
  return afterFlood(PAUSE_MS, collectGarbage);
}

/** Node has no function for it without a flag. The flag is set for one moment: commands and workers do not inherit it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
