/**
 * Where the words of a command lead: the folders the command may be in by then, and the paths of its words in each of them.
 * Pure; links are followed where the paths are looked up.
 */
import { isAbsolute, join, resolve } from 'node:path';
import type { ShellAccess } from './shell-access.ts';
import type { ShellReading } from './shell-parts.ts';
import type { ShellWord } from './words/shell-word.ts';
import { defined } from '../../../../preload/contract/index.ts';

/**
 * `path` is absolute, links not followed. `mention`: the command may do anything with the path. `named`: as far as is known the
 * word is no file for the command, so it counts only if it names a protected one.
 */
export interface TouchedPath {
  readonly path: string;
  readonly kind: 'list' | 'read' | 'write' | 'mention' | 'named';
  readonly recursive: boolean;
  /** A filter for what is below; as in `ShellAccess`. */
  readonly pattern?: string;
  /** The path as written, if it contains `..`: behind a link, the system goes up from the link's target. */
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
  for (const { words: all, isList } of parts) {
    const words = isList === true ? [] : inner(all);
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

/** Without the words in front that run the command after them in the same shell. */
export function inner(words: readonly ShellWord[]): readonly ShellWord[] {
  const [name, option] = words;
  if (name?.text === 'command' || name?.text === 'builtin') return inner(words.slice(1));
  if (name?.text === 'time') return inner(words.slice(option?.text === '-p' ? 2 : 1));
  return words;
}

/**
 * The folder in which each part runs, for patterns; undefined from where it is not certain. Whether a `cd` succeeds is not known
 * here, so files are looked up in all folders of `findFolders` as well.
 */
export function foldersOfParts({ parts, loops }: ShellReading, { cwd, home }: ShellPlace): readonly (string | undefined)[] {
  let at: string | undefined = cwd;
  return parts.map(({ words, isPlainStep, isList }) => {
    const here = at;
    const [name, target] = isList === true ? [] : inner(words);
    if (name?.text !== 'cd' || at === undefined) return here;
    const to = target === undefined ? undefined : toPath({ word: target.text, tilde: target.tilde }, home);
    const isCertain = isPlainStep && !loops && to !== undefined && target?.unknown === 'none' && target.glob === 'none';
    at = isCertain ? resolve(at, to) : undefined;
    return here;
  });
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
  // The folder itself may be a link as well, and `..` then leads to the parent of its target.
  const climbs = /(?:^|\/)\.\.(?:\/|$)/.test(path);
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
