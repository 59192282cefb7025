import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { EngineError } from '../engine/errors.ts';
import { asFileError, isMissing, systemCode } from '../engine/lib/file-errors.ts';
import { openRegular } from '../engine/lib/regular-file.ts';
import type { FileStat, WorkspaceFs } from '../engine/ports.ts';

/** Linux follows this many links before it reports ELOOP. */
const MAX_SYMLINKS = 40;
/** A file's size is only a hint (it is 0 for /proc files), so reading continues in steps of this size. Unit: bytes. */
const READ_STEP_BYTES = 64 * 1024;
/** Delays between attempts: Windows refuses a rename for a moment while a scanner has the target open. Unit: ms. */
const RENAME_RETRY_MS = [20, 60, 200];

/**
 * The workspace's files on the local disk.
 * Errors: `file_not_found` (missing, or a folder of the path is a file), `file_unreadable` (a folder, a pipe or a
 * device, no permission); writes also fail with `file_unwritable` and `disk_full`. `data.path` is the path and `cause` the system's error.
 * Order: a write is complete or absent. Its temporary file is removed when it fails; a symbolic link stays a link and
 * its target is written; mode and owner of an existing file are kept.
 */
export function createNodeFs(): WorkspaceFs {
  return { readBytes, writeBytes, removeFile, stat: statFile, list, realPath };
}

async function readBytes(path: string, limitBytes: number): Promise<Uint8Array> {
  try {
    const handle = await openRegular(path);
    try {
      return await readUpTo(handle, limitBytes, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asFileError(error, 'read', path);
  }
}

async function readUpTo(handle: FileHandle, limitBytes: number, sizeHint: number): Promise<Uint8Array> {
  let buffer = Buffer.allocUnsafe(Math.min(limitBytes, sizeHint > 0 ? sizeHint : READ_STEP_BYTES));
  let filled = 0;
  while (filled < limitBytes) {
    if (filled === buffer.length) {
      if (!(await hasMore(handle, filled))) break;
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(Math.min(limitBytes - filled, Math.max(READ_STEP_BYTES, filled)))]);
    }
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function hasMore(handle: FileHandle, position: number): Promise<boolean> {
  return (await handle.read(Buffer.allocUnsafe(1), 0, 1, position)).bytesRead > 0;
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await realPath(path);
    const existing = await statOrUndefined(target);
    if (existing?.isDirectory())
      throw new EngineError('file_unwritable', `This is a folder and cannot be written as a file: ${path}`, { data: { path } });
    if (existing === undefined) await mkdir(dirname(target), { recursive: true });
    await replaceFile(target, bytes, existing);
  } catch (error) {
    throw asFileError(error, 'write', path);
  }
}

async function replaceFile(target: string, bytes: Uint8Array, existing: Stats | undefined): Promise<void> {
  // A rename needs no permission on the file it replaces, so it would silently overwrite a read-only file.
  if (existing !== undefined) await (await open(target, 'r+')).close();
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o666);
    try {
      await handle.writeFile(bytes);
      if (existing !== undefined) await keepModeAndOwner(handle, existing);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameWithRetry(temporary, target);
  } catch (error) {
    // The error of the write matters; the temporary file may not exist.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function keepModeAndOwner(handle: FileHandle, existing: Stats): Promise<void> {
  const made = await handle.stat();
  if (made.uid !== existing.uid || made.gid !== existing.gid) {
    // Only root may change the owner of a file; for other users the content matters more than the owner.
    await handle.chown(existing.uid, existing.gid).catch(() => undefined);
  }
  await handle.chmod(existing.mode & 0o7777);
}

async function renameWithRetry(from: string, to: string): Promise<void> {
  for (const waitMs of process.platform === 'win32' ? RENAME_RETRY_MS : []) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '')) throw error;
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }
  await rename(from, to);
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw asFileError(error, 'remove', path);
  }
}

async function statFile(path: string): Promise<FileStat | undefined> {
  try {
    const found = await statOrUndefined(path);
    if (found === undefined) return undefined;
    return { sizeBytes: found.size, mtimeMs: found.mtimeMs, isDirectory: found.isDirectory(), isFile: found.isFile(), links: found.nlink };
  } catch (error) {
    throw asFileError(error, 'read', path);
  }
}

async function list(path: string): ReturnType<WorkspaceFs['list']> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const described = entries.map(async (entry) => {
      const isSymlink = entry.isSymbolicLink();
      // A link counts as its target; a dangling link is neither file nor folder.
      const target = isSymlink ? await statOrUndefined(join(path, entry.name)).catch(() => undefined) : entry;
      return { name: entry.name, isDirectory: target?.isDirectory() ?? false, isFile: target?.isFile() ?? false, isSymlink };
    });
    return (await Promise.all(described)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw asFileError(error, 'read', path);
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await resolveLinks(resolve(path), MAX_SYMLINKS);
  } catch (error) {
    throw asFileError(error, 'read', path);
  }
}

/** A dangling link counts as its target, because a write through it would create that file. */
async function resolveLinks(path: string, linksLeft: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const here = join(await resolveLinks(parent, linksLeft), basename(path));
  const link = await lstat(here).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (link?.isSymbolicLink() !== true) return here;
  if (linksLeft === 0) throw new EngineError('file_unreadable', `Too many symbolic links: ${path}`, { data: { path } });
  const target = await readlink(here);
  return await resolveLinks(isAbsolute(target) ? target : resolve(dirname(here), target), linksLeft - 1);
}

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
