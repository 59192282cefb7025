/**
 * Opens and reads only regular files. Opening a FIFO waits for a writer, reading a terminal waits for a key, and a device has no
 * end, so a path that an outsider can choose is checked before it is opened, and again when it is open.
 */
import { constants, closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { EngineError } from '../errors.ts';

/** If the path becomes a FIFO between the check and the open, the open returns at once. 0 on Windows, which has none. */
const NO_WAIT = constants.O_NONBLOCK ?? 0;

/** Errors: `file_unreadable` (not a regular file); those of the file system as they are. */
export async function openRegular(path: string, flags: number = constants.O_RDONLY, mode?: number): Promise<FileHandle> {
  const before = await stat(path).catch((error: unknown) => {
    if ((flags & constants.O_CREAT) !== 0 && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (before !== undefined) assertRegular(path, before);
  const file = await open(path, flags | NO_WAIT, mode);
  try {
    assertRegular(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Errors: see `openRegular`. */
export async function readRegularFile(path: string): Promise<Buffer> {
  const file = await openRegular(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Errors: see `openRegular`. */
export function readRegularFileSync(path: string): Buffer {
  assertRegular(path, statSync(path));
  const file = openSync(path, constants.O_RDONLY | NO_WAIT);
  try {
    assertRegular(path, fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Errors: `file_unreadable`. */
export function assertRegular(path: string, facts: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): void {
  if (facts.isFile()) return;
  const kind = facts.isDirectory() ? 'a folder' : facts.isFIFO() ? 'a named pipe' : facts.isSocket() ? 'a socket' : 'a device';
  const message = `${path} is not a regular file but ${kind}. Move it away, then try again.`;
  throw new EngineError('file_unreadable', message, { data: { path } });
}
