/**
 * The packaged ripgrep, the only program that a tool starts by itself. Owns the child process: its arguments for ignore
 * files, its environment, its end. Callers interpret the output.
 */
import { spawn } from 'node:child_process';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isWithin } from '../../lib/within.ts';
import type { ToolContext } from '../tool.ts';
import { findIrregularIgnoreFile } from './irregular-ignore-file.ts';

/** A search that takes longer is too wide to be useful. Unit: ms. */
export const SEARCH_TIMEOUT_MS = 30_000;
/** One record of output; a match in a minified file can be a line of many megabytes. Unit: UTF-16 code units. */
const MAX_RECORD_CHARS = 4 * 1024 * 1024;
const MAX_STDERR_CHARS = 4_000;
/** A search that still runs then may be waiting for an ignore file. Unit: ms. */
const LOOK_AFTER_MS = 1_000;

export interface RipgrepRequest {
  readonly args: readonly string[];
  /** Absolute, links resolved: a folder, or for a search also a file. */
  readonly target: string;
  readonly separator: '\n' | '\0';
  readonly timeoutMs: number;
  /** Called for each record; `stop` ends the search when the caller has enough. */
  readonly onRecord: (record: string) => 'continue' | 'stop';
}

/** `stderr` may hold warnings (a folder without permission) although there are matches. */
export type RipgrepEnd =
  | { readonly kind: 'done'; readonly exitCode: number; readonly stderr: string; readonly tooLongRecords: number }
  | { readonly kind: 'stopped' | 'timed_out' | 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string };

/** The context that a search needs about its folder. */
export type SearchPlaces = Pick<ToolContext, 'root' | 'fs' | 'childEnv' | 'runSettings'>;

export type RipgrepRunner = (request: RipgrepRequest, context: SearchPlaces, signal: AbortSignal) => Promise<RipgrepEnd>;

/**
 * Makes a runner. `findBinary` returns the path of the binary; it is called at the first search, because the package throws
 * on import if its platform's part is not installed.
 * Order: resolves once, after the child has ended and its output was read, or right after it was killed.
 */
export function createRipgrep(findBinary: () => Promise<string> = packagedBinary): RipgrepRunner {
  return async (request, context, signal) => {
    if (signal.aborted) return { kind: 'cancelled' };
    if (request.args.some((arg) => arg.includes('\0'))) return { kind: 'failed', message: 'A pattern cannot hold a NUL character.' };
    let binary: string;
    try {
      binary = await findBinary();
    } catch (error) {
      return { kind: 'failed', message: `The packaged ripgrep is missing (${String(error)}). Reinstall Gantry, or use a shell command.` };
    }
    const [place, env] = await Promise.all([searchPlace(request.target, context), context.childEnv()]);
    return await runChild(
      binary,
      [...COMMON_ARGS, ...place.ignoreArgs, ...request.args, '--', place.operand],
      { cwd: place.cwd, env },
      request,
      { signal, blockedBy: (isOver) => findIrregularIgnoreFile(request.target, { names: place.ignoreNames, fs: context.fs, isOver }) },
    );
  };
}

/** The path in a record, made absolute. */
export function foundPath(recordPath: string, target: string, context: ToolContext): string {
  return resolve(isWithin(target, context.root) ? context.root : dirname(target), recordPath);
}

/** Hidden files are searched (`.github`), git's own are not; ignore files apply outside of repositories too. */
const COMMON_ARGS = ['--no-config', '--hidden', '--no-require-git', '--glob', '!.git'];

interface SearchPlace {
  readonly cwd: string;
  readonly operand: string;
  readonly ignoreArgs: readonly string[];
  /** The ignore files that ripgrep reads in every folder. */
  readonly ignoreNames: ReadonlySet<string>;
}

const OWN_IGNORE_NAMES = ['.ignore', '.rgignore'];

