import type { SettingsFile, SettingsProblem } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { SettingsEdit } from './edit-settings.ts';
import type { SettingsValues } from './settings-schema.ts';

export type SettingsScope = SettingsFile['scope'];

/** The folder whose settings are requested. Untrusted: its settings.json and `.env` do not count. */
export interface SettingsProject {
  readonly root: string;
  readonly cwd: string;
  readonly trusted: boolean;
}

/**
 * The settings files in layers: system defaults < user < project if trusted < system.
 * Order: a reading reflects the files as they are now; if none has changed, it is the same object as the last one, so callers
 * must not modify it.
 * Errors: reading never throws. A broken file is reported in `problems` and keeps the values of its last successful reading; one
 * that was never readable is left out. Editing throws `settings_broken` (data: path, line, column; the file stays unchanged) and
 * `settings_unwritable`.
 * Ownership: the creator calls `close`, which ends the watching.
 * Source: docs/formats.md 1.1, 1.2.
 */
export interface LayeredSettings {
  read(project?: SettingsProject): Promise<SettingsReading>;
  /**
   * Edits the user's settings.json in place: comments, order and unknown keys stay, the write is atomic, a new file gets mode
   * 0600. `plan` receives the file's own values, unresolved and in the current form, and returns the edits. It is called again if
   * another program has changed the file in between. The first edit of a file with flat keys brings it into the current form and
   * keeps the old file beside it.
   */
  editUser(plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]): Promise<void>;
  /** The same for the folder's own file, trusted or not. */
  editProject(root: string, plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]): Promise<void>;
  /** The host's environment, read once. */
  processEnvironment(): Promise<Environment>;
  close(): void;
}

/** `path` is the file; absent for the process environment. Line and column count from 1. */
export interface ValueOrigin {
  readonly source: SettingsScope | 'environment' | 'dotenv';
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  /** The variable, if the environment or `.env` sets it. */
  readonly variable?: string;
  /** As written, `$VAR` unresolved. */
  readonly written: unknown;
}

/** The merged layers. `$VAR` is resolved everywhere, so no part of it is ever written to a file. */
export interface SettingsReading {
  readonly values: SettingsValues;
  /** Everything, also keys that this program does not read itself. */
  readonly all: Readonly<Record<string, unknown>>;
  /** Without the project's layer: for keys that a folder must not set. */
  readonly operatorValues: SettingsValues;
  /** Which layer a list of `modelProviders` comes from, by its key. */
  readonly providerScopes: Readonly<Record<string, SettingsScope>>;
  readonly environment: LookupEnvironment;
  readonly files: readonly SettingsFile[];
  readonly problems: readonly SettingsProblem[];
  /** The files that have a value under this path, the effective one first. */
  originsOf(path: readonly string[]): readonly ValueOrigin[];
  /** The same for variables, in their order; not `settings.env`, which is a path like any other. */
  originsOfVariables(names: readonly string[]): readonly ValueOrigin[];
}

/**
 * For key lookup and `$VAR`; only `process` may reach a child (BT-32).
 * Shape: a name in an earlier part hides it in the later ones.
 */
export interface LookupEnvironment {
  readonly process: Environment;
  readonly dotenv: Environment;
  readonly dotenvPath: string | undefined;
  /** `settings.env`. */
  readonly settings: Environment;
  /** All three in their order. */
  readonly all: Environment;
}
