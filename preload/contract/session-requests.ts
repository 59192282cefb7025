/** Sessions: those on disk, and the one that is open. See requests.ts. */
import { z } from 'zod';
import { ApprovalMode } from './approval.ts';
import { UndoOutcome } from './checkpoint.ts';
import { ItemId, ProjectId, SessionId, TaskId, TurnId } from './ids.ts';
import { TranscriptItem } from './message.ts';
import { none, request } from './request.ts';
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

export const sessionRequests = {
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
      archived: z.boolean().optional(),
    }),
    z.object({
      sessions: z.array(SessionSummary),
      pinned: z.array(SessionSummary).optional(),
      next: Cursor.optional(),
      total: z.number().optional(),
    }),
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
   * Puts it aside: it is in no list but that of `archived` ones, in no search, and must be brought back to be opened.
   * Errors: `session_unknown`, `session_busy` (it works, or another process holds it).
   */
  'session.archive': request(z.object({ projectId: ProjectId, sessionId: SessionId }), none),
  /** Errors: `session_unknown` (it is not put aside), `session_busy` (there is one with its id again). */
  'session.unarchive': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ session: SessionSummary })),
  /** Errors: `session_unknown`, `file_unreadable` (the file of pins, which is left as it is). */
  'session.pin': request(z.object({ projectId: ProjectId, sessionId: SessionId, pinned: z.boolean() }), none),
  /** Where its file is. Errors: `session_unknown`. */
  'session.locate': request(z.object({ projectId: ProjectId, sessionId: SessionId }), z.object({ path: z.string() })),
  /** Shows its file in its folder. Errors: `not_supported` in a browser, `session_unknown`. */
  'session.reveal': request(z.object({ projectId: ProjectId, sessionId: SessionId }), none),
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
  /**
   * Prepares the whole text of a message, as it is now, to be read in pieces by `session.readExport`. The session must be
   * attached. Errors: `session_unknown`, `item_unknown` (no message of this session).
   */
  'session.openText': request(
    z.object({ sessionId: SessionId, itemId: ItemId, part: z.enum(['text', 'thinking']) }),
    z.object({ exportId: z.string(), totalBytes: z.number() }),
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
  /**
   * The rows before one. With `untilItemId` not only `limit` but all back to that row, in one reading, up to 5,000: ask again
   * before the first of them where it is not among them and `earlierItems` is not 0.
   */
  'session.earlier': request(
    z.object({
      sessionId: SessionId,
      beforeItemId: ItemId,
      limit: z.number().int().min(1).max(300),
      untilItemId: ItemId.optional(),
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
  /** Sends a prompt that is held: now, or, while something runs, as its `delivery` says. Nothing happens to any other. */
  'session.sendQueued': request(z.object({ sessionId: SessionId, localId: z.string() }), none),
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
} as const;
