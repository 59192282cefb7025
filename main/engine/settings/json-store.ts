import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';
import { fileStamp } from '../lib/file-cache.ts';
import { writingFile } from '../lib/file-errors.ts';
import { readRegularFileSync } from '../lib/regular-file.ts';
import type { Logger } from '../ports.ts';

/**
 * A small JSON file of Gantry's own (state.json, trust.json).
 * Shape: the schema says which keys are read and what stands for a missing or wrong one; keys it does not know are kept.
 * Order: updates of one process run one after the other, and each reads the file again first, so that two processes
 * lose at most what they write in the same instant.
 * Errors: a file that cannot be read is logged and counts as empty; it is replaced by the next update. A failed write throws
 * `disk_full` or `file_unwritable`.
 */
export interface JsonStore<T> {
  /** The very object of the last reading while the file has not changed: nobody may change what is in it. */
  read(): T;
  update(change: (value: T) => T): Promise<T>;
}

export function createJsonStore<S extends z.ZodType<Record<string, unknown>>>(
  path: string,
  schema: S,
  logger: Logger,
): JsonStore<z.output<S>> {
  let last: Promise<unknown> = Promise.resolve();
  const readRaw = (): Record<string, unknown> => {
    try {
      const raw: unknown = JSON.parse(String(readRegularFileSync(path)));
      return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : {};
    } catch (error) {
      if (!isMissing(error)) logger.warn('state file could not be read and counts as empty', { path, error: String(error) });
      return {};
    }
  };
  let known: { readonly stamp: string | undefined; readonly value: z.output<S> } | undefined;
  const read = () => {
    const stamp = stampOf(path);
    if (known === undefined || known.stamp !== stamp || stamp === UNREADABLE) known = { stamp, value: schema.parse(readRaw()) };
    return known.value;
  };
  return {
    read,
    update(change) {
      const next = last.then(async () => {
        const value = change(read());
        await writingFile(path, async () => {
          await mkdir(dirname(path), { recursive: true, mode: 0o700 });
          await writeFileAtomic(path, `${JSON.stringify({ ...readRaw(), ...value }, undefined, 2)}\n`, { mode: 0o600 });
        });
        known = undefined;
        return value;
      });
      last = next.catch(() => undefined); // the caller hears of it; the queue goes on
      return next;
    },
  };
}

const UNREADABLE = '';

function stampOf(path: string): string | undefined {
  try {
    return fileStamp(path);
  } catch {
    return UNREADABLE; // reading it fails too, and says so
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
