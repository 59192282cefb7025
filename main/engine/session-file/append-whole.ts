import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';

/**
 * Appends all of the pieces or nothing: a full disk takes a part of a write, and half a line would stand in the middle of the file.
 * `file` was opened for reading and appending, `sizeBytes` is its size before. A file that was empty is removed, as a file
 * without a record is no session. Errors: that of the write. What another program has appended meanwhile is left.
 */
export async function appendWhole(
  file: FileHandle,
  pieces: readonly Buffer[],
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  try {
    for (let left = pieces; left.length > 0; ) left = withoutFirst(left, (await file.writev(left)).bytesWritten);
  } catch (error) {
    // A rest that cannot be taken back is a torn last line, which the next append keeps apart from its own.
    await takeBack(file, pieces, { path, sizeBytes }).catch(() => undefined);
    throw error;
  }
}

/** What is left to be written: a write may take only a part. */
function withoutFirst(pieces: readonly Buffer[], byteCount: number): readonly Buffer[] {
  let skipped = byteCount;
  const at = pieces.findIndex(({ length }) => {
    if (length > skipped) return true;
    skipped -= length;
    return false;
  });
  const [first, ...rest] = at === -1 ? [] : pieces.slice(at);
  return first === undefined ? [] : [first.subarray(skipped), ...rest];
}

async function takeBack(
  file: FileHandle,
  pieces: readonly Buffer[],
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  const stat = await file.stat();
  let at = sizeBytes;
  for (const piece of pieces) {
    const written = Buffer.alloc(Math.max(0, Math.min(stat.size - at, piece.length)));
    await file.read(written, 0, written.length, at);
    if (!piece.subarray(0, written.length).equals(written)) return;
    at += written.length;
  }
  if (!stat.isFile() || stat.size !== at) return; // another program has appended
  await file.truncate(sizeBytes);
  if (sizeBytes === 0) await rm(path, { force: true });
}
