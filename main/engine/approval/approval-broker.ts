/**
 * The pending approvals. The broker asks the policy, keeps the calls that a person must answer, checks that an answer is to
 * what was shown, and remembers what was allowed for the session. It knows nothing of views: an approval is an event and a
 * part of the snapshot, so it survives a reload and any client can answer it.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  defined,
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
import { describeAction } from './approval-action.ts';
import { describeCause } from './approval-cause.ts';
import type { ToolPreview } from './tool-preview.ts';
import { decideApproval, grantFor, type PolicyAnswer, type PolicyQuestion } from './approval-policy.ts';
import { type PermissionLists, parseRules } from './permission-rules.ts';
import type { RuleScope } from './permission-store.ts';
import type { PathFacts } from './protected-paths.ts';
import { offeredRules } from './rule-offer.ts';
import type { RunPlan } from './shell/run/plan-run.ts';
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
  /** The stricter of this mode and the session's applies: a subagent may be limited further than its session. */
  readonly modeAtMost?: ApprovalMode;
  /** The app ended while the approval was pending: a person is asked again, even if a rule allows the call by now. */
  readonly isInterrupted?: boolean;
  /** `approvedCall` of an earlier outcome: when the new approval would show the same call, the earlier answer holds. */
  readonly approvedCall?: string;
  /** The user has given these arguments and allowed the call, so it is not asked about: rules and the mode may still refuse it. */
  readonly isGivenByUser?: boolean;
}

/**
 * `changed`: the user allows the call with other arguments. `approvedCall`: digest of the interrupted call as the person saw it. `run`: what runs in place of the command; absent: the
 * command as it is written. `refusal`: text for the model. `by`: whether a person or the policy refused.
 */
export type ApprovalOutcome =
  | { readonly kind: 'allowed'; readonly approvedCall?: string; readonly run?: RunPlan }
  | { readonly kind: 'changed'; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'denied'; readonly by: 'user' | 'policy'; readonly refusal: string }
  | { readonly kind: 'cancelled' };

/** The broker reads these values for each call, so that a new mode or rule applies at once. */
export interface ApprovalSettings {
  readonly sessionId: SessionId;
  readonly rules: () => Pick<PolicyQuestion, 'mode' | 'unattended'> & { readonly allowedTools: readonly string[] };
  readonly place: PolicyQuestion['place'];
  /** The rules of the settings. On a rejection no rule allows anything. */
  readonly permissions: () => Promise<PermissionLists>;
  /** The file to which a rule of this scope would be written; undefined: there is none. */
  readonly ruleFile: (scope: RuleScope) => Promise<string | undefined>;
  readonly writeRules: (scope: RuleScope, rules: readonly string[]) => Promise<void>;
  readonly sandbox: () => Promise<SandboxState>;
  /** What an earlier run allowed for the session. */
  readonly granted?: readonly string[];
  readonly onGranted: (grant: string) => void;
  readonly nowMs: () => number;
  readonly onRequested: (approval: Approval) => void;
  readonly onResolved: (approvalId: ApprovalId, decision: ApprovalDecision | undefined) => void;
  /** The answer holds, but its rule could not be written. */
  readonly onUnwritten: (rules: readonly string[], reason: string) => void;
}

/**
 * Errors of `resolve`: `approval_unknown` (already answered), `approval_stale` (the digest is not that of the pending
 * approval).
 * Ownership: aborting `ask` withdraws its approval.
 */
export interface ApprovalBroker {
  ask(
    request: ApprovalRequest,
    signal: AbortSignal,
    onWaiting: (approvalId: ApprovalId) => void,
    /** Awaited before an approval is shown; the decision is made again afterwards. Must not reject. */
    beforeShown?: () => Promise<void>,
  ): Promise<ApprovalOutcome>;
  resolve(approvalId: ApprovalId, digest: string, decision: ApprovalDecision): void;
  /** Allows the call with other arguments: `ask` resolves with `changed`, and is called again with them. Errors: as `resolve`. */
  allowWith(approvalId: ApprovalId, digest: string, input: Readonly<Record<string, unknown>>): void;
  /** Decides the pending approvals again, after the mode or the grants have changed. */
  reconsider(): void;
  pending(): readonly Approval[];
}

