import type {
  ApprovalDecision,
  ApprovalId,
  ApprovalMode,
  CommandOutcome,
  CommandSummary,
  ChangeChoice,
  ChangedFile,
  CompactionResult,
  ConnectionTest,
  ContextUsage,
  Cursor,
  DeletedSession,
  ExportFormat,
  HostEvent,
  ItemId,
  KeyChord,
  KeyStoreState,
  ModelRef,
  OnTouched,
  ProjectId,
  ProjectSummary,
  PromptAttachment,
  PromptDelivery,
  ProviderDraft,
  ProviderId,
  ProviderPreset,
  ProviderSummary,
  QuestionAnswer,
  SessionHit,
  SessionId,
  SessionProblem,
  SessionSnapshot,
  SessionSummary,
  ShownView,
  SettingsView,
  TaskId,
  TaskSummary,
  Theme,
  ToolDisplay,
  TranscriptItem,
  TurnChanges,
  TurnId,
  UndoOutcome,
} from '../../preload/contract/index.ts';
import type { Editor } from './editor-api.ts';
import type { Mcp } from './mcp/mcp-api.ts';
import type { Permissions } from './permissions-api.ts';
import type { SessionUse } from './session-list/usage-api.ts';
import type { Effort, SessionOptions } from './session-options.ts';
import type { Survivors } from './task/index.ts';
import type { Tasks } from './task/task-api.ts';
import type { WorkspaceFiles } from './workspace-files-api.ts';

export { type Effort, EFFORTS, type SessionAgent, type SessionOptions } from './session-options.ts';

/**
 * The product. Hosts (desktop, server, cli) call it and subscribe to it; it never knows which host it has.
 * Errors: every method throws `EngineError` with a code of the contract for the caller's faults; a failure while a turn runs is
 * an event, never an exception.
 */
export interface Engine {
  readonly projects: Projects;
  readonly files: WorkspaceFiles;
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly survivors: Survivors;
  readonly providers: Providers;
  readonly settings: Settings;
  readonly mcp: Mcp;
  readonly permissions: Permissions;
  readonly commands: SlashCommands;
  /** A key of the host, such as the token of a server: commands must not print it. */
  hideKey(value: string): void;
  /** Every event of every session, in order. A listener that throws does not affect the others. */
  subscribe(listener: (event: HostEvent) => void): () => void;
  /** Interrupts turns, stops every task, releases leases and flushes. Resolves when nothing is left running. */
  close(): Promise<void>;
}

export interface Projects {
  list(): Promise<readonly ProjectSummary[]>;
  /** What a window showed last, of this run or an earlier one. */
  lastShown(): ShownView | undefined;
  /** Errors: those of the file system. */
  setLastShown(view: ShownView): Promise<void>;
  /** `trust` records an answer with the opening (`--trust`); otherwise the recorded answer applies. */
  open(path: string, options?: { trust?: boolean; remember?: boolean }): Promise<ProjectSummary>;
  trust(projectId: ProjectId, trusted: boolean): Promise<ProjectSummary>;
  /** One folder. Errors: `project_unknown`. */
  describe(projectId: ProjectId): Promise<ProjectSummary>;
  forget(projectId: ProjectId): Promise<void>;
  suggestPaths(prefix: string): Promise<readonly string[]>;
  /** The settings for a run without a window. */
  runDefaults(projectId: ProjectId): Promise<RunDefaults>;
  /** See the contract's `project.findFiles`. Errors: `project_unknown`. */
  findFiles(projectId: ProjectId, query: string, limit: number): Promise<{ paths: readonly string[]; isWhole: boolean }>;
}

/** An absent value was not set. */
export interface RunDefaults {
  readonly outputFormat?: 'text' | 'json' | 'stream-json';
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  /** The time limit after which a turn is cancelled. */
  readonly maxWallTimeMs?: number;
  /** QWEN_CODE_UNATTENDED_RETRY of the environment, `.env` or `settings.env`. */
  readonly unattendedRetry?: boolean;
}

/**
 * The sessions as files: operations that do not open a session. Limits and errors are those of the requests with the same names.
 */
