/**
 * Changes a file that other programs change too: atomically, through symbolic links, and never overwriting a change made in
 * between.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readlink, rename, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';

/** The mode of a new file. */
const PRIVATE_MODE = 0o600;
/** A file that changes more often than this during an edit is left to the other program. */
const MAX_ATTEMPTS = 8;
const MAX_LINKS = 16;

/** `seen` is undefined if there was no file. Returns the new content; undefined: nothing changes. */
export type ChangeBytes = (seen: Buffer | undefined) => Promise<string | undefined>;

/**
 * Reads, changes and replaces. If another program has changed the file in between, both steps are repeated. Returns false if
 * nothing changed. Throws the file system's errors, and an error if the file keeps changing.
 */
export async function changeFile(path: string, change: ChangeBytes): Promise<boolean> {
  const target = await linkTarget(path);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const seen = await readIfThere(target);
    const text = await change(seen);
    if (text === undefined) return false;
    if (await replaceIfUnchanged(target, text, seen)) return true;
  }
  throw new Error('another program keeps changing the file');
}

async function replaceIfUnchanged(target: string, text: string, seen: Buffer | undefined): Promise<boolean> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const found = seen === undefined ? undefined : await stat(target);
  try {
    const file = await open(temporary, 'wx', PRIVATE_MODE);
    try {
      await file.writeFile(text);
      if (found !== undefined) {
        await file.chmod(found.mode & 0o777);
        await file.chown(found.uid, found.gid).catch(() => undefined); // only the superuser may give files away
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const now = await readIfThere(target);
    if (!isSame(now, seen)) return false;
    await rename(temporary, target);
    return true;
  } finally {
    await unlink(temporary).catch(() => undefined); // renamed
  }
}

function isSame(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Also resolves a link to a file that does not exist yet. */
async function linkTarget(path: string): Promise<string> {
  let target = path;
  for (let link = 0; link < MAX_LINKS; link += 1) {
    try {
      target = resolve(dirname(target), await readlink(target));
    } catch (error) {
      if (isCode(error, 'EINVAL') || isCode(error, 'ENOENT') || isCode(error, 'UNKNOWN')) return target; // not a link, or it does not exist
      throw error;
    }
  }
  throw new Error('too many symbolic links');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
