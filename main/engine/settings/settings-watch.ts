import { existsSync, type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../ports.ts';

/** Editors write a file in several steps, which give one report. Unit: ms. Source: docs/formats.md 1.4. */
const SETTLE_MS = 300;
const WATCHED_NAMES: ReadonlySet<string> = new Set(['settings.json', 'system-defaults.json', '.env']);

/** Reports outside edits. Only a hint for screens: every reading checks the files itself. */
export interface SettingsWatch {
  /**
   * Watches the settings files of a folder; harmless if it is already watched or does not exist (then the next reading tries
   * again).
   */
  add(folder: string): void;
  close(): void;
}

export function createSettingsWatch(clock: Clock, onChange: () => void): SettingsWatch {
  const watchers = new Map<string, FSWatcher>();
  let cancel: (() => void) | undefined;
  const settle = () => {
    cancel?.();
    cancel = clock.after(SETTLE_MS, onChange);
  };
  const drop = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  return {
    add(folder) {
      if (watchers.has(folder) || !existsSync(folder)) return; // called at every reading: an error of `watch` would cost more than the rest of the reading
      try {
        const watcher = watch(folder, { persistent: false }, (_kind, name) => {
          if (name === null || WATCHED_NAMES.has(name)) settle();
        });
        watcher.on('error', () => drop(folder));
        watchers.set(folder, watcher);
      } catch {
        // The folder is gone, or the system has no more watches: edits still apply at the next reading.
      }
    },
    close() {
      cancel?.();
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}
