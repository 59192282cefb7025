/** Reading a file of lines without holding it: a forward scan with offsets, and single lines by their place. */
import type { FileHandle } from 'node:fs/promises';

/** Read at a time. Large enough for sequential speed, small next to a long session. Unit: bytes. */
const WINDOW_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Units: bytes; `length` is without the newline. `complete` is false for a last line that has none. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

export interface ScannedLine extends LinePlace {
  readonly text: string;
  readonly complete: boolean;
}

/** Every line from `start` to the end, in order. */
export async function* scanLines(file: FileHandle, start = 0): AsyncGenerator<ScannedLine, void> {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let held: Buffer[] = [];
  let lineStart = start;
  let position = start;
  for (;;) {
    const { bytesRead } = await file.read(window, 0, WINDOW_BYTES, position);
    if (bytesRead === 0) break;
    let from = 0;
    for (let at = window.indexOf(NEWLINE); at !== -1 && at < bytesRead; at = window.indexOf(NEWLINE, from)) {
      const bytes = Buffer.concat([...held, window.subarray(from, at)]);
      held = [];
      yield { offset: lineStart, length: bytes.length, text: bytes.toString('utf8'), complete: true };
      from = at + 1;
      lineStart = position + from;
    }
    if (from < bytesRead) held.push(Buffer.from(window.subarray(from, bytesRead)));
    position += bytesRead;
  }
  if (held.length === 0) return;
  const bytes = Buffer.concat(held);
  yield { offset: lineStart, length: bytes.length, text: bytes.toString('utf8'), complete: false };
}

/** Every line that ends at or before `end`, the last one first. `complete` is false for a last line without a newline. */
export async function* scanLinesBackward(file: FileHandle, end: number): AsyncGenerator<ScannedLine, void> {
  let position = end;
  let held: Buffer[] = []; // of the line that begins before what was read, in order
  let lineEnd = end;
  let complete = false;
  const line = (offset: number): ScannedLine => {
    const bytes = Buffer.concat(held);
    return { offset, length: bytes.length, text: bytes.toString('utf8'), complete };
  };
  while (position > 0) {
    const size = Math.min(WINDOW_BYTES, position);
    const window = Buffer.allocUnsafe(size);
    const { bytesRead } = await file.read(window, 0, size, position - size);
    if (bytesRead < size) return; // the file has been cut meanwhile
    position -= size;
    let until = size;
    for (let at = window.lastIndexOf(NEWLINE); at !== -1; at = at === 0 ? -1 : window.lastIndexOf(NEWLINE, at - 1)) {
      held.unshift(window.subarray(at + 1, until));
      if (position + at + 1 < lineEnd) yield line(position + at + 1);
      held = [];
      until = at;
      lineEnd = position + at;
      complete = true;
    }
    held.unshift(window.subarray(0, until));
  }
  if (lineEnd > 0) yield line(0);
}

/** Reads lines by their place; neighbours come out of one window, so reading in order costs few reads. */
export function createLineReader(file: FileHandle): (place: LinePlace) => Promise<string> {
  let window = Buffer.alloc(0);
  let windowStart = 0;
  return async ({ offset, length }) => {
    if (offset < windowStart || offset + length > windowStart + window.length) {
      const next = Buffer.allocUnsafe(Math.max(WINDOW_BYTES, length));
      const { bytesRead } = await file.read(next, 0, next.length, offset);
      window = next.subarray(0, bytesRead);
      windowStart = offset;
    }
    return window.toString('utf8', offset - windowStart, offset - windowStart + length);
  };
}
