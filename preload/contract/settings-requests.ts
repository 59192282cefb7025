/** Settings that the window can change. See requests.ts. */
import * as z from 'zod/mini';
import { ApprovalMode } from './approval.ts';
import { ProjectId } from './ids.ts';
import { none, request } from './request.ts';
import { ModelRef } from './session.ts';
import { KeyChord, SettingsView, Theme } from './settings.ts';

export const settingsRequests = {
  'settings.describe': request(z.object({ projectId: z.optional(ProjectId) }), z.object({ settings: SettingsView })),
  'settings.setDefaultModel': request(z.object({ model: ModelRef }), none),
  'settings.setApprovalMode': request(z.object({ mode: ApprovalMode }), none),
  'settings.setTheme': request(z.object({ theme: Theme }), none),
  /** Null: reset to Ctrl+B. */
  'settings.setMoveToBackgroundKey': request(z.object({ chord: z.nullable(KeyChord) }), none),
} as const;
