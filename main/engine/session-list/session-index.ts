/**
 * Lists the sessions of a folder from the files themselves. Only the beginning and the end of each file is read, and the result
 * is kept until the size or time of the file changes, in memory and in a cache across restarts.
 * Source: docs/formats.md 2.1, 2.3.
 */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defined, type SessionId } from '../../../preload/contract/index.ts';
import { assertRegular } from '../lib/regular-file.ts';
import { isSameFolder, readEdges } from '../session-file/index.ts';
import { type CachedSession, type IndexCache, NO_INDEX_CACHE } from './index-cache.ts';

const FILE_NAME = /^([0-9a-fA-F-]{32,36})\.jsonl$/;
const READ_AT_ONCE = 32;
/** Checking this many files takes a millisecond or two; then other work may run. */
const LOOK_AT_ONCE = 400;
/** With fewer new files than this, reading them again after a restart is cheaper than writing the whole cache. */
const WORTH_WRITING = 32;

export interface IndexedSession {
  readonly id: SessionId;
  readonly title: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The folder where the session was started. */
  readonly cwd: string;
  /** The beginning of the first prompt, if the title is different. */
  readonly firstPrompt?: string;
  /** The model of the last answer. */
  readonly modelId?: string;
}

export interface SessionIndex {
  /**
   * Newest first. Files of another folder with the same sanitized name are skipped, unless `cwd` is absent. A missing
   * folder gives an empty list.
   */
  list(chatsDir: string, cwd?: string): Promise<readonly IndexedSession[]>;
  /**
   * Undefined: the file does not exist, belongs to another folder, or contains no record.
   * Errors: `file_unreadable` (not a regular file).
   */
  get(chatsDir: string, cwd: string, id: SessionId): Promise<IndexedSession | undefined>;
  /** Resolves when the cache is written. */
  flush(): Promise<void>;
}

interface Found {
  readonly name: string;
  readonly id: SessionId;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export function createSessionIndex(cache: IndexCache = NO_INDEX_CACHE): SessionIndex {
  const folders = new Map<string, Promise<Map<string, CachedSession>>>();
  let writing: Promise<void> = Promise.resolve();

  const knownOf = (chatsDir: string) => {
    const known = folders.get(chatsDir) ?? cache.read(chatsDir);
    folders.set(chatsDir, known);
    return known;
  };

  /** True if the file had to be read. */
  async function look(chatsDir: string, known: Map<string, CachedSession>, file: Found): Promise<boolean> {
    const cached = known.get(file.name);
    if (isFresh(cached, file)) return false;
    const edges = await readEdges(join(chatsDir, file.name), file.sizeBytes).catch(() => undefined); // missing or unreadable: not listed
    if (edges === undefined) {
      known.delete(file.name);
      return false;
    }
    const { first, ...words } = edges;
    const createdAtMs = Date.parse(first?.timestamp ?? '') || file.mtimeMs;
    known.set(file.name, { sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs, ...words, createdAtMs, cwd: first?.cwd ?? '' });
    return true;
  }

  return {
    async list(chatsDir, cwd) {
      const [known, files] = await Promise.all([knownOf(chatsDir), findFiles(chatsDir)]);
      const changed = files.filter((file) => !isFresh(known.get(file.name), file));
      let readCount = 0;
      for (let at = 0; at < changed.length; at += READ_AT_ONCE) {
        const batch = await Promise.all(changed.slice(at, at + READ_AT_ONCE).map((file) => look(chatsDir, known, file)));
        readCount += batch.filter(Boolean).length;
      }
      const there = new Set(files.map((file) => file.name));
      for (const name of known.keys()) if (!there.has(name)) known.delete(name);
      if (readCount >= WORTH_WRITING) {
        const copy = new Map(known);
        writing = writing.then(() => cache.write(chatsDir, copy));
      }
      return files
        .flatMap((file) => toEntry(file, known.get(file.name), cwd) ?? [])
        .sort((a, b) => b.updatedAtMs - a.updatedAtMs || (a.id < b.id ? -1 : 1));
    },
    async get(chatsDir, cwd, id) {
      const name = `${id}.jsonl`;
      if (!FILE_NAME.test(name)) return undefined;
      const file = findFile(chatsDir, name);
      if (file === undefined) {
        const path = join(chatsDir, name);
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts !== undefined) assertRegular(path, facts);
        return undefined;
      }
      const known = await knownOf(chatsDir);
      await look(chatsDir, known, file);
      return toEntry(file, known.get(name), cwd);
    },
    flush: () => writing,
  };
}

function isFresh(cached: CachedSession | undefined, file: Found): boolean {
  return cached !== undefined && cached.sizeBytes === file.sizeBytes && cached.mtimeMs === file.mtimeMs;
}

function toEntry(file: Found, cached: CachedSession | undefined, cwd: string | undefined): IndexedSession | undefined {
  if (cached === undefined || cached.cwd === '' || !(cwd === undefined || isSameFolder(cached.cwd, cwd))) return undefined;
  const { title, createdAtMs, firstPrompt, modelId } = cached;
  return {
    id: file.id,
    title,
    createdAtMs,
    updatedAtMs: file.mtimeMs,
    cwd: cached.cwd,
    ...defined({ firstPrompt, modelId }),
  };
}

/** Synchronous: for thousands of files, waiting for a thread takes ten times as long as the call itself. */
async function findFiles(chatsDir: string): Promise<readonly Found[]> {
  const names = await readdir(chatsDir).catch(() => []);
  const found: Found[] = [];
  for (const [index, name] of names.entries()) {
    if (index % LOOK_AT_ONCE === LOOK_AT_ONCE - 1) await setImmediate();
    const file = findFile(chatsDir, name);
    if (file !== undefined) found.push(file);
  }
  return found;
}

function findFile(chatsDir: string, name: string): Found | undefined {
  const id = FILE_NAME.exec(name)?.[1];
  if (id === undefined) return undefined;
  try {
    const facts = statSync(`${chatsDir}${sep}${name}`, { throwIfNoEntry: false });
    if (facts?.isFile() !== true) return undefined; // deleted after listing, or not a regular file
    const { size, mtimeMs } = facts;
    // Checked just above, for thousands of files: the schema would check the same again.
    return size === 0 ? undefined : { name, id: id as SessionId, sizeBytes: size, mtimeMs };
  } catch {
    return undefined; // no permission
  }
}
