/**
 * What is known of the session files of a folder, kept over restarts. Only a cache: a file that is missing, torn or of
 * another version is an empty one, and what it says of a session holds only while size and time of its file are the same.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { readRegularFile } from '../lib/regular-file.ts';
import type { Logger } from '../ports.ts';

const VERSION = 3;

export interface CachedSession {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly title: string;
  readonly createdAtMs: number;
  /** Empty: no record of the file can be read. */
  readonly cwd: string;
  readonly firstPrompt?: string;
  readonly modelId?: string;
}

/** Rows without names, checked by hand: a schema takes as long for five thousand as all the rest of a list. */
type Row = readonly [
  name: string,
  sizeBytes: number,
  mtimeMs: number,
  createdAtMs: number,
  cwd: string,
  title: string,
  firstPrompt: string | null,
  modelId: string | null,
];
const CacheFile = z.object({ version: z.literal(VERSION), chatsDir: z.string(), sessions: z.array(z.unknown()) });

/** Errors: none; a cache that cannot be read or written is one that is not there. */
export interface IndexCache {
  read(chatsDir: string): Promise<Map<string, CachedSession>>;
  write(chatsDir: string, sessions: ReadonlyMap<string, CachedSession>): Promise<void>;
}

export function createIndexCache(folder: string, logger: Logger): IndexCache {
  const pathOf = (chatsDir: string) => join(folder, `${createHash('sha256').update(chatsDir).digest('hex').slice(0, 32)}.json`);
  return {
    async read(chatsDir) {
      try {
        const found = CacheFile.parse(JSON.parse(String(await readRegularFile(pathOf(chatsDir)))));
        return found.chatsDir === chatsDir ? new Map(found.sessions.filter(isRow).map(toEntry)) : new Map();
      } catch {
        return new Map(); // missing or damaged: it is made again from the session files
      }
    },
    async write(chatsDir, sessions) {
      const path = pathOf(chatsDir);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, JSON.stringify({ version: VERSION, chatsDir, sessions: [...sessions].map(toRow) }), {
          mode: 0o600,
        });
      } catch (error) {
        logger.debug('The index of sessions could not be kept', { path, error: String(error) });
      }
    },
  };
}

function isRow(value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== 8) return false;
  const [name, sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt, modelId]: unknown[] = value;
  const isText = typeof name === 'string' && typeof cwd === 'string' && typeof title === 'string';
  const isNumber = typeof sizeBytes === 'number' && typeof mtimeMs === 'number' && typeof createdAtMs === 'number';
  const isMaybe = (text: unknown) => text === null || typeof text === 'string';
  return isText && isNumber && isMaybe(firstPrompt) && isMaybe(modelId);
}

function toEntry([name, sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt, modelId]: Row): [string, CachedSession] {
  const words = { ...(firstPrompt === null ? {} : { firstPrompt }), ...(modelId === null ? {} : { modelId }) };
  return [name, { sizeBytes, mtimeMs, createdAtMs, cwd, title, ...words }];
}

function toRow([name, { sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt, modelId }]: readonly [string, CachedSession]): Row {
  return [name, sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt ?? null, modelId ?? null];
}

/** Nothing is kept: for tests, and where there is no place for it. */
export const NO_INDEX_CACHE: IndexCache = { read: async () => new Map(), write: async () => undefined };
