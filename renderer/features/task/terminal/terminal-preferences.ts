import { useSyncExternalStore } from 'react';

/**
 * How this window renders its terminals. Stored in local storage: it belongs to the person at this screen, not to a project.
 * `screenReader`: terminal output is mirrored into text that a screen reader can follow. Off by default, because it slows down
 * heavy output and the page cannot detect a screen reader.
 */
const KEY = 'gantry.terminal.screenReader';

const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false; // blocked storage: the default
  }
}

export function useTerminalScreenReader(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, read);
}

export function setTerminalScreenReader(wanted: boolean): void {
  try {
    localStorage.setItem(KEY, wanted ? 'on' : 'off');
  } catch {
    return; // blocked storage: nothing is stored, and the checkbox stays as it was
  }
  for (const listener of listeners) listener();
}
