import { z } from 'zod';
import { ErrorCode } from './errors.ts';
import { ApprovalId, ItemId, TaskId } from './ids.ts';
import { Question, QuestionAnswer } from './question.ts';

/** The `name` of the row of a command that the user typed (`!command`); no tool has it. */
export const USER_COMMAND_NAME = 'user_shell';

/** What a tool call shows below its row. Bounded by the host: nothing here grows with the size of a file or an output. */
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
  /** `output` is the bounded plain text once the command ended; while it runs the client attaches to the task. */
  z.object({
    kind: z.literal('shell'),
    command: z.string(),
    cwd: z.string(),
    taskId: TaskId.optional(),
    output: z.string().optional(),
    outcome: z.enum(['running', 'promoted', 'background', 'completed', 'failed', 'cancelled', 'timed_out', 'interrupted']),
    /** How the process ended; both absent while it runs and where it is not known. */
    exitCode: z.number().int().optional(),
    signal: z.number().int().optional(),
    /** For people: "Exited with code 2". */
    summary: z.string().optional(),
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
   * `asked`: it stands until `question.answer`. `plan`: what is to be agreed to, Markdown of at most 30,000 characters.
   * `answers` has one for each question once it is answered; `left`: nobody answered, or the user would not.
   */
  z.object({
    kind: z.literal('question'),
    questions: z.array(Question),
    plan: z.string().optional(),
    state: z.enum(['asked', 'answered', 'left']),
    answers: z.array(QuestionAnswer).optional(),
  }),
]);
export type ToolDisplay = z.infer<typeof ToolDisplay>;

export const ToolStatus = z.enum(['pending', 'awaiting_approval', 'running', 'success', 'error', 'denied', 'cancelled']);
export type ToolStatus = z.infer<typeof ToolStatus>;

/** What kind of work a tool does; the icon, the folding of reads and the approval rules hang on it. */
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

/** A picture or a document that stands with a message; its content is asked for with `session.readAttachment`. */
export const AttachmentSummary = z.object({ name: z.string(), mimeType: z.string(), sizeBytes: z.number() });
export type AttachmentSummary = z.infer<typeof AttachmentSummary>;

/** Of a row that a subagent made: the tool call which began it. The file keeps them, shortened, each as soon as it is done. */
const parentId = ItemId.optional();

/**
 * How much of a long text is left out here; `session.openText` has it all. Unit: UTF-16 units, of what is read from a file
 * only about. Absent: nothing.
 */
const OmittedChars = z.object({ text: z.number().optional(), thinking: z.number().optional() });

/** No text of a row that a client gets is longer. Unit: UTF-16 units. */
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
    localId: z.string().optional(),
    /** What went with it, in the order that `session.readAttachment` counts by. */
    attachments: z.array(AttachmentSummary).optional(),
    omittedChars: OmittedChars.optional(),
  }),
  z.object({
    kind: z.literal('assistant'),
    id: ItemId,
    parentId,
    text: z.string(),
    thinking: z.string(),
    /** From `createdAtMs` until its text, its calls or its end; absent while it thinks, and where nobody has measured it. */
    thinkingMs: z.number().optional(),
    model: z.string(),
    createdAtMs: z.number(),
    streaming: z.boolean(),
    omittedChars: OmittedChars.optional(),
  }),
  z.object({
    kind: z.literal('tool'),
    id: ItemId,
    parentId,
    name: z.string(),
    toolKind: ToolKind,
    /** "Read", "Edited", "Ran": what stands before the target. */
    verb: z.string(),
    /** File, pattern or command. */
    target: z.string(),
    status: ToolStatus,
    startedAtMs: z.number(),
    endedAtMs: z.number().optional(),
    /**
     * The arguments as the model gave them, as large as it made them. Told with `item.added`, for clients that need the
     * exact call (`gantry -p`); later events and snapshots may leave it out.
     */
    input: z.record(z.string(), z.unknown()).optional(),
    display: ToolDisplay,
    /** The short form of what came back, for people: "Found 3 files". */
    summary: z.string().optional(),
    /** What went wrong, for people. */
    error: z.string().optional(),
    approvalId: ApprovalId.optional(),
  }),
  /** A row the app writes: a background task that ended, an error, a retry, a compaction. */
  z.object({
    kind: z.literal('notice'),
    id: ItemId,
    parentId,
    createdAtMs: z.number(),
    level: z.enum(['quiet', 'warning', 'error']),
    text: z.string(),
    detail: z.string().optional(),
    code: ErrorCode.optional(),
    taskId: TaskId.optional(),
    /** The one thing the user can do about it. */
    action: z.enum(['open_models', 'retry', 'open_task']).optional(),
  }),
]);
export type TranscriptItem = z.infer<typeof TranscriptItem>;
export type UserItem = Extract<TranscriptItem, { kind: 'user' }>;
export type ToolItem = Extract<TranscriptItem, { kind: 'tool' }>;
export type AssistantItem = Extract<TranscriptItem, { kind: 'assistant' }>;
