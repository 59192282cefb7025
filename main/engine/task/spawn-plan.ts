/** Prepares the spawn of a command: checks the shell and the folder, and builds the environment. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { StartTask } from './task-api.ts';

/** How a command line is run. `path` is absolute, or a name looked up on the command's PATH. */
export interface Shell {
  readonly path: string;
  readonly argsFor: (command: string) => readonly string[];
}

/** `bash -c`, or `sh -c` without bash; on Windows the system's command interpreter. */
export const DEFAULT_SHELLS: readonly Shell[] =
  process.platform === 'win32'
    ? [{ path: 'cmd.exe', argsFor: (command) => ['/d', '/s', '/c', command] }]
    : ['bash', 'sh'].map((path) => ({ path, argsFor: (command: string) => ['-c', command] }));

/** Added to every command's environment. Source: docs/background-tasks.md, "Limits"; the task id is for the ledger. */
export function commandEnvironment(env: Readonly<Record<string, string>>, taskId: string): Readonly<Record<string, string>> {
  return {
    ...env,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    // Otherwise `git status` would write the index, so it would not be read-only.
    GIT_OPTIONAL_LOCKS: '0',
    QWEN_CODE: '1',
    GANTRY_TASK_ID: taskId,
  };
}

export type SpawnCheck =
  | { readonly ok: true; readonly shellPath: string; readonly shell: Shell }
  | { readonly ok: false; readonly error: string };

/**
 * node-pty does not throw if the shell or the folder is missing (it prints one line and exits with 1), so both are
 * checked first. The error contains a code for programs and names what was not found.
 */
export async function checkSpawn(shells: readonly Shell[], cwd: string, env: Readonly<Record<string, string>>): Promise<SpawnCheck> {
  const folder = await stat(cwd).catch(() => undefined);
  if (folder === undefined) return { ok: false, error: `cwd_not_found: the working directory does not exist: ${cwd}` };
  if (!folder.isDirectory()) return { ok: false, error: `cwd_not_found: the working directory is not a folder: ${cwd}` };
  for (const shell of shells) {
    const shellPath = await findExecutable(shell.path, env);
    if (shellPath !== undefined) return { ok: true, shellPath, shell };
  }
  return { ok: false, error: `shell_not_found: no shell found (looked for ${shells.map((shell) => shell.path).join(', ')})` };
}

type Run = { readonly shell: string; readonly args: readonly string[] };

export type SpawnRun =
  | { readonly ok: true; readonly run: Run; readonly ended?: () => Promise<void> }
  | { readonly ok: false; readonly error: string };

/** Wraps the shell in the sandbox, if one is requested. */
export async function applySandbox({ sandbox }: Pick<StartTask, 'sandbox'>, run: Run): Promise<SpawnRun> {
  if (sandbox === undefined) return { ok: true, run };
  const sandboxed = await sandbox(run).catch(
    (error: unknown) => ({ ok: false, refusal: `the sandbox could not be set up: ${String(error)}` }) as const,
  );
  return sandboxed.ok ? sandboxed : { ok: false, error: `spawn_failed: ${sandboxed.refusal}` };
}

/** Folders searched for shells on systems that start commands without a PATH. */
const USUAL_FOLDERS = process.platform === 'win32' ? [] : ['/bin', '/usr/bin', '/usr/local/bin'];

async function findExecutable(name: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  if (isAbsolute(name)) return (await isExecutable(name)) ? name : undefined;
  const folders = [...(env['PATH'] ?? env['Path'] ?? '').split(delimiter), ...USUAL_FOLDERS].filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
