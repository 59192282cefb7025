/**
 * The permission requests of a run that a program controls: each pending approval becomes a `can_use_tool` request on standard
 * output, and the program's answer becomes its decision. Source: docs/formats.md 3.4.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Approval, ApprovalDecision, ApprovalId, ItemId } from '../../../preload/contract/index.ts';
import type { Clock } from '../../engine/index.ts';
import type { ControlOutput, PermissionSuggestion } from '../output/output-message.ts';

/** The time for an answer, unless the program sets it; at most ten minutes. Units: ms. */
export const ANSWER_MS = 60_000;
export const MAX_ANSWER_MS = 600_000;

export interface PermissionRequestsDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly send: (message: ControlOutput) => void;
  /** The caller catches errors of the engine (the approval was withdrawn meanwhile). */
  readonly resolve: (approval: Approval, decision: ApprovalDecision) => void;
}

export interface PermissionRequests {
  /** `input`: the arguments from the model, unchanged. */
  ask(approval: Approval, input: Readonly<Record<string, unknown>>): void;
  /** Answers to unknown requests are ignored. */
  answered(requestId: string, answer: Readonly<Record<string, unknown>> | undefined, error: string | undefined): void;
  /** The approval is no longer pending; cancels the request to the program. */
  withdrawn(approvalId: ApprovalId): void;
  setAnswerMs(ms: number): void;
  /** No answer can arrive any more: denies pending and later requests. */
  close(): void;
}

interface Asked {
  readonly requestId: string;
  readonly approval: Approval;
  readonly input: Readonly<Record<string, unknown>>;
  readonly stopTimer: () => void;
}

export function createPermissionRequests({ clock, newId, send, resolve }: PermissionRequestsDeps): PermissionRequests {
  const asked = new Map<string, Asked>();
  let answerMs = ANSWER_MS;
  let isClosed = false;

  function settle(question: Asked, decision: ApprovalDecision): void {
    if (!asked.delete(question.requestId)) return;
    question.stopTimer();
    resolve(question.approval, decision);
  }
  const refuse = (note: string): ApprovalDecision => ({ kind: 'deny', note });

  return {
    ask(approval, input) {
      if (isClosed) return resolve(approval, refuse(INPUT_ENDED));
      const requestId = newId();
      const stopTimer = clock.after(answerMs, () => {
        settle(question, refuse(`There was no answer within ${Math.round(answerMs / 1000)} s.`));
        send({ type: 'control_cancel_request', request_id: requestId });
      });
      const question: Asked = { requestId, approval, input, stopTimer };
      asked.set(requestId, question);
      send({ type: 'control_request', request_id: requestId, request: toRequest(approval, input) });
    },
    answered(requestId, answer, error) {
      const question = asked.get(requestId);
      if (question === undefined) return;
      settle(question, answer === undefined ? refuse(`The program could not answer: ${error ?? ''}`) : decisionOf(answer, question.input));
    },
    withdrawn(approvalId) {
      for (const question of [...asked.values()]) {
        if (question.approval.id !== approvalId) continue;
        asked.delete(question.requestId);
        question.stopTimer();
        send({ type: 'control_cancel_request', request_id: question.requestId });
      }
    },
    setAnswerMs: (ms) => void (answerMs = Math.min(ms, MAX_ANSWER_MS)),
    close() {
      isClosed = true;
      for (const question of [...asked.values()]) settle(question, refuse(INPUT_ENDED));
    },
  };
}

const INPUT_ENDED = 'Standard input has ended, so no answer can arrive.';

/**
 * Maps the answer to a decision. A changed `updatedInput` is not run: the call is denied, and the denial reports it to the
 * model.
 */
export function decisionOf(answer: Readonly<Record<string, unknown>>, input: Readonly<Record<string, unknown>>): ApprovalDecision {
  const { behavior, message, updatedInput } = answer;
  const isAllowed = typeof behavior === 'string' && behavior.toLowerCase() === 'allow';
  if (!isAllowed) return { kind: 'deny', ...(typeof message === 'string' && message !== '' ? { note: message.slice(0, 4000) } : {}) };
  const isChanged = typeof updatedInput === 'object' && updatedInput !== null && !isDeepStrictEqual(updatedInput, { ...input });
  if (!isChanged) return { kind: 'allow', scope: 'once' };
  return { kind: 'deny', note: `Not with these arguments. Allowed are: ${JSON.stringify(updatedInput)}`.slice(0, 4000) };
}

function toRequest(approval: Approval, input: Readonly<Record<string, unknown>>) {
  return {
    subtype: 'can_use_tool' as const,
    tool_name: approval.toolName,
    tool_use_id: approval.toolCallId satisfies ItemId,
    input,
    permission_suggestions: suggestionsFor(approval),
    blocked_path: null,
  };
}

function suggestionsFor({ toolKind, command, title, toolName }: Approval): readonly PermissionSuggestion[] {
  if (command !== undefined) {
    return [
      { type: 'allow', label: 'Allow Command', description: `Execute: ${command}` },
      { type: 'deny', label: 'Deny', description: 'Block this command execution' },
    ];
  }
  if (toolKind === 'edit') {
    return [
      { type: 'allow', label: 'Allow Edit', description: title },
      { type: 'deny', label: 'Deny', description: 'Block this file edit' },
    ];
  }
  return [
    { type: 'allow', label: 'Allow', description: title === '' ? toolName : title },
    { type: 'deny', label: 'Deny', description: 'Block this call' },
  ];
}
