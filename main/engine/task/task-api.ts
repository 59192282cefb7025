import type { BoundedText } from '../ports.ts';
import type { ItemId, OutputFrame, SessionId, TaskId, TaskSummary, ViewerId } from '../../../preload/contract/index.ts';

/** The number of ended background tasks listed for a session; running ones do not count. Source: BT-23. */
export const LISTED_ENDED_TASKS = 32;

/**
 * One kind of tasks: the commands of this run, those of earlier runs, or subagents.
 * Errors: `EngineError` task_unknown (its data lists the known ids), task_ended, task_not_promotable.
 */
export interface TaskSource {
  get(taskId: TaskId): TaskSummary | undefined;
  list(sessionId?: SessionId): readonly TaskSummary[];
  promote(taskId: TaskId): TaskSummary;
  /** `by` only appears in the notification. */
  stop(taskId: TaskId, options: { force: boolean; by: 'user' | 'agent' | 'timeout' }): TaskSummary;
  readText(taskId: TaskId): Promise<BoundedText>;
  /** The path of a task's plain text. Errors: `file_not_found` (a short foreground command leaves no file). */
  outputPath(taskId: TaskId): string;
  /** A piece of that text. Errors: also `file_unreadable`. */
  readOutput(taskId: TaskId, from: { offsetBytes: number; maxBytes: number }): Promise<OutputPiece>;
  clearEnded(sessionId: SessionId): void;
  write(taskId: TaskId, data: string): void;
  attach(view: TaskView, deliver: (frame: OutputFrame) => void): { readonly viewerId: ViewerId; readonly task: TaskSummary };
  /**
   * Background tasks of the session that ended and were not reported to the model; the call marks them as reported
   * (BT-25). Tasks that the agent stopped itself are not included.
   */
  takeEndedNotices(sessionId: SessionId): readonly EndedTask[];
  /** Stops running tasks and resolves when they have ended. */
  closeSession(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
}

/**
 * The tasks of all sessions. A command is a task from its first byte; foreground or background is one of its fields.
 * Errors: those of `TaskSource`, and viewer_unknown.
 * Source: docs/background-tasks.md.
 */
export interface Tasks extends TaskSource {
  /**
   * Starts a command. A missing shell or folder, or a failed spawn, gives a task with status `failed`; it never throws.
   * An abort before the spawn spawns nothing and settles as cancelled. A later abort stops the task only while it is
   * in the foreground (BT-17). Throws `too_many_monitors` when the session has reached its limit of monitors.
   */
  start(request: StartTask, signal?: AbortSignal): RunningTask;
  detach(viewerId: ViewerId): void;
  ack(viewerId: ViewerId, parsedBytes: number): void;
  resize(viewerId: ViewerId, cols: number, rows: number): void;
  focus(viewerId: ViewerId): void;
  /**
   * The lines that monitors of the session have printed since the last call, bounded. A monitor that ended is included once,
   * with its end. A monitor that the agent stopped itself is not included.
   */
  takeMonitorNotices(sessionId: SessionId): readonly MonitorNotice[];
  /** What `takeMonitorNotices` would return now: the end of a monitor, or only lines. */
  monitorUpdates(sessionId: SessionId): 'none' | 'lines' | 'ended';
}

export interface StartTask {
  readonly sessionId: SessionId;
  readonly toolCallId?: ItemId;
  /** See `TaskSummary`. */
  readonly byUser?: boolean;
  /** The call that the command runs for, so that a later run finds its output: the id of the tool call, or of the row of a user's command. */
  readonly callId?: string;
  /** The background subagent that started the command. */
  readonly ofAgent?: TaskId;
  /** The folder for output files. Source: docs/formats.md 5.1. */
  readonly outputDir: string;
  /** As people and the model see it. */
  readonly command: string;
  /** What the shell receives; absent: `command`. */
  readonly runs?: string;
  readonly cwd: string;
  /** The child's environment before Gantry's own additions; already free of keys (BT-32). */
  readonly env: Readonly<Record<string, string>>;
  readonly placement: 'foreground' | 'background';
  /** Foreground only: the command is stopped after this time, unless it was promoted. Unit: ms. */
  readonly timeoutMs?: number;
  /** Background only: its lines become events for the model. */
  readonly monitor?: MonitorRequest;
  /**
   * Wraps the shell in a sandbox. A refusal is the error of the task: the command never runs outside instead. `ended` is called once,
   * when the command has ended or does not start.
   */
  readonly sandbox?: (shell: { readonly shell: string; readonly args: readonly string[] }) => Promise<
    | {
        readonly ok: true;
        readonly run: { readonly shell: string; readonly args: readonly string[] };
        readonly ended?: () => Promise<void>;
      }
    | { readonly ok: false; readonly refusal: string }
  >;
}

/** `pattern`: a valid pattern (line-pattern.ts); only matching lines are events. Units: ms. */
export interface MonitorRequest {
  readonly description: string;
  readonly maxEvents: number;
  readonly idleTimeoutMs: number;
  readonly pattern?: string;
}

/** `droppedLines`: lines since the last notice that are only in the output file. `events`: all reported lines so far, including these. */
export interface MonitorNotice {
  readonly task: TaskSummary;
  readonly request: MonitorRequest;
  readonly lines: readonly string[];
  readonly droppedLines: number;
  readonly events: number;
  /** The reason why the monitor ended the command. */
  readonly stop?: 'max_events' | 'idle';
}

export interface RunningTask {
  readonly id: TaskId;
  /** Settles once: at the end of the process or at its promotion, whichever comes first. Never rejects. */
  readonly outcome: Promise<TaskOutcome>;
}

export type TaskOutcome =
  | {
      readonly kind: 'ended';
      readonly task: TaskSummary;
      readonly text: BoundedText;
      readonly timedOut: boolean;
    }
  /** `task` is the current state, which may already be final (BT-24). For a task started in the background, settles at once. */
  | {
      readonly kind: 'in_background';
      readonly task: TaskSummary;
      readonly text: BoundedText;
    };

/** `totalBytes` is the current size of the file. A piece ends with a whole character, so it may be shorter than requested. */
export interface OutputPiece {
  readonly text: string;
  readonly nextOffsetBytes: number;
  readonly totalBytes: number;
}

export interface TaskView {
  readonly taskId: TaskId;
  readonly cols: number;
  readonly rows: number;
  readonly focused: boolean;
  readonly historyBytes?: number;
}

export interface EndedTask {
  readonly task: TaskSummary;
  readonly text: BoundedText;
}
