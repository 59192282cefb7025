import * as z from 'zod/mini';
import { ErrorCode } from './errors.ts';
import { ApprovalId, ItemId, TaskId } from './ids.ts';
import { NoticeContent } from './notice.ts';
import { CommandEnd, CommandMarkCode } from './task.ts';
import { Question, QuestionAnswer } from './question.ts';

/** The `name` in the row of a command that the user typed (`!command`); no tool has this name. */
export const USER_COMMAND_NAME = 'user_shell';

/** The details below the row of a tool call. Bounded by the host: no field grows with the size of a file or an output. */
export const ToolDisplay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  /** `patch` is a unified diff of at most 200,000 characters; `truncated` says it was cut. */
  z.object({
    kind: z.literal('diff'),
    path: z.string(),
    patch: z.string(),
    added: z.number(),
    removed: z.number(),
    isNewFile: z.boolean(),
    truncated: z.boolean(),
  }),
  /** `output` is the bounded plain text after the command has ended; while it runs, the client attaches to the task. */
  z.object({
    kind: z.literal('shell'),
    command: z.string(),
    cwd: z.string(),
    taskId: z.optional(TaskId),
    output: z.optional(z.string()),
    outcome: z.enum(['running', 'promoted', 'background', 'completed', 'failed', 'cancelled', 'timed_out', 'interrupted']),
    /** The end of the process; both absent while it runs and if it is unknown. */
    exitCode: z.optional(z.int()),
    signal: z.optional(z.int()),
    /** In English, as the model reads it and the session file has it: "Exited with code 2". */
    summary: z.optional(z.string()),
    /** The same as data, without success; absent if only the operating system describes it, and in older sessions. */
    end: z.optional(CommandEnd),
    /** Each once; absent if there are none, and in older sessions. */
    marks: z.optional(z.array(CommandMarkCode)),
  }),
  z.object({
    kind: z.literal('todos'),
    todos: z.array(
      z.object({
        id: z.string(),
        content: z.string(),
        status: z.enum(['pending', 'in_progress', 'completed']),
      }),
    ),
  }),
  /**
   * `asked`: pending until `question.answer`. `plan`: the plan to be approved, Markdown of at most 30,000 characters.
   * `answers` has one entry for each question once answered; `left`: the question was not answered.
   */
  z.object({
    kind: z.literal('question'),
    questions: z.array(Question),
    plan: z.optional(z.string()),
    state: z.enum(['asked', 'answered', 'left']),
    answers: z.optional(z.array(QuestionAnswer)),
  }),
]);
export type ToolDisplay = z.infer<typeof ToolDisplay>;

/** Why a call has no result, if Gantry or the user is the reason. `not_run`: it waited for an approval when Gantry ended. */
export const ToolProblem = z.enum(['interrupted', 'not_run', 'cancelled', 'refused']);
export type ToolProblem = z.infer<typeof ToolProblem>;

export const ToolStatus = z.enum(['pending', 'awaiting_approval', 'running', 'success', 'error', 'denied', 'cancelled']);
export type ToolStatus = z.infer<typeof ToolStatus>;

/** The kind of work a tool does. It determines the icon, the grouping of reads and the approval rules. */
export const ToolKind = z.enum(['read', 'search', 'edit', 'shell', 'task', 'plan', 'other']);
export type ToolKind = z.infer<typeof ToolKind>;

/** Units: tokens. `cachedTokens` is part of `inputTokens`. */
export const Usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedTokens: z.number(),
  thinkingTokens: z.number(),
});
export type Usage = z.infer<typeof Usage>;

/** An image or a document of a message; its content is requested with `session.readAttachment`. */
export const AttachmentSummary = z.object({ name: z.string(), mimeType: z.string(), sizeBytes: z.number() });
export type AttachmentSummary = z.infer<typeof AttachmentSummary>;

/** The tool call that started the subagent of this row. The file contains these rows, shortened, each when it has ended. */
const parentId = z.optional(ItemId);

/**
 * How much of a long text is omitted here; `session.openText` returns all of it. Unit: UTF-16 units, approximate for text read from
 * a file. Absent: nothing.
 */
const OmittedChars = z.object({ text: z.optional(z.number()), thinking: z.optional(z.number()) });

/** The longest text of a row that is sent to clients. Unit: UTF-16 units. */
export const MAX_ROW_CHARS = 64 * 1024;

/** One entry of the transcript, oldest first. */
export const TranscriptItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    id: ItemId,
    parentId,
    text: z.string(),
    createdAtMs: z.number(),
    /** Set by the client that sent it, so that its pending copy can be replaced. */
    localId: z.optional(z.string()),
    /** Its attachments, in the order of the index of `session.readAttachment`. */
    attachments: z.optional(z.array(AttachmentSummary)),
    omittedChars: z.optional(OmittedChars),
  }),
  z.object({
    kind: z.literal('assistant'),
    id: ItemId,
    parentId,
    text: z.string(),
    thinking: z.string(),
    /** From `createdAtMs` until its text, its calls or its end; absent while it thinks, and if it was not measured. */
    thinkingMs: z.optional(z.number()),
    model: z.string(),
    createdAtMs: z.number(),
    streaming: z.boolean(),
    omittedChars: z.optional(OmittedChars),
  }),
  z.object({
    kind: z.literal('tool'),
    id: ItemId,
    parentId,
    name: z.string(),
    toolKind: ToolKind,
    /** A `ToolVerb`. In sessions from earlier versions it is the English text ("Read", "Edited"), which is shown as it is. */
    verb: z.string(),
    /** File, pattern or command. */
    target: z.string(),
    status: ToolStatus,
    startedAtMs: z.number(),
    endedAtMs: z.optional(z.number()),
    /**
     * The arguments from the model, of any size. Sent with `item.added`, for clients that need the
     * exact call (`gantry -p`); later events and snapshots may omit it.
     */
    input: z.optional(z.record(z.string(), z.unknown())),
    display: ToolDisplay,
    /**
     * A short description of the result in English, for clients without a window (`gantry -p`, the HTTP API) and as the session file
     * has it: "Found 3 files". The window does not show it.
     */
    summary: z.optional(z.string()),
    /**
     * What went wrong: the words of the tool, which the model reads too, or of the file. It is data, like a program's output, and
     * shown as it is if there is no `problem`.
     */
    error: z.optional(z.string()),
    /** Absent in sessions from earlier versions, and if `error` has more to say. */
    problem: z.optional(ToolProblem),
    approvalId: z.optional(ApprovalId),
  }),
  /** A row from the app: an ended background task, an error, a retry, a compaction. */
  z.object({
    kind: z.literal('notice'),
    id: ItemId,
    parentId,
    createdAtMs: z.number(),
    level: z.enum(['quiet', 'warning', 'error']),
    text: z.string(),
    /** The same as data. Absent in sessions from earlier versions; a code of a later version is ignored. */
    content: z.catch(z.optional(NoticeContent), undefined),
    detail: z.optional(z.string()),
    code: z.optional(ErrorCode),
    taskId: z.optional(TaskId),
    /** The one action that the user can take. */
    action: z.optional(z.enum(['open_models', 'retry', 'open_task'])),
  }),
]);
export type TranscriptItem = z.infer<typeof TranscriptItem>;
export type UserItem = Extract<TranscriptItem, { kind: 'user' }>;
export type ToolItem = Extract<TranscriptItem, { kind: 'tool' }>;
export type AssistantItem = Extract<TranscriptItem, { kind: 'assistant' }>;
