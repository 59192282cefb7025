/**
 * What is known of the session files of a folder, kept over restarts. Only a cache: a file that is missing, torn or of
 * another version is an empty one, and what it says of a session holds only while size and time of its file are the same.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Logger } from '../ports.ts';

const VERSION = 2;

const Cached = z.object({
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  title: z.string(),
  createdAtMs: z.number(),
  /** Empty: no record of the file can be read. */
  cwd: z.string(),
  firstPrompt: z.string().optional(),
  modelId: z.string().optional(),
});
export type CachedSession = z.infer<typeof Cached>;

const CacheFile = z.object({ version: z.literal(VERSION), chatsDir: z.string(), sessions: z.record(z.string(), Cached) });

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
        const found = CacheFile.parse(JSON.parse(await readFile(pathOf(chatsDir), 'utf8')));
        return new Map(found.chatsDir === chatsDir ? Object.entries(found.sessions) : []);
      } catch {
        return new Map(); // missing or damaged: it is made again from the session files
      }
    },
    async write(chatsDir, sessions) {
      const path = pathOf(chatsDir);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, JSON.stringify({ version: VERSION, chatsDir, sessions: Object.fromEntries(sessions) }), {
          mode: 0o600,
        });
      } catch (error) {
        logger.debug('The index of sessions could not be kept', { path, error: String(error) });
      }
    },
  };
}

/** Nothing is kept: for tests, and where there is no place for it. */
export const NO_INDEX_CACHE: IndexCache = { read: async () => new Map(), write: async () => undefined };
