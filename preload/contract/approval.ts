import * as z from 'zod/mini';
import { ApprovalId, ItemId, SessionId } from './ids.ts';
import { ToolDisplay, ToolKind } from './message.ts';
import { CommandMarkCode } from './task.ts';

/**
 * plan: read only. default: edits, and commands that can do more than read, need approval. auto-edit: only such commands need approval.
 * yolo: nothing needs approval unless a rule of the user requires it. Deny rules apply in every mode.
 */
export const ApprovalMode = z.enum(['plan', 'default', 'auto-edit', 'yolo']);
export type ApprovalMode = z.infer<typeof ApprovalMode>;

/** A part of the command that prevents it from running without approval. Offsets in UTF-16 code units of `command`, end exclusive. */
export const CommandRisk = z.object({ start: z.int().check(z.gte(0)), end: z.int().check(z.gte(0)), why: z.string() });
export type CommandRisk = z.infer<typeof CommandRisk>;

/** A part of the command with a mark. Offsets as in `CommandRisk`. */
export const CommandMark = z.object({ start: z.int().check(z.gte(0)), end: z.int().check(z.gte(0)), code: CommandMarkCode });
export type CommandMark = z.infer<typeof CommandMark>;

/** The rules that an answer of this scope writes, and their file; shown before the user chooses it. */
export const RuleOffer = z.object({ scope: z.enum(['project', 'user']), rules: z.array(z.string()), path: z.string() });
export type RuleOffer = z.infer<typeof RuleOffer>;

/** Why a sandbox that the settings require cannot be created. `message` is the first line of the program's own error. */
export const SandboxProblem = z.discriminatedUnion('code', [
  z.object({ code: z.literal('not_installed'), program: z.enum(['bubblewrap', 'sandbox-exec']) }),
  z.object({ code: z.literal('does_not_work'), message: z.string() }),
  z.object({ code: z.literal('unsupported_system') }),
]);
export type SandboxProblem = z.infer<typeof SandboxProblem>;

/**
 * How a command would be sandboxed. `off`: it runs without one. `on`: the program and its restrictions, as in the settings.
 * `unavailable`: the settings require one, so commands do not run.
 */
export const SandboxState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('off') }),
  z.object({
    status: z.literal('on'),
    backend: z.enum(['bwrap', 'sandbox-exec']),
    filesystem: z.enum(['read-only', 'workspace-write']),
    network: z.enum(['open', 'closed']),
  }),
  z.object({ status: z.literal('unavailable'), problem: SandboxProblem }),
]);
export type SandboxState = z.infer<typeof SandboxState>;

/** One rule of one settings file. `scope` says which kind of file `path` is; only the user's and the project's can be edited here. */
export const PermissionEntry = z.object({
  list: z.enum(['allow', 'ask', 'deny']),
  rule: z.string(),
  scope: z.enum(['system-defaults', 'user', 'project', 'system']),
  path: z.string(),
  canRevoke: z.boolean(),
});
export type PermissionEntry = z.infer<typeof PermissionEntry>;

/**
 * Why a call needs approval. `edits`, `commands` and `tool`: the mode requires it. `rule`: a rule of the settings does.
 * `interrupted`: the same approval was pending when Gantry ended.
 */
export const ApprovalCause = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['edits', 'commands', 'interrupted']) }),
  z.object({ code: z.literal('tool'), tool: z.string() }),
  z.object({ code: z.literal('rule'), rule: z.string() }),
  z.object({ code: z.enum(['protected', 'outside']), path: z.string() }),
]);
export type ApprovalCause = z.infer<typeof ApprovalCause>;

/**
 * What a call that needs approval would do. Paths are as the row shows them. `described`: the name of a subagent and the model's
 * words for its task.
 */
export const ApprovalAction = z.discriminatedUnion('code', [
  z.object({
    code: z.enum([
      'run',
      'run_in_background',
      'monitor',
      'list_tasks',
      'ask_user',
      'enter_plan_mode',
      'leave_plan_mode',
      'update_todos',
      'find_tools',
      'give_answer',
    ]),
  }),
  z.object({ code: z.enum(['create', 'edit', 'overwrite', 'read', 'list', 'remember', 'insert_cell']), path: z.string() }),
  z.object({ code: z.enum(['edit_cell', 'delete_cell']), path: z.string(), cell: z.string() }),
  z.object({ code: z.enum(['find_files', 'search']), path: z.string(), pattern: z.string() }),
  z.object({ code: z.enum(['read_output', 'message_task']), taskId: z.string() }),
  z.object({ code: z.literal('stop_task'), taskId: z.string(), command: z.string() }),
  z.object({ code: z.literal('load_skill'), skill: z.string() }),
  z.object({ code: z.literal('fetch'), host: z.string() }),
  z.object({ code: z.literal('call_server'), tool: z.string(), server: z.string() }),
  z.object({ code: z.literal('read_resource'), server: z.string() }),
  z.object({ code: z.literal('described'), text: z.string() }),
]);
export type ApprovalAction = z.infer<typeof ApprovalAction>;

/**
 * An approval that is pending until it is answered. It is part of the snapshot, so it survives a reload and can be answered
 * from any client. `digest` covers everything shown; an answer must repeat it.
 */
export const Approval = z.object({
  id: ApprovalId,
  sessionId: SessionId,
  toolCallId: ItemId,
  toolName: z.string(),
  toolKind: ToolKind,
  /** In English, for clients without their own texts: "Run a command", "Edit src/a.ts". */
  title: z.string(),
  /** The same as data. */
  action: ApprovalAction,
  /** Why approval is needed: "“make” is not one of the commands that only read". */
  reason: z.string(),
  /** The same as data, so that a window can show its own text; absent when the reason describes the command itself. */
  cause: z.optional(ApprovalCause),
  /** The exact command, never cut. Absent for an edit. */
  command: z.optional(z.string()),
  cwd: z.optional(z.string()),
  /** In the order of the text; they may overlap. */
  risks: z.optional(z.array(CommandRisk)),
  /** In the order of the text; absent if there are none. */
  marks: z.optional(z.array(CommandMark)),
  /** Absent if no rule would prevent the next request. */
  offers: z.optional(z.array(RuleOffer)),
  /** Absent if no command would run. */
  sandbox: z.optional(SandboxState),
  display: ToolDisplay,
  /** It was pending when Gantry ended, and the call did not run. If it is allowed, the call runs now and the agent continues. */
  interrupted: z.optional(z.boolean()),
  createdAtMs: z.number(),
  digest: z.string(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalDecision = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('allow'),
    /** `project` and `user` write the rules of the offer of that scope. */ scope: z.enum(['once', 'session', 'project', 'user']),
  }),
  z.object({ kind: z.literal('deny'), note: z.optional(z.string().check(z.maxLength(4000))) }),
]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
