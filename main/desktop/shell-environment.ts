import { readFileSync } from 'node:fs';
import { shellEnv } from 'shell-env';
import type { Environment, Logger } from '../engine/index.ts';

/** A login shell that waits for something must not delay the first command forever. Unit: ms. */
const SHELL_LIMIT_MS = 10_000;

/** What `shell-env` sets for the shell that it asks, and returns with the rest. */
const SET_FOR_THE_SHELL: Environment = { DISABLE_AUTO_UPDATE: 'true', ZSH_TMUX_AUTOSTARTED: 'true', ZSH_TMUX_AUTOSTART: 'false' };

/** Variables that Electron sets on Linux, for systems that do not tell how the app was started. */
const SET_BY_ELECTRON = ['CHROME_DESKTOP', 'GDK_BACKEND', 'NO_AT_BRIDGE', 'ORIGINAL_XDG_CURRENT_DESKTOP'];

/** `started`: as the app was started. `current`: with what Electron has changed since. */
export interface OwnEnvironment {
  readonly started: Environment;
  readonly current: Environment;
}

export function readOwnEnvironment(current: Environment = process.env, path = '/proc/self/environ'): OwnEnvironment {
  const entries = Object.entries(current).filter(([name]) => process.platform !== 'linux' || !SET_BY_ELECTRON.includes(name));
  return { started: readStarted(path) ?? Object.fromEntries(entries), current };
}

/** Linux keeps the environment of the start, whatever a program changes in it later. */
function readStarted(path: string): Environment | undefined {
  try {
    const pairs = readFileSync(path, 'utf8').split('\0');
    const entries = pairs.flatMap((pair) =>
      pair.includes('=') ? [[pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]] : [],
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  } catch {
    return undefined; // another system
  }
}

/**
 * The environment that a terminal would have. An app started by double-click lacks it (PATH does not contain the user's tools),
 * so the login shell is queried once; the environment of the start is used if that fails or if the app was started from a
 * terminal. What Electron or the query has added is left out. Returns a function that reads it at the first call and remembers it.
 */
export function createShellEnvironment(logger: Logger, own: OwnEnvironment = readOwnEnvironment()): () => Promise<Environment> {
  let known: Promise<Environment> | undefined;
  return () => (known ??= cameFromTerminal(own.started) ? Promise.resolve(own.started) : readShell(logger, own));
}

/** A terminal sets this variable; a desktop launcher does not. */
function cameFromTerminal(started: Environment): boolean {
  return process.platform === 'win32' || (started['TERM'] !== undefined && started['TERM'] !== 'dumb');
}

async function readShell(logger: Logger, own: OwnEnvironment): Promise<Environment> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), SHELL_LIMIT_MS)));
  try {
    const read = await Promise.race([shellEnv(), limit]);
    if (read !== undefined) return withoutAdded(read, own);
    logger.warn('the login shell did not report its environment in time', { limitMs: SHELL_LIMIT_MS });
  } catch (error) {
    logger.warn('the login shell could not be asked for its environment', { error });
  } finally {
    clearTimeout(timer);
  }
  return own.started;
}

/** What the shell reported over what the app was started with, without values that only Electron or the query had set. Pure. */
export function withoutAdded(read: Environment, { started, current }: OwnEnvironment): Environment {
  const added = Object.fromEntries(
    Object.entries({ ...current, ...SET_FOR_THE_SHELL }).filter(([name, value]) => value !== undefined && started[name] !== value),
  );
  return {
    ...started,
    ...Object.fromEntries(Object.entries(read).filter(([name, value]) => added[name] === undefined || added[name] !== value)),
  };
}
