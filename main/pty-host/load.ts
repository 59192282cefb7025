/**
 * How much all tasks write at the moment, and how much processor time and memory their caches may use meanwhile.
 * In a flood the caches yield to the commands.
 */
export interface Load {
  /** Adds output that has arrived. Unit: bytes. */
  add(bytes: number): void;
  readonly isFlood: boolean;
  /** A mirror without a waiting caller calls this before it parses a piece: one mirror gets a turn at a time. */
  mayParse(): boolean;
  /** Output that all mirrors together have not parsed yet; each adds and subtracts its own. Unit: bytes. */
  behindBytes: number;
}

const WINDOW_MS = 100;
/** No one reads that fast, and no window shows it all (xterm in a page parses 9 MB/s). */
const FLOOD_BYTES_PER_S = 8 * 1024 * 1024;
/** At this size the window counts as a flood before it ends. */
const FLOOD_BYTES = (FLOOD_BYTES_PER_S * WINDOW_MS) / 1000;
/** Time between two turns: parsing 64 KiB takes 2.6 ms, so mirrors use a tenth of the time and keep up with 2.6 MB/s. Unit: ms. */
export const TURN_MS = 24;
/** In a flood mirrors use a fortieth of the time: most are rebuilt anyway when a viewer attaches. Unit: ms. */
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
