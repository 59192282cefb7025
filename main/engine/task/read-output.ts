/** Reads a piece of a task's plain text file, cut at whole characters. */
import { EngineError } from '../errors.ts';
import { openRegular } from '../lib/regular-file.ts';
import type { OutputPiece } from './task-api.ts';

/**
 * Reads from `offsetBytes`, or from the start of the character that contains it, to the last whole character within `maxBytes`, so that
 * consecutive pieces leave nothing out. Errors: `file_not_found`, `file_unreadable`. If the file ends inside a
 * character, the piece includes the incomplete character.
 */
export async function readOutputPiece(path: string, offsetBytes: number, maxBytes: number): Promise<OutputPiece> {
  const file = await openRegular(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const before = Math.min(3, offsetBytes);
    const window = Buffer.alloc(before + maxBytes);
    const { bytesRead } = await file.read(window, 0, window.length, offsetBytes - before);
    const start = characterStart(window.subarray(0, bytesRead), before);
    const isLast = offsetBytes - before + bytesRead >= size;
    const end = isLast ? bytesRead : wholeCharacters(window.subarray(0, bytesRead));
    const nextOffsetBytes = Math.max(offsetBytes, offsetBytes - before + end); // an offset beyond the end is kept
    return { text: window.toString('utf8', start, Math.max(start, end)), nextOffsetBytes, totalBytes: size };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** The start of the character that contains the byte at `at`; `at` itself if it is not UTF-8. */
function characterStart(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length || ((bytes[at] ?? 0) & 0xc0) !== 0x80) return at;
  for (let start = at - 1; start >= 0; start -= 1)
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return wholeCharacters(bytes.subarray(0, at)) === start ? start : at;
  return at;
}

/** The number of bytes that end with a whole character; all of them if they are not UTF-8, so that a reader always advances. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte < 0xc2 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function unreadable(path: string, cause: unknown): EngineError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const message = isMissing ? `The file with the output is gone: ${path}` : `The output cannot be read: ${String(cause)}`;
  return new EngineError(isMissing ? 'file_not_found' : 'file_unreadable', message, { cause, data: { path } });
}
