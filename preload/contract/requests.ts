import { z } from 'zod';
import { ApprovalDecision, ApprovalMode, PermissionEntry, SandboxState } from './approval.ts';
import { CommandOutcome, CommandSummary } from './extension.ts';
import { ChangeChoice, ChangedFile, OnTouched, TurnChanges, UndoOutcome } from './checkpoint.ts';
import { ApprovalId, ItemId, ProjectId, ProviderId, SessionId, TaskId, TurnId, ViewerId } from './ids.ts';
import { McpServerDraft, McpServerSummary } from './mcp.ts';
import { ToolDisplay, TranscriptItem } from './message.ts';
import { ProjectSummary } from './project.ts';
import { ConnectionTest, KeyStoreState, ProviderDraft, ProviderPreset, ProviderSummary } from './provider.ts';
import {
  CompactionResult,
  ContextUsage,
  Cursor,
  DeletedSession,
  ExportFormat,
  MAX_ATTACHMENTS,
  ModelRef,
  PromptAttachment,
  PromptDelivery,
  SessionHit,
  SessionProblem,
  SessionSnapshot,
  SessionSummary,
} from './session.ts';
import { KeyChord, SettingsView, Theme } from './settings.ts';
import { QuestionAnswer } from './question.ts';
import { SurvivorSummary } from './survivor.ts';
import { TaskSummary } from './task.ts';

const none = z.object({});
const path = z.string().min(1).max(4096);
const mcpName = z.string().min(1).max(300);

/** Marks a field that must never reach a log; see `redactParams` in main/rpc. */
export const SECRET = { secret: true } as const;

const request = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R) => ({ params, result });

/**
 * Requests: an intent with an answer. `<resource>.<verb>`.
 * The keys of this table are the allow-list of the bridge; types, dispatcher and client derive from it.
 */
