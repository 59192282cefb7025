import type { SettingsFile, SettingsProblem } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { SettingsEdit } from './edit-settings.ts';
import type { SettingsValues } from './settings-schema.ts';

export type SettingsScope = SettingsFile['scope'];

/** The folder whose settings are asked for. Untrusted: its settings.json and `.env` do not count. */
export interface SettingsProject {
  readonly root: string;
  readonly cwd: string;
  readonly trusted: boolean;
}

/**
 * The settings files in layers: system defaults < user < project if trusted < system.
 * Order: a reading is made from the files as they are now; where none has changed it is the very object of the last one, so
 * nobody may change what is in it.
 * Errors: reading never throws. A broken file is told in `problems` and counts as it was when it was read last; one that was
 * never readable is left out. Editing throws `settings_broken` (data:
 * path, line, column; the file stays as it is) and `settings_unwritable`.
 * Ownership: whoever created it calls `close`, which ends the watching.
 * Source: docs/formats.md 1.1, 1.2.
 */
export interface LayeredSettings {
  read(project?: SettingsProject): Promise<SettingsReading>;
  /**
   * Edits the user's settings.json in place: comments, order and unknown keys stay, the write is atomic, a new file gets mode
   * 0600. `plan` sees the file's own values, unresolved and in today's form, and returns the edits. It is asked again when
   * another program has changed the file meanwhile. A file with flat keys is brought into today's form by its first edit,
   * and what it was is kept beside it.
   */
  editUser(plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]): Promise<void>;
  /** The same with the folder's own file, trusted or not. */
  editProject(root: string, plan: (current: Readonly<Record<string, unknown>>) => readonly SettingsEdit[]): Promise<void>;
  /** The host's environment, asked once. */
  processEnvironment(): Promise<Environment>;
  close(): void;
}

/** `path` is the file; absent for the process environment. Line and column count from 1. */
export interface ValueOrigin {
  readonly source: SettingsScope | 'environment' | 'dotenv';
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  /** The variable, where the environment or `.env` says it. */
  readonly variable?: string;
  /** As written, `$VAR` unresolved. */
  readonly written: unknown;
}

/** What the layers say together. `$VAR` is resolved everywhere in it, so no part of it is ever written to a file. */
export interface SettingsReading {
  readonly values: SettingsValues;
  /** Everything, also keys this program does not read itself. */
  readonly all: Readonly<Record<string, unknown>>;
  /** Without the project's layer: for keys that a folder must not decide. */
  readonly operatorValues: SettingsValues;
  /** Which layer a list of `modelProviders` comes from, by its key. */
  readonly providerScopes: Readonly<Record<string, SettingsScope>>;
  readonly environment: LookupEnvironment;
  readonly files: readonly SettingsFile[];
  readonly problems: readonly SettingsProblem[];
  /** The files that say something under this path, the one that counts first. */
  originsOf(path: readonly string[]): readonly ValueOrigin[];
  /** The same for variables, in their order; not `settings.env`, which is a path like any other. */
  originsOfVariables(names: readonly string[]): readonly ValueOrigin[];
}

/**
 * For key lookup and `$VAR`; nothing but `process` may reach a child (BT-32).
 * Shape: the parts overlap nowhere in effect: a name in an earlier part hides it in the later ones.
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
