/** Commands as tasks. */
/** Returns the problem of a monitor's pattern, or undefined; `start` requires a valid pattern. */
export { patternProblem } from './line-pattern.ts';
/** A piece of a text file that ends with a whole character. Errors: `file_not_found`, `file_unreadable`. */
export { readOutputPiece } from './read-output.ts';
export { type Shell } from './spawn-plan.ts';
export type {
  EndedTask,
  MonitorNotice,
  MonitorRequest,
  OutputPiece,
  RunningTask,
  StartTask,
  TaskOutcome,
  Tasks,
  TaskSource,
  TaskView,
} from './task-api.ts';
/** Creates the tasks of one engine, those of earlier runs included; nothing runs before the first `start`. The creator closes it. */
export { createTasks, type TasksOptions } from './tasks.ts';
/** Processes that outlived an earlier run, which the user may stop; uses the host's port. */
export { createSurvivors, type Survivors } from './survivors.ts';
export type { RecallRequest } from './earlier-tasks.ts';
/** The output of a command that ran in the foreground when the app ended. */
export { type InterruptedOutput, readInterruptedOutput } from './earlier-tasks-files.ts';
/** The task id for a call, which is also the name of its files. */
export { taskIdForCall } from './task-id.ts';