/** The patterns of an extra ignore file are relative to the child's working directory, hence the project's root. */
async function searchPlace(target: string, context: SearchPlaces): Promise<SearchPlace> {
  if (!isWithin(target, context.root))
    return {
      cwd: dirname(target),
      operand: `./${basename(target)}`,
      ignoreArgs: [],
      ignoreNames: new Set(['.gitignore', ...OWN_IGNORE_NAMES]),
    };
  const rules = (await context.runSettings?.())?.search;
  const names = [...(rules?.respectQwenIgnore === false ? [] : ['.qwenignore']), ...(rules?.ignoreFiles ?? [])];
  const files = names.map((name) => resolve(context.root, name)).filter((path) => isWithin(path, context.root));
  const found = await Promise.all(
    files.map(async (path) => ((await context.fs.stat(path))?.isFile === true ? ['--ignore-file', path] : [])),
  );
  const gitIgnore = rules?.respectGitIgnore === false ? undefined : await context.fs.stat(join(context.root, '.gitignore'));
  // ripgrep would wait for the writer of a FIFO.
  const readsGitIgnore = rules?.respectGitIgnore !== false && gitIgnore?.isFile !== false;
  const ignoreArgs = [...(readsGitIgnore ? [] : ['--no-ignore-vcs']), ...found.flat()];
  const ignoreNames = new Set([...(readsGitIgnore ? ['.gitignore'] : []), ...OWN_IGNORE_NAMES]);
  return { cwd: context.root, operand: `./${relative(context.root, target)}`, ignoreArgs, ignoreNames };
}

async function packagedBinary(): Promise<string> {
  const { rgPath } = await import('@vscode/ripgrep');
  // Programs cannot be started from inside the package's archive; electron-builder unpacks them beside it.
  return rgPath.replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked');
}

function runChild(
  binary: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>> },
  request: RipgrepRequest,
  { signal, blockedBy }: { signal: AbortSignal; blockedBy: (isOver: () => boolean) => Promise<string | undefined> },
): Promise<RipgrepEnd> {
  return new Promise((settle, fail) => {
    const child = spawn(binary, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    // First, because without a listener a failed start would end this process.
    child.on('error', (error) => end({ kind: 'failed', message: `ripgrep could not be started: ${error.message}` }));
    let stderr = '';
    let isOver = false;
    const release = () => {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(lookTimer);
      signal.removeEventListener('abort', onAbort);
    };
    const end = (how: RipgrepEnd) => {
      release();
      settle(how);
    };
    const kill = (why: 'stopped' | 'timed_out' | 'cancelled') => {
      child.kill('SIGKILL');
      end({ kind: why });
    };
    const timer = setTimeout(() => kill('timed_out'), request.timeoutMs);
    const look = async () => {
      const path = await blockedBy(() => isOver);
      if (path === undefined || isOver) return;
      child.kill('SIGKILL');
      end({ kind: 'failed', message: `The search cannot read ${path}: it is not a regular file. Move it away, then try again.` });
    };
    const lookTimer = setTimeout(() => void look(), LOOK_AFTER_MS);
    const onAbort = () => kill('cancelled');
    signal.addEventListener('abort', onAbort);
    const records = splitRecords(request.separator, (record) => {
      if (isOver) return;
      try {
        if (request.onRecord(record) === 'stop') kill('stopped');
      } catch (error) {
        // Thrown from a stream's listener, it would end the process instead of this call.
        child.kill('SIGKILL');
        release();
        fail(error);
      }
    });
    // Without free descriptors there are no pipes, whatever the types say; the error above follows.
    child.stdout?.setEncoding('utf8').on('data', records.push);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MAX_STDERR_CHARS);
    });
    child.on('close', (exitCode, killedBy) => {
      if (exitCode === null) end({ kind: 'failed', message: `ripgrep was ended by ${killedBy ?? 'a signal'}.` });
      else end({ kind: 'done', exitCode, stderr: stderr.trim(), tooLongRecords: records.tooLong() });
    });
  });
}

function splitRecords(separator: string, onRecord: (record: string) => void): { push: (chunk: string) => void; tooLong: () => number } {
  let pending = '';
  let isSkipping = false;
  let tooLong = 0;
  return {
    push(chunk) {
      const parts = chunk.split(separator);
      for (const [index, part] of parts.entries()) {
        pending = isSkipping ? '' : pending + part;
        if (pending.length > MAX_RECORD_CHARS) {
          pending = '';
          isSkipping = true;
          tooLong += 1;
        }
        if (index === parts.length - 1) return; // the rest of this record has not arrived yet
        if (!isSkipping && pending !== '') onRecord(pending);
        pending = '';
        isSkipping = false;
      }
    },
    tooLong: () => tooLong,
  };
}