export interface StoredSessions {
  page(
    projectId: ProjectId,
    request: { cursor?: Cursor; limit?: number; titleContains?: string; archived?: boolean },
  ): Promise<{ sessions: readonly SessionSummary[]; pinned?: readonly SessionSummary[]; next?: Cursor; total: number }>;
  /** `signal` ends it early; the results so far are returned, with `next`. */
  search(
    request: { projectId?: ProjectId; query: string; cursor?: Cursor; limit?: number },
    signal?: AbortSignal,
  ): Promise<{ hits: readonly SessionHit[]; searchedSessions: number; totalSessions: number; next?: Cursor }>;
  find(projectId: ProjectId, query: string): Promise<readonly SessionSummary[]>;
  branch(
    projectId: ProjectId,
    sessionId: SessionId,
    options?: { beforeItemId?: ItemId; newId?: SessionId },
  ): Promise<{ session: SessionSummary; promptText?: string }>;
  /** Archives the session, or restores it. Errors: `session_unknown`, `session_busy`. */
  archive(projectId: ProjectId, sessionId: SessionId): Promise<void>;
  unarchive(projectId: ProjectId, sessionId: SessionId): Promise<SessionSummary>;
  /** Errors: `session_unknown`, `file_unreadable`. */
  pin(projectId: ProjectId, sessionId: SessionId, pinned: boolean): Promise<void>;
  /** The path of its file. Errors: `session_unknown`. */
  locate(projectId: ProjectId, sessionId: SessionId): Promise<string>;
  delete(projectId: ProjectId, sessionId: SessionId): Promise<DeletedSession>;
  restore(projectId: ProjectId, token: string): Promise<SessionSummary>;
  listDeleted(projectId: ProjectId): Promise<readonly DeletedSession[]>;
  export(
    projectId: ProjectId,
    sessionId: SessionId,
    format: ExportFormat,
  ): Promise<{ exportId: string; fileName: string; mediaType: string; totalBytes: number }>;
  readExport(
    exportId: string,
    from: { offsetBytes: number; maxBytes: number },
  ): Promise<{ text: string; nextOffsetBytes: number; totalBytes: number }>;
  inspect(
    projectId: ProjectId,
    sessionId: SessionId,
  ): Promise<{ records: number; shown: number; problemCount: number; problems: readonly SessionProblem[] }>;
}

export interface SlashCommands {
  /** Built-in commands, the files of the folder and the user, skills; read at each call. */
  list(projectId: ProjectId): Promise<readonly CommandSummary[]>;
  /** The names of a folder's subagents, read at each call. */
  agentNames(projectId: ProjectId): Promise<readonly string[]>;
}

export interface PromptOptions {
  /** How the prompt is handled while a turn runs; absent: it waits for the turn's end. */
  readonly delivery?: PromptDelivery;
  readonly attachments?: readonly PromptAttachment[];
}

/**
 * One open session. Hosts get it from `Sessions.get` when they need it: after the session has been closed, deleted or has left
 * memory, a handle that was kept has no effect on the session that is opened again.
 */
