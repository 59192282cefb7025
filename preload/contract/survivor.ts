import * as z from 'zod/mini';
import { TaskId } from './ids.ts';

/**
 * A command of an earlier run of the app with processes that are still alive.
 * Shape: `command` and `cwd` are empty if only its processes are known; at most 32 `processes`.
 * Source: docs/background-tasks.md, BT-18.
 */
export const SurvivorSummary = z.object({
  taskId: TaskId,
  command: z.string(),
  cwd: z.string(),
  startedAtMs: z.optional(z.number()),
  processes: z.array(z.object({ pid: z.number(), name: z.string() })),
});
export type SurvivorSummary = z.infer<typeof SurvivorSummary>;
