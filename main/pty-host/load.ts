/**
 * How much all tasks write at the moment, and what their caches may take of the processor and the memory meanwhile:
 * in a flood the caches stand back, so that it is the commands that run.
 */
export interface Load {
  /** Output that has come. Unit: bytes. */
  add(bytes: number): void;
  readonly isFlood: boolean;
  /** Asked before a mirror nobody waits for parses a piece: one of all mirrors gets a turn at a time. */
  mayParse(): boolean;
  /** Output that the mirrors have not parsed yet, all together; each adds and takes away its own. Unit: bytes. */
  behindBytes: number;
}

const WINDOW_MS = 100;
/** Nobody reads that fast, and no window shows it all (xterm in a page parses 9 MB/s). */
const FLOOD_BYTES_PER_S = 8 * 1024 * 1024;
/** More in one window, and there is no need to wait for its end. */
const FLOOD_BYTES = (FLOOD_BYTES_PER_S * WINDOW_MS) / 1000;
/** Between two turns: mirrors take one part in ten of the time, as 64 KiB take 2.6 ms to parse, and keep up with 2.6 MB/s. Unit: ms. */
export const TURN_MS = 24;
/** In a flood one part in forty: most mirrors will be rebuilt anyway, if anybody looks. Unit: ms. */
export const FLOOD_TURN_MS = 100;

export function createLoad(now: () => number = () => performance.now()): Load {
  let windowStart = now();
  let windowBytes = 0;
  let rate = 0;
  let turnAt = -Infinity;
  const roll = () => {
    const at = now();
    const elapsed = at - windowStart;
    if (elapsed < WINDOW_MS) return;
    rate = (windowBytes * 1000) / elapsed;
    windowStart = at;
    windowBytes = 0;
  };
  const isFlood = () => {
    roll();
    return rate > FLOOD_BYTES_PER_S || windowBytes > FLOOD_BYTES;
  };
  return {
    behindBytes: 0,
    add(bytes) {
      windowBytes += bytes;
      roll();
    },
    get isFlood() {
      return isFlood();
    },
    mayParse() {
      const at = now();
      if (at - turnAt < (isFlood() ? FLOOD_TURN_MS : TURN_MS)) return false;
      turnAt = at;
      return true;
    },
  };
}
