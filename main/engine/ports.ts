/**
 * What a host supplies to the engine. The engine reads no `process.env`, no clock and no home folder itself, so that two engines
 * can run in one process and every test can control the time.
 */
import type { OutputFrame, TaskId, TaskNotice, ViewerId } from '../../preload/contract/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnginePorts {
  readonly paths: EnginePaths;
  /** The user's environment: the login shell's in the desktop. Requested once, when first needed. */
  readonly environment: () => Promise<Environment>;
  readonly secrets: SecretStore;
  /** Called by the first command; the engine closes the returned object. */
  readonly openPtyHost: () => PtyHost;
  /** Ends the process groups of other children (MCP servers) when the app dies. Absent: they are not ended. */
  readonly openProcessGroups?: () => ProcessGroups;
  /** Absent if the host cannot find processes that outlived an earlier run. */
  readonly survivors?: SurvivorsPort;
  readonly fs: WorkspaceFs;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly host: {
    readonly kind: 'desktop' | 'server' | 'cli';
    readonly version: string;
  };
  /** Origins that a project's base URL may name without consent (`--trust-endpoint`). */
  readonly trustedEndpoints: readonly string[];
  /** Settings from the command line, in the form of a settings.json: above every file, for this process only. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Absolute paths. `qwenRuntime` holds sessions and tmp (QWEN_RUNTIME_DIR), `qwenHome` the user's settings (QWEN_HOME). */
export interface EnginePaths {
  readonly home: string;
  readonly qwenHome: string;
  readonly qwenRuntime: string;
  readonly gantryHome: string;
  readonly systemSettings: string;
  readonly systemDefaults: string;
}

/** Time and timers, so that tests control the clock. Units: ms. */
export interface Clock {
  now(): number;
  /** Returns a function that cancels it. The timer does not keep the process alive. */
  after(ms: number, run: () => void): () => void;
}

/** Structured log; `fields` are redacted by the host's implementation. Never throws. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Keeps API keys. An account is `<envKey>@<origin of the base URL>`.
 * Errors: `keyring_unavailable`, `consent_required` thrown by `set`, `settings_broken` by all methods that would write an
 * unreadable key file; reading never throws: a store that fails counts as empty and is logged.
 */
export interface SecretStore {
  get(account: string): Promise<{ readonly value: string; readonly where: 'keyring' | 'file' } | undefined>;
  set(account: string, value: string, store: 'keyring' | 'file'): Promise<void>;
  /** Removes the key from every store. Errors: `EngineError` keyring_unavailable if a working keyring did not delete it. */
  delete(account: string): Promise<void>;
  describe(): Promise<{
    keyring: 'available' | 'locked' | 'unavailable';
    keyringDetail?: string;
    fileAllowed: boolean;
    filePath: string;
    /** The number of keys in the file. */
    fileKeys?: number;
  }>;
  allowFile(allowed: boolean): Promise<void>;
  /** The keyring was locked at the last attempt to read it, so a missing key may be in it. */
  isLocked(): boolean;
  /** Moves the keys of the file to the keyring, then deletes the file. Errors: `keyring_unavailable`, `settings_broken`. */
  moveAll(): Promise<void>;
}

/**
 * Every file that a tool touches goes through this port, so that a host can serve an editor's unsaved buffers. Paths are
 * absolute. Errors: `EngineError` file_not_found, file_unreadable; when writing file_unwritable, disk_full.
 */
export interface WorkspaceFs {
  readBytes(path: string, limitBytes: number): Promise<Uint8Array>;
  /** Atomic: a temporary file beside it, then rename; keeps the mode of an existing file; creates missing folders. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, not a folder; a missing one counts as removed. */
  removeFile(path: string): Promise<void>;
  stat(path: string): Promise<FileStat | undefined>;
  list(path: string): Promise<
    readonly {
      name: string;
      isDirectory: boolean;
      isFile: boolean;
      isSymlink: boolean;
    }[]
  >;
  /** The path with every symbolic link resolved; for a path that does not exist, that of its nearest existing parent. */
  realPath(path: string): Promise<string>;
}

export interface FileStat {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  /** The number of names (hard links). Absent if the system does not say. */
  readonly links?: number;
}

/**
 * The process that owns the terminals. Nothing here throws because of what a process does; failures arrive as updates.
 * Ownership: the caller of `ptyHost` closes it; `close` ends every process group it spawned and resolves when they are gone. If
 * it dies by itself, `onUpdate` gets `lost` and every later call is a no-op.
 */
