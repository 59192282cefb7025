import { z } from 'zod';
import { ItemId, SessionId, TaskId } from './ids.ts';

/** `interrupted`: it ended because the app did, without an exit status of its own. */
export const TaskStatus = z.enum(['starting', 'running', 'stopping', 'completed', 'failed', 'cancelled', 'interrupted']);
export type TaskStatus = z.infer<typeof TaskStatus>;

export const TaskPlacement = z.enum(['foreground', 'background']);
export type TaskPlacement = z.infer<typeof TaskPlacement>;

/**
 * A shell process from its first byte to its end.
 * Units: times are epoch ms on the host's clock; sizes are bytes counted from the start of the process.
 * Order: `rev` grows by one with every change, so a client drops what is older than what it holds.
 * Source: docs/background-tasks.md, "The shape".
 */
export const TaskSummary = z.object({
  id: TaskId,
  sessionId: SessionId,
  /** The tool call that started it; absent for a command the user typed. */
  toolCallId: ItemId.optional(),
  /** The user typed the command: it runs outside the sandbox, also when it is run again. */
  byUser: z.boolean().optional(),
  command: z.string(),
  cwd: z.string(),
  pid: z.number().optional(),
  placement: TaskPlacement,
  /** True once it was in the background; such a task stays listed after its end. */
  wasBackground: z.boolean(),
  status: TaskStatus,
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  /** When a foreground command will be stopped; absent for a background task. */
  timeoutAtMs: z.number().optional(),
  lastOutputAtMs: z.number().optional(),
  exitCode: z.number().optional(),
  signal: z.number().optional(),
  /** Why it failed or was interrupted, for people: "Exited with code 2", "Terminated by signal 9 (SIGKILL)". */
  error: z.string().optional(),
  /** What the user should know: no PTY here, output is being lost, earlier output was removed. */
  notice: z.string().optional(),
  outputPath: z.string().optional(),
  outputBytes: z.number(),
  droppedBytes: z.number(),
  /** It ran before the app was started again: it has ended, and its files are all that is left of it. */
  ofEarlierRun: z.boolean().optional(),
  /** It is a monitor: its lines (those with `pattern`, if there is one) are told to the agent; `events` so far, `maxEvents` at most. */
  monitor: z.object({ description: z.string(), pattern: z.string().optional(), events: z.number(), maxEvents: z.number() }).optional(),
  /** It is a subagent: it has no process, no terminal and no file; its output is what it said last. */
  agent: z.object({ type: z.string(), description: z.string() }).optional(),
  /** The subagent in the background that started it: it is listed like one in the background. */
  ofAgent: TaskId.optional(),
  /** Last line of plain text, at most 200 characters. */
  lastLine: z.string(),
  /** Addresses of servers on this machine that it has printed, at most 5, in the order of their first appearance. */
  urls: z.array(z.string()).optional(),
  rev: z.number(),
});
export type TaskSummary = z.infer<typeof TaskSummary>;

/** True for a status from which nothing more can happen. */
export function isTerminalStatus(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'interrupted';
}
