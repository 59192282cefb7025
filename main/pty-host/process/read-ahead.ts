/**
 * Reads on where a terminal has more, so that a flood costs a turn of the event loop for 64 KiB and not for each 4 KiB.
 *
 * The kernel hands out 4 KiB of a terminal at most, and libuv waits for the next event after each short read: half of
 * what a flood cost this process. What follows is nearly always there already. Reading happens on the same thread and
 * descriptor as libuv's, so the order stays; an end or an error is left for libuv to find.
 */
import { readSync } from 'node:fs';

const UNREAD_BLOCK_BYTES = 16 * 1024;
/** Linux keeps 12 KiB of a terminal's unread output, macOS less. More can only come from a process that goes on writing. */
export const UNREAD_LIMIT_BYTES = 256 * 1024;

const BLOCK_BYTES = 64 * 1024;
/** A terminal gave all it may at once: there is probably more. Less is a key's echo or a line, and is not worth a call. */
const FULL_READ_BYTES = 4095;
/** A mostly empty block is copied, so that what is queued behind it holds no more memory than its bytes. */
const GIVEN_AWAY_BYTES = BLOCK_BYTES / 2;

/** `fd` must not block, and be open while the returned function runs. It gets what was read, and returns that with what followed. */
export function createReadAhead(fd: number): (first: Uint8Array) => Uint8Array {
  let block = Buffer.alloc(0);
  return (first) => {
    if (first.length < FULL_READ_BYTES || first.length > BLOCK_BYTES - FULL_READ_BYTES) return first;
    if (block.length === 0) block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    block.set(first);
    const end = fill(fd, block, first.length);
    if (end === first.length) return first;
    if (end < GIVEN_AWAY_BYTES) return new Uint8Array(block.subarray(0, end));
    const given = block;
    block = Buffer.alloc(0);
    return given.subarray(0, end);
  };
}

/** Takes what the kernel holds at the moment, but no endless stream. `fd` must not block. */
export function readUnread(fd: number, take: (bytes: Uint8Array) => void): void {
  for (let left = UNREAD_LIMIT_BYTES; left > 0; ) {
    const block = Buffer.allocUnsafe(UNREAD_BLOCK_BYTES);
    const length = fill(fd, block, 0);
    if (length === 0) return;
    left -= length;
    take(block.subarray(0, length));
  }
}

function fill(fd: number, block: Buffer, from: number): number {
  let at = from;
  try {
    while (at < block.length) {
      const read = readSync(fd, block, at, block.length - at, null);
      if (read === 0) break;
      at += read;
    }
  } catch {
    // EAGAIN: nothing more at the moment. Anything else libuv meets too, and tells.
  }
  return at;
}
