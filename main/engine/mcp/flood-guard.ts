/** Limits how much a server may send; more would keep this process from all other work. Pure, except for its own count. */

/** One message. Unit: bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Output that is not a message is tolerated up to this amount: banners are common. Unit: bytes. */
const MAX_GARBAGE_BYTES = 1024 * 1024;
const WINDOW_MS = 5_000;
const MAX_MESSAGES_IN_WINDOW = 5_000;
const MAX_BYTES_IN_WINDOW = 128 * 1024 * 1024;

export interface FloodGuard {
  /** The problem, for people, once the limit is exceeded; otherwise undefined. */
  message(bytes: number): string | undefined;
  garbage(bytes: number): string | undefined;
}

export function createFloodGuard(nowMs: () => number): FloodGuard {
  let startedMs = nowMs();
  let messages = 0;
  let bytesInWindow = 0;
  let garbageBytes = 0;
  const count = (bytes: number): string | undefined => {
    const now = nowMs();
    if (now - startedMs >= WINDOW_MS) {
      startedMs = now;
      messages = 0;
      bytesInWindow = 0;
    }
    messages += 1;
    bytesInWindow += bytes;
    if (messages > MAX_MESSAGES_IN_WINDOW || bytesInWindow > MAX_BYTES_IN_WINDOW) return 'It sent more than Gantry can process.';
    return undefined;
  };
  return {
    message: count,
    garbage(bytes) {
      garbageBytes += bytes;
      return garbageBytes > MAX_GARBAGE_BYTES ? 'Its standard output is not JSON-RPC.' : count(bytes);
    },
  };
}
