/** The user's decisions about the agent: permissions, answers, its changes to files. See requests.ts. */
import * as z from 'zod/mini';
import { ApprovalDecision, PermissionEntry, SandboxState } from './approval.ts';
import { ChangeChoice, ChangedFile, OnTouched, TurnChanges, UndoOutcome } from './checkpoint.ts';
import { ApprovalId, ItemId, ProjectId, SessionId } from './ids.ts';
import { ToolDisplay } from './message.ts';
import { QuestionAnswer } from './question.ts';
import { none, request } from './request.ts';

export const approvalRequests = {
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

  /**
   * Every rule of every settings file that applies, and how commands are sandboxed. `wall`: those that run without a question;
   * if it is unavailable, fewer commands may. Errors: `project_unknown`.
   */
  'permission.list': request(
    z.object({ projectId: z.optional(ProjectId) }),
    z.object({ entries: z.array(PermissionEntry), sandbox: SandboxState, wall: SandboxState }),
  ),
  /** Removes one rule from its file. Errors: `rule_unknown`, `project_unknown`, `settings_broken`, `settings_unwritable`. */
  'permission.revoke': request(z.object({ projectId: z.optional(ProjectId), entry: PermissionEntry }), none),

  /** The changes that the agent's file tools have made: by turn, oldest first, and for the whole session. */
  'checkpoint.list': request(z.object({ sessionId: SessionId }), z.object({ turns: z.array(TurnChanges), files: z.array(ChangedFile) })),
  /** The diff from before the change to the current file; a text if there is nothing to compare. Errors: `file_not_found`. */
  'checkpoint.diff': request(
    z.object({ sessionId: SessionId, ...ChangeChoice.shape, path: z.string().check(z.minLength(1), z.maxLength(4096)) }),
    z.object({ diff: ToolDisplay }),
  ),
  /**
   * Restores files to their state before a turn, or before the session's first turn. For files that have changed since,
   * `onTouched` decides (`refuse` if absent). The undo can itself be undone. Errors: `session_busy` (a turn runs), `file_not_found`.
   */
  'checkpoint.undo': request(z.object({ sessionId: SessionId, ...ChangeChoice.shape, onTouched: z.optional(OnTouched) }), UndoOutcome),

  /**
   * Answers the pending question in the row `itemId`; without `answers` the decision is left to the agent.
   * Errors: `approval_unknown` (no question is pending there), `bad_params` (not one answer for each question).
   */
  'question.answer': request(
    z.object({ sessionId: SessionId, itemId: ItemId, answers: z.optional(z.array(QuestionAnswer).check(z.maxLength(10))) }),
    none,
  ),
} as const;
