import { isTerminalStatus, shownCommand, type TaskSummary } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';
import { taskProblem } from './task-failure.ts';

/** How much of a command a notification shows. Unit: UTF-16 code units. */
const COMMAND_CHARS = 120;

/**
 * The notification for a task that was `before` and is `now`; undefined if there is none: only a background task of this run
 * that ended by itself has one. Pure. The desktop's own: main/desktop/task-notification.ts.
 */
export function endedNotification(
  before: TaskSummary | undefined,
  now: TaskSummary,
): { readonly title: string; readonly body: string } | undefined {
  if (before === undefined || isTerminalStatus(before.status) || !isTerminalStatus(now.status)) return undefined;
  if (!now.wasBackground || now.status === 'cancelled' || now.ofEarlierRun === true) return undefined;
  const shown = shownCommand(now.command, COMMAND_CHARS);
  if (now.status === 'completed') return { title: t('task.notification.finished'), body: shown };
  const problem = taskProblem(now);
  return { title: t('task.notification.failed'), body: problem === undefined ? shown : `${shown}\n${problem}` };
}
