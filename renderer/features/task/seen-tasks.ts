import { useSyncExternalStore } from 'react';

/**
 * The failed tasks that the user has opened since they failed. Stored in local storage, so that a reload does not ask for
 * attention again; the newest 200 ids are kept.
 */
const KEY = 'gantry.seenTasks';
const MOST_KEPT = 200;

export interface SeenTasks {
  subscribe(listener: () => void): () => void;
  snapshot(): ReadonlySet<string>;
  mark(taskId: string): void;
}

export function createSeenTasks(storage: () => Storage): SeenTasks {
  const listeners = new Set<() => void>();
  let seen: ReadonlySet<string> | undefined;

  function load(): ReadonlySet<string> {
    try {
      const parsed: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
      return new Set(Array.isArray(parsed) ? parsed.filter((id) => typeof id === 'string') : []);
    } catch {
      return new Set(); // blocked or damaged storage: nothing was seen
    }
  }

  const snapshot = () => (seen ??= load());
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    snapshot,
    mark(taskId) {
      if (snapshot().has(taskId)) return;
      const kept = [...snapshot(), taskId].slice(-MOST_KEPT);
      seen = new Set(kept);
      try {
        storage().setItem(KEY, JSON.stringify(kept));
      } catch {
        // Only the state across reloads is lost.
      }
      for (const listener of listeners) listener();
    },
  };
}

export const seenTasks = createSeenTasks(() => localStorage);

export function useSeenTasks(): ReadonlySet<string> {
  return useSyncExternalStore(seenTasks.subscribe, seenTasks.snapshot);
}
