/** The engine's door to commands as tasks. */
/** What is wrong with a monitor's pattern, or undefined; `start` expects one that is valid. */
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
  TaskView,
} from './task-api.ts';
/** Creates the tasks of one engine; nothing runs before the first `start`. Whoever created it closes it. */
export { createTasks, type TasksOptions } from './task-manager.ts';
/** What outlived an earlier run, as the user may stop it; asks the host's port. */
export { createSurvivors, type Survivors } from './survivors.ts';
/** Puts the background tasks of earlier runs, from their files, beside those of this one. */
export { type RecallRequest, withEarlierTasks } from './earlier-tasks.ts';
/** What a command had printed that ran in the foreground when the app ended. */
export { type InterruptedOutput, readInterruptedOutput } from './earlier-tasks-files.ts';
/** The id of the task of a call, and so the name of its files. */
export { taskIdOfCall } from './task-id.ts';
