import * as z from 'zod/mini';
import { ApprovalMode } from './approval.ts';
import { ModelRef } from './session.ts';

export const Theme = z.enum(['system', 'dark', 'light']);
export type Theme = z.infer<typeof Theme>;

/**
 * A key with its modifiers, as `Ctrl+B` or `Ctrl+Shift+F9`: modifiers in the order Ctrl, Alt, Shift, Meta, each at most
 * once, then the key as `KeyboardEvent.key` names it, a letter in upper case.
 */
export const KeyChord = z
  .string()
  .check(z.maxLength(40), z.regex(/^(?:Ctrl\+)?(?:Alt\+)?(?:Shift\+)?(?:Meta\+)?(?:[^\sa-z]|[A-Z][A-Za-z0-9]+)$/u));
export type KeyChord = z.infer<typeof KeyChord>;

/** A settings file that could not be read. It is never overwritten while it is broken. Line and column count from 1. */
export const SettingsProblem = z.object({
  path: z.string(),
  line: z.optional(z.number()),
  column: z.optional(z.number()),
  message: z.string(),
  /** Its last readable content still applies. */
  usesLastGood: z.optional(z.boolean()),
});
export type SettingsProblem = z.infer<typeof SettingsProblem>;

export const SettingsFile = z.object({
  scope: z.enum(['system-defaults', 'user', 'project', 'system']),
  path: z.string(),
  exists: z.boolean(),
  /** False for a project file of an untrusted folder. */
  used: z.boolean(),
});
export type SettingsFile = z.infer<typeof SettingsFile>;

/**
 * The origin of a value. `path` is a file, absent for the environment and for defaults; line and column count from 1.
 * `variable` is set if the environment or `.env` defines it.
 */
export const ValueOrigin = z.object({
  source: z.enum(['default', 'system-defaults', 'user', 'project', 'system', 'environment', 'dotenv', 'gantry']),
  path: z.optional(z.string()),
  line: z.optional(z.number()),
  column: z.optional(z.number()),
  variable: z.optional(z.string()),
});
export type ValueOrigin = z.infer<typeof ValueOrigin>;

/**
 * One effective setting. `text` is for users and contains no secret: for a key, only that it is set.
 * `shadowed`: other definitions that do not apply, highest rank first; `adds` instead for lists that are merged.
 */
export const SettingValue = z.object({
  key: z.string(),
  text: z.string(),
  origin: ValueOrigin,
  shadowed: z.array(ValueOrigin),
  adds: z.optional(z.boolean()),
});
export type SettingValue = z.infer<typeof SettingValue>;

/** What the settings screen shows; it contains no secret. */
export const SettingsView = z.object({
  files: z.array(SettingsFile),
  problems: z.array(SettingsProblem),
  defaultModel: z.optional(ModelRef),
  approvalMode: ApprovalMode,
  theme: Theme,
  /** Every setting of this program that has a value, and the few that a screen always shows. */
  values: z.array(SettingValue),
  /** The key that moves a running command to the background; absent: Ctrl+B. */
  moveToBackgroundKey: z.optional(KeyChord),
});
export type SettingsView = z.infer<typeof SettingsView>;
