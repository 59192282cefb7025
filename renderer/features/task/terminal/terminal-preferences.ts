import { useSyncExternalStore } from 'react';

/**
 * How this window draws its terminals. Kept in local storage: it belongs to the person at this screen, not to a project.
 * `screenReader`: terminal output is mirrored into text that a screen reader can follow. Off at first, as a flood of
 * output becomes slower by it and the page cannot know whether a screen reader is there.
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
    return; // blocked storage: nothing is remembered, and the box stays as it was
  }
  for (const listener of listeners) listener();
}
