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
  type ApprovalMode,
  type ItemId,
  type RuleOffer,
  type SandboxState,
  type SessionId,
  type ToolKind,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { ToolPreview } from './tool-preview.ts';
import { decideApproval, grantFor, type PolicyAnswer, type PolicyQuestion } from './approval-policy.ts';
import { type PermissionLists, parseRules } from './permission-rules.ts';
import type { RuleScope } from './permission-store.ts';
import type { PathFacts } from './protected-paths.ts';
import { offeredRules } from './rule-offer.ts';
import type { ShellFacts } from './shell/shell-facts.ts';
import { stricterMode } from './stricter-mode.ts';

export interface ApprovalRequest {
  readonly toolCallId: ItemId;
  readonly toolName: string;
  readonly toolKind: ToolKind;
  readonly preview: Extract<ToolPreview, { ok: true }>;
  readonly touches: readonly PathFacts[];
  readonly cwd?: PathFacts;
  readonly shell?: ShellFacts;
  /** Judged as in this mode where the session's is looser: a subagent may be held shorter. */
  readonly modeAtMost?: ApprovalMode;
  /** Asked again after the app had ended in between: whatever allows it now, a person is asked. */
  readonly isInterrupted?: boolean;
  /** `agreed` of an earlier outcome: where the question would show the very same, it has been answered. */
  readonly agreed?: string;
}

/** `agreed`: what the person was shown of an interrupted call, as one short string. `refusal` is what the model is told. `by` tells a person's no from the policy's. */
export type ApprovalOutcome =
  | { readonly kind: 'allowed'; readonly agreed?: string }
  | { readonly kind: 'denied'; readonly by: 'user' | 'policy'; readonly refusal: string }
  | { readonly kind: 'cancelled' };

/** What the broker asks of its session each time, so that a change of mode or of a rule counts at once. */
export interface ApprovalSettings {
  readonly sessionId: SessionId;
  readonly rules: () => Pick<PolicyQuestion, 'mode' | 'unattended'> & { readonly allowedTools: readonly string[] };
  readonly place: PolicyQuestion['place'];
  /** The rules of the settings. A rejection counts as: no rule allows anything. */
  readonly permissions: () => Promise<PermissionLists>;
  /** Where a rule of this scope would be written; undefined: nowhere. */
  readonly ruleFile: (scope: RuleScope) => Promise<string | undefined>;
  readonly writeRules: (scope: RuleScope, rules: readonly string[]) => Promise<void>;
  readonly sandbox: () => Promise<SandboxState>;
  /** What was allowed for the session in an earlier run. */
  readonly granted?: readonly string[];
  readonly onGranted: (grant: string) => void;
  readonly nowMs: () => number;
  readonly onRequested: (approval: Approval) => void;
  readonly onResolved: (approvalId: ApprovalId, decision: ApprovalDecision | undefined) => void;
  /** The answer holds, but its rule could not be written. */
  readonly onUnwritten: (message: string) => void;
}

/**
 * Errors of `resolve`: `approval_unknown` (already answered), `approval_stale` (the digest is not that of what stands).
 * Ownership: an abort of `ask` withdraws its question.
 */
export interface ApprovalBroker {
  ask(
    request: ApprovalRequest,
    signal: AbortSignal,
    onWaiting: (approvalId: ApprovalId) => void,
    /** Awaited before a question is shown to anybody; by then it may have become needless. Must not reject. */
    beforeShown?: () => Promise<void>,
  ): Promise<ApprovalOutcome>;
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
  const grants = new Set<string>(settings.granted);
  let written: PermissionLists | undefined;

  const questionOf = ({ toolName, toolKind, touches, cwd, shell, preview, modeAtMost }: ApprovalRequest): PolicyQuestion => {
    const { allowedTools, ...mode } = settings.rules();
    return {
      ...mode,
      ...(modeAtMost === undefined ? {} : { mode: stricterMode(mode.mode, modeAtMost) }),
      rules:
        written === undefined
          ? parseRules({ ...UNREAD, allow: allowedTools })
          : parseRules({ ...written, allow: [...allowedTools, ...written.allow] }),
      place: settings.place,
      toolName,
      toolKind,
      touches,
      grants,
      ...(cwd === undefined ? {} : { cwd }),
      ...(shell === undefined ? {} : { shell }),
      ...(preview.command === undefined ? {} : { command: preview.command }),
      ...(preview.url === undefined ? {} : { urls: [preview.url] }),
      ...(preview.subject === undefined ? {} : { subject: preview.subject }),
      ...(preview.isTrusted === undefined ? {} : { isTrusted: preview.isTrusted }),
    };
  };

  /** The rules as the files have them now. Where they cannot be read the last ones hold. */
  const readRules = async (): Promise<void> => {
    written = await settings.permissions().catch(() => written);
  };

  function reconsider(): void {
    for (const { request, settle } of [...standing.values()]) {
      const answer = decideApproval(questionOf(request));
      if (answer.kind === 'allow' && request.isInterrupted === true) continue;
      if (answer.kind === 'allow') settle({ kind: 'allowed' }, { kind: 'allow', scope: 'once' });
      else if (answer.kind === 'deny') settle(refused(answer, request), { kind: 'deny' });
    }
  }

