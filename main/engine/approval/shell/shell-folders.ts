/**
 * Where the words of a command lead: the folders the command may be in by then, and the paths of its words in each of them.
 * Pure; links are followed where the paths are looked up.
 */
import { isAbsolute, join, resolve } from 'node:path';
import type { ShellAccess } from './command-verdict.ts';
import type { ShellReading } from './shell-parts.ts';
import type { ShellWord } from './shell-word.ts';
import { defined } from '../../../../preload/contract/index.ts';

/** `path` is absolute, links not followed. `mention`: the command may do anything with the path. */
export interface TouchedPath {
  readonly path: string;
  readonly kind: 'list' | 'read' | 'write' | 'mention';
  readonly recursive: boolean;
  /** A filter for what is below; as in `ShellAccess`. */
  readonly pattern?: string;
  /** The path as written, if `..` follows a name: if that name is a link, the system goes up from the link's target. */
  readonly asWritten?: string;
}

export interface ShellPlace {
  readonly cwd: string;
  readonly home: string | undefined;
}

const MAX_FOLDERS = 6;

export interface Folders {
  /** All folders the command may be in at some point; a `cd` may fail, so the first one remains in the list. */
  readonly known: readonly string[];
  /** A `cd` with an uncertain target. */
  readonly lost: ShellWord | undefined;
}

export function findFolders({ parts, loops }: ShellReading, { cwd, home }: ShellPlace): Folders {
  let known = [cwd];
  for (const { words } of parts) {
    const [name, target, ...more] = words;
    if (name?.text !== 'cd') continue;
    const to = target === undefined ? home : toPath({ word: target.text, tilde: target.tilde }, home);
    const isCertain =
      more.length === 0 &&
      to !== undefined &&
      !loops &&
      (target === undefined || (target.unknown === 'none' && target.glob === 'none' && !target.text.startsWith('-')));
    if (!isCertain) return { known, lost: target ?? name };
    known = [...new Set([...known, ...known.map((folder) => resolve(folder, to))])];
    if (known.length > MAX_FOLDERS) return { known: known.slice(0, MAX_FOLDERS), lost: target ?? name };
  }
  return { known, lost: undefined };
}

export function findTouches(
  access: ShellAccess,
  { known }: Folders,
  { home }: ShellPlace,
  kind: TouchedPath['kind'],
): readonly TouchedPath[] {
  const path = toPath(access, home);
  if (access.word === '-') return []; // standard input
  if (path === undefined) return [{ path: `/${access.word}`, kind, recursive: access.recursive }]; // ~someone: outside, for every user
  const climbs = /(?:^|\/)(?!\.\.?(?:\/|$))[^/]+\/(?:\.\/|\/)*\.\.(?:\/|$)/.test(path);
  return known.map((folder) => ({
    path: resolve(folder, path),
    kind,
    recursive: access.recursive,
    ...defined({ pattern: access.pattern }),
    ...(climbs ? { asWritten: isAbsolute(path) ? path : `${folder}/${path}` } : {}),
  }));
}

function toPath({ word, tilde }: { readonly word: string; readonly tilde: boolean }, home: string | undefined): string | undefined {
  if (!tilde) return word;
  if (home === undefined || !isAbsolute(home)) return undefined;
  return word === '~' ? home : word.startsWith('~/') ? join(home, word.slice(2)) : undefined;
}