export interface PtyHost {
  spawn(request: PtySpawn): void;
  write(taskId: TaskId, data: string): void;
  /** SIGTERM to the group and SIGKILL after the grace period; `force`: SIGKILL now. */
  stop(taskId: TaskId, options: { force: boolean }): void;
  attach(view: PtyView, deliver: (frame: OutputFrame) => void): void;
  detach(viewerId: ViewerId): void;
  ack(viewerId: ViewerId, parsedBytes: number): void;
  resize(viewerId: ViewerId, cols: number, rows: number): void;
  focus(viewerId: ViewerId): void;
  /** The bounded beginning and end of the plain text so far. */
  readText(taskId: TaskId): Promise<BoundedText>;
  /** No further call will name this task: its memory is freed, its files stay unless `deleteFiles`. */
  forget(taskId: TaskId, options: { deleteFiles: boolean }): void;
  onUpdate(listener: (update: PtyUpdate) => void): () => void;
  close(): Promise<void>;
}

/**
 * The guard of process groups: its groups are ended when this process ends without notice, for whatever reason.
 * Ownership: the code that opened it removes a group once it is empty, and calls `close` at the end, which ends no group.
 * Errors: none.
 */
export interface ProcessGroups {
  add(group: {
    readonly pid: number;
    /** Also in the children's environment as `GANTRY_TASK_ID`, so that processes that have left the group can be found. */
    readonly taskId: string;
    readonly command: string;
    readonly cwd: string;
    readonly startedAtMs: number;
  }): void;
  remove(pid: number): void;
  close(): void;
}

/**
 * Processes of commands whose app is gone. Nothing is stopped without asking.
 * Errors: none; unreadable entries count as missing.
 */
export interface SurvivorsPort {
  /** Never processes that belong to a running app. The watchdog's pending work is awaited, so that it is not reported. */
  find(): Promise<readonly Survivor[]>;
  /** A process is signalled only if its pid and start time still match. */
  stop(taskId: TaskId): Promise<void>;
  /** Forgets it. */
  leave(taskId: TaskId): Promise<void>;
  /** False if the pid is free or another process has it now. */
  isRunning(command: { readonly taskId: TaskId; readonly pid: number; readonly startedAtMs: number }): boolean;
}

/** Shape: `command` and `cwd` are empty if only the processes are known. */
export interface Survivor {
  readonly taskId: TaskId;
  readonly command: string;
  readonly cwd: string;
  readonly startedAtMs: number | undefined;
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
}

export interface PtySpawn {
  readonly taskId: TaskId;
  readonly shell: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly rawPath: string;
  readonly textPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  /** Keys that are replaced in its output, before it reaches a file, a viewer or the model. */
  readonly keys?: readonly string[];
  /** Send its lines too, as updates of kind `lines`. */
  readonly lines?: boolean;
}

export interface PtyView {
  readonly viewerId: ViewerId;
  readonly taskId: TaskId;
  readonly cols: number;
  readonly rows: number;
  readonly focused: boolean;
  readonly historyBytes?: number;
  /** The location of the bytes, for a task that the pty host no longer knows (an earlier run, already forgotten). */
  readonly rawPath?: string;
}

/** Units: UTF-16 code units in `omittedChars`, bytes elsewhere. `isBinary` is determined from the first 4 KiB. */
export interface BoundedText {
  readonly head: string;
  readonly tail: string;
  readonly omittedChars: number;
  readonly totalBytes: number;
  readonly droppedBytes: number;
  readonly isBinary: boolean;
}

export type PtyUpdate =
  | {
      readonly kind: 'started';
      readonly taskId: TaskId;
      readonly pid: number;
      readonly backend: 'pty' | 'pipe';
      readonly notice?: TaskNotice;
    }
  /** At most one every 100 ms per task. */
  | {
      readonly kind: 'progress';
      readonly taskId: TaskId;
      readonly outputBytes: number;
      readonly droppedBytes: number;
      readonly lastLine: string;
      /** Addresses of servers on this machine in the whole output, at most 5. */
      readonly urls?: readonly string[];
      readonly notice?: TaskNotice;
    }
  /**
   * Lines of plain text, each cut to 2,000 characters; at most 64 KiB a second per task, the rest is counted. The last ones
   * precede `ended`.
   */
  | { readonly kind: 'lines'; readonly taskId: TaskId; readonly lines: readonly string[]; readonly droppedLines: number }
  /** All bytes have been read and the files are flushed (or a flush has stalled for 10 s). Exactly once per spawned task. */
  | {
      readonly kind: 'ended';
      readonly taskId: TaskId;
      readonly end: ProcessEnd;
      readonly outputBytes: number;
      readonly droppedBytes: number;
      readonly lastLine: string;
      /** Addresses of servers on this machine in the whole output, at most 5. */
      readonly urls?: readonly string[];
      readonly text: BoundedText;
    }
  | { readonly kind: 'lost'; readonly message: string };

/** What is known about the end of a process; BT-10 derives a status from it. */
export interface ProcessEnd {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly error?: string;
}
