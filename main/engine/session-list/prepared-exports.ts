/** Texts of sessions and messages that are ready to be saved: each in a file of its own for ten minutes, read in pieces. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { writingFile } from '../lib/file-errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { readOutputPiece } from '../task/index.ts';

const KEPT_MS = 10 * 60 * 1000;
const NAME = /^[0-9a-f-]{36}$/;

export interface PreparedExports {
  /** `write` creates the file and returns its size in bytes; undefined: it is empty. Errors: those of `write`. */
  prepare(write: (targetPath: string) => Promise<number | undefined>): Promise<{ exportId: string; totalBytes: number } | undefined>;
  /** Errors: `file_not_found`. */
  read(exportId: string, from: { offsetBytes: number; maxBytes: number }): ReturnType<typeof readOutputPiece>;
  /** Removes files that an earlier run left; never rejects. */
  sweep(): Promise<void>;
  /** Removes all files of this run. */
  close(): Promise<void>;
}

export function createPreparedExports(folder: string, clock: Clock, logger: Logger): PreparedExports {
  const prepared = new Map<string, { path: string; stop: () => void }>();

  async function forget(exportId: string): Promise<void> {
    const entry = prepared.get(exportId);
    prepared.delete(exportId);
    entry?.stop();
    if (entry !== undefined) await rm(entry.path, { force: true });
  }

  return {
    async prepare(write) {
      const exportId = randomUUID();
      await writingFile(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
      const path = join(folder, exportId);
      prepared.set(exportId, { path, stop: clock.after(KEPT_MS, () => void forget(exportId)) });
      const totalBytes = await write(path).catch(async (error: unknown) => {
        await forget(exportId);
        throw error;
      });
      if (totalBytes !== undefined) return { exportId, totalBytes };
      await forget(exportId);
      return undefined;
    },
    async read(exportId, { offsetBytes, maxBytes }) {
      const entry = prepared.get(exportId);
      if (entry === undefined) throw new EngineError('file_not_found', 'This text has expired. Export or open it again.');
      return await readOutputPiece(entry.path, offsetBytes, maxBytes);
    },
    async sweep() {
      try {
        for (const name of await readdir(folder).catch(() => [])) {
          const found = NAME.test(name) && !prepared.has(name) ? await stat(join(folder, name)).catch(() => undefined) : undefined;
          // Another window of this user may have just created the file.
          if (found !== undefined && clock.now() - found.mtimeMs > KEPT_MS) await rm(join(folder, name), { force: true });
        }
      } catch (error) {
        logger.warn('Exports of an earlier run could not be removed', { error: String(error) });
      }
    },
    async close() {
      await Promise.all([...prepared.keys()].map(forget));
    },
  };
}
