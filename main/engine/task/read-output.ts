/** A piece of a task's plain text file, cut at whole characters. */
import { EngineError } from '../errors.ts';
import { openRegular } from '../lib/regular-file.ts';
import type { OutputPiece } from './task-api.ts';

/** Errors: `file_not_found`, `file_unreadable`. A file that ends in the middle of a character gives what there is. */
export async function readOutputPiece(path: string, offsetBytes: number, maxBytes: number): Promise<OutputPiece> {
  const file = await openRegular(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, offsetBytes);
    const isLast = offsetBytes + bytesRead >= size;
    const length = isLast ? bytesRead : wholeCharacters(buffer.subarray(0, bytesRead));
    return { text: buffer.toString('utf8', 0, length), nextOffsetBytes: offsetBytes + length, totalBytes: size };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** How many bytes end with a whole character; all of them where they are no UTF-8, so that a reader always moves on. */
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