  async function offersFor(question: PolicyQuestion): Promise<readonly RuleOffer[]> {
    const offers = SCOPES.map(async (scope): Promise<readonly RuleOffer[]> => {
      const rules = offeredRules(question, scope);
      const path = rules.length === 0 ? undefined : await settings.ruleFile(scope);
      return path === undefined ? [] : [{ scope, rules: [...rules], path }];
    });
    return (await Promise.all(offers)).flat();
  }

  function stand(approval: Approval, request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalOutcome> {
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
    });
  }

  async function writeRules(scope: RuleScope, { offers = [] }: Approval): Promise<void> {
    const offer = offers.find((each) => each.scope === scope);
    if (offer === undefined) return;
    try {
      await settings.writeRules(scope, offer.rules);
      await readRules();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      settings.onUnwritten(`The rule ${offer.rules.join(', ')} was not written, so the answer holds this once. ${why}`);
    }
    reconsider();
  }

  return {
    reconsider,
    pending: () => [...standing.values()].map(({ approval }) => approval),
    async ask(request, signal, onWaiting, beforeShown) {
      await readRules();
      if (signal.aborted) return { kind: 'cancelled' };
      const mustAsk = request.isInterrupted === true;
      const first = decideApproval(questionOf(request));
      if (first.kind === 'allow' && !mustAsk) return { kind: 'allowed' };
      if (first.kind === 'deny') return refused(first, request);
      const offers = await offersFor(questionOf(request));
      const sandbox = request.preview.command === undefined ? undefined : await settings.sandbox();
      await beforeShown?.();
      // The mode or a grant may have changed meanwhile.
      if (signal.aborted) return { kind: 'cancelled' };
      const answer = decideApproval(questionOf(request));
      if (answer.kind === 'allow' && !mustAsk) return { kind: 'allowed' };
      if (answer.kind === 'deny') return refused(answer, request);
      const reason = answer.kind === 'ask' ? answer.reason : 'It was not run before Gantry ended';
      const approval = toApproval(request, { reason, offers, sandbox }, settings);
      if (request.agreed === shownIn(approval)) return { kind: 'allowed' };
      const outcome = stand(approval, request, signal);
      onWaiting(approval.id);
      settings.onRequested(approval);
      return outcome;
    },
    resolve(approvalId, digest, decision) {
      const found = standing.get(approvalId);
      if (found === undefined) throw new EngineError('approval_unknown', 'This question has already been answered or withdrawn.');
      if (found.approval.digest !== digest) {
        throw new EngineError('approval_stale', 'What was answered is not what is asked now. Look at the question again.');
      }
      if (decision.kind === 'deny') return found.settle(byUser(decision.note), decision);
      const grant = decision.scope === 'session' ? grantFor(questionOf(found.request)) : undefined;
      if (grant !== undefined) {
        grants.add(grant);
        settings.onGranted(grant);
      }
      const { isInterrupted = false } = found.request; // of any other, it is done with the answer
      found.settle({ kind: 'allowed', ...(isInterrupted ? { agreed: shownIn(found.approval) } : {}) }, decision);
      if (grant !== undefined) reconsider();
      if (decision.scope === 'project' || decision.scope === 'user') void writeRules(decision.scope, found.approval);
    },
  };
}

const SCOPES: readonly RuleScope[] = ['project', 'user'];
const UNREAD: PermissionLists = { allow: [], ask: [], deny: [] };

/** A subagent that is held to reading has no way out of it. */
function refused(answer: Extract<PolicyAnswer, { kind: 'ask' | 'deny' }>, { modeAtMost }: ApprovalRequest): ApprovalOutcome {
  const way = answer.byPlan === true && modeAtMost === undefined ? `. ${WAY_OUT_OF_PLAN}` : '';
  return { kind: 'denied', by: 'policy', refusal: `Not run. ${answer.reason}${way}` };
}

const WAY_OUT_OF_PLAN = 'Work the plan out and present it with exit_plan_mode; what changes something runs once the user has agreed to it.';

function byUser(note: string | undefined): ApprovalOutcome {
  const said = note?.trim();
  const refusal =
    said === undefined || said === ''
      ? 'The user refused this call. Do not try it another way; ask what to do instead.'
      : `The user refused this call and says: ${said}`;
  return { kind: 'denied', by: 'user', refusal };
}

interface Asked {
  readonly reason: string;
  readonly offers: readonly RuleOffer[];
  readonly sandbox: SandboxState | undefined;
}

/** The digest covers everything a person sees, so an answer to an older state of the question does not count. */
function toApproval(request: ApprovalRequest, { reason, offers, sandbox }: Asked, { sessionId, nowMs }: ApprovalSettings): Approval {
  const { title, display, command, cwd } = request.preview;
  const risks = request.shell?.risks ?? [];
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
    ...(risks.length === 0 ? {} : { risks: [...risks] }),
    ...(offers.length === 0 ? {} : { offers: [...offers] }),
    ...(sandbox === undefined ? {} : { sandbox }),
    display,
    ...(request.isInterrupted === true ? { interrupted: true } : {}),
    createdAtMs: nowMs(),
  };
  return { ...shown, digest: createHash('sha256').update(JSON.stringify(shown)).digest('hex') };
}

/** What of a question is the call itself: the same again means that the same would happen. */
function shownIn({ toolName, title, command, cwd, risks, display, sandbox }: Approval): string {
  return createHash('sha256')
    .update(JSON.stringify([toolName, title, command, cwd, risks, display, sandbox]))
    .digest('hex');
}
