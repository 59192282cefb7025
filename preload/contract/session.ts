import * as z from 'zod/mini';
import { Approval, ApprovalMode } from './approval.ts';
import { ErrorCode } from './errors.ts';
import { ContextMeter } from './context.ts';
import { ItemId, ProjectId, ProviderId, SessionId, TurnId } from './ids.ts';
import { AttachmentSummary, TranscriptItem, Usage } from './message.ts';
import { TaskSummary } from './task.ts';

/** A model of a provider: the pair identifies exactly one entry of the settings. */
export const ModelRef = z.object({
  providerId: ProviderId,
  modelId: z.string().check(z.minLength(1), z.maxLength(300)),
});
export type ModelRef = z.infer<typeof ModelRef>;

/** The state shown in the sidebar. */
export const SessionState = z.enum(['idle', 'running', 'needs_you']);
export type SessionState = z.infer<typeof SessionState>;

export const SessionSummary = z.object({
  id: SessionId,
  projectId: ProjectId,
  title: z.string(),
  /** Time of the last record. */
  updatedAtMs: z.number(),
  createdAtMs: z.number(),
  state: SessionState,
  /** Grows with every ended turn; a client shows "unread" if its stored value is smaller. */
  endedTurns: z.number(),
  /** In lists: the first prompt, one line of at most 200 characters, if the session has another title. */
  firstPrompt: z.optional(z.string()),
  /** In lists: the model that answered last. */
  modelId: z.optional(z.string()),
  /** In lists, and in changes: when it was pinned; null: no longer pinned. */
  pinnedAtMs: z.optional(z.nullable(z.number())),
  /** In lists: another live process has it open. */
  heldBy: z.optional(z.object({ pid: z.number(), host: z.string() })),
  /** Runs without a turn: the conversation is being summarized on request. */
  isCompacting: z.optional(z.boolean()),
  /** The status message of the running hooks (`statusMessage`), one line of at most 200 characters. */
  hookStatus: z.optional(z.string()),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/**
 * The delivery of a prompt that is sent while the agent works. `queue`: it waits for the end of the turn. `steer`: the model reads
 * it at the next tool boundary of the running turn; if none follows, it waits like the others.
 */
export const PromptDelivery = z.enum(['queue', 'steer']);
export type PromptDelivery = z.infer<typeof PromptDelivery>;

/**
 * Absent `delivery`: `queue`. `isHeld`: it was queued when the app ended, or its turn could not start; it is sent only on the
 * user's request (`session.sendQueued`).
 */
export const QueuedPrompt = z.object({
  localId: z.string(),
  text: z.string(),
  delivery: z.optional(PromptDelivery),
  attachments: z.optional(z.array(AttachmentSummary)),
  isHeld: z.optional(z.boolean()),
});
export type QueuedPrompt = z.infer<typeof QueuedPrompt>;

/** All attachments of a prompt together. Unit: bytes. Source: they are sent as base64 in one frame, of at most 8 MiB in the server. */
export const MAX_ATTACHED_BYTES = 5 * 1024 * 1024;
export const MAX_ATTACHMENTS = 10;

/** An image or a document attached to a prompt. `data` is base64 without a prefix. */
export const PromptAttachment = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  mimeType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf']),
  data: z.string().check(z.minLength(1), z.maxLength(7_100_000)),
});
export type PromptAttachment = z.infer<typeof PromptAttachment>;

export const TurnPhase = z.enum(['preparing', 'streaming', 'awaiting_approval', 'running_tools', 'retrying']);
export type TurnPhase = z.infer<typeof TurnPhase>;

const provider = z.string();
const said = z.optional(z.string());

/**
 * Why a request that is retried failed, as data. `provider`: its name and address. `said`: what it sent, without keys, shortened.
 * `silent`: nothing arrived for this long; `silent_midway`: after a part of the answer. `no_end`, `no_text`, `empty`: of the answer.
 */
export const RequestProblem = z.discriminatedUnion('code', [
  z.object({
    code: z.enum(['busy', 'unreadable', 'broke_off', 'name_unresolved', 'nothing_listens', 'no_connection', 'lost']),
    provider,
    said,
  }),
  z.object({ code: z.enum(['server_error', 'too_slow']), provider, httpStatus: z.number(), said }),
  z.object({ code: z.enum(['silent', 'silent_midway']), provider, seconds: z.number() }),
  z.object({ code: z.enum(['no_end', 'no_text', 'empty']) }),
]);
export type RequestProblem = z.infer<typeof RequestProblem>;

export const RunningTurn = z.object({
  id: TurnId,
  phase: TurnPhase,
  startedAtMs: z.number(),
  /** The usage of the turn so far, sent with every change. The difference of two is the usage of the answers between. */
  usage: z.optional(Usage),
  /** The conversation is being summarized, to make room for the next request. */
  compacting: z.optional(z.boolean()),
  /**
   * With phase `retrying`: when the next attempt starts, its number, and the reason. `problem`: the reason as data; absent for
   * failures that are retried only on request of the settings, which have the message of the error. `capacityAttempt`: in an unattended run, a
   * busy service is retried without limit; this counts the waits from 1.
   */
  retry: z.optional(
    z.object({
      atMs: z.number(),
      attempt: z.number(),
      reason: z.string(),
      problem: z.optional(RequestProblem),
      capacityAttempt: z.optional(z.number()),
    }),
  ),
});
export type RunningTurn = z.infer<typeof RunningTurn>;

