import { isTerminalStatus, type SessionId, shownCommand, type TaskSummary } from '../../preload/contract/index.ts';

/** The question names this many commands, and the number of the others. */
const NAMED_TASKS = 8;
/** Unit: UTF-16 code units. */
const COMMAND_CHARS = 100;

export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  /** The label of the button that quits. */
  readonly confirm: string;
}

/**
 * The question before the app ends, or undefined if nothing would be lost: `tasks` are all tasks, `working` the sessions with a
 * turn. A turn that waits for a command of its own is covered by that command. Pure.
 */
export function quitQuestion(tasks: readonly TaskSummary[], working: readonly SessionId[]): QuitQuestion | undefined {
  const running = tasks.filter(({ status }) => !isTerminalStatus(status));
  const waiting = new Set(running.flatMap(({ placement, sessionId }) => (placement === 'foreground' ? [sessionId] : [])));
  const answers = working.filter((sessionId) => !waiting.has(sessionId)).length;
  const works = answers === 1 ? 'The agent is still working' : `The agent is still working in ${answers} sessions`;
  if (running.length === 0)
    return answers === 0 ? undefined : { message: works, detail: 'Quitting interrupts its work.', confirm: 'Interrupt and quit' };
  const named = running.slice(0, NAMED_TASKS).map(({ command }) => shownCommand(command, COMMAND_CHARS));
  const more = running.length > NAMED_TASKS ? [`and ${running.length - NAMED_TASKS} more`] : [];
  return {
    message: running.length === 1 ? 'A command is still running' : `${running.length} commands are still running`,
    detail: [...named, ...more, ...(answers === 0 ? [] : ['', `${works}.`])].join('\n'),
    confirm: running.length === 1 ? 'Stop it and quit' : 'Stop them and quit',
  };
}
