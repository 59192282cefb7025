import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** More than this is no help. Source: the contract, `project.suggestPaths`. */
const MAX_SUGGESTIONS = 20;

/**
 * Folders that complete what was typed. `~` is the home folder; hidden folders only when a dot was typed.
 * Returns absolute paths in alphabetical order; a place that cannot be read has none.
 */
export async function suggestPaths(prefix: string, home: string): Promise<readonly string[]> {
  const typed = prefix.trim();
  const expanded =
    typed === '~' || typed.startsWith('~/') ? join(home, typed.slice(1)) + (typed.endsWith('/') || typed === '~' ? sep : '') : typed;
  const absolute =
    expanded === '' ? home + sep : isAbsolute(expanded) ? expanded : resolve(home, expanded) + (expanded.endsWith(sep) ? sep : '');
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

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined); // a dangling link is no folder
  return found?.isDirectory() === true;
}
