import { shellEnv } from 'shell-env';
import type { Environment, Logger } from '../engine/index.ts';

/** A login shell that waits for something must not delay the first command forever. Unit: ms. */
const SHELL_LIMIT_MS = 10_000;

/**
 * The environment that a terminal would have. An app started by double-click lacks it (PATH does not contain the user's tools),
 * so the login shell is queried once; the inherited environment is used if that fails or if the app was started from a
 * terminal. Returns a function that reads it at the first call and remembers it.
 */
export function createShellEnvironment(logger: Logger, own: Environment = process.env): () => Promise<Environment> {
  let known: Promise<Environment> | undefined;
  return () => (known ??= cameFromTerminal(own) ? Promise.resolve(own) : readShell(logger, own));
}

/** A terminal sets this variable; a desktop launcher does not. */
function cameFromTerminal(own: Environment): boolean {
  return process.platform === 'win32' || (own['TERM'] !== undefined && own['TERM'] !== 'dumb');
}

async function readShell(logger: Logger, own: Environment): Promise<Environment> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), SHELL_LIMIT_MS)));
  try {
    const read = await Promise.race([shellEnv(), limit]);
    if (read !== undefined) return { ...own, ...read };
    logger.warn('the login shell did not report its environment in time', { limitMs: SHELL_LIMIT_MS });
  } catch (error) {
    logger.warn('the login shell could not be asked for its environment', { error });
  } finally {
    clearTimeout(timer);
  }
  return own;
}
