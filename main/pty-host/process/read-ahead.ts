/**
 * Keeps reading while a terminal has more, so that a flood costs one turn of the event loop for 64 KiB instead of for 4 KiB.
 *
 * The kernel returns at most 4 KiB of a terminal, and libuv waits for the next event after each short read: that was half
 * of a flood's cost in this process. More bytes are nearly always available already. Reads use the same thread and
 * descriptor as libuv's, so the order stays; libuv finds an end of file or an error itself.
 */
import { readSync } from 'node:fs';

const UNREAD_BLOCK_BYTES = 16 * 1024;
/** Linux buffers 12 KiB of a terminal's unread output, macOS less. Only a process that is still writing produces more. */
export const UNREAD_LIMIT_BYTES = 256 * 1024;

const BLOCK_BYTES = 64 * 1024;
/** A read of the full 4 KiB suggests more. A shorter one is a key's echo or a line and does not justify another call. */
const FULL_READ_BYTES = 4095;
/** A mostly empty block is copied, so that a queued block holds no more memory than its bytes. */
const GIVEN_AWAY_BYTES = BLOCK_BYTES / 2;

/** `fd` must be non-blocking, and open while the returned function runs. That function returns the bytes it gets and those that followed. */
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

/** Reads what the kernel holds at the moment, with a limit for endless streams. `fd` must be non-blocking. */
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
    // EAGAIN: nothing more at the moment. libuv meets and reports any other error too.
  }
  return at;
}
