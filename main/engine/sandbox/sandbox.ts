/**
 * Detects whether commands can be sandboxed on this machine, and wraps a command. A backend is tried once with a command that
 * does nothing: a program that is installed may still be forbidden to create a sandbox.
 */
import { execFile } from 'node:child_process';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxProblem, SandboxState } from '../../../preload/contract/index.ts';
import { describeProblem } from './describe-sandbox.ts';
import { type SandboxBackend, type SandboxLimits, type WrappedShell, wrapShell } from './sandbox-plan.ts';

/** From the settings; undefined: commands are not sandboxed. `backend` `bwrap` refuses any other. */
export interface SandboxSettings extends SandboxLimits {
  readonly backend: 'auto' | 'bwrap';
}

export interface SandboxPlace {
  readonly cwd: string;
  readonly root: string;
  readonly extraFolders: readonly string[];
  readonly home: string;
}

/** Errors: none; an unavailable sandbox is a `refusal`, and the command must not run without it. */
export type SandboxedShell = { readonly ok: true; readonly run: WrappedShell } | { readonly ok: false; readonly refusal: string };

export interface Sandbox {
  state(settings: SandboxSettings | undefined): Promise<SandboxState>;
  wrap(settings: SandboxSettings, place: SandboxPlace, command: WrappedShell): Promise<SandboxedShell>;
}

export interface SandboxDeps {
  readonly platform?: NodeJS.Platform;
  /** Returns the backend that works here, or why there is none. */
  readonly find?: () => Promise<SandboxBackend | SandboxProblem>;
}

const BWRAP_PLACES = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'];
const SANDBOX_EXEC = '/usr/bin/sandbox-exec';
/** A trial that takes longer has failed. Unit: ms. */
const TRIAL_MS = 5000;
/** In every writable folder: files that run code later, or decide about approvals. */
const GUARDED = ['.git/hooks', '.git/config', '.qwen', '.husky', '.vscode'];
const HIDDEN = ['.ssh', '.gnupg', '.aws', '.gantry'];

export function createSandbox({ platform = process.platform, find = () => findBackend(platform) }: SandboxDeps = {}): Sandbox {
  let found: Promise<SandboxBackend | SandboxProblem> | undefined;
  const backend = () => (found ??= find());

  return {
    async state(settings) {
      if (settings === undefined) return { status: 'off' };
      const result = await backend();
      if ('code' in result) return { status: 'unavailable', problem: result };
      return { status: 'on', backend: result.kind, filesystem: settings.filesystem, network: settings.network };
    },
    async wrap(settings, { cwd, root, extraFolders, home }, command) {
      const result = await backend();
      if ('code' in result)
        return {
          ok: false,
          refusal: `The settings ask for a sandbox (tools.executionSandbox), and there is none: ${describeProblem(result)}.`,
        };
      const writable = await existing([root, ...extraFolders]);
      const folders = {
        cwd,
        writable,
        guarded: await existing(writable.flatMap((folder) => GUARDED.map((name) => join(folder, name)))),
        hidden: await existing(HIDDEN.map((name) => join(home, name))),
        temporary: await realpath(tmpdir()).catch(() => tmpdir()),
      };
      return { ok: true, run: wrapShell(result, settings, folders, command) };
    },
  };
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const real = await realpath(path).catch(() => undefined);
      return real === undefined || (await stat(real).catch(() => undefined)) === undefined ? [] : [real];
    }),
  );
  return [...new Set(found.flat())];
}

async function findBackend(platform: NodeJS.Platform): Promise<SandboxBackend | SandboxProblem> {
  if (platform === 'darwin') {
    return (await isExecutable(SANDBOX_EXEC))
      ? { kind: 'sandbox-exec', path: SANDBOX_EXEC }
      : { code: 'not_installed', program: 'sandbox-exec' };
  }
  if (platform !== 'linux') return { code: 'unsupported_system' };
  for (const path of BWRAP_PLACES) {
    if (!(await isExecutable(path))) continue;
    const message = await tryBubblewrap(path);
    return message === undefined ? { kind: 'bwrap', path } : { code: 'does_not_work', message };
  }
  return { code: 'not_installed', program: 'bubblewrap' };
}

function tryBubblewrap(path: string): Promise<string | undefined> {
  const args = [
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--unshare-net',
    '--unshare-pid',
    '--unshare-ipc',
    '--die-with-parent',
    '--',
    'true',
  ];
  return new Promise((resolve) => {
    execFile(path, args, { timeout: TRIAL_MS, env: { PATH: '/usr/bin:/bin' } }, (error, _out, errors) => {
      resolve(error === null ? undefined : (errors.trim().split('\n')[0] ?? error.message).slice(0, 200));
    });
  });
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
