import { z } from 'zod';
import { ApprovalMode } from './approval.ts';
import { ModelRef } from './session.ts';

export const Theme = z.enum(['system', 'dark', 'light']);
export type Theme = z.infer<typeof Theme>;

/** A settings file that could not be read. It is never overwritten while it is broken. Line and column count from 1. */
export const SettingsProblem = z.object({
  path: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
  message: z.string(),
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

/** What the settings screen shows; no secret is in it. */
export const SettingsView = z.object({
  files: z.array(SettingsFile),
  problems: z.array(SettingsProblem),
  defaultModel: ModelRef.optional(),
  approvalMode: ApprovalMode,
  theme: Theme,
});
export type SettingsView = z.infer<typeof SettingsView>;
