import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';

/** At most this many commands are named; the others are counted. */
const NAMED_TASKS = 8;
/** Maximum length of a command on its line. Unit: UTF-16 code units. */
const COMMAND_CHARS = 100;

/** The message when the server ends and stops running commands; empty when none runs. Pure. */
export function stoppingLine(tasks: readonly TaskSummary[]): string {
  const running = tasks.filter(({ status }) => !isTerminalStatus(status));
  if (running.length === 0) return '';
  const named = running.slice(0, NAMED_TASKS).map(({ command }) => `  ${shorten(command)}\n`);
  const more = running.length > NAMED_TASKS ? `  and ${running.length - NAMED_TASKS} more\n` : '';
  const what = running.length === 1 ? 'the command that was still running' : `${running.length} commands that were still running`;
  return `Gantry stops ${what}:\n${named.join('')}${more}`;
}

/** On one line, without control characters. */
function shorten(command: string): string {
  const line = command.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > COMMAND_CHARS ? `${line.slice(0, COMMAND_CHARS - 1)}…` : line;
}
