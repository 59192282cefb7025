/**
 * All tasks as one list from three sources: the commands of this run, those of earlier runs, and subagents. It looks an id up
 * once and calls the source that has it.
 */
import { defined, type SessionId, type TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import type { SurvivorsPort } from '../ports.ts';
import { createEarlierTasks, type EarlierTasks } from './earlier-tasks.ts';
import { LISTED_ENDED_TASKS, type Tasks, type TaskSource } from './task-api.ts';
import { createRunTasks, type RunTasksOptions } from './task-manager.ts';

export interface TasksOptions extends RunTasksOptions {
  /** Determines which processes of earlier runs are alive; without it, their pids are checked. */
  readonly survivors?: SurvivorsPort | undefined;
  /** Subagents are listed and stopped as tasks. */
  readonly agents?: TaskSource;
}

export interface AllTasks extends Tasks, Pick<EarlierTasks, 'recall' | 'interrupted'> {}

export function createTasks(options: TasksOptions): AllTasks {
  const run = createRunTasks(options);
  const earlier = createEarlierTasks({ ...options, run, survivors: options.survivors });
  return joinSources({ run, earlier, ...defined({ agents: options.agents }) });
}

export interface TaskSources {
  readonly run: Tasks;
  readonly earlier: EarlierTasks;
  readonly agents?: TaskSource;
}

export function joinSources({ run, earlier, agents }: TaskSources): AllTasks {
  const others = agents === undefined ? [] : [agents];
  const bySearch = [run, earlier, ...others];
  /** Earlier tasks are reported and cleared first. */
  const byAge = [earlier, run, ...others];

  /** This run refuses an unknown id. */
  const findSource = (taskId: TaskId): TaskSource => bySearch.find((source) => source.get(taskId) !== undefined) ?? run;

  /** The commands of this run, then the newest of earlier runs as far as there is room for them. */
  const listCommands = (sessionId: SessionId): readonly TaskSummary[] => {
    const current = run.list(sessionId);
    const ended = current.filter((task) => task.endedAtMs !== undefined && task.wasBackground).length;
    const newestFirst = earlier.list(sessionId).toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
    return [...current, ...newestFirst.slice(0, Math.max(0, LISTED_ENDED_TASKS - ended))];
  };

  const listAllCommands = (): readonly TaskSummary[] => {
    const sessions = new Set(earlier.list().map((task) => task.sessionId));
    return [...run.list().filter((task) => !sessions.has(task.sessionId)), ...[...sessions].flatMap(listCommands)];
  };

  return {
    recall: (request) => earlier.recall(request),
    interrupted: (sessionId) => earlier.interrupted(sessionId),
    start: (request, signal) => run.start(request, signal),
    get: (taskId) => findSource(taskId).get(taskId),
    list: (sessionId) => [
      ...(sessionId === undefined ? listAllCommands() : listCommands(sessionId)),
      ...others.flatMap((source) => source.list(sessionId)),
    ],
    promote: (taskId) => findSource(taskId).promote(taskId),
    stop: (taskId, options) => findSource(taskId).stop(taskId, options),
    readText: (taskId) => findSource(taskId).readText(taskId),
    outputPath: (taskId) => findSource(taskId).outputPath(taskId),
    readOutput: (taskId, from) => findSource(taskId).readOutput(taskId, from),
    write: (taskId, data) => findSource(taskId).write(taskId, data),
    attach: (view, deliver) => findSource(view.taskId).attach(view, deliver),
    detach: (viewerId) => run.detach(viewerId),
    ack: (viewerId, parsedBytes) => run.ack(viewerId, parsedBytes),
    resize: (viewerId, cols, rows) => run.resize(viewerId, cols, rows),
    focus: (viewerId) => run.focus(viewerId),
    clearEnded(sessionId) {
      for (const source of byAge) source.clearEnded(sessionId);
    },
    takeEndedNotices: (sessionId) => byAge.flatMap((source) => source.takeEndedNotices(sessionId)),
    takeMonitorNotices: (sessionId) => run.takeMonitorNotices(sessionId),
    monitorUpdates: (sessionId) => run.monitorUpdates(sessionId),
    async closeSession(sessionId) {
      await Promise.all(byAge.map((source) => source.closeSession(sessionId)));
    },
    async close() {
      await Promise.all(byAge.map((source) => source.close()));
    },
  };
}
