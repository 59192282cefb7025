import * as z from 'zod/mini';
import { ItemId, SessionId, TaskId } from './ids.ts';

/**
 * What people should notice first: it deletes or overwrites, it uses the network, or it runs with the rights of another user. Only
 * what is known is marked, so a command without marks is not therefore harmless.
 */
export const CommandMarkCode = z.enum(['destructive', 'network', 'privilege']);
export type CommandMarkCode = z.infer<typeof CommandMarkCode>;

/** `interrupted`: the task ended because the app did, without an exit status of its own. */
export const TaskStatus = z.enum(['starting', 'running', 'stopping', 'completed', 'failed', 'cancelled', 'interrupted']);
export type TaskStatus = z.infer<typeof TaskStatus>;

export const TaskPlacement = z.enum(['foreground', 'background']);
export type TaskPlacement = z.infer<typeof TaskPlacement>;

/**
 * Why a command failed, as data. `exited`: the code of the process, from 1. `signal`: the signal that ended it. `timed_out`: its
 * limit; absent if it is unknown. An end that only the operating system describes has no code.
 */
export const TaskFailure = z.discriminatedUnion('code', [
  z.object({ code: z.literal('exited'), exitCode: z.int() }),
  z.object({ code: z.literal('signal'), signal: z.int() }),
  z.object({ code: z.literal('timed_out'), limitMs: z.optional(z.number()) }),
]);
export type TaskFailure = z.infer<typeof TaskFailure>;

/**
 * How a command of a row ended without success. `not_started`, `cancelled`: the user stopped the turn. `stopped`: the user stopped the
 * command. `interrupted`: it ended with Gantry.
 */
export const CommandEnd = z.union([TaskFailure, z.object({ code: z.enum(['not_started', 'cancelled', 'stopped', 'interrupted']) })]);
export type CommandEnd = z.infer<typeof CommandEnd>;

/**
 * A note about a task that the user should see. `no_terminal`: it runs on a pipe. `losing_output`: the disk does not accept what it
 * prints; `droppedBytes` says how much. `reason`: the system's own text.
 */
export const TaskNotice = z.discriminatedUnion('code', [
  z.object({ code: z.literal('no_terminal'), reason: z.string() }),
  z.object({ code: z.literal('losing_output'), reason: z.string() }),
]);
export type TaskNotice = z.infer<typeof TaskNotice>;

/** POSIX numbers on Linux; those up to 15 are the same on all supported systems. */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/**
 * The signal that ended a command with its name, if it has one here. A shell reports a command that was terminated by signal n as
 * the exit code 128 + n.
 */
export function failureSignal(failure: TaskFailure): { readonly signal: number; readonly name: string } | undefined {
  const signal =
    failure.code === 'signal' ? failure.signal : failure.code === 'exited' && failure.exitCode > 128 ? failure.exitCode - 128 : 0;
  const name = SIGNAL_NAMES[signal];
  return name === undefined ? undefined : { signal, name };
}

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
  toolCallId: z.optional(ItemId),
  /** The user typed the command: it runs outside the sandbox, also when it is restarted. */
  byUser: z.optional(z.boolean()),
  command: z.string(),
  cwd: z.string(),
  pid: z.optional(z.number()),
  placement: TaskPlacement,
  /** True once it was in the background; such a task stays listed after its end. */
  wasBackground: z.boolean(),
  status: TaskStatus,
  startedAtMs: z.number(),
  endedAtMs: z.optional(z.number()),
  /** When a foreground command will be stopped; absent for a background task. */
  timeoutAtMs: z.optional(z.number()),
  lastOutputAtMs: z.optional(z.number()),
  exitCode: z.optional(z.number()),
  signal: z.optional(z.number()),
  /** Why it failed or was interrupted, for users: "Exited with code 2", "Terminated by signal 9 (SIGKILL)". */
  error: z.optional(z.string()),
  /** The same as data. Absent for a task of an earlier run, and if the text comes from the operating system, the sandbox or a subagent. */
  failure: z.optional(TaskFailure),
  notice: z.optional(TaskNotice),
  outputPath: z.optional(z.string()),
  outputBytes: z.number(),
  droppedBytes: z.number(),
  /** It belongs to an earlier run of the app: it has ended, and only its files are left. */
  ofEarlierRun: z.optional(z.boolean()),
  /** It is a monitor: its lines (only those matching `pattern`, if set) are reported to the agent; `events` so far, at most `maxEvents`. */
  monitor: z.optional(z.object({ description: z.string(), pattern: z.optional(z.string()), events: z.number(), maxEvents: z.number() })),
  /** It is a subagent: it has no process, terminal or file; its output is its last message. */
  agent: z.optional(z.object({ type: z.string(), description: z.string() })),
  /** The background subagent that started it; the task is listed like a background task. */
  ofAgent: z.optional(TaskId),
  /** Last line of plain text, at most 200 characters. */
  lastLine: z.string(),
  /** Addresses of local servers that it has printed, at most 5, in order of their first appearance. */
  urls: z.optional(z.array(z.string())),
  rev: z.number(),
});
export type TaskSummary = z.infer<typeof TaskSummary>;

/** True for a final status. */
export function isTerminalStatus(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'interrupted';
}
