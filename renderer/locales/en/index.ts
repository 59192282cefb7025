/** The English text of the window, by feature. The type of every key and argument comes from here. */
import { approval, question } from './approval.ts';
import { changes } from './changes.ts';
import { common, error, modes, unit } from './common.ts';
import { attachment, composer, queue } from './composer.ts';
import { connection } from './connection.ts';
import { announce, closing, frame, keys, sidebar, status } from './frame.ts';
import { history } from './history.ts';
import { mcp } from './mcp.ts';
import { onboarding } from './onboarding.ts';
import { palette } from './palette.ts';
import { code, diff, longText, notice, plan, session, subagent, tool, transcript, turn } from './session.ts';
import { settings } from './settings.ts';
import { task } from './task.ts';

export const en = {
  announce,
  approval,
  attachment,
  changes,
  closing,
  code,
  common,
  composer,
  connection,
  diff,
  error,
  frame,
  history,
  keys,
  longText,
  mcp,
  modes,
  notice,
  onboarding,
  palette,
  plan,
  question,
  queue,
  session,
  settings,
  sidebar,
  status,
  subagent,
  task,
  tool,
  transcript,
  turn,
  unit,
} as const;