export const TurnEnd = z.enum(['completed', 'cancelled', 'failed', 'interrupted', 'max_turns']);
export type TurnEnd = z.infer<typeof TurnEnd>;

/** `compacted` false: a row of the session gives the reason, or there was too little to summarize and both numbers are equal. */
export const CompactionResult = z.object({ compacted: z.boolean(), tokensBefore: z.number(), tokensAfter: z.number() });
export type CompactionResult = z.infer<typeof CompactionResult>;

/**
 * Everything a view needs to show a session, at `seq`.
 * Shape: `items` is the end of the transcript (at most 300); `earlierItems` counts earlier ones, which `session.earlier` returns.
 * Order: events with a seq at or below this one are already in it.
 */
export const SessionSnapshot = z.object({
  summary: SessionSummary,
  seq: z.number(),
  items: z.array(TranscriptItem),
  earlierItems: z.number(),
  /** The file is too long to be read whole: `earlierItems` is an estimate from its size, and 0 only at its beginning. */
  earlierIsGuess: z.optional(z.boolean()),
  turn: z.optional(RunningTurn),
  approvals: z.array(Approval),
  queue: z.array(QueuedPrompt),
  mode: ApprovalMode,
  /** Absent while no model is configured. */
  model: z.optional(ModelRef),
  context: ContextMeter,
  /** Names of the model's tools, for clients that list them (`system/init` of `gantry -p`). */
  toolNames: z.optional(z.array(z.string())),
  tasks: z.array(TaskSummary),
  /** The session this one is a copy of, with its title at that time if the file contains it. It may no longer exist. */
  branchedFrom: z.optional(z.object({ sessionId: SessionId, title: z.optional(z.string()) })),
  /** Set while another live process writes this session: it is shown read-only. */
  heldBy: z.optional(z.object({ pid: z.number(), host: z.string() })),
  /** Set if the session was taken over from a process that has ended or is suspended. */
  tookOverFrom: z.optional(z.object({ pid: z.number(), host: z.string() })),
});
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;

/** The end of a turn, emitted exactly once. */
export const TurnResult = z.object({
  turnId: TurnId,
  end: TurnEnd,
  usage: Usage,
  durationMs: z.number(),
  apiDurationMs: z.number(),
  modelRequests: z.number(),
  error: z.optional(z.object({ code: ErrorCode, message: z.string() })),
  denied: z.array(z.object({ toolCallId: ItemId, toolName: z.string(), input: z.unknown() })),
});
export type TurnResult = z.infer<typeof TurnResult>;

/** A time and an id, created by the host and only passed back to it: where the next page begins. */
export const Cursor = z.string().check(z.minLength(1), z.maxLength(500));
export type Cursor = z.infer<typeof Cursor>;

/**
 * A match in a session's text.
 * Shape: `snippet` is one line around the first match, at most 80, 200 and 160 characters; `itemId` is the row of the
 * transcript. `projectId` is present if this host knows the folder; otherwise open `cwd`.
 */
export const SessionHit = z.object({
  sessionId: SessionId,
  projectId: z.optional(ProjectId),
  cwd: z.string(),
  title: z.string(),
  updatedAtMs: z.number(),
  itemId: ItemId,
  role: z.enum(['user', 'assistant', 'tool', 'notice']),
  createdAtMs: z.number(),
  snippet: z.object({ before: z.string(), match: z.string(), after: z.string() }),
});
export type SessionHit = z.infer<typeof SessionHit>;

export const ExportFormat = z.enum(['markdown', 'html', 'json', 'jsonl']);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** A session in the trash. `token` is the parameter of `session.restore`. */
export const DeletedSession = z.object({
  token: z.string().check(z.minLength(1), z.maxLength(300)),
  sessionId: SessionId,
  title: z.string(),
  cwd: z.string(),
  deletedAtMs: z.number(),
  /** After this time it is deleted permanently. */
  keptUntilMs: z.number(),
});
export type DeletedSession = z.infer<typeof DeletedSession>;

/** A problem in a line of a session file. Units: `line` counts from 1, `offsetBytes` from 0. */
export const SessionProblem = z.object({
  kind: z.enum([
    'torn',
    'not_json',
    'no_record',
    'duplicate',
    'out_of_order',
    'missing_parent',
    'cycle',
    'foreign_session',
    'foreign_folder',
  ]),
  line: z.number(),
  offsetBytes: z.number(),
  /** For users: what is wrong and how it was handled. */
  message: z.string(),
});
export type SessionProblem = z.infer<typeof SessionProblem>;
