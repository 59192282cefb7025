import { app, type BrowserWindow, dialog } from 'electron';
import { isTerminalStatus, shownCommand, type TaskSummary } from '../../preload/contract/index.ts';
import type { Engine, Logger } from '../engine/index.ts';

/** The question names this many commands, and the number of the others. */
const NAMED_TASKS = 8;
/** Unit: UTF-16 code units. */
const COMMAND_CHARS = 100;

/** An engine that does not close is abandoned after this time; the watchdog ends its processes. Unit: ms. */
const CLOSE_LIMIT_MS = 15_000;

export interface Quit {
  /** True until everything has been stopped: closing a window then has to ask first. */
  readonly mustAsk: () => boolean;
}

/**
 * Ends the app in order: asks only while commands run, and lists them; then stops everything and waits for it. Order:
 * `before-quit` -> question -> `engine.close()` -> exit. Cancel changes nothing.
 */
export function installQuit(engine: Engine, logger: Logger, currentWindow: () => BrowserWindow | undefined): Quit {
  let state: 'running' | 'asking' | 'closing' = 'running';

  async function quit(): Promise<void> {
    state = 'asking';
    if (!(await confirmStop(runningTasks(engine), currentWindow()))) {
      state = 'running';
      return;
    }
    state = 'closing';
    const limit = setTimeout(() => {
      logger.error('the engine did not end in time', { limitMs: CLOSE_LIMIT_MS });
      app.exit(1);
    }, CLOSE_LIMIT_MS);
    await engine.close();
    clearTimeout(limit);
    app.exit(0);
  }

  app.on('before-quit', (event) => {
    event.preventDefault();
    if (state === 'running') quit().catch((error: unknown) => fail(error));
  });
  /** Work that cannot be stopped in order must not keep the app open forever. */
  function fail(error: unknown): void {
    logger.error('the app could not end in order', { error: String(error) });
    app.exit(1);
  }
  return { mustAsk: () => state !== 'closing' };
}

function runningTasks(engine: Engine): readonly TaskSummary[] {
  return engine.tasks.list().filter(({ status }) => !isTerminalStatus(status));
}

async function confirmStop(tasks: readonly TaskSummary[], window: BrowserWindow | undefined): Promise<boolean> {
  if (tasks.length === 0) return true;
  const named = tasks.slice(0, NAMED_TASKS).map(({ command }) => shownCommand(command, COMMAND_CHARS));
  const more = tasks.length > NAMED_TASKS ? [`and ${tasks.length - NAMED_TASKS} more`] : [];
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    message: tasks.length === 1 ? 'A command is still running' : `${tasks.length} commands are still running`,
    detail: [...named, ...more].join('\n'),
    buttons: [tasks.length === 1 ? 'Stop it and quit' : 'Stop them and quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const { response } = await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
  return response === 0;
}
