import { app, powerMonitor } from 'electron';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `end` for each signal that asks the app to end, and when the user's session or the computer ends. Electron's own handlers
 * quit at the first signal and die at the second, but Ctrl+C in a terminal often sends two: one to the group, one passed on by
 * the program that started the app. Order: call it after the app is ready, because Electron installs its handlers before that.
 */
export function listenForTheEnd(end: (cause: string) => void): void {
  for (const signal of SIGNALS) {
    // Node asks the system for a signal only with its first listener. A package that listened earlier (to remove its files at the
    // end, which happens anyway) did so before Electron, and nothing reaches it any more.
    process.removeAllListeners(signal);
    process.on(signal, () => end(signal));
  }
  // On Linux and macOS; the system waits for an app that prevents the event. Electron declares the listener without its event.
  powerMonitor.on('shutdown', (event?: Electron.Event) => {
    event?.preventDefault();
    end('shutdown');
  });
  // On Windows, which does not wait; the watchdog ends what is left.
  app.on('browser-window-created', (_event, window) => void window.on('session-end', () => end('session-end')));
}
