import { readFile, stat } from 'node:fs/promises';

export type CachedFile<T> =
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly message: string }
  | { readonly state: 'read'; readonly value: T };

/** Reads and parses files, again only when time, size or inode changed: an edit from outside counts at the next question. */
export function createFileCache<T>(parse: (bytes: Uint8Array, path: string) => T): (path: string) => Promise<CachedFile<T>> {
  const known = new Map<string, { readonly stamp: string; readonly value: T }>();
  return async (path) => {
    try {
      const found = await stat(path, { bigint: true });
      const stamp = `${found.mtimeNs}:${found.ctimeNs}:${found.size}:${found.ino}`;
      const cached = known.get(path);
      if (cached?.stamp === stamp) return { state: 'read', value: cached.value };
      const value = parse(await readFile(path), path);
      known.set(path, { stamp, value });
      return { state: 'read', value };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'missing' };
      return { state: 'unreadable', message: error instanceof Error ? error.message : String(error) };
    }
  };
}
