import { z } from 'zod';
import { ApprovalId, ItemId, SessionId } from './ids.ts';
import { ToolDisplay, ToolKind } from './message.ts';

/** plan: read only. default: edits and commands ask. auto-edit: only commands ask. yolo: nothing asks. */
export const ApprovalMode = z.enum(['plan', 'default', 'auto-edit', 'yolo']);
export type ApprovalMode = z.infer<typeof ApprovalMode>;

/**
 * A question that stands until it is answered. It is part of the snapshot, so it survives a reload and can be answered
 * from any client. `digest` covers everything shown; an answer must repeat it.
 */
export const Approval = z.object({
  id: ApprovalId,
  sessionId: SessionId,
  toolCallId: ItemId,
  toolName: z.string(),
  toolKind: ToolKind,
  /** "Run a command", "Edit src/a.ts". */
  title: z.string(),
  /** Why it is asked: "Commands always ask in this mode". */
  reason: z.string(),
  /** The exact command, never cut. Absent for an edit. */
  command: z.string().optional(),
  cwd: z.string().optional(),
  display: ToolDisplay,
  createdAtMs: z.number(),
  digest: z.string(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalDecision = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allow'), scope: z.enum(['once', 'session']) }),
  z.object({ kind: z.literal('deny'), note: z.string().max(4000).optional() }),
]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
