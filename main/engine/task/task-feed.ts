/**
 * Emits events about tasks: a change of status or placement at once, progress at most four times a second per task.
 * Owns: the revision numbers and the timers of delayed events.
 */
import type { HostEvent, TaskId } from '../../../preload/contract/index.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Task } from './task.ts';

const PROGRESS_MS = 250;

export interface TaskFeed {
  changed(task: Task): void;
  progressed(task: Task): void;
  removed(task: Task): void;
  close(): void;
}

export function createTaskFeed(options: { clock: Clock; logger: Logger; emit: (event: HostEvent) => void }): TaskFeed {
  const { clock, logger } = options;
  const emittedAt = new Map<TaskId, number>();
  const pending = new Map<TaskId, () => void>();

  const emit = (event: HostEvent) => {
    try {
      options.emit(event);
    } catch (error) {
      logger.error('a listener for task events failed', { error: error instanceof Error ? error.stack : String(error) });
    }
  };
  const cancel = (taskId: TaskId) => {
    pending.get(taskId)?.();
    pending.delete(taskId);
  };
  const changed = (task: Task) => {
    cancel(task.id);
    task.rev++;
    emittedAt.set(task.id, clock.now());
    emit({ event: 'task.changed', data: { task: task.summary() } });
  };

  return {
    changed,
    progressed(task) {
      if (pending.has(task.id)) return;
      const wait = (emittedAt.get(task.id) ?? -Infinity) + PROGRESS_MS - clock.now();
      if (wait <= 0) changed(task);
      else
        pending.set(
          task.id,
          clock.after(wait, () => changed(task)),
        );
    },
    removed(task) {
      cancel(task.id);
      emittedAt.delete(task.id);
      emit({ event: 'task.removed', data: { taskId: task.id } });
    },
    close() {
      for (const taskId of [...pending.keys()]) cancel(taskId);
      emittedAt.clear();
    },
  };
}
