import { isTerminalStatus, shownCommand, type TaskSummary } from '../../preload/contract/index.ts';

/** How much of a command a notification shows. Unit: UTF-16 code units. */
const COMMAND_CHARS = 120;

/**
 * The notification for a changed task, or undefined: only background tasks of this run that ended by themselves get one.
 * The user already knows about a task that was stopped. Pure.
 */
export function taskNotification(task: TaskSummary): { readonly title: string; readonly body: string } | undefined {
  if (!task.wasBackground || !isTerminalStatus(task.status) || task.status === 'cancelled' || task.ofEarlierRun === true) return undefined;
  const shown = shownCommand(task.command, COMMAND_CHARS);
  if (task.status === 'completed') return { title: 'A background command has finished', body: shown };
  return { title: 'A background command has failed', body: task.error === undefined ? shown : `${shown}\n${task.error}` };
}

/** Where the system may read markup in a body, the characters of the markup are escaped. */
export function plainBody(body: string, platform: NodeJS.Platform): string {
  // Source: the Desktop Notifications Specification, "Markup"; it applies to the body only, never to the title.
  if (platform !== 'linux') return body;
  return body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