export const requests = {
  'app.describe': request(
    none,
    z.object({
      version: z.string(),
      host: z.enum(['desktop', 'server', 'memory']),
      platform: z.string(),
      homePath: z.string(),
      logPath: z.string().optional(),
      /** The desktop has a dialog; a browser asks for the path. */
      canPickFolder: z.boolean(),
      /** The desktop can show a file in its folder. */
      canRevealFiles: z.boolean().optional(),
      /** The host ends when its window is closed: what runs is stopped then. */
      endsWithWindow: z.boolean().optional(),
    }),
  ),
  /** Opens the system's folder dialog. Errors: `not_supported` in a browser. */
  'app.pickFolder': request(none, z.object({ path: z.string().nullable() })),
  /** Opens an http(s) link in the user's browser or shows a file in its folder; only by a click of the user. */
  'app.openExternal': request(z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) }), none),

  /** The slash commands of a folder, as they are now: built-in ones, files, skills. */
  'command.list': request(z.object({ projectId: ProjectId }), z.object({ commands: z.array(CommandSummary) })),
  /**
   * Does what a text that begins with a slash asks for, as far as that is the engine's; see `CommandOutcome`.
   * Errors: `command_unknown` (its message names near ones), `bad_params`, and those of what it does.
   */
  'command.run': request(z.object({ sessionId: SessionId, text: z.string().min(1).max(1_000_000) }), z.object({ outcome: CommandOutcome })),

  'project.list': request(none, z.object({ projects: z.array(ProjectSummary) })),
  /** Errors: `folder_not_found`, `not_a_folder`. */
  'project.open': request(z.object({ path }), z.object({ project: ProjectSummary })),
  'project.trust': request(z.object({ projectId: ProjectId, trusted: z.boolean() }), z.object({ project: ProjectSummary })),
  'project.forget': request(z.object({ projectId: ProjectId }), none),
  /** Folders that complete what was typed; for hosts without a dialog. At most 20. */
  'project.suggestPaths': request(z.object({ prefix: z.string().max(4096) }), z.object({ paths: z.array(z.string()) })),

  /**
   * Files and folders (these end with `/`) that fit a few letters, the best first, as the ignore files leave them; nothing
   * typed gives the top. Relative to the folder, with `/`. Not `isWhole`: there are more than could be listed.
   */
  'project.findFiles': request(
    z.object({ projectId: ProjectId, query: z.string().max(500), limit: z.number().int().min(1).max(200) }),
    z.object({ paths: z.array(z.string()), isWhole: z.boolean() }),
  ),

  /**
   * Newest first, from the session files themselves; at most `limit` (200 if absent). `next` is there when there are more,
   * and is given back as `cursor`. `titleContains` picks by title or id, without regard to case.
   */
  'session.list': request(
    z.object({
      projectId: ProjectId,
      cursor: Cursor.optional(),
      limit: z.number().int().min(1).max(1000).optional(),
      titleContains: z.string().min(1).max(200).optional(),
    }),
    z.object({ sessions: z.array(SessionSummary), next: Cursor.optional(), total: z.number().optional() }),
  ),
  /**
   * Looks for a piece of text, without regard to case, in everything that was said, newest sessions first. An answer comes
   * after `limit` hits (50 if absent) or about 250 ms, whichever is first, and may hold no hit: ask again with `next`, until
   * there is none. To cancel, do not ask again. Without `projectId`: the sessions of every folder.
   */
  'session.search': request(
    z.object({
      projectId: ProjectId.optional(),
      query: z.string().min(1).max(500),
      cursor: Cursor.optional(),
      limit: z.number().int().min(1).max(200).optional(),
    }),
    z.object({
      hits: z.array(SessionHit),
      /** Progress over all pages so far. */
      searchedSessions: z.number(),
      totalSessions: z.number(),
      next: Cursor.optional(),
    }),
  ),
  /** By id, then by the beginning of an id (4 characters or more), then by title; at most 20. Nothing found is an empty list. */
  'session.find': request(
    z.object({ projectId: ProjectId, query: z.string().min(1).max(300) }),
    z.object({ sessions: z.array(SessionSummary) }),
  ),
  /**
   * A new session with a copy of the history before a prompt of the user, or of all of it. The old one stays as it is.
   * `promptText` is that prompt, for the composer. Errors: `session_unknown`, `session_damaged`, `item_unknown` (no prompt
   * of the user has this id).
   */
  'session.branch': request(
    z.object({ projectId: ProjectId, sessionId: SessionId, beforeItemId: ItemId.optional() }),
    z.object({ session: SessionSummary, promptText: z.string().optional() }),
  ),
  /**
   * Goes back to before a prompt of the user, in the same session: what came after is no longer part of it, but stays in
   * the file. With `files` the changes that the agent's file tools have made since are undone; files that somebody has changed
   * again are left and named. Without, files on disk are not touched. The session must be attached; its rows change by events.
   * Errors: `session_busy` (a turn runs, or another process holds it), `item_unknown`.
   */
  'session.rewind': request(
    z.object({ sessionId: SessionId, beforeItemId: ItemId, files: z.boolean().optional() }),
    z.object({ promptText: z.string(), files: UndoOutcome.optional() }),
  ),
  /**
   * Moves the session, its side files and the output of its commands to the trash, for 30 days.
   * Errors: `session_unknown`, `session_busy` (it works, or another process holds it).
   */
  'session.delete': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ deleted: DeletedSession })),
  /** Undoes a delete. Errors: `session_unknown` (it is not in the trash), `session_busy` (there is one with its id again). */
  'session.restore': request(z.object({ projectId: ProjectId, token: z.string().min(1).max(300) }), z.object({ session: SessionSummary })),
  /** The trash of a folder, latest first; at most 200. */
  'session.listDeleted': request(z.object({ projectId: ProjectId }), z.object({ deleted: z.array(DeletedSession) })),
  /**
   * Prepares a session as one text to be saved; it is read in pieces by `session.readExport` and forgotten after 10 minutes.
   * `fileName` is a proposal. Errors: `session_unknown`, `session_damaged`.
   */
  'session.export': request(
    z.object({ projectId: ProjectId, sessionId: SessionId, format: ExportFormat }),
    z.object({ exportId: z.string(), fileName: z.string(), mediaType: z.string(), totalBytes: z.number() }),
  ),
  /** Units: bytes. A piece ends with a whole character; the last one has `nextOffsetBytes` = `totalBytes`. Errors: `file_not_found`. */
  'session.readExport': request(
    z.object({
      exportId: z.string().min(1).max(100),
      offsetBytes: z.number().int().min(0),
      maxBytes: z
        .number()
        .int()
        .min(16)
        .max(1024 * 1024),
    }),
    z.object({ text: z.string(), nextOffsetBytes: z.number(), totalBytes: z.number() }),
  ),
  /** Reads the whole file and tells what is wrong with it: the first 100 problems, and how many there are. */
  'session.inspect': request(
    z.object({ projectId: ProjectId, sessionId: SessionId }),
    z.object({ records: z.number(), shown: z.number(), problemCount: z.number(), problems: z.array(SessionProblem) }),
  ),
  'session.create': request(z.object({ projectId: ProjectId }), z.object({ snapshot: SessionSnapshot })),
  /**
   * Ends its turn, stops its commands and waits for that; it leaves memory, its file stays, and it can be opened again.
   * Nothing happens to one that is not open.
   */
  'session.close': request(z.object({ sessionId: SessionId }), none),
  /** From now on this client gets the session's events. Errors: `session_unknown`, `session_damaged`. */
  'session.attach': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ snapshot: SessionSnapshot })),
  'session.detach': request(z.object({ sessionId: SessionId }), none),
  'session.earlier': request(
    z.object({
      sessionId: SessionId,
      beforeItemId: ItemId,
      limit: z.number().int().min(1).max(300),
    }),
    z.object({ items: z.array(TranscriptItem), earlierItems: z.number(), earlierIsGuess: z.boolean().optional() }),
  ),
  /**
   * While a turn runs the prompt waits in the queue, by `delivery` for the next tool boundary or for the end of the turn
   * (absent: `queue`), and `turnId` is absent. `@path` in the text gives the model that file, if it may be read without a
   * question. With attachments the text may be empty. Errors: `session_busy`, `queue_full`, `no_model`, `bad_params`.
   */
  'session.prompt': request(
    z.object({
      sessionId: SessionId,
      text: z.string().max(1_000_000),
      localId: z.string().min(1).max(100),
      delivery: PromptDelivery.optional(),
      attachments: z.array(PromptAttachment).max(MAX_ATTACHMENTS).optional(),
    }),
    z.object({ turnId: TurnId.optional() }),
  ),
  /**
   * An attachment of a message of the user, from the session's file; `data` is base64. Errors: `session_unknown` (not
   * open), `item_unknown` (no such attachment in the file).
   */
  'session.readAttachment': request(
    z.object({ sessionId: SessionId, itemId: ItemId, index: z.number().int().min(0) }),
    z.object({ mimeType: z.string(), data: z.string() }),
  ),
  /**
   * Runs what the user typed behind `!`, without the model and without a question. It holds the place of a turn until it
   * ends or moves to the background: prompts wait meanwhile, another command is refused. Errors: `session_busy`, `closed`.
   */
  'session.runCommand': request(
    z.object({ sessionId: SessionId, command: z.string().regex(/\S/).max(100_000) }),
    z.object({ taskId: TaskId }),
  ),
  /**
   * Summarizes the conversation now, in the place of a turn; prompts wait meanwhile, `session.cancel` ends it. A failure changes
   * nothing and is a row. `instructions`: what the summary is to look at. Errors: `session_busy`, `no_model`, `closed`.
   */
  'session.compact': request(
    z.object({ sessionId: SessionId, instructions: z.string().max(10_000).optional() }),
    z.object({ result: CompactionResult }),
  ),
  /** What fills the context of the next request. Without a configured model the window is a guess. */
  'session.context': request(z.object({ sessionId: SessionId }), z.object({ context: ContextUsage })),
  /** Removes a prompt that still waits. */
  'session.unqueue': request(z.object({ sessionId: SessionId, localId: z.string() }), none),
  /** Interrupts the running turn; background tasks go on. Errors: `turn_not_running`. */
  'session.cancel': request(z.object({ sessionId: SessionId }), none),
  /** Skips the wait before the next attempt. */
  'session.retryNow': request(z.object({ sessionId: SessionId }), none),
  'session.setMode': request(z.object({ sessionId: SessionId, mode: ApprovalMode }), none),
  'session.setModel': request(z.object({ sessionId: SessionId, model: ModelRef }), none),
  'session.rename': request(
    z.object({
      projectId: ProjectId,
      sessionId: SessionId,
      title: z.string().min(1).max(200),
    }),
    none,
  ),

  /** Errors: `approval_unknown` (already answered), `approval_stale` (the digest differs). */
  'approval.resolve': request(
    z.object({
      sessionId: SessionId,
      approvalId: ApprovalId,
      digest: z.string(),
      decision: ApprovalDecision,
    }),
    none,
  ),

  /** Every rule of every settings file that counts, and whether commands are kept in. Errors: `project_unknown`. */
  'permission.list': request(
    z.object({ projectId: ProjectId.optional() }),
    z.object({ entries: z.array(PermissionEntry), sandbox: SandboxState }),
  ),
  /** Takes one rule out of its file. Errors: `rule_unknown`, `project_unknown`, `settings_broken`, `settings_unwritable`. */
  'permission.revoke': request(z.object({ projectId: ProjectId.optional(), entry: PermissionEntry }), none),
  /** What the agent's file tools have changed: by turn, oldest first, and the session in all. */
  'checkpoint.list': request(z.object({ sessionId: SessionId }), z.object({ turns: z.array(TurnChanges), files: z.array(ChangedFile) })),
  /** From before the change to what is on the disk now; a text where there is nothing to compare. Errors: `file_not_found`. */
  'checkpoint.diff': request(
    z.object({ sessionId: SessionId, ...ChangeChoice.shape, path: z.string().min(1).max(4096) }),
    z.object({ diff: ToolDisplay }),
  ),
  /**
   * Brings files back to what they were before a turn, or before the session's first. Where a file was changed since,
   * `onTouched` decides (`refuse` if absent). It can be undone itself. Errors: `session_busy` (a turn runs), `file_not_found`.
   */
  'checkpoint.undo': request(z.object({ sessionId: SessionId, ...ChangeChoice.shape, onTouched: OnTouched.optional() }), UndoOutcome),

  /**
   * Answers a question that stands in the row `itemId`; without `answers` it is left to the agent.
   * Errors: `approval_unknown` (nothing waits there), `bad_params` (not one answer for each question).
   */
  'question.answer': request(z.object({ sessionId: SessionId, itemId: ItemId, answers: z.array(QuestionAnswer).max(10).optional() }), none),

  'task.list': request(z.object({ sessionId: SessionId.optional() }), z.object({ tasks: z.array(TaskSummary) })),
  /** Foreground to background, without touching the process. Errors: `task_unknown`, `task_ended`, `task_not_promotable`. */
  'task.promote': request(z.object({ taskId: TaskId }), z.object({ task: TaskSummary })),
  /** SIGTERM to the group, then SIGKILL; with `force` SIGKILL at once. Errors: `task_unknown`, `task_ended`. */
  'task.stop': request(z.object({ taskId: TaskId, force: z.boolean() }), z.object({ task: TaskSummary })),
  /**
   * Begins a view: after the answer, output frames with its `viewerId` arrive, the first a replay.
   * `historyBytes` asks for a replay of that much of the raw log instead of the last 2,000 lines; at most 4 MiB.
   * `historyFromBytes` in the answer is the offset the replay begins at (0: nothing older exists).
   */
  'task.attach': request(
    z.object({
      taskId: TaskId,
      cols: z.number().int().min(1).max(1000),
      rows: z.number().int().min(1).max(1000),
      focused: z.boolean(),
      historyBytes: z
        .number()
        .int()
        .min(0)
        .max(4 * 1024 * 1024)
        .optional(),
    }),
    z.object({ viewerId: ViewerId, task: TaskSummary }),
  ),
  /** The same command in the same folder, as a new background task. Errors: `task_unknown`, `task_running`. */
  'task.restart': request(z.object({ taskId: TaskId }), z.object({ task: TaskSummary })),
  /**
   * A piece of the plain text, for saving it. Units: bytes of the file; `totalBytes` is what it holds now.
   * A piece ends with a whole character. Errors: `task_unknown`, `file_not_found`, `file_unreadable`.
   */
  'task.readOutput': request(
    z.object({
      taskId: TaskId,
      offsetBytes: z.number().int().min(0),
      maxBytes: z
        .number()
        .int()
        .min(16)
        .max(1024 * 1024),
    }),
    z.object({ text: z.string(), nextOffsetBytes: z.number(), totalBytes: z.number() }),
  ),
  /** Shows the file with the output in its folder. Errors: `not_supported` in a browser, `task_unknown`, `file_not_found`. */
  'task.revealOutput': request(z.object({ taskId: TaskId }), none),
  'task.detach': request(z.object({ viewerId: ViewerId }), none),
  /** Removes ended background tasks from the list; their files stay. */
  'task.clearEnded': request(z.object({ sessionId: SessionId }), none),

  /** Commands of an earlier run that are still alive; asked of the system each time. */
  'survivor.list': request(none, z.object({ survivors: z.array(SurvivorSummary) })),
  /** TERM, a second, KILL; answers when that is done. Errors: `task_unknown` (it has ended). */
  'survivor.stop': request(z.object({ taskId: TaskId }), none),
  /** It goes on and is not listed again. Errors: `task_unknown`. */
  'survivor.leave': request(z.object({ taskId: TaskId }), none),

  'provider.list': request(
    z.object({ projectId: ProjectId.optional() }),
    z.object({
      providers: z.array(ProviderSummary),
      presets: z.array(ProviderPreset),
    }),
  ),
  /** Writes or replaces a provider in the user's settings.json. Errors: `settings_broken`, `settings_unwritable`. */
  'provider.save': request(z.object({ draft: ProviderDraft, replaces: ProviderId.optional() }), z.object({ providerId: ProviderId })),
  'provider.delete': request(z.object({ providerId: ProviderId }), none),
  /** Write-only. Errors: `keyring_unavailable`, `consent_required`. */
  'provider.setKey': request(
    z.object({
      providerId: ProviderId,
      key: z.string().min(1).max(10_000).meta(SECRET),
      store: z.enum(['keyring', 'file']),
    }),
    none,
  ),
  'provider.deleteKey': request(z.object({ providerId: ProviderId }), none),
  'provider.test': request(
    z.object({
      providerId: ProviderId,
      modelId: z.string().optional(),
      projectId: ProjectId.optional(),
    }),
    z.object({ test: ConnectionTest }),
  ),
  /** Agrees to send a key to a base URL that a project's settings name. */
  'provider.trustEndpoint': request(z.object({ providerId: ProviderId, projectId: ProjectId }), none),
  /** Probes Ollama, LM Studio and vLLM on loopback. */
  'provider.discover': request(none, z.object({ found: z.array(ProviderPreset) })),
  /** Probes the keyring by writing and deleting a throwaway entry. */
  'keyStore.describe': request(none, z.object({ state: KeyStoreState })),
  /** The user's consent to keep keys in a plain-text file of mode 0600. */
  'keyStore.allowFile': request(z.object({ allowed: z.boolean() }), z.object({ state: KeyStoreState })),

  /** All that the settings name, those that are switched off too. Starts none. */
  'mcp.list': request(z.object({ projectId: ProjectId }), z.object({ servers: z.array(McpServerSummary) })),
  /** Ends it and starts it, or starts it for the first time. How it goes is told by `mcp.changed`. Errors: `mcp_server_unknown`. */
  'mcp.restart': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /**
   * Begins a sign-in: `url` is to be opened in a browser on the host's machine (`app.openExternal`). `mcp.changed` tells the end.
   * Errors: `consent_required` and `keyring_unavailable` (no place for the tokens), `provider_error`, `not_supported` (a program).
   */
  'mcp.signIn': request(z.object({ projectId: ProjectId, name: mcpName }), z.object({ url: z.string() })),
  'mcp.signOut': request(z.object({ projectId: ProjectId, name: mcpName }), none),
  /** In the user's settings. Errors: `settings_broken`, `settings_unwritable`, `not_supported` (another file switches it off). */
  'mcp.setEnabled': request(z.object({ projectId: ProjectId, name: mcpName, enabled: z.boolean() }), none),
  /** Replaces one of the same name in the same file. Errors: `settings_broken`, `settings_unwritable`. */
  'mcp.add': request(
    z.object({
      projectId: ProjectId,
      scope: z.enum(['user', 'project']),
      name: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
      server: McpServerDraft.meta(SECRET),
    }),
    none,
  ),
  'mcp.remove': request(z.object({ projectId: ProjectId, scope: z.enum(['user', 'project']), name: mcpName }), none),

  'settings.describe': request(z.object({ projectId: ProjectId.optional() }), z.object({ settings: SettingsView })),
  'settings.setDefaultModel': request(z.object({ model: ModelRef }), none),
  'settings.setApprovalMode': request(z.object({ mode: ApprovalMode }), none),
  'settings.setTheme': request(z.object({ theme: Theme }), none),
  /** Null: Ctrl+B again. */
  'settings.setMoveToBackgroundKey': request(z.object({ chord: KeyChord.nullable() }), none),
} as const;

export type Requests = typeof requests;
export type RequestName = keyof Requests;
export type Params<M extends RequestName> = z.infer<Requests[M]['params']>;
export type Result<M extends RequestName> = z.infer<Requests[M]['result']>;
