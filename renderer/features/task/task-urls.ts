import { useSyncExternalStore } from 'react';
import { type FoundUrl, findLocalUrls } from './task-format.ts';

/**
 * Addresses of local servers that tasks have printed: the line goes by, the server stays.
 * At most 5 a task and 64 tasks, the oldest dropped first. Lives as long as the window.
 */
export interface TaskUrls {
  subscribe(listener: () => void): () => void;
  of(taskId: string): readonly FoundUrl[];
  record(taskId: string, text: string): void;
}

const MOST_PER_TASK = 5;
const MOST_TASKS = 64;
const NONE: readonly FoundUrl[] = [];

export function createTaskUrls(): TaskUrls {
  const listeners = new Set<() => void>();
  const byTask = new Map<string, readonly FoundUrl[]>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    of: (taskId) => byTask.get(taskId) ?? NONE,
    record(taskId, text) {
      const held = byTask.get(taskId) ?? NONE;
      const known = new Set(held.map(({ label }) => label));
      const fresh = findLocalUrls(text).filter(({ label }) => !known.has(label));
      if (fresh.length === 0 || held.length >= MOST_PER_TASK) return;
      byTask.set(taskId, [...held, ...fresh].slice(0, MOST_PER_TASK));
      const oldest = byTask.keys().next().value;
      if (byTask.size > MOST_TASKS && oldest !== undefined) byTask.delete(oldest);
      for (const listener of listeners) listener();
    },
  };
}

export const taskUrls = createTaskUrls();

export function useTaskUrls(taskId: string): readonly FoundUrl[] {
  return useSyncExternalStore(taskUrls.subscribe, () => taskUrls.of(taskId));
}
