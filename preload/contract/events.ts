import * as z from 'zod/mini';
import { Approval, ApprovalDecision, ApprovalMode } from './approval.ts';
import { ContextMeter } from './context.ts';
import { ErrorCode } from './errors.ts';
import { ApprovalId, ItemId, ProjectId, SessionId, TaskId } from './ids.ts';
import { TranscriptItem } from './message.ts';
import { ProjectSummary } from './project.ts';
import { ModelRef, QueuedPrompt, RunningTurn, SessionSummary, TurnResult } from './session.ts';
import { TaskSummary } from './task.ts';

/** Durable events of a session: `seq` grows by one, and after a gap the client attaches again. Sent to clients attached to the session. */
const inSession = <S extends z.core.$ZodShape>(shape: S) => z.object({ sessionId: SessionId, seq: z.number(), ...shape });

/** Events: facts in the past tense. `<resource>.<pastTense>`. */
export const events = {
  // To every client.
  'project.changed': z.object({ project: ProjectSummary }),
  'project.removed': z.object({ projectId: ProjectId }),
  'session.changed': z.object({ summary: SessionSummary }),
  'session.removed': z.object({ projectId: ProjectId, sessionId: SessionId }),
  'task.changed': z.object({ task: TaskSummary }),
  'task.removed': z.object({ taskId: TaskId }),
  /** A survivor of an earlier run was stopped or left running: request the list again. */
  'survivors.changed': z.object({}),
  /** Providers, keys or settings files have changed: request them again. The event has no content, so it cannot leak any. */
  'settings.changed': z.object({}),
  /** The state or the tools of an MCP server of this folder have changed: request them again. */
  'mcp.changed': z.object({ projectId: ProjectId }),
  /** To the client whose request waits: the server asks for a confirmation in its terminal. */
  'confirmation.asked': z.object({}),
  /** A message for the user that belongs to no session. */
  'notice.raised': z.object({
    level: z.enum(['warning', 'error']),
    code: ErrorCode,
    message: z.string(),
  }),
  /** The host requests a view that the user chose in a native menu or by opening a folder. */
  'command.invoked': z.object({
    command: z.enum(['new_session', 'open_folder', 'open_settings', 'toggle_tasks', 'toggle_sidebar', 'focus_composer', 'open_task']),
    /** With `open_task`. */
    taskId: z.optional(TaskId),
    /** With `open_folder`. */
    path: z.optional(z.string()),
    /**
     * With `open_folder` and `path`: nothing was opened. `missing`: nothing is there. `file`: a file was dropped where none can be
     * attached. `link`: the address names no folder of this computer.
     */
    problem: z.optional(z.enum(['missing', 'file', 'link'])),
  }),

  // To clients attached to the session.
  'turn.started': inSession({ turn: RunningTurn }),
  'turn.changed': inSession({ turn: RunningTurn }),
  'turn.ended': inSession({ result: TurnResult }),
  'item.added': inSession({ item: TranscriptItem }),
  'item.changed': inSession({ item: TranscriptItem }),
  /** When the stream of an answer is retried, its text so far is dropped. */
  'item.removed': inSession({ itemId: ItemId }),
  'approval.requested': inSession({ approval: Approval }),
  'approval.resolved': inSession({
    approvalId: ApprovalId,
    decision: z.optional(ApprovalDecision),
  }),
  'queue.changed': inSession({ queue: z.array(QueuedPrompt) }),
  'session.modeChanged': inSession({ mode: ApprovalMode }),
  'session.modelChanged': inSession({ model: ModelRef }),
  'context.changed': inSession({ context: ContextMeter }),
  /**
   * More text of an assistant item, without a seq. `offsetChars` is its start (UTF-16 units).
   * Beyond the client's text: attach again. Below it: trim. Adjacent deltas may be merged. For a long text only the beginning is sent
   * (`MAX_ROW_CHARS`); `omittedChars` of this delta follow its `text`.
   */
  'message.delta': z.object({
    sessionId: SessionId,
    itemId: ItemId,
    part: z.enum(['text', 'thinking']),
    offsetChars: z.number(),
    text: z.string(),
    omittedChars: z.optional(z.number()),
  }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<E extends EventName> = z.infer<Events[E]>;
/** Every event as one union, discriminated by `event`. */
export type HostEvent = {
  [E in EventName]: { readonly event: E; readonly data: EventData<E> };
}[EventName];
