/** Sessions on disk, and open ones. See requests.ts. */
import * as z from 'zod/mini';
import { ApprovalMode } from './approval.ts';
import { UndoOutcome } from './checkpoint.ts';
import { ItemId, ProjectId, SessionId, TaskId, TurnId } from './ids.ts';
import { TranscriptItem } from './message.ts';
import { none, request } from './request.ts';
import { ContextUsage } from './context.ts';
import {
  CompactionResult,
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

export const sessionRequests = {
  /**
   * Newest first, from the session files; at most `limit` (200 if absent). `next` is present if there are more,
   * and is passed as `cursor` for the next page. `titleContains` filters by title or id, ignoring case.
   */
  'session.list': request(
    z.object({
      projectId: ProjectId,
      cursor: z.optional(Cursor),
      limit: z.optional(z.int().check(z.gte(1), z.lte(1000))),
      titleContains: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
      archived: z.optional(z.boolean()),
    }),
    z.object({
      sessions: z.array(SessionSummary),
      pinned: z.optional(z.array(SessionSummary)),
      next: z.optional(Cursor),
      total: z.optional(z.number()),
    }),
  ),
  /**
   * Searches the text of all messages, ignoring case, newest sessions first. A page is returned
   * after `limit` hits (50 if absent) or about 250 ms, whichever comes first, and may have no hits: request the next page with `next`, until
   * it is absent. To cancel, stop requesting pages. Without `projectId`: the sessions of every folder.
   */
  'session.search': request(
    z.object({
      projectId: z.optional(ProjectId),
      query: z.string().check(z.minLength(1), z.maxLength(500)),
      cursor: z.optional(Cursor),
      limit: z.optional(z.int().check(z.gte(1), z.lte(200))),
    }),
    z.object({
      hits: z.array(SessionHit),
      /** Progress over all pages so far. */
      searchedSessions: z.number(),
      totalSessions: z.number(),
      next: z.optional(Cursor),
    }),
  ),
  /** By id, then by prefix of an id (at least 4 characters), then by title; at most 20. Without matches the list is empty. */
  'session.find': request(
    z.object({ projectId: ProjectId, query: z.string().check(z.minLength(1), z.maxLength(300)) }),
    z.object({ sessions: z.array(SessionSummary) }),
  ),
  /**
   * A new session with a copy of the history before a prompt of the user, or of all of it. The original is unchanged.
   * `promptText` is that prompt, for the composer. Errors: `session_unknown`, `session_damaged`, `item_unknown` (no prompt
   * of the user has this id).
   */
  'session.branch': request(
    z.object({ projectId: ProjectId, sessionId: SessionId, beforeItemId: z.optional(ItemId) }),
    z.object({ session: SessionSummary, promptText: z.optional(z.string()) }),
  ),
  /**
   * Goes back to before a prompt of the user, in the same session: later messages are no longer part of it, but stay in
   * the file. With `files`, later changes by the agent's file tools are undone; files that have changed again
   * are skipped and listed. Without it, files on disk are not touched. The session must be attached; its rows change by events.
   * Errors: `session_busy` (a turn runs, or another process holds it), `item_unknown`.
   */
  'session.rewind': request(
    z.object({ sessionId: SessionId, beforeItemId: ItemId, files: z.optional(z.boolean()) }),
    z.object({ promptText: z.string(), files: z.optional(UndoOutcome) }),
  ),
  /**
   * Archives a session: it appears only in the list of `archived` sessions and in no search, and must be unarchived before it can be opened.
   * Errors: `session_unknown`, `session_busy` (it is working, or another process holds it).
   */
  'session.archive': request(z.object({ projectId: ProjectId, sessionId: SessionId }), none),
  /** Errors: `session_unknown` (it is not archived), `session_busy` (a session with its id exists again). */
  'session.unarchive': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ session: SessionSummary })),
  /** Errors: `session_unknown`, `file_unreadable` (the file of pins, which is not changed). */
  'session.pin': request(z.object({ projectId: ProjectId, sessionId: SessionId, pinned: z.boolean() }), none),
  /** The path of its file. Errors: `session_unknown`. */
  'session.locate': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ path: z.string() })),
  /** Shows its file in its folder. Errors: `not_supported` in a browser, `session_unknown`. */
  'session.reveal': request(z.object({ projectId: ProjectId, sessionId: SessionId }), none),
  /**
   * Moves the session, its side files and the output of its commands to the trash, for 30 days.
   * Errors: `session_unknown`, `session_busy` (it is working, or another process holds it).
   */
  'session.delete': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ deleted: DeletedSession })),
  /** Undoes a delete. Errors: `session_unknown` (it is not in the trash), `session_busy` (a session with its id exists again). */
  'session.restore': request(
    z.object({ projectId: ProjectId, token: z.string().check(z.minLength(1), z.maxLength(300)) }),
    z.object({ session: SessionSummary }),
  ),
  /** The trash of a folder, latest first; at most 200. */
  'session.listDeleted': request(z.object({ projectId: ProjectId }), z.object({ deleted: z.array(DeletedSession) })),
  /**
   * Prepares a session as one text to be saved. `session.readExport` reads it in pieces, and it is removed after 10 minutes.
   * `fileName` is a suggestion. Errors: `session_unknown`, `session_damaged`.
   */
  'session.export': request(
    z.object({ projectId: ProjectId, sessionId: SessionId, format: ExportFormat }),
    z.object({ exportId: z.string(), fileName: z.string(), mediaType: z.string(), totalBytes: z.number() }),
  ),
  /** Units: bytes. A piece ends with a whole character; the last one has `nextOffsetBytes` = `totalBytes`. Errors: `file_not_found`. */
  'session.readExport': request(
    z.object({
      exportId: z.string().check(z.minLength(1), z.maxLength(100)),
      offsetBytes: z.int().check(z.gte(0)),
      maxBytes: z.number().check(z.gte(16), z.lte(1024 * 1024)),
    }),
    z.object({ text: z.string(), nextOffsetBytes: z.number(), totalBytes: z.number() }),
  ),
  /**
   * Prepares the whole current text of a message to be read in pieces by `session.readExport`. The session must be
   * attached. Errors: `session_unknown`, `item_unknown` (no message of this session).
   */
  'session.openText': request(
    z.object({ sessionId: SessionId, itemId: ItemId, part: z.enum(['text', 'thinking']) }),
    z.object({ exportId: z.string(), totalBytes: z.number() }),
  ),
  /** Checks the whole file and returns the first 100 problems and their total number. */
  'session.inspect': request(
    z.object({ projectId: ProjectId, sessionId: SessionId }),
    z.object({ records: z.number(), shown: z.number(), problemCount: z.number(), problems: z.array(SessionProblem) }),
  ),
  'session.create': request(z.object({ projectId: ProjectId }), z.object({ snapshot: SessionSnapshot })),
  /**
   * Ends its turn, stops its commands and waits for that. The session leaves memory, its file stays, and it can be opened again.
   * A session that is not open is not affected.
   */
  'session.close': request(z.object({ sessionId: SessionId }), none),
  /** From now on this client receives the session's events. Errors: `session_unknown`, `session_damaged`. */
  'session.attach': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ snapshot: SessionSnapshot })),
  'session.detach': request(z.object({ sessionId: SessionId }), none),
  /**
   * The rows before a given row. With `untilItemId`, not only `limit` rows but all rows back to that one, up to 5,000. If
   * it is not among them and `earlierItems` is not 0, request the rows before the first of them. A page begins with all rows
   * of an answer, so that it can have a few more than `limit`.
   */
  'session.earlier': request(
    z.object({
      sessionId: SessionId,
      beforeItemId: ItemId,
      limit: z.int().check(z.gte(1), z.lte(300)),
      untilItemId: z.optional(ItemId),
    }),
    z.object({ items: z.array(TranscriptItem), earlierItems: z.number(), earlierIsGuess: z.optional(z.boolean()) }),
  ),
  /**
   * While a turn runs, the prompt waits in the queue, until the next tool boundary or the end of the turn according to `delivery`
   * (absent: `queue`), and `turnId` is absent. `@path` in the text gives the model that file, if it may be read without
   * approval. With attachments the text may be empty. Errors: `session_busy`, `queue_full`, `no_model`, `bad_params`.
   */
  'session.prompt': request(
    z.object({
      sessionId: SessionId,
      text: z.string().check(z.maxLength(1_000_000)),
      localId: z.string().check(z.minLength(1), z.maxLength(100)),
      delivery: z.optional(PromptDelivery),
      attachments: z.optional(z.array(PromptAttachment).check(z.maxLength(MAX_ATTACHMENTS))),
    }),
    z.object({ turnId: z.optional(TurnId) }),
  ),
  /**
   * An attachment of a user message, read from the session file; `data` is base64. Errors: `session_unknown` (not
   * open), `item_unknown` (no such attachment in the file).
   */
  'session.readAttachment': request(
    z.object({ sessionId: SessionId, itemId: ItemId, index: z.int().check(z.gte(0)) }),
    z.object({ mimeType: z.string(), data: z.string() }),
  ),
  /**
   * Runs the command that the user typed after `!`, without the model and without approval. It takes the place of a turn until it
   * ends or moves to the background: prompts wait, and another command is refused. Errors: `session_busy`, `closed`.
   */
  'session.runCommand': request(
    z.object({ sessionId: SessionId, command: z.string().check(z.regex(/\S/), z.maxLength(100_000)) }),
    z.object({ taskId: TaskId }),
  ),
  /**
   * Summarizes the conversation now, in the place of a turn. Prompts wait, and `session.cancel` stops it. A failure changes
   * nothing and is shown as a row. `instructions`: what the summary should focus on. Errors: `session_busy`, `no_model`, `closed`.
   */
  'session.compact': request(
    z.object({ sessionId: SessionId, instructions: z.optional(z.string().check(z.maxLength(10_000))) }),
    z.object({ result: CompactionResult }),
  ),
  /** What fills the context of the next request. Without a configured model the window is an estimate. */
  'session.context': request(z.object({ sessionId: SessionId }), z.object({ context: ContextUsage })),
  /** Sends a held prompt: now, or, while a turn runs, according to its `delivery`. Other prompts are not affected. */
  'session.sendQueued': request(z.object({ sessionId: SessionId, localId: z.string() }), none),
  /** Removes a queued prompt. */
  'session.unqueue': request(z.object({ sessionId: SessionId, localId: z.string() }), none),
  /** Interrupts the running turn; background tasks continue. Errors: `turn_not_running`. */
  'session.cancel': request(z.object({ sessionId: SessionId }), none),
  /** Skips the wait before the next attempt. */
  'session.retryNow': request(z.object({ sessionId: SessionId }), none),
  'session.setMode': request(z.object({ sessionId: SessionId, mode: ApprovalMode }), none),
  'session.setModel': request(z.object({ sessionId: SessionId, model: ModelRef }), none),
  'session.rename': request(
    z.object({
      projectId: ProjectId,
      sessionId: SessionId,
      title: z.string().check(z.minLength(1), z.maxLength(200)),
    }),
    none,
  ),
} as const;
