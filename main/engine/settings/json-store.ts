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
 * Shape: the schema defines the keys that are read, and the default for a missing or invalid one; unknown keys are kept.
 * Order: updates of one process run one after the other, and each reads the file again first, so that two processes lose at most
 * what they write at the same moment.
 * Errors: an unreadable file is logged and counts as empty; the next update replaces it. A failed write throws `disk_full` or
 * `file_unwritable`.
 */
export interface JsonStore<T> {
  /** The same object as the last time while the file has not changed: callers must not modify it. */
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
    const stamp = readStamp(path);
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
      last = next.catch(() => undefined); // the caller receives the error; the queue continues
      return next;
    },
  };
}

const UNREADABLE = '';

function readStamp(path: string): string | undefined {
  try {
    return fileStamp(path);
  } catch {
    return UNREADABLE; // reading it fails too, and reports why
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
