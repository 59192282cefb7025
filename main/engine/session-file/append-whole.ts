import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';

/**
 * Appends all of the bytes or nothing: a full disk takes a part of a write, and half a line would stand in the middle of the file.
 * `file` was opened for reading and appending, `sizeBytes` is its size before. A file that was empty is removed, as a file
 * without a record is no session. Errors: that of the write. What another program has appended meanwhile is left.
 */
export async function appendWhole(
  file: FileHandle,
  bytes: Buffer,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  try {
    await file.appendFile(bytes);
  } catch (error) {
    // A rest that cannot be taken back is a torn last line, which the next append keeps apart from its own.
    await takeBack(file, bytes, { path, sizeBytes }).catch(() => undefined);
    throw error;
  }
}

async function takeBack(file: FileHandle, bytes: Buffer, { path, sizeBytes }: { path: string; sizeBytes: number }): Promise<void> {
  const stat = await file.stat();
  const rest = Buffer.alloc(Math.max(0, Math.min(stat.size - sizeBytes, bytes.length)));
  await file.read(rest, 0, rest.length, sizeBytes);
  const isOurs = stat.isFile() && stat.size === sizeBytes + rest.length && bytes.subarray(0, rest.length).equals(rest);
  if (!isOurs) return;
  await file.truncate(sizeBytes);
  if (sizeBytes === 0) await rm(path, { force: true });
}
