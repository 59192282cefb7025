/**
 * The questions that stand. It asks the policy, keeps what must be answered by a person, checks that the answer is to
 * what was shown, and remembers what was allowed for the session. It knows nothing of views: a question is an event and
 * a part of the snapshot, so it survives a reload and can be answered from any client.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  ApprovalId,
  type Approval,
  type ApprovalDecision,
  type ItemId,
  type SessionId,
  type ToolKind,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { ToolPreview } from '../tool/tool.ts';
import { decideApproval, grantFor, type PolicyAnswer, type PolicyQuestion } from './approval-policy.ts';
import type { PathFacts } from './protected-paths.ts';

export interface ApprovalRequest {
  readonly toolCallId: ItemId;
  readonly toolName: string;
  readonly toolKind: ToolKind;
  readonly preview: Extract<ToolPreview, { ok: true }>;
  readonly touches: readonly PathFacts[];
  readonly cwd?: PathFacts;
}

/** `refusal` is what the model is told. `by` tells a person's no from the policy's. */
export type ApprovalOutcome =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly by: 'user' | 'policy'; readonly refusal: string }
  | { readonly kind: 'cancelled' };

/** What the broker asks of its session each time, so that a change of mode counts at once. */
export interface ApprovalSettings {
  readonly sessionId: SessionId;
  readonly rules: () => Pick<PolicyQuestion, 'mode' | 'unattended' | 'allowedTools'>;
  readonly nowMs: () => number;
  readonly onRequested: (approval: Approval) => void;
  readonly onResolved: (approvalId: ApprovalId, decision: ApprovalDecision | undefined) => void;
}

/**
 * Errors of `resolve`: `approval_unknown` (already answered), `approval_stale` (the digest is not that of what stands).
 * Ownership: an abort of `ask` withdraws its question.
 */
export interface ApprovalBroker {
  ask(request: ApprovalRequest, signal: AbortSignal, onWaiting: (approvalId: ApprovalId) => void): Promise<ApprovalOutcome>;
  resolve(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void;
  /** Judges the standing questions again, after the mode or the grants have changed. */
  reconsider(): void;
  pending(): readonly Approval[];
}

interface Pending {
  readonly approval: Approval;
  readonly request: ApprovalRequest;
  readonly settle: (outcome: ApprovalOutcome, decision: ApprovalDecision | undefined) => void;
}

export function createApprovalBroker(settings: ApprovalSettings): ApprovalBroker {
  const standing = new Map<ApprovalId, Pending>();
  const grants = new Set<string>();

  const questionOf = ({ toolName, toolKind, touches, cwd, preview }: ApprovalRequest): PolicyQuestion => ({
    ...settings.rules(),
    toolName,
    toolKind,
    touches,
    grants,
    ...(cwd === undefined ? {} : { cwd }),
    ...(preview.command === undefined ? {} : { command: preview.command }),
    ...(preview.isTrusted === undefined ? {} : { isTrusted: preview.isTrusted }),
  });

  function reconsider(): void {
    for (const { request, settle } of [...standing.values()]) {
      const answer = decideApproval(questionOf(request));
      if (answer.kind === 'allow') settle({ kind: 'allowed' }, { kind: 'allow', scope: 'once' });
      else if (answer.kind === 'deny') settle(refused(answer), { kind: 'deny' });
    }
  }

  return {
    reconsider,
    pending: () => [...standing.values()].map(({ approval }) => approval),
    ask(request, signal, onWaiting) {
      const answer = decideApproval(questionOf(request));
      if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
      if (answer.kind === 'allow') return Promise.resolve({ kind: 'allowed' });
      if (answer.kind === 'deny') return Promise.resolve(refused(answer));
      const approval = toApproval(request, answer.reason, settings);
      return new Promise((resolve) => {
        const withdraw = () => settle({ kind: 'cancelled' }, undefined);
        const settle: Pending['settle'] = (outcome, decision) => {
          if (!standing.delete(approval.id)) return;
          signal.removeEventListener('abort', withdraw);
          settings.onResolved(approval.id, decision);
          resolve(outcome);
        };
        standing.set(approval.id, { approval, request, settle });
        signal.addEventListener('abort', withdraw);
        onWaiting(approval.id);
        settings.onRequested(approval);
      });
    },
    resolve(approvalId, digest, decision) {
      const found = standing.get(approvalId);
      if (found === undefined) throw new EngineError('approval_unknown', 'This question has already been answered or withdrawn.');
      if (found.approval.digest !== digest) {
        throw new EngineError('approval_stale', 'What was answered is not what is asked now. Look at the question again.');
      }
      if (decision.kind === 'deny') return found.settle(byUser(decision.note), decision);
      const grant = decision.scope === 'session' ? grantFor(questionOf(found.request)) : undefined;
      if (grant !== undefined) grants.add(grant);
      found.settle({ kind: 'allowed' }, decision);
      if (grant !== undefined) reconsider();
    },
  };
}

function refused(answer: Extract<PolicyAnswer, { kind: 'ask' | 'deny' }>): ApprovalOutcome {
  return { kind: 'denied', by: 'policy', refusal: `Not run. ${answer.reason}` };
}

function byUser(note: string | undefined): ApprovalOutcome {
  const said = note?.trim();
  const refusal =
    said === undefined || said === ''
      ? 'The user refused this call. Do not try it another way; ask what to do instead.'
      : `The user refused this call and says: ${said}`;
  return { kind: 'denied', by: 'user', refusal };
}

/** The digest covers everything a person sees, so an answer to an older state of the question does not count. */
function toApproval(request: ApprovalRequest, reason: string, { sessionId, nowMs }: ApprovalSettings): Approval {
  const { title, display, command, cwd } = request.preview;
  const shown = {
    id: ApprovalId.parse(randomUUID()),
    sessionId,
    toolCallId: request.toolCallId,
    toolName: request.toolName,
    toolKind: request.toolKind,
    title,
    reason,
    ...(command === undefined ? {} : { command }),
    ...(cwd === undefined ? {} : { cwd }),
    display,
    createdAtMs: nowMs(),
  };
  return { ...shown, digest: createHash('sha256').update(JSON.stringify(shown)).digest('hex') };
}
