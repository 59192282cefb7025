import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';

/**
 * Appends all pieces or nothing: a full disk may write only a part, which would leave half a line in the middle of the file.
 * `file` is open for reading and appending, `sizeBytes` is its size before. A file that was empty is removed, because a file
 * without a record is not a session. Errors: those of the write. Data that another program has appended since is kept.
 */
export async function appendWhole(
  file: FileHandle,
  pieces: readonly Buffer[],
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  try {
    for (let left = pieces; left.length > 0; ) left = withoutFirst(left, (await file.writev(left)).bytesWritten);
  } catch (error) {
    // If the partial write cannot be removed, it is a truncated last line, which the next append separates from its own.
    await removePartial(file, pieces, { path, sizeBytes }).catch(() => undefined);
    throw error;
  }
}

/** The pieces that are left to write: a write may accept only a part. */
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

async function removePartial(
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
