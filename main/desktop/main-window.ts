import { app, type BrowserWindow } from 'electron';
import type { PageHealthOptions } from './page-health.ts';
import type { DesktopStore } from './state-store.ts';
import { openWindow } from './window.ts';

export interface MainWindow {
  readonly current: () => BrowserWindow | undefined;
  /** Opens the window, or brings it to the front. */
  readonly show: () => void;
  /** Stores its place now. */
  readonly save: () => void;
}

/**
 * The only window. On macOS the app outlives it; elsewhere the app quits with the window, and may have to ask first: while
 * `mustAsk` returns true, closing it quits instead.
 */
export function createMainWindow(store: DesktopStore, health: PageHealthOptions, mustAsk: () => boolean): MainWindow {
  let window: BrowserWindow | undefined;
  let save = (): void => undefined;

  function open(): BrowserWindow {
    const { window: opened, savePlace } = openWindow(store, health);
    save = savePlace;
    opened.on('close', (event) => {
      if (process.platform === 'darwin' || !mustAsk()) return;
      event.preventDefault();
      app.quit();
    });
    opened.on('closed', () => (window = undefined));
    return opened;
  }

  return {
    current: () => window,
    save: () => save(),
    show() {
      if (window === undefined) {
        window = open();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}
