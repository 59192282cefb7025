/** The row that lists the commands a crash of the app stopped. It is shown until the session continues. Pure. */
import { ItemId, shownCommand, type TaskSummary, type ToolItem, type TranscriptItem } from '../../../preload/contract/index.ts';

export const STOPPED_NOTICE = ItemId.parse('notice_stopped');

const MAX_NAMED = 5;
/** Unit: UTF-16 code units. */
const COMMAND_CHARS = 60;

/**
 * `tasks`: background tasks that ended with the app. `commands`: those that ran in the foreground. The row opens the first
 * task, which can be run again there. Undefined: nothing was stopped.
 */
export function stoppedNotice(tasks: readonly TaskSummary[], commands: readonly ToolItem[], nowMs: number): TranscriptItem | undefined {
  const byTask = new Map(tasks.map((task) => [task.id, task]));
  const inForeground = commands.filter(
    ({ display }) => display.kind !== 'shell' || display.taskId === undefined || !byTask.has(display.taskId),
  );
  const started = [
    ...tasks.map(({ command, startedAtMs }) => ({ command, startedAtMs })),
    ...inForeground.map(({ target, startedAtMs }) => ({ command: target, startedAtMs })),
  ].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  if (started.length === 0) return undefined;
  const names = started.slice(0, MAX_NAMED).map(({ command }) => shownCommand(command, COMMAND_CHARS));
  const more = started.length > MAX_NAMED ? `, and ${started.length - MAX_NAMED} more` : '';
  const count = started.length === 1 ? '1 command was' : `${started.length} commands were`;
  const first = tasks.toSorted((a, b) => a.startedAtMs - b.startedAtMs)[0];
  return {
    kind: 'notice',
    id: STOPPED_NOTICE,
    createdAtMs: nowMs,
    level: 'quiet',
    text: `Gantry ended unexpectedly. ${count} stopped: ${names.join(', ')}${more}`,
    content: { code: 'commands_stopped', count: started.length, names },
    ...(first === undefined ? {} : { taskId: first.id, action: 'open_task' }),
  };
}
