/**
 * Pending notices for the model about a session's tasks: ends, and lines of monitors. Each is returned once.
 * This module does not start, stop or end tasks.
 */
import type { SessionId } from '../../../preload/contract/index.ts';
import type { Task } from './task.ts';
import type { EndedTask, MonitorNotice, Tasks } from './task-api.ts';

type TaskNotices = Pick<Tasks, 'takeEndedNotices' | 'takeMonitorNotices' | 'monitorUpdates'>;

/** `tasks`: returns the current tasks of this run. */
export function createTaskNotices(tasks: () => Iterable<Task>): TaskNotices {
  return {
    takeEndedNotices(sessionId): readonly EndedTask[] {
      const unreported = [...tasks()].filter(
        (task) =>
          task.request.sessionId === sessionId &&
          task.isTerminal &&
          task.state.wasBackground &&
          task.monitor === undefined &&
          !task.isReported,
      );
      for (const task of unreported) task.isReported = true;
      return unreported.filter((task) => task.state.stopReason !== 'agent').map((task) => ({ task: task.summary(), text: task.text }));
    },
    takeMonitorNotices(sessionId): readonly MonitorNotice[] {
      return findMonitors(tasks(), sessionId).flatMap((task) => {
        const { monitor } = task;
        if (monitor === undefined || task.isReported || (!task.isTerminal && !monitor.hasLines)) return [];
        task.isReported = task.isTerminal;
        const taken = monitor.take();
        return task.state.stopReason === 'agent' ? [] : [{ task: task.summary(), request: monitor.request, ...taken }];
      });
    },
    monitorUpdates(sessionId) {
      const unreported = findMonitors(tasks(), sessionId).filter((task) => task.state.stopReason !== 'agent' && !task.isReported);
      if (unreported.some((task) => task.isTerminal)) return 'ended';
      return unreported.some((task) => task.monitor?.hasLines === true) ? 'lines' : 'none';
    },
  };
}

export function findMonitors(tasks: Iterable<Task>, sessionId: SessionId): readonly Task[] {
  return [...tasks].filter((task) => task.request.sessionId === sessionId && task.monitor !== undefined);
}
