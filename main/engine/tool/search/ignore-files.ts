/**
 * Which entries of one folder the project's ignore files match. For searches ripgrep applies them itself. Source:
 * gitignore(5). The package `ignore` always includes the parent folders in its verdict, so it could not list an ignored folder.
 */
import { dirname, join, relative, resolve, sep } from 'node:path';
import { compileGlob } from '../../lib/glob-pattern.ts';
import { isWithin } from '../../lib/within.ts';
import { shownPath, touchedPaths } from '../paths.ts';
import type { ToolContext } from '../tool.ts';

export interface IgnoreRule {
  /** On the path relative to the ignore file's folder, with `/`. */
  readonly matches: (path: string) => boolean;
  readonly isNegated: boolean;
  readonly foldersOnly: boolean;
}

/** A larger file is not a list of patterns. Unit: bytes. */
const MAX_FILE_BYTES = 256 * 1024;

type IgnorePlace = Pick<ToolContext, 'root' | 'fs' | 'runSettings'>;

/** Pure. Lines without effect are left out; braces are plain characters here. */
export function parseIgnore(text: string): readonly IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const pattern = line.replace(/(?<!\\)[ \t]+$/, '');
    if (pattern === '' || pattern.startsWith('#')) return [];
    const isNegated = pattern.startsWith('!');
    const body = (isNegated ? pattern.slice(1) : pattern).replace(/[{}]/g, '\\$&');
    const foldersOnly = body.endsWith('/');
    const glob = foldersOnly ? body.slice(0, -1) : body;
    return glob === '' ? [] : [{ matches: compileGlob(glob), isNegated, foldersOnly }];
  });
}

/**
 * Returns a test for names directly in `folder`: true if the name is ignored. Only the name's own path is matched: a user who
 * lists an ignored folder wants to see its contents. Outside the project nothing is ignored.
 */
export async function ignoredIn(folder: string, context: IgnorePlace): Promise<(name: string, isFolder: boolean) => boolean> {
  if (!isWithin(folder, context.root)) return () => false;
  const search = (await context.runSettings?.())?.search;
  const own = (await ownFiles(context)).map((path) => ({ path, base: context.root }));
  const folders = search?.respectGitIgnore === false ? [] : foldersDownTo(folder, context.root);
  const files = [...folders.map((base) => ({ path: join(base, '.gitignore'), base })), ...own];
  const layers = await Promise.all(files.map(async ({ path, base }) => ({ base, rules: await rulesOf(path, context) })));
  return (name, isFolder) => {
    let isIgnored = false;
    for (const { base, rules } of layers) {
      const path = relative(base, join(folder, name)).split(sep).join('/');
      const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && rule.matches(path));
      if (last !== undefined) isIgnored = !last.isNegated;
    }
    return isIgnored;
  };
}

/**
 * The ignore file of the user that excludes this file or folder (`.qwenignore`, or one that the settings name), or undefined. An excluded
 * folder excludes everything in it. `.gitignore` does not count: builds and logs are meant to be read.
 */
async function excludedBy(path: string, context: IgnorePlace): Promise<string | undefined> {
  if (!isWithin(path, context.root) || path === context.root) return undefined;
  const isDirectory = (await context.fs.stat(path).catch(() => undefined))?.isDirectory === true;
  const names = relative(context.root, path).split(sep);
  for (const file of await ownFiles(context)) {
    const rules = await rulesOf(file, context);
    for (let depth = 1; depth <= names.length; depth += 1) {
      const isFolder = isDirectory || depth < names.length;
      const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && rule.matches(names.slice(0, depth).join('/')));
      if (last !== undefined && !last.isNegated) return relative(context.root, file);
    }
  }
  return undefined;
}

export interface Excluded {
  /** Absolute, links resolved; a file counts like a folder of its name. */
  readonly excludes: (path: string) => boolean;
  /** The patterns without exceptions, so that together they cover at least what is excluded. From the root, as in .gitignore. */
  readonly patterns: readonly string[];
}

/** What the user's ignore files exclude, read once; undefined: nothing. */
export async function openExcluded(context: IgnorePlace): Promise<Excluded | undefined> {
  const texts = await Promise.all((await ownFiles(context)).map((path) => textOf(path, context)));
  const lists = texts.map(parseIgnore).filter((rules) => rules.length > 0);
  if (lists.length === 0) return undefined;
  return {
    excludes(path) {
      if (!isWithin(path, context.root)) return false;
      const names = relative(context.root, path).split(sep);
      return lists.some((rules) =>
        names.some((_, at) => rules.findLast((rule) => rule.matches(names.slice(0, at + 1).join('/')))?.isNegated === false),
      );
    },
    patterns: texts.flatMap((text) => text.split(/\r?\n/).map((line) => line.trim())).filter((line) => line !== '' && !/^[#!]/.test(line)),
  };
}

/** For the model: why a call on this file is refused, by its own name or by the target of its links. */
export async function whyExcluded(path: string, context: IgnorePlace): Promise<string | undefined> {
  for (const each of await touchedPaths(path, context)) {
    const file = await excludedBy(each, context);
    if (file !== undefined) return `${shownPath(path, context)} is excluded by ${file}: the user does not want it to be read.`;
  }
  return undefined;
}

/** Absolute paths; one outside the project is left out. */
async function ownFiles(context: IgnorePlace): Promise<readonly string[]> {
  const search = (await context.runSettings?.())?.search;
  return [...(search?.respectQwenIgnore === false ? [] : ['.qwenignore']), ...(search?.ignoreFiles ?? [])]
    .map((name) => resolve(context.root, name))
    .filter((path) => isWithin(path, context.root));
}

/** From the root down: a rule further down wins. */
function foldersDownTo(folder: string, root: string): readonly string[] {
  const found = [folder];
  for (let at = folder; at !== root && isWithin(dirname(at), root); at = dirname(at)) found.unshift(dirname(at));
  return found;
}

/** An unreadable ignore file ignores nothing. */
async function rulesOf(path: string, context: IgnorePlace): Promise<readonly IgnoreRule[]> {
  return parseIgnore(await textOf(path, context));
}

async function textOf(path: string, { fs }: IgnorePlace): Promise<string> {
  if ((await fs.stat(path).catch(() => undefined))?.isFile !== true) return '';
  return new TextDecoder().decode(await fs.readBytes(path, MAX_FILE_BYTES).catch(() => new Uint8Array()));
}
