/**
 * What the model is still to be told of a session's tasks: ends, and what monitors have heard. Each is handed out once.
 * It starts, stops and ends nothing.
 */
import type { SessionId } from '../../../preload/contract/index.ts';
import type { Task } from './task.ts';
import type { EndedTask, MonitorNotice, Tasks } from './task-api.ts';

type TaskNotices = Pick<Tasks, 'takeEndedNotices' | 'takeMonitorNotices' | 'monitorUpdates'>;

/** `tasks`: those of this run, as they are now. */
export function createTaskNotices(tasks: () => Iterable<Task>): TaskNotices {
  return {
    takeEndedNotices(sessionId): readonly EndedTask[] {
      const untold = [...tasks()].filter(
        (task) =>
          task.request.sessionId === sessionId && task.isTerminal && task.state.wasBackground && task.monitor === undefined && !task.isTold,
      );
      for (const task of untold) task.isTold = true;
      return untold.filter((task) => task.state.stopReason !== 'agent').map((task) => ({ task: task.summary(), text: task.text }));
    },
    takeMonitorNotices(sessionId): readonly MonitorNotice[] {
      return monitorsOf(tasks(), sessionId).flatMap((task) => {
        const { monitor } = task;
        if (monitor === undefined || task.isTold || (!task.isTerminal && !monitor.hasNews)) return [];
        task.isTold = task.isTerminal;
        const taken = monitor.take();
        task.writeStatus();
        return task.state.stopReason === 'agent' ? [] : [{ task: task.summary(), request: monitor.request, ...taken }];
      });
    },
    monitorUpdates(sessionId) {
      const untold = monitorsOf(tasks(), sessionId).filter((task) => task.state.stopReason !== 'agent' && !task.isTold);
      if (untold.some((task) => task.isTerminal)) return 'ended';
      return untold.some((task) => task.monitor?.hasNews === true) ? 'lines' : 'none';
    },
  };
}

export function monitorsOf(tasks: Iterable<Task>, sessionId: SessionId): readonly Task[] {
  return [...tasks].filter((task) => task.request.sessionId === sessionId && task.monitor !== undefined);
}
