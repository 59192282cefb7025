import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** More suggestions are no help. Source: the contract, `project.suggestPaths`. */
const MAX_SUGGESTIONS = 20;

/**
 * Folders that complete the typed text. `~` is the home folder; hidden folders only if a dot was typed. Returns absolute paths in
 * alphabetical order; none for an unreadable folder.
 */
export async function suggestPaths(prefix: string, home: string): Promise<readonly string[]> {
  const typed = prefix.trim();
  const path = pathTyped(typed, home);
  const absolute = typed === '' || typed === '~' || /[\\/]$/.test(typed) ? join(path, sep) : path;
  const folder = absolute.endsWith(sep) ? absolute : dirname(absolute);
  const start = absolute.endsWith(sep) ? '' : basename(absolute).toLowerCase();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.name.toLowerCase().startsWith(start) && (start.startsWith('.') || !entry.name.startsWith('.')))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const found: string[] = [];
  for (const entry of names) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) found.push(path);
    if (found.length === MAX_SUGGESTIONS) break;
  }
  return found;
}

/** The meaning of a typed path: `~` is the home folder, and a relative path starts there. */
export function pathTyped(typed: string, home: string): string {
  const path = typed.trim();
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return isAbsolute(path) ? resolve(path) : resolve(home, path);
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined); // a dangling link is not a folder
  return found?.isDirectory() === true;
}
