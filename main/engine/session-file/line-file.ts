/** Reads a file of lines without loading it: a forward scan with offsets, a backward scan, and single lines by their location. */
import type { FileHandle } from 'node:fs/promises';
import { clipLine, isLong, type LineLocation, MAX_LINE_BYTES } from '../transcript/index.ts';

/** The size of one read. Large enough for sequential speed, small compared with a long session. Unit: bytes. */
const WINDOW_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

export type { LineLocation } from '../transcript/index.ts';

/** `complete` is false for a last line without a newline. `text` is the line; for a long line (long-line.ts) it is JSON with its long texts cut. */
export interface ScannedLine extends LineLocation {
  readonly text: string;
  readonly complete: boolean;
}

/** The pieces of a line; never more than the longest line that is kept in memory. */
function createPieces() {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const drop = () => {
    if (bytes > MAX_LINE_BYTES) pieces = [];
  };
  return {
    append(piece: Buffer): void {
      bytes += piece.length;
      if (bytes <= MAX_LINE_BYTES) pieces.push(piece);
      drop();
    },
    prepend(piece: Buffer): void {
      bytes += piece.length;
      if (bytes <= MAX_LINE_BYTES) pieces.unshift(piece);
      drop();
    },
    length: () => bytes,
    /** Joins the pieces to a line and clears them. */
    async take(file: FileHandle, offset: number, complete: boolean): Promise<ScannedLine> {
      const place = { offset, length: bytes };
      const [first] = pieces;
      const whole = first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces);
      const text = isLong(place) ? await clipLine(file, place) : whole.toString('utf8');
      pieces = [];
      bytes = 0;
      return { ...place, text, complete };
    },
  };
}

/** Every line from `start` to the end, in order. */
export async function* scanLines(file: FileHandle, start = 0): AsyncGenerator<ScannedLine, void> {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  const held = createPieces();
  let lineStart = start;
  let position = start;
  for (;;) {
    const { bytesRead } = await file.read(window, 0, WINDOW_BYTES, position);
    if (bytesRead === 0) break;
    let from = 0;
    for (let at = window.indexOf(NEWLINE); at !== -1 && at < bytesRead; at = window.indexOf(NEWLINE, from)) {
      held.append(window.subarray(from, at));
      yield await held.take(file, lineStart, true);
      from = at + 1;
      lineStart = position + from;
    }
    if (from < bytesRead) held.append(Buffer.from(window.subarray(from, bytesRead)));
    position += bytesRead;
  }
  if (held.length() > 0) yield await held.take(file, lineStart, false);
}

/** Every line that ends at or before `end`, last line first. `complete` is false for a last line without a newline. */
export async function* scanLinesBackward(file: FileHandle, end: number): AsyncGenerator<ScannedLine, void> {
  const held = createPieces(); // pieces of the line that begins before the window
  let position = end;
  let lineEnd = end;
  let complete = false;
  while (position > 0) {
    const size = Math.min(WINDOW_BYTES, position);
    const window = Buffer.allocUnsafe(size);
    const { bytesRead } = await file.read(window, 0, size, position - size);
    if (bytesRead < size) return; // the file was truncated in the meantime
    position -= size;
    let until = size;
    for (let at = window.lastIndexOf(NEWLINE); at !== -1; at = at === 0 ? -1 : window.lastIndexOf(NEWLINE, at - 1)) {
      held.prepend(window.subarray(at + 1, until));
      const line = await held.take(file, position + at + 1, complete);
      if (line.length > 0) yield line;
      until = at;
      lineEnd = position + at;
      complete = true;
    }
    held.prepend(window.subarray(0, until));
  }
  if (lineEnd > 0) yield await held.take(file, 0, complete);
}

/** The number of the line at an offset, counted from 1. */
export async function findLineNumber(file: FileHandle, offset: number): Promise<number> {
  let lines = 0;
  for await (const line of scanLines(file)) {
    lines += 1;
    if (line.offset >= offset) break;
  }
  return lines;
}

/** Reads lines by their location. Adjacent lines come from one window, so reading in order needs few reads. */
export function createLineReader(file: FileHandle): (place: LineLocation) => Promise<string> {
  let window = Buffer.alloc(0);
  let windowStart = 0;
  return async (place) => {
    if (isLong(place)) return await clipLine(file, place);
    const { offset, length } = place;
    if (offset < windowStart || offset + length > windowStart + window.length) {
      const next = Buffer.allocUnsafe(Math.max(WINDOW_BYTES, length));
      const { bytesRead } = await file.read(next, 0, next.length, offset);
      window = next.subarray(0, bytesRead);
      windowStart = offset;
    }
    return window.toString('utf8', offset - windowStart, offset - windowStart + length);
  };
}
