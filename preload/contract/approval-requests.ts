/** What a person decides about the agent: permissions, answers, its changes to files. See requests.ts. */
import { z } from 'zod';
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

  /** Every rule of every settings file that counts, and whether commands are kept in. Errors: `project_unknown`. */
  'permission.list': request(
    z.object({ projectId: ProjectId.optional() }),
    z.object({ entries: z.array(PermissionEntry), sandbox: SandboxState }),
  ),
  /** Takes one rule out of its file. Errors: `rule_unknown`, `project_unknown`, `settings_broken`, `settings_unwritable`. */
  'permission.revoke': request(z.object({ projectId: ProjectId.optional(), entry: PermissionEntry }), none),

  /** What the agent's file tools have changed: by turn, oldest first, and the session in all. */
  'checkpoint.list': request(z.object({ sessionId: SessionId }), z.object({ turns: z.array(TurnChanges), files: z.array(ChangedFile) })),
  /** From before the change to what is on the disk now; a text where there is nothing to compare. Errors: `file_not_found`. */
  'checkpoint.diff': request(
    z.object({ sessionId: SessionId, ...ChangeChoice.shape, path: z.string().min(1).max(4096) }),
    z.object({ diff: ToolDisplay }),
  ),
  /**
   * Brings files back to what they were before a turn, or before the session's first. Where a file was changed since,
   * `onTouched` decides (`refuse` if absent). It can be undone itself. Errors: `session_busy` (a turn runs), `file_not_found`.
   */
  'checkpoint.undo': request(z.object({ sessionId: SessionId, ...ChangeChoice.shape, onTouched: OnTouched.optional() }), UndoOutcome),

  /**
   * Answers a question that stands in the row `itemId`; without `answers` it is left to the agent.
   * Errors: `approval_unknown` (nothing waits there), `bad_params` (not one answer for each question).
   */
  'question.answer': request(z.object({ sessionId: SessionId, itemId: ItemId, answers: z.array(QuestionAnswer).max(10).optional() }), none),
} as const;
