import { z } from 'zod';
import { ApprovalId, ItemId, SessionId } from './ids.ts';
import { ToolDisplay, ToolKind } from './message.ts';

/**
 * plan: read only. default: edits, and commands that can do more than read, ask. auto-edit: only such commands ask.
 * yolo: nothing asks but what a rule of the user's says must. Rules that refuse hold in every mode.
 */
export const ApprovalMode = z.enum(['plan', 'default', 'auto-edit', 'yolo']);
export type ApprovalMode = z.infer<typeof ApprovalMode>;

/** A part of the command that keeps it from running unasked. Offsets in UTF-16 code units of `command`, end exclusive. */
export const CommandRisk = z.object({ start: z.number().int().min(0), end: z.number().int().min(0), why: z.string() });
export type CommandRisk = z.infer<typeof CommandRisk>;

/** Rules that an answer of this scope writes, and the file they go to; shown before it is chosen. */
export const RuleOffer = z.object({ scope: z.enum(['project', 'user']), rules: z.array(z.string()), path: z.string() });
export type RuleOffer = z.infer<typeof RuleOffer>;

/** How a command would be kept in: `on` names what holds, `off` says why nothing does. */
export const SandboxState = z.object({ status: z.enum(['on', 'off', 'unavailable']), text: z.string() });
export type SandboxState = z.infer<typeof SandboxState>;

/** One rule of one settings file. `scope` says whose file `path` is; only the user's and the project's can be edited here. */
export const PermissionEntry = z.object({
  list: z.enum(['allow', 'ask', 'deny']),
  rule: z.string(),
  scope: z.enum(['system-defaults', 'user', 'project', 'system']),
  path: z.string(),
  canRevoke: z.boolean(),
});
export type PermissionEntry = z.infer<typeof PermissionEntry>;

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
  /** In the order of the text; they may overlap. */
  risks: z.array(CommandRisk).optional(),
  /** Absent where no rule would keep it from asking again. */
  offers: z.array(RuleOffer).optional(),
  /** Absent where no command would run. */
  sandbox: SandboxState.optional(),
  display: ToolDisplay,
  /** It was asked when Gantry ended, and nothing of the call was run: allowed, it is run now and the agent goes on. */
  interrupted: z.boolean().optional(),
  createdAtMs: z.number(),
  digest: z.string(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalDecision = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('allow'),
    /** `project` and `user` write the rules of the offer of that scope. */ scope: z.enum(['once', 'session', 'project', 'user']),
  }),
  z.object({ kind: z.literal('deny'), note: z.string().max(4000).optional() }),
]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
