/** What is checked and added before a command is spawned: the shell, the folder, the environment. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { StartTask } from './task-api.ts';

/** How a command line is run. `path` is absolute, or a name looked up on the command's PATH. */
export interface Shell {
  readonly path: string;
  readonly argsFor: (command: string) => readonly string[];
}

/** `bash -c`, or `sh -c` where there is no bash; on Windows the system's command interpreter. */
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
    // `git status` would otherwise write the index, and then it does not only read.
    GIT_OPTIONAL_LOCKS: '0',
    QWEN_CODE: '1',
    GANTRY_TASK_ID: taskId,
  };
}

export type SpawnCheck =
  | { readonly ok: true; readonly shellPath: string; readonly shell: Shell }
  | { readonly ok: false; readonly error: string };

/**
 * A missing shell or folder does not make the spawn throw (node-pty prints one line and exits with 1), so both are
 * looked at first. The error names its code for programs and says what was not found.
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

/** The shell as it is started: in the sandbox, where one is asked for. */
export async function keptIn(
  { sandbox }: Pick<StartTask, 'sandbox'>,
  run: Run,
): Promise<{ readonly ok: true; readonly run: Run } | { readonly ok: false; readonly error: string }> {
  if (sandbox === undefined) return { ok: true, run };
  const kept = await sandbox(run);
  return kept.ok ? kept : { ok: false, error: `spawn_failed: ${kept.refusal}` };
}

/** Where shells are on systems whose commands come without a PATH. */
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