interface Pending {
  readonly approval: Approval;
  readonly request: ApprovalRequest;
  readonly settle: (outcome: ApprovalOutcome, decision: ApprovalDecision | undefined) => void;
}

export function createApprovalBroker(settings: ApprovalSettings): ApprovalBroker {
  const pending = new Map<ApprovalId, Pending>();
  const grants = new Set<string>(settings.granted);
  let written: PermissionLists | undefined;

  const toQuestion = ({ toolName, toolKind, touches, cwd, shell, preview, modeAtMost }: ApprovalRequest): PolicyQuestion => {
    const { allowedTools, ...mode } = settings.rules();
    return {
      ...mode,
      ...(modeAtMost === undefined ? {} : { mode: stricterMode(mode.mode, modeAtMost) }),
      rules:
        written === undefined
          ? parseRules({ ...NO_RULES, allow: allowedTools })
          : parseRules({ ...written, allow: [...allowedTools, ...written.allow] }),
      place: settings.place,
      toolName,
      toolKind,
      touches,
      grants,
      ...defined({ cwd, shell, command: preview.command }),
      ...(preview.url === undefined ? {} : { urls: [preview.url] }),
      ...defined({ subject: preview.subject, isTrusted: preview.isTrusted }),
    };
  };

  /** The rules as the files have them now. If they cannot be read, the last ones apply. */
  const readRules = async (): Promise<void> => {
    written = await settings.permissions().catch(() => written);
  };

  function reconsider(): void {
    for (const { request, settle } of [...pending.values()]) {
      const answer = decideApproval(toQuestion(request));
      if (answer.kind === 'allow' && request.isInterrupted === true) continue;
      if (answer.kind === 'allow') settle(allowedBy(answer), { kind: 'allow', scope: 'once' });
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

  function waitForAnswer(approval: Approval, request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalOutcome> {
    return new Promise((resolve) => {
      const withdraw = () => settle({ kind: 'cancelled' }, undefined);
      const settle: Pending['settle'] = (outcome, decision) => {
        if (!pending.delete(approval.id)) return;
        signal.removeEventListener('abort', withdraw);
        settings.onResolved(approval.id, decision);
        resolve(outcome);
      };
      pending.set(approval.id, { approval, request, settle });
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
      settings.onUnwritten(offer.rules, error instanceof Error ? error.message : String(error));
    }
    reconsider();
  }

  function find(approvalId: ApprovalId, digest: string): Pending {
    const found = pending.get(approvalId);
    if (found === undefined) throw new EngineError('approval_unknown', 'This approval has already been answered or withdrawn.');
    if (found.approval.digest === digest) return found;
    throw new EngineError('approval_stale', 'The call has changed since it was shown. Review it again.');
  }

  return {
    reconsider,
    pending: () => [...pending.values()].map(({ approval }) => approval),
    async ask(request, signal, onWaiting, beforeShown) {
      await readRules();
      if (signal.aborted) return { kind: 'cancelled' };
      const mustAsk = request.isInterrupted === true;
      const first = decideApproval(toQuestion(request));
      if (first.kind === 'allow' && !mustAsk) return allowedBy(first);
      if (first.kind === 'deny') return refused(first, request);
      if (request.isGivenByUser === true) return { kind: 'allowed' };
      const offers = await offersFor(toQuestion(request));
      const sandbox = request.preview.command === undefined ? undefined : await settings.sandbox();
      await beforeShown?.();
      // The mode or a grant may have changed meanwhile.
      if (signal.aborted) return { kind: 'cancelled' };
      const answer = decideApproval(toQuestion(request));
      if (answer.kind === 'allow' && !mustAsk) return allowedBy(answer);
      if (answer.kind === 'deny') return refused(answer, request);
      const asked = answer.kind === 'ask' ? answer : INTERRUPTED;
      const approval = toApproval(request, { asked, offers, sandbox }, settings);
      if (request.approvedCall === callDigest(approval)) return { kind: 'allowed' };
      const outcome = waitForAnswer(approval, request, signal);
      onWaiting(approval.id);
      settings.onRequested(approval);
      return outcome;
    },
    allowWith(approvalId, digest, input) {
      const found = find(approvalId, digest);
      // What an interrupted call would do is fixed by what was shown.
      if (found.request.isInterrupted === true) return found.settle(byUser(OTHER_ARGUMENTS), { kind: 'deny' });
      found.settle({ kind: 'changed', input }, { kind: 'allow', scope: 'once' });
    },
    resolve(approvalId, digest, decision) {
      const found = find(approvalId, digest);
      if (decision.kind === 'deny') return found.settle(byUser(decision.note), decision);
      const grant = decision.scope === 'session' ? grantFor(toQuestion(found.request)) : undefined;
      if (grant !== undefined) {
        grants.add(grant);
        settings.onGranted(grant);
      }
      const { isInterrupted = false } = found.request; // without an interruption the answer is used up at once
      found.settle({ kind: 'allowed', ...(isInterrupted ? { approvedCall: callDigest(found.approval) } : {}) }, decision);
      if (grant !== undefined) reconsider();
      if (decision.scope === 'project' || decision.scope === 'user') void writeRules(decision.scope, found.approval);
    },
  };
}

const CAUSE_INTERRUPTED = { code: 'interrupted' } as const;
const INTERRUPTED = { reason: describeCause(CAUSE_INTERRUPTED), cause: CAUSE_INTERRUPTED };
const OTHER_ARGUMENTS = 'not with these arguments. Make the call again.';
const SCOPES: readonly RuleScope[] = ['project', 'user'];
const NO_RULES: PermissionLists = { allow: [], ask: [], deny: [] };

function allowedBy({ run }: Extract<PolicyAnswer, { kind: 'allow' }>): ApprovalOutcome {
  return { kind: 'allowed', ...defined({ run }) };
}

/** A subagent that is limited to reading cannot leave plan mode. */
function refused(answer: Extract<PolicyAnswer, { kind: 'ask' | 'deny' }>, { modeAtMost }: ApprovalRequest): ApprovalOutcome {
  const way = answer.kind === 'deny' && answer.byPlan === true && modeAtMost === undefined ? `. ${WAY_OUT_OF_PLAN}` : '';
  return { kind: 'denied', by: 'policy', refusal: `Not run. ${answer.reason}${way}` };
}

const WAY_OUT_OF_PLAN = 'Finish the plan and present it with exit_plan_mode. Calls that change something run after the user approves it.';

function byUser(note: string | undefined): ApprovalOutcome {
  const said = note?.trim();
  const refusal =
    said === undefined || said === ''
      ? 'The user refused this call. Do not try it another way; ask what to do instead.'
      : `The user refused this call and says: ${said}`;
  return { kind: 'denied', by: 'user', refusal };
}

interface Asked {
  readonly asked: Pick<Extract<PolicyAnswer, { kind: 'ask' }>, 'reason' | 'cause'>;
  readonly offers: readonly RuleOffer[];
  readonly sandbox: SandboxState | undefined;
}

/** The digest covers everything a person sees, so an answer to an older version of the approval does not count. */
function toApproval(request: ApprovalRequest, { asked, offers, sandbox }: Asked, { sessionId, nowMs }: ApprovalSettings): Approval {
  const { action, display, command, cwd } = request.preview;
  const { risks = [], marks = [] } = request.shell ?? {};
  const shown = {
    id: ApprovalId.parse(randomUUID()),
    sessionId,
    toolCallId: request.toolCallId,
    toolName: request.toolName,
    toolKind: request.toolKind,
    title: describeAction(action),
    action,
    reason: asked.reason,
    ...defined({ cause: asked.cause, command, cwd }),
    ...(risks.length === 0 ? {} : { risks: [...risks] }),
    ...(marks.length === 0 ? {} : { marks: [...marks] }),
    ...(offers.length === 0 ? {} : { offers: [...offers] }),
    ...defined({ sandbox }),
    display,
    ...(request.isInterrupted === true ? { interrupted: true } : {}),
    createdAtMs: nowMs(),
  };
  return { ...shown, digest: createHash('sha256').update(JSON.stringify(shown)).digest('hex') };
}

/** The parts of an approval that describe the call itself: an equal digest means an equal effect. */
function callDigest({ toolName, title, command, cwd, risks, display, sandbox }: Approval): string {
  return createHash('sha256')
    .update(JSON.stringify([toolName, title, command, cwd, risks, display, sandbox]))
    .digest('hex');
}
