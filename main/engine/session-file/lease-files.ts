/**
 * The file operations of session-lease.ts. Each is one atomic step of the file system, so that a
 * process may be suspended or killed between any two.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { openRegular, readRegularFileSync } from '../lib/regular-file.ts';

const LeaseRecord = z.object({
  pid: z.number().int().positive(),
  /** Identifies one acquisition; it is never used again. */
  token: z.string().regex(/^[\w-]{1,64}$/),
  /** Kind of the host: `desktop`, `server`, `cli`. */
  host: z.string(),
  machine: z.string().optional(),
  /** See `LeaseProcess`. Leases of earlier builds have none. */
  scope: z.string().optional(),
  processStart: z.string().optional(),
  startedAtMs: z.number(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;

/** `record` is undefined for a file that is not a lease; its token then identifies this content of this file. */
export interface FoundLease {
  readonly token: string;
  readonly mtimeMs: number;
  readonly record: LeaseRecord | undefined;
}

/** Errors: those of the file system, unless a method says otherwise. */
export interface LeaseFiles {
  /** False: the file already exists. */
  create(path: string, record: LeaseRecord): Promise<boolean>;
  /** Undefined: the file does not exist. */
  read(path: string): Promise<FoundLease | undefined>;
  /**
   * Whether the file contains exactly this record as `create` wrote it. Errors: none; an unreadable file does not.
   * Synchronous, because it precedes every write of a session: 10 us instead of 190 us through the thread pool.
   */
  contains(path: string, record: LeaseRecord): boolean;
  /** Replaces one file with another in one step. False: the source does not exist. */
  replace(from: string, path: string): Promise<boolean>;
  remove(path: string): Promise<void>;
  /** Records the time of the last heartbeat. */
  touch(path: string, nowMs: number): Promise<void>;
  /** Removes drafts and claims: every file whose name begins with that of the lease and a dot. */
  removeExtras(path: string): Promise<void>;
}

export const nodeLeaseFiles: LeaseFiles = { create, read, contains, replace, remove, touch, removeExtras };

/** Uses a link, so that a reader never sees half a lease; without links in the file system, an exclusive open. */
async function create(path: string, record: LeaseRecord): Promise<boolean> {
  const text = JSON.stringify(record);
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(draft, text, 'w');
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' || code === 'ENOENT') return false; // ENOENT: a holder that released its lease has removed the draft
  } finally {
    await rm(draft, { force: true });
  }
  try {
    await writeWhole(path, text, 'wx');
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the empty file that a full disk leaves, which would be a lease without a holder. */
async function writeWhole(path: string, text: string, flag: 'w' | 'wx'): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag }).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EEXIST') await rm(path, { force: true });
    throw error;
  });
}

/** Opens the file first, so that a network file system asks its server for the current state. */
async function read(path: string): Promise<FoundLease | undefined> {
  const file = await openRegular(path).catch(unlessMissing);
  if (file === undefined) return undefined;
  try {
    const { ino, mtimeMs } = await file.stat();
    const record = LeaseRecord.safeParse(toJson(await file.readFile('utf8'))).data;
    return { token: record?.token ?? `unreadable-${ino}-${Math.floor(mtimeMs)}`, mtimeMs, record };
  } finally {
    await file.close();
  }
}

function contains(path: string, record: LeaseRecord): boolean {
  try {
    return readRegularFileSync(path).toString() === JSON.stringify(record);
  } catch {
    return false;
  }
}

async function replace(from: string, path: string): Promise<boolean> {
  return await rename(from, path).then(
    () => true,
    (error: unknown) => unlessMissing(error) ?? false,
  );
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function touch(path: string, nowMs: number): Promise<void> {
  await utimes(path, nowMs / 1000, nowMs / 1000);
}

async function removeExtras(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`));
  await Promise.all(names.map((name) => remove(join(folder, name))));
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not a lease; its age decides
  }
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
