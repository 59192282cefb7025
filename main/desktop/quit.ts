import { app, type BrowserWindow, dialog } from 'electron';
import type { SessionId } from '../../preload/contract/index.ts';
import type { Engine, Logger } from '../engine/index.ts';
import { type QuitQuestion, quitQuestion } from './quit-question.ts';

/** An engine that does not close is abandoned after this time; the watchdog ends its processes. Unit: ms. */
const CLOSE_LIMIT_MS = 15_000;
/** The same after a signal: its sender often kills the app a few seconds later. A command that ignores SIGTERM takes 2 s. Unit: ms. */
export const SIGNAL_LIMIT_MS = 4500;

export interface QuitOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  readonly currentWindow: () => BrowserWindow | undefined;
  /** Called once, when the app is about to close. */
  readonly onClosing: () => void;
}

export interface Quit {
  /** True until everything has been stopped: closing a window then has to ask first. */
  readonly mustAsk: () => boolean;
  /** Ends the app without a question: a signal arrived, or the user's session ends. Later calls change nothing. */
  readonly end: (cause: string) => void;
}

/**
 * Ends the app in order: asks only while commands run or the agent works; then stops everything and waits for it. Order:
 * `before-quit` -> question -> `engine.close()` -> exit. Cancel changes nothing.
 */
export function installQuit({ engine, logger, currentWindow, onClosing }: QuitOptions): Quit {
  let state: 'running' | 'asking' | 'closing' = 'running';
  let hasEnded = false;
  const working = new Set<SessionId>();
  engine.subscribe(({ event, data }) => {
    if (event === 'turn.started') working.add(data.sessionId);
    else if (event === 'turn.ended') working.delete(data.sessionId);
  });

  async function quit(): Promise<void> {
    state = 'asking';
    const question = quitQuestion(engine.tasks.list(), [...working]);
    const isConfirmed = question === undefined || (await confirm(question, currentWindow()));
    if (state !== 'asking') return; // the app was ended while the question was shown
    if (isConfirmed) await close(CLOSE_LIMIT_MS);
    else state = 'running';
  }

  async function close(limitMs: number): Promise<void> {
    state = 'closing';
    exitAfter(limitMs);
    onClosing();
    await engine.close();
    app.exit(0);
  }

  function exitAfter(limitMs: number): void {
    setTimeout(() => {
      logger.error('the engine did not end in time', { limitMs });
      app.exit(1);
    }, limitMs).unref();
  }

  /** Work that cannot be stopped in order must not keep the app open forever. */
  function fail(error: unknown): void {
    logger.error('the app could not end in order', { error: String(error) });
    app.exit(1);
  }

  app.on('before-quit', (event) => {
    event.preventDefault();
    if (state === 'running') quit().catch(fail);
  });
  return {
    mustAsk: () => state !== 'closing',
    end(cause) {
      if (hasEnded) return;
      hasEnded = true;
      logger.info('the app is ended', { cause });
      if (state === 'closing') exitAfter(SIGNAL_LIMIT_MS);
      else close(SIGNAL_LIMIT_MS).catch(fail);
    },
  };
}

async function confirm({ message, detail, confirm: label }: QuitQuestion, window: BrowserWindow | undefined): Promise<boolean> {
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    title: 'Quit Gantry',
    message,
    detail,
    buttons: [label, 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const { response } = await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
  return response === 0;
}
