/**
 * The English text of the window, by feature: what the first load needs. The type of every key and argument comes from here.
 * The settings bring their texts with them (renderer/features/settings/text.ts).
 */
import { approval, sandbox } from './en/approval.ts';
import { changes } from './en/changes.ts';
import { common, error, modes, unit } from './en/common.ts';
import type * as close from './en/closing.ts';
import type * as box from './en/composer.ts';
import type { connect } from './en/connect.ts';
import { connection } from './en/connection.ts';
import { announce, frame, keys, sidebar, status } from './en/frame.ts';
import { history } from './en/history.ts';
import type { mcp } from './en/mcp.ts';
import type { menu } from './en/menu.ts';
import { onboarding } from './en/onboarding.ts';
import { palette } from './en/palette.ts';
import { code, diff, plan, subagent, tool, transcript, turn } from './en/session.ts';
import type { settings } from './en/settings.ts';
import type * as screen from './en/transcript.ts';
import { task } from './en/task.ts';

export const en = {
  announce,
  approval,
  changes,
  code,
  common,
  connection,
  diff,
  error,
  frame,
  history,
  keys,
  modes,
  onboarding,
  palette,
  plan,
  sandbox,
  sidebar,
  status,
  subagent,
  task,
  tool,
  transcript,
  turn,
  unit,
} as const;

/** Every message, also those that are loaded later. */
export type AllEnglish = typeof en &
  typeof box &
  typeof close &
  typeof screen & {
    readonly connect: typeof connect;
    readonly mcp: typeof mcp;
    readonly menu: typeof menu;
    readonly settings: typeof settings;
  };
