import { existsSync } from 'node:fs';
import { app, type BrowserWindow, dialog, type MessageBoxOptions, shell } from 'electron';
import type { Logger } from '../engine/index.ts';

/** A page that dies this often within a minute is not reloaded automatically: it would probably die again. */
const MOST_CRASHES_A_MINUTE = 3;
const MINUTE_MS = 60_000;

export interface PageHealthOptions {
  readonly logger: Logger;
  readonly logPath: string;
}

const TRY_AGAIN = 0;
const SHOW_LOG = 1;
const LOAD_AGAIN = 1;

/** The error of a load that another one has replaced. Source: Chromium's net_error_list.h. */
const ERR_ABORTED = -3;

/**
 * Restores a page that has died or hangs; its views attach again by themselves, so it shows what the lost page showed. Dead: it
 * is reloaded, from the fourth time within a minute only if the user chooses it. Hanging: the user is asked, because it may
 * only be busy; the question disappears when the page responds. A page that does not load, for example from a damaged
 * installation, is reloaded if the user chooses it.
 */
export function keepPageAlive(window: BrowserWindow, { logger, logPath }: PageHealthOptions): void {
  const { webContents } = window;
  let crashes: number[] = [];
  let hang: AbortController | undefined;

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    hang?.abort();
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    logger.error('the page has died', { reason, exitCode });
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < MINUTE_MS), now];
    if (crashes.length <= MOST_CRASHES_A_MINUTE) webContents.reload();
    else void askToTryAgain('The window fails again and again');
  });

  webContents.on('did-fail-load', (_event, code, reason, url, isMainFrame) => {
    if (isMainFrame && code !== ERR_ABORTED) notLoaded({ code, reason, url });
  });
  webContents.on('did-navigate', (_event, url, status) => {
    if (status >= 400) notLoaded({ status, url });
  });

  function notLoaded(facts: Record<string, unknown>): void {
    logger.error('the page could not be loaded', facts);
    window.show(); // nothing was painted, so the window may never have been shown
    void askToTryAgain('The window could not be loaded');
  }

  async function askToTryAgain(message: string): Promise<void> {
    const hasLog = existsSync(logPath); // not on a full or read-only disk
    const response = await ask({
      type: 'error',
      message,
      detail: `Your sessions are saved, and commands go on.${hasLog ? ` The log says more:\n${logPath}` : ''}`,
      buttons: ['Try again', ...(hasLog ? ['Show the log'] : []), 'Quit'],
    });
    if (response === undefined) return;
    if (hasLog && response === SHOW_LOG) {
      shell.showItemInFolder(logPath);
      return askToTryAgain(message);
    }
    if (response !== TRY_AGAIN) return app.quit();
    crashes = [];
    webContents.reload();
  }

  window.on('responsive', () => hang?.abort());
  window.on('unresponsive', () => {
    if (hang !== undefined) return;
    hang = new AbortController();
    logger.warn('the page does not answer');
    void askAboutHang(hang.signal).finally(() => (hang = undefined));
  });

  async function askAboutHang(signal: AbortSignal): Promise<void> {
    const response = await ask({
      type: 'warning',
      message: 'The window does not answer',
      detail: 'It may only be busy. Loaded again it shows the same view; sessions and commands go on meanwhile.',
      buttons: ['Wait', 'Load again'],
      signal,
    });
    // It ends like a page that has died, and is reloaded above.
    if (response === LOAD_AGAIN && !signal.aborted) webContents.forcefullyCrashRenderer();
  }

  /** Undefined: the window was closed meanwhile. The first button is the one that changes least. */
  async function ask(options: MessageBoxOptions): Promise<number | undefined> {
    const { response } = await dialog.showMessageBox(window, { ...options, title: 'Gantry', defaultId: 0, cancelId: 0, noLink: true });
    return window.isDestroyed() ? undefined : response;
  }
}
