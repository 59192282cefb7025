/**
 * The index of the session files of a folder, kept across restarts. Only a cache: a file that is missing, truncated or of
 * another version counts as empty, and an entry applies only while the size and time of its file are unchanged.
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

/** Rows without names, validated by hand: for five thousand rows, a schema takes as long as the rest of the list. */
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

/** Errors: none; a cache that cannot be read or written counts as missing. */
export interface IndexCache {
  read(chatsDir: string): Promise<Map<string, CachedSession>>;
  write(chatsDir: string, sessions: ReadonlyMap<string, CachedSession>): Promise<void>;
}

export function createIndexCache(folder: string, logger: Logger): IndexCache {
  const toPath = (chatsDir: string) => join(folder, `${createHash('sha256').update(chatsDir).digest('hex').slice(0, 32)}.json`);
  return {
    async read(chatsDir) {
      try {
        const found = CacheFile.parse(JSON.parse(String(await readRegularFile(toPath(chatsDir)))));
        return found.chatsDir === chatsDir ? new Map(found.sessions.filter(isRow).map(toEntry)) : new Map();
      } catch {
        return new Map(); // missing or damaged: it is rebuilt from the session files
      }
    },
    async write(chatsDir, sessions) {
      const path = toPath(chatsDir);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, JSON.stringify({ version: VERSION, chatsDir, sessions: [...sessions].map(toRow) }), {
          mode: 0o600,
        });
      } catch (error) {
        logger.debug('The session index could not be written', { path, error: String(error) });
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
  const optionalFields = { ...(firstPrompt === null ? {} : { firstPrompt }), ...(modelId === null ? {} : { modelId }) };
  return [name, { sizeBytes, mtimeMs, createdAtMs, cwd, title, ...optionalFields }];
}

function toRow([name, { sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt, modelId }]: readonly [string, CachedSession]): Row {
  return [name, sizeBytes, mtimeMs, createdAtMs, cwd, title, firstPrompt ?? null, modelId ?? null];
}

/** Keeps nothing: for tests, and for hosts without a place for it. */
export const NO_INDEX_CACHE: IndexCache = { read: async () => new Map(), write: async () => undefined };
