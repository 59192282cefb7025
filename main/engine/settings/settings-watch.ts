import { existsSync, type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../ports.ts';

/** Editors write a file in several steps; one report for all of them. Unit: ms. Source: docs/formats.md 1.4. */
const SETTLE_MS = 300;
const WATCHED_NAMES: ReadonlySet<string> = new Set(['settings.json', 'system-defaults.json', '.env']);

/** Tells of outside edits. Only a hint for screens: every reading checks the files by itself. */
export interface SettingsWatch {
  /** Watches the settings files of a folder; harmless when it is watched already or does not exist (asked again later). */
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
      if (watchers.has(folder) || !existsSync(folder)) return; // asked at every reading: an error of `watch` would cost more than all the rest of one
      try {
        const watcher = watch(folder, { persistent: false }, (_kind, name) => {
          if (name === null || WATCHED_NAMES.has(name)) settle();
        });
        watcher.on('error', () => drop(folder));
        watchers.set(folder, watcher);
      } catch {
        // The folder has gone, or the system is out of watches: edits still count at the next reading.
      }
    },
    close() {
      cancel?.();
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}