export interface SessionHandle {
  readonly id: SessionId;
  readonly work: WorkHandle;
  /** Rows before a given row; see the contract's `session.earlier`. */
  earlier(request: {
    readonly beforeItemId: ItemId;
    readonly limit: number;
    readonly untilItemId?: ItemId | undefined;
  }): Promise<{ items: readonly TranscriptItem[]; earlierItems: number; earlierIsGuess?: boolean }>;
  /**
   * Resolves when the prompt is on disk or in the queue. A slash command that is not a prompt is run without a turn. Errors:
   * `session_busy`, `queue_full`, `no_model`, `closed`, and those of `runSlash`.
   */
  prompt(text: string, localId: string, options?: PromptOptions): Promise<{ turnId?: TurnId }>;
  /** Errors: `item_unknown`. */
  readAttachment(itemId: ItemId, index: number): Promise<{ mimeType: string; data: string }>;
  /** Its files and MCP servers are used until the returned function is called; of several editors, the files of the last one. */
  connectEditor(editor: Editor): () => void;
  /** A slash command as it was typed; see the contract's `command.run`. Errors: `command_unknown`, `bad_params`. */
  runSlash(text: string): Promise<CommandOutcome>;
  /** The approval mode that this slash command would select; undefined: none. */
  slashMode(text: string): Promise<ApprovalMode | undefined>;
  /** `root`: the session's folder. */
  describe(): { readonly root: string; readonly mode: ApprovalMode };
  /** Summarizes the conversation in the place of a turn; a failure of the summary is a row. Errors: `session_busy`, `no_model`, `closed`. */
  compact(instructions?: string): Promise<CompactionResult>;
  /** The content of the context of the next request. */
  context(): Promise<ContextUsage>;
  /** The tools of the next request with their share of the context. Unit: tokens. */
  toolUsage(): Promise<readonly { readonly name: string; readonly tokens: number }[]>;
  setMode(mode: ApprovalMode): void;
  setModel(model: ModelRef): void;
  /**
   * How much the model thinks, until the session closes; it takes precedence over the settings. Resolves with false if the settings turn
   * thinking off for the model.
   */
  setEffort(effort: Effort): Promise<{ readonly applied: boolean }>;
  /**
   * Goes back to before a prompt. The file keeps later records, but the session no longer uses them. With `files`, later changes
   * of files are undone, except in files that have changed again since. Errors: `session_busy`, `item_unknown`.
   */
  rewind(beforeItemId: ItemId, options?: { readonly files?: boolean }): Promise<{ promptText: string; files?: UndoOutcome }>;
  readonly changes: SessionChanges;
  /** Errors: `session_busy`, `file_not_found`. */
  undoChanges(choice: ChangeChoice, onTouched: OnTouched): Promise<UndoOutcome>;
  readonly questions: {
    /** Undefined: the agent decides. Errors: `approval_unknown`, `bad_params`. */
    answer(itemId: ItemId, answers: readonly QuestionAnswer[] | undefined): void;
  };
  readonly approvals: {
    /** Errors: `approval_unknown`, `approval_stale`. */
    resolve(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void;
    /**
     * Allows the call with other arguments, which are judged like those of any call: what a rule or the mode refuses is refused, and
     * what would ask runs. Errors: as `resolve`.
     */
    allowWith(approvalId: ApprovalId, digest: string, input: Readonly<Record<string, unknown>>): void;
  };
}

/** The work of a session, one thing at a time: the turn or the user's command that runs, and the queue. */
export interface WorkHandle {
  /**
   * Runs a command the user typed, without the model and without a question: a foreground task without a time limit, in
   * the place of a turn until it ends or is promoted. Resolves when it is started. Errors: `session_busy`, `closed`.
   */
  runCommand(command: string): Promise<{ taskId: TaskId }>;
  /** Resolves when the prompt is removed from the disk too. A prompt that is being sent stays. */
  unqueue(localId: string): Promise<void>;
  /** See the contract's `session.sendQueued`. If the turn cannot start, a row says why and the prompt is held again. Errors: `closed`. */
  sendQueued(localId: string): void;
  /** Stops the turn, or the user's command that runs in its place. Errors: `turn_not_running`. */
  cancel(): void;
  /** Ends the wait before the next attempt. After a turn that did not complete, sends the request to the model again. */
  retryNow(): void;
}

/** What the file tools have changed. */
export interface SessionChanges {
  /** By turn and in all. */
  list(): Promise<{ readonly turns: readonly TurnChanges[]; readonly files: readonly ChangedFile[] }>;
  /** From before the change to what is on the disk now. Errors: `file_not_found`. */
  diff(choice: ChangeChoice & { readonly path: string }): Promise<ToolDisplay>;
}

export interface Sessions extends StoredSessions {
  /** All of them, newest first; for hosts that need no pages. */
  list(projectId: ProjectId): Promise<readonly SessionSummary[]>;
  /** What the sessions of all folders have used, of those that have changed since then. Unit: ms since 1970. Reads their files. */
  usage(sinceMs: number): Promise<readonly SessionUse[]>;
  create(projectId: ProjectId, options?: SessionOptions): Promise<SessionSnapshot>;
  /** Loads it if it is not in memory. A session that another live process holds is read-only (`heldBy`). */
  open(projectId: ProjectId, sessionId: SessionId, options?: SessionOptions): Promise<SessionSnapshot>;
  /** A session that is in memory. Errors: `session_unknown`. */
  get(sessionId: SessionId): SessionHandle;
  /** The session need not be open. Errors: `session_unknown`, `session_busy`. */
  rename(projectId: ProjectId, sessionId: SessionId, title: string): Promise<void>;
  /** The whole text of a message, to be read by `readExport`. Errors: `session_unknown`, `item_unknown`. */
  openText(sessionId: SessionId, itemId: ItemId, part: 'text' | 'thinking'): Promise<{ exportId: string; totalBytes: number }>;
  /** Runs the command of an ended task again, in its folder, as a background task. Errors: `task_unknown`, `task_running`. */
  restartTask(taskId: TaskId): Promise<TaskSummary>;
  /**
   * Ends its turn and stops its commands, without a report to the model (BT-25); resolves when none of it runs. It can be
   * opened again. Nothing happens if it is not in memory.
   */
  close(sessionId: SessionId): Promise<void>;
  /** No client shows the session any more; an idle one may leave memory. */
  release(sessionId: SessionId): void;
}

export interface Providers {
  list(projectId?: ProjectId): Promise<{
    providers: readonly ProviderSummary[];
    presets: readonly ProviderPreset[];
  }>;
  save(draft: ProviderDraft, replaces?: ProviderId): Promise<ProviderId>;
  delete(providerId: ProviderId): Promise<void>;
  setKey(providerId: ProviderId, key: string, store: 'keyring' | 'file'): Promise<void>;
  deleteKey(providerId: ProviderId): Promise<void>;
  test(request: { providerId: ProviderId; modelId?: string; projectId?: ProjectId }): Promise<ConnectionTest>;
  trustEndpoint(providerId: ProviderId, projectId: ProjectId): Promise<void>;
  /**
   * The key from the environment, `.env` or the settings that saving this draft would send to an origin that does not get it yet,
   * and that is not the one a preset names for its variable. A key in the keyring is bound to its origin.
   */
  keyNewlySent(draft: ProviderDraft): Promise<{ readonly variable: string; readonly origin: string } | undefined>;
  /**
   * Whether the provider responds, tested without a key; undefined for an address the user has not accepted. Errors:
   * `model_unknown`.
   */
  reach(providerId: ProviderId, projectId?: ProjectId): Promise<{ readonly status: number } | { readonly failure: string } | undefined>;
  discover(): Promise<readonly ProviderPreset[]>;
  describeKeyStore(): Promise<KeyStoreState>;
  allowKeyFile(allowed: boolean): Promise<KeyStoreState>;
  /** Errors: `keyring_unavailable`, `settings_broken`. */
  moveKeysToKeyring(): Promise<KeyStoreState>;
}

/** An effective server of `mcpServers`. `target`: the command, or the address, without anything that could be secret. */
export interface McpServerSetting {
  readonly name: string;
  readonly scope: SettingsView['files'][number]['scope'];
  readonly transport: 'stdio' | 'sse' | 'http' | 'unknown';
  readonly target: string;
}

export interface Settings {
  describe(projectId?: ProjectId): Promise<SettingsView>;
  /** By name. Includes a folder's own servers if the folder is trusted. */
  listMcpServers(projectId: ProjectId): Promise<readonly McpServerSetting[]>;
  /**
   * Writes a server into the user's or the folder's file as given, or removes it (undefined). Resolves with true if there was one
   * with this name. Errors: `settings_broken`, `settings_unwritable`.
   */
  setMcpServer(
    projectId: ProjectId,
    scope: 'user' | 'project',
    name: string,
    server: Readonly<Record<string, unknown>> | undefined,
  ): Promise<boolean>;
  setDefaultModel(model: ModelRef): Promise<void>;
  setApprovalMode(mode: ApprovalMode): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** Null restores Ctrl+B. */
  setMoveToBackgroundKey(chord: KeyChord | null): Promise<void>;
}
