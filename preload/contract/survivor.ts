import { z } from 'zod';
import { TaskId } from './ids.ts';

/**
 * A command of an earlier run of the app of which processes are still alive.
 * Shape: `command` and `cwd` are empty where only its processes are known; `processes` are at most 32 of them.
 * Source: docs/background-tasks.md, BT-18.
 */
export const SurvivorSummary = z.object({
  taskId: TaskId,
  command: z.string(),
  cwd: z.string(),
  startedAtMs: z.number().optional(),
  processes: z.array(z.object({ pid: z.number(), name: z.string() })),
});
export type SurvivorSummary = z.infer<typeof SurvivorSummary>;
