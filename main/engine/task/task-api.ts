import type { BoundedText } from '../ports.ts';
import type { ItemId, OutputFrame, SessionId, TaskId, TaskSummary, ViewerId } from '../../../preload/contract/index.ts';

/**
 * The tasks of all sessions. A command is a task from its first byte; foreground or background is a field of it.
 * Errors: `EngineError` task_unknown (its data lists the known ids), task_ended, task_not_promotable, viewer_unknown.
 * Source: docs/background-tasks.md.
 */
export interface Tasks {
  /**
   * Starts a command. A missing shell or folder, and a failed spawn, are a task with status `failed`, never a throw.
   * An abort before the spawn spawns nothing and settles as cancelled; an abort later stops the task only while it is
   * in the foreground (BT-17). Throws `too_many_monitors` where as many run in the session as may.
   */
  start(request: StartTask, signal?: AbortSignal): RunningTask;
  get(taskId: TaskId): TaskSummary | undefined;
  list(sessionId?: SessionId): readonly TaskSummary[];
  promote(taskId: TaskId): TaskSummary;
  /** `by` decides nothing, it is told in the notification. */
  stop(taskId: TaskId, options: { force: boolean; by: 'user' | 'agent' | 'timeout' }): TaskSummary;
  readText(taskId: TaskId): Promise<BoundedText>;
  /** Where the plain text of a task is. Errors: `file_not_found` (a short foreground command leaves none). */
  outputPath(taskId: TaskId): string;
  /** A piece of that text. Errors: also `file_unreadable`. */
  readOutput(taskId: TaskId, from: { offsetBytes: number; maxBytes: number }): Promise<OutputPiece>;
  clearEnded(sessionId: SessionId): void;
  write(taskId: TaskId, data: string): void;
  attach(view: TaskView, deliver: (frame: OutputFrame) => void): { readonly viewerId: ViewerId; readonly task: TaskSummary };
  detach(viewerId: ViewerId): void;
  ack(viewerId: ViewerId, parsedBytes: number): void;
  resize(viewerId: ViewerId, cols: number, rows: number): void;
  focus(viewerId: ViewerId): void;
  /**
   * Background tasks of the session that ended and of which the model has not been told; asking marks them as told
   * (BT-25). Tasks the agent stopped by itself are not among them.
   */
  takeEndedNotices(sessionId: SessionId): readonly EndedTask[];
  /**
   * What the monitors of the session have said since the last asking, bounded; a monitor that ended is among them once,
   * with its end. One the agent stopped by itself says nothing more.
   */
  takeMonitorNotices(sessionId: SessionId): readonly MonitorNotice[];
  /** What `takeMonitorNotices` would have now: the end of a monitor, or lines only. */
  monitorUpdates(sessionId: SessionId): 'none' | 'lines' | 'ended';
  /** Stops what runs and resolves when it has ended. */
  closeSession(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
}

export interface StartTask {
  readonly sessionId: SessionId;
  readonly toolCallId?: ItemId;
  /** See `TaskSummary`. */
  readonly byUser?: boolean;
  /** The call that it runs for, whose output a later run must find: the tool call's id, or that of the row of a user's command. */
  readonly callId?: string;
  /** The subagent in the background whose command it is. */
  readonly ofAgent?: TaskId;
  /** Where the output files go. Source: docs/formats.md 5.1. */
  readonly outputDir: string;
  readonly command: string;
  readonly cwd: string;
  /** The child's environment before Gantry's own additions; already free of keys (BT-32). */
  readonly env: Readonly<Record<string, string>>;
  readonly placement: 'foreground' | 'background';
  /** Foreground only: after this many ms it is stopped, unless it was promoted. */
  readonly timeoutMs?: number;
  /** Background only: its lines become events for the model. */
  readonly monitor?: MonitorRequest;
  /** Puts the shell into a sandbox. A refusal is the task's error: it never runs outside instead. */
  readonly sandbox?: (shell: {
    readonly shell: string;
    readonly args: readonly string[];
  }) => Promise<
    | { readonly ok: true; readonly run: { readonly shell: string; readonly args: readonly string[] } }
    | { readonly ok: false; readonly refusal: string }
  >;
}

/** `pattern`: a valid regular expression, only lines it is found in are events. Units: ms. */
export interface MonitorRequest {
  readonly description: string;
  readonly maxEvents: number;
  readonly idleTimeoutMs: number;
  readonly pattern?: string;
}

/** `droppedLines`: lines since the last notice that are in the output file only. `events`: all told so far, these included. */
export interface MonitorNotice {
  readonly task: TaskSummary;
  readonly request: MonitorRequest;
  readonly lines: readonly string[];
  readonly droppedLines: number;
  readonly events: number;
  /** Why the monitor itself ended the command. */
  readonly stop?: 'max_events' | 'idle' | 'pattern';
}

export interface RunningTask {
  readonly id: TaskId;
  /** Settles once: at the end of the process, or at its promotion, whichever is first. Never rejects. */
  readonly outcome: Promise<TaskOutcome>;
}

export type TaskOutcome =
  | {
      readonly kind: 'ended';
      readonly task: TaskSummary;
      readonly text: BoundedText;
      readonly timedOut: boolean;
    }
  /** `task` is the state now: it may already have ended (BT-24). For a task started in the background, at once. */
  | {
      readonly kind: 'in_background';
      readonly task: TaskSummary;
      readonly text: BoundedText;
    };

/** `totalBytes` is what the file holds now; a piece ends with a whole character, so it may be shorter than was asked. */
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
