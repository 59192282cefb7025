import { z } from 'zod';
import { ItemId, SessionId, TaskId } from './ids.ts';
import { TaskFailure } from './task-failure.ts';

/** `interrupted`: the task ended because the app did, without an exit status of its own. */
export const TaskStatus = z.enum(['starting', 'running', 'stopping', 'completed', 'failed', 'cancelled', 'interrupted']);
export type TaskStatus = z.infer<typeof TaskStatus>;

export const TaskPlacement = z.enum(['foreground', 'background']);
export type TaskPlacement = z.infer<typeof TaskPlacement>;

/**
 * A shell process from its first byte to its end.
 * Units: times are epoch ms on the host's clock; sizes are bytes counted from the start of the process.
 * Order: `rev` grows by one with every change, so a client drops summaries that are older than its own.
 * Source: docs/background-tasks.md, "The shape".
 */
export const TaskSummary = z.object({
  id: TaskId,
  sessionId: SessionId,
  /** The tool call that started it; absent for a command that the user typed. */
  toolCallId: ItemId.optional(),
  /** The user typed the command: it runs outside the sandbox, also when it is restarted. */
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
  /** Why it failed or was interrupted, for users: "Exited with code 2", "Terminated by signal 9 (SIGKILL)". */
  error: z.string().optional(),
  /** The same as data. Absent for a task of an earlier run, and if the text comes from the operating system, the sandbox or a subagent. */
  failure: TaskFailure.optional(),
  /** A note for the user: no PTY is available, output is being lost, earlier output was removed. */
  notice: z.string().optional(),
  outputPath: z.string().optional(),
  outputBytes: z.number(),
  droppedBytes: z.number(),
  /** It belongs to an earlier run of the app: it has ended, and only its files are left. */
  ofEarlierRun: z.boolean().optional(),
  /** It is a monitor: its lines (only those matching `pattern`, if set) are reported to the agent; `events` so far, at most `maxEvents`. */
  monitor: z.object({ description: z.string(), pattern: z.string().optional(), events: z.number(), maxEvents: z.number() }).optional(),
  /** It is a subagent: it has no process, terminal or file; its output is its last message. */
  agent: z.object({ type: z.string(), description: z.string() }).optional(),
  /** The background subagent that started it; the task is listed like a background task. */
  ofAgent: TaskId.optional(),
  /** Last line of plain text, at most 200 characters. */
  lastLine: z.string(),
  /** Addresses of local servers that it has printed, at most 5, in order of their first appearance. */
  urls: z.array(z.string()).optional(),
  rev: z.number(),
});
export type TaskSummary = z.infer<typeof TaskSummary>;

/** True for a final status. */
export function isTerminalStatus(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'interrupted';
}
