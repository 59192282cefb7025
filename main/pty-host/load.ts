/** How much output all tasks write at the moment, so that caches stand back in a flood. Unit: bytes per second. */
export interface Load {
  add(bytes: number): void;
  readonly isFlood: boolean;
}

const WINDOW_MS = 100;
/** Below it, parsing for the mirrors costs no command any speed (headless xterm parses 25 MB/s). */
const FLOOD_BYTES_PER_S = 8 * 1024 * 1024;

export function createLoad(now: () => number = () => performance.now()): Load {
  let windowStart = now();
  let windowBytes = 0;
  let rate = 0;
  const roll = () => {
    const elapsed = now() - windowStart;
    if (elapsed < WINDOW_MS) return;
    rate = (windowBytes * 1000) / elapsed;
    windowStart = now();
    windowBytes = 0;
  };
  return {
    add(bytes) {
      windowBytes += bytes;
      roll();
    },
    get isFlood() {
      roll();
      return rate > FLOOD_BYTES_PER_S;
    },
  };
}
