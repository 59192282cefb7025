/** What a path or an address opens that the user passed on the command line, dropped on the window or clicked elsewhere. */
import { statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventData } from '../../preload/contract/index.ts';

export type OpenTarget =
  | { readonly kind: 'folder'; readonly path: string }
  /** It opens nothing, and the window says why. */
  | { readonly kind: 'problem'; readonly problem: OpenProblem; readonly path: string };
export type OpenProblem = NonNullable<EventData<'command.invoked'>['problem']>;

/**
 * The user's arguments among a command line's. The first arguments belong to the program (Electron, in development also the app's
 * folder): `skip` of them are skipped, not counting the switches that Chromium inserts. After `--` nothing is a switch. Pure.
 */
export function userArguments(argv: readonly string[], skip: number): readonly string[] {
  const end = argv.indexOf('--');
  const before = end === -1 ? argv : argv.slice(0, end);
  return [...before.filter((argument) => !argument.startsWith('-')), ...(end === -1 ? [] : argv.slice(end + 1))].slice(skip);
}

/** The first argument that opens a folder, else the first problem. Undefined without arguments. */
export function targetOfArguments(argv: readonly string[], cwd: string, skip: number): OpenTarget | undefined {
  const targets = userArguments(argv, skip).map((argument) => targetOf(argument, cwd));
  return targets.find(({ kind }) => kind === 'folder') ?? targets[0];
}

/** A path, relative to `cwd`, or an address. A file opens its folder. */
export function targetOf(argument: string, cwd: string): OpenTarget {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(argument)) return targetOfPath(resolve(cwd, argument));
  const path = pathOfFileUrl(argument) ?? pathOfLink(argument);
  return path === undefined ? { kind: 'problem', problem: 'link', path: argument } : targetOfPath(path);
}

function targetOfPath(path: string): OpenTarget {
  const found = statOf(path);
  if (found === undefined) return { kind: 'problem', problem: 'missing', path };
  return { kind: 'folder', path: found.isDirectory() ? path : dirname(path) };
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // it may not be looked at, or is too long
  }
}

/** Undefined for a URL that is not a file on this machine: another scheme, another host, an encoded slash. */
export function pathOfFileUrl(url: string): string | undefined {
  try {
    return new URL(url).protocol === 'file:' && new URL(url).host === '' ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder of `gantry://open?path=...`, which any web page may offer: it opens like a folder that was dropped, with the
 * question of trust, and does nothing else. Undefined for every other link, and for a path on another machine: looking at that
 * would already sign in there.
 */
function pathOfLink(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (url.protocol !== 'gantry:' || url.host !== 'open' || !['', '/'].includes(url.pathname)) return undefined;
  const path = url.searchParams.get('path') ?? '';
  return isAbsolute(path) && !/^[\\/]{2}/.test(path) ? path : undefined;
}
