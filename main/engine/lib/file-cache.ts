import { statSync } from 'node:fs';
import { readRegularFile } from './regular-file.ts';

export type CachedFile<T> =
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly message: string }
  | { readonly state: 'read'; readonly value: T };

const MISSING = { state: 'missing' } as const;

/**
 * Reads and parses files, again only if time, size or inode changed: an edit from outside counts at the next call.
 * Order: an unchanged file gives the same object as the last time, so that callers can keep what they derive from it until it
 * changes.
 */
export function createFileCache<T>(parse: (bytes: Uint8Array, path: string) => T): (path: string) => Promise<CachedFile<T>> {
  const known = new Map<string, { readonly stamp: string; readonly answer: CachedFile<T> }>();
  return async (path) => {
    try {
      const stamp = fileStamp(path);
      if (stamp === undefined) {
        known.delete(path);
        return MISSING;
      }
      const cached = known.get(path);
      if (cached?.stamp === stamp) return cached.answer;
      const answer = { state: 'read', value: parse(await readRegularFile(path), path) } as const;
      known.set(path, { stamp, answer });
      return answer;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'ENOENT' || code === 'ENOTDIR') return MISSING;
      return { state: 'unreadable', message: error instanceof Error ? error.message : String(error) };
    }
  };
}

/**
 * A value that changes whenever a file is written or replaced; undefined if there is none.
 * It is called many times a round, mostly for missing files. Synchronously that is one system call of about 2 µs; over the thread
 * pool it was 100 µs and a fifth of a round. Source: `npm run bench -- agent`.
 */
export function fileStamp(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.mtimeNs}:${found.ctimeNs}:${found.size}:${found.ino}`;
}
