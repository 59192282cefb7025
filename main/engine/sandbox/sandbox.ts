/**
 * Whether commands can be sandboxed on this machine, and how a command is wrapped: in the write sandbox, if the settings ask for it,
 * and behind the wall, if it runs without a question.
 */
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SandboxProblem, SandboxState } from '../../../preload/contract/index.ts';
import { isWithin } from '../lib/within.ts';
import type { WrappedShell } from './exit-relay.ts';
import { findBackend } from './backend.ts';
import { describeProblem, type WallState } from './describe-sandbox.ts';
import { createPlaceholders, guardedByName } from './guarded-names.ts';
import { type HiddenPath, type SandboxBackend, type SandboxLimits, wallShell, wrapShell } from './sandbox-plan.ts';

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

/**
 * `ended` is called once after the command has ended, or if it is not started. Errors: none; an unavailable sandbox is a `refusal`,
 * and the command must not run without it.
 */
export type SandboxedShell =
  | { readonly ok: true; readonly run: WrappedShell; readonly ended?: () => Promise<void> }
  | { readonly ok: false; readonly refusal: string };

export interface Sandbox {
  state(settings: SandboxSettings | undefined): Promise<SandboxState>;
  wrap(settings: SandboxSettings, place: SandboxPlace, command: WrappedShell): Promise<SandboxedShell>;
  /** How commands are sandboxed that run without a question, whatever the settings ask for. */
  wall(): Promise<WallState>;
  /** `hidden`: files and folders that the command must not read. */
  wrapInWall(place: Omit<SandboxPlace, 'home'>, hidden: readonly string[], command: WrappedShell): Promise<SandboxedShell>;
}

export interface SandboxDeps {
  /** Gantry's own folder: holds the empty file that is shown in the place of hidden ones. */
  readonly gantryHome: string;
  /** Returns the backend that works here, or why there is none. */
  readonly find?: () => Promise<SandboxBackend | SandboxProblem>;
}

const HIDDEN = ['.ssh', '.gnupg', '.aws', '.gantry'];

export function createSandbox({ gantryHome, find = findBackend }: SandboxDeps): Sandbox {
  let found: Promise<SandboxBackend | SandboxProblem> | undefined;
  const backend = () => (found ??= find());
  const placeholders = createPlaceholders();
  const emptyFile = join(gantryHome, 'hidden-file');

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
        return refusal(`The settings ask for a sandbox (tools.executionSandbox), and there is none: ${describeProblem(result)}.`);
      const writable = await existing([root, ...extraFolders]);
      const creates = result.kind === 'bwrap' && settings.filesystem === 'workspace-write';
      const held = creates ? await placeholders.hold(writable) : { ...guardedByName(writable), release: async () => undefined };
      const folders = {
        cwd,
        writable,
        pinned: held.pinned,
        guarded: held.guarded,
        hidden: await existing(HIDDEN.map((name) => join(home, name))),
        temporary: await realpath(tmpdir()).catch(() => tmpdir()),
      };
      return { ok: true, run: wrapShell(result, settings, folders, command), ended: held.release };
    },
    async wall() {
      const result = await backend();
      if ('code' in result) return { status: 'unavailable', problem: result };
      return { status: 'on', backend: result.kind, filesystem: 'read-only', network: 'closed' };
    },
    async wrapInWall({ cwd, root, extraFolders }, hidden, command) {
      const result = await backend();
      if ('code' in result) return refusal(`The command must run in a sandbox, and there is none: ${describeProblem(result)}.`);
      const roots = [root, ...extraFolders];
      const paths = (await existing(hidden)).filter((path) => ![cwd, ...roots].some((folder) => isWithin(folder, path)));
      const kinds = await Promise.all(
        paths.map(async (path): Promise<HiddenPath> => ({ path, isFolder: (await stat(path)).isDirectory() })),
      );
      if (kinds.some(({ isFolder }) => !isFolder)) await createEmptyFile(emptyFile);
      return { ok: true, run: wallShell(result, { cwd, roots, hidden: kinds, emptyFile }, command) };
    },
  };
}

const refusal = (text: string) => ({ ok: false, refusal: text }) as const;

async function createEmptyFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '', { flag: 'a', mode: 0 });
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
