/** Finds protected files among those that a command reads with a whole folder or by a name pattern. Reads only names. */
import { join } from 'node:path';
import type { WorkspaceFs } from '../../ports.ts';
import { classifyPath } from '../protected-paths.ts';

export interface Look {
  readonly fs: Pick<WorkspaceFs, 'realPath' | 'list' | 'stat'>;
  /** A path elsewhere is protected as well, when a link leads there. */
  readonly roots: readonly string[];
  readonly home?: string;
  /** Further files that must not be read, by rules of the user. */
  readonly excludes?: (path: string) => boolean;
}

/** A folder with more entries is not searched; reading it asks. */
const MAX_LOOKED = 3000;

/**
 * Breadth first. Links are not entered, but `grep -R` follows them, so their targets count; git's folders hold no readable
 * secrets and are large.
 */
export async function findProtected(folder: string, look: Look): Promise<string | undefined> {
  const { fs } = look;
  const open = [folder];
  let looked = 0;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const names = await fs.list(next).catch(() => []);
    looked += names.length;
    if (looked > MAX_LOOKED) return 'something in this large folder';
    for (const entry of names) {
      const path = join(next, entry.name);
      if (await isKept(path, entry, look)) return path;
      if (entry.isDirectory && entry.name !== '.git') open.push(path);
    }
  }
  return undefined;
}

/**
 * The first protected file that the shell would substitute for a pattern. `names`: the pattern split at slashes, with `*` and
 * `?` only. A name with a leading dot is only matched by a pattern with one.
 */
export function findMatched(folder: string, names: readonly string[], look: Look): Promise<string | undefined> {
  let looked = 0;
  async function below(at: string, [wanted = '', ...rest]: readonly string[]): Promise<string | undefined> {
    const entries = await look.fs.list(at).catch(() => []);
    looked += entries.length;
    if (looked > MAX_LOOKED) return 'something in this large folder';
    for (const entry of entries.filter(({ name }) => matchesName(wanted, name))) {
      const path = join(at, entry.name);
      if (await isKept(path, entry, look)) return path;
      const goesOn = rest.length > 0 && (entry.isDirectory || entry.isSymlink);
      const found = goesOn ? await below(path, rest) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return below(folder, names);
}

interface Entry {
  readonly isSymlink: boolean;
  readonly isFile: boolean;
}

/** A file with a second name (a hard link) may be a protected one by that name. */
async function isKept(path: string, { isSymlink, isFile }: Entry, { fs, roots, home, excludes }: Look): Promise<boolean> {
  const real = isSymlink ? await fs.realPath(path).catch(() => undefined) : path;
  if (excludes?.(path) === true || (real !== undefined && excludes?.(real) === true)) return true;
  const facts = classifyPath(real ?? '', path, roots, home);
  if (facts.protection === 'secret' || (isSymlink && !facts.isInside)) return true;
  return isFile && ((await fs.stat(path).catch(() => undefined))?.links ?? 1) > 1;
}

/**
 * The case of ASCII letters is ignored, as some file systems and shell settings do; other letters must match exactly.
 */
function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const plain = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const [first = [], ...rest] = plain(pattern)
    .split(/\*+/)
    .map((part) => [...part]);
  const text = [...plain(name)];
  const fits = (part: readonly string[], at: number) =>
    at + part.length <= text.length && part.every((each, index) => each === '?' || each === text[at + index]);
  if (!fits(first, 0)) return false;
  const last = rest.pop();
  if (last === undefined) return first.length === text.length;
  let at = first.length;
  for (const part of rest) {
    while (at <= text.length && !fits(part, at)) at += 1;
    if (at > text.length) return false;
    at += part.length;
  }
  return text.length - last.length >= at && fits(last, text.length - last.length);
}
