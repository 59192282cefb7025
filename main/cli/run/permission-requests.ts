/**
 * The permission requests of a run that a program controls: each pending approval becomes a `can_use_tool` request on standard
 * output, and the program's answer becomes its decision. Source: docs/formats.md 3.4.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Approval, ApprovalDecision, ApprovalId, ItemId, QuestionAnswer, ToolItem } from '../../../preload/contract/index.ts';
import type { Clock } from '../../engine/index.ts';
import type { ControlOutput, PermissionSuggestion } from '../output/output-message.ts';
import { isRecord } from '../small-json.ts';
import { answersOf, type AskedQuestion } from './question-requests.ts';

/** The time for an answer, unless the program sets it; at most ten minutes. Units: ms. */
export const ANSWER_MS = 60_000;
export const MAX_ANSWER_MS = 600_000;

/** `allow_with`: the call runs with these arguments instead. */
export type ProgramDecision = ApprovalDecision | { readonly kind: 'allow_with'; readonly input: Readonly<Record<string, unknown>> };

export interface PermissionRequestsDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly send: (message: ControlOutput) => void;
  /** The caller catches errors of the engine (the approval was withdrawn meanwhile). */
  readonly resolve: (approval: Approval, decision: ProgramDecision) => void;
  /** The same for a question; undefined: the program did not answer it. */
  readonly answerQuestion: (callId: ItemId, answers: readonly QuestionAnswer[] | undefined) => void;
}

type Input = Readonly<Record<string, unknown>>;

export interface PermissionRequests {
  /** `input`: the arguments from the model, unchanged. */
  ask(approval: Approval, input: Input): void;
  /** A question of the agent that waits in the row of this call. */
  askQuestion(item: Pick<ToolItem, 'id' | 'name'>, asked: AskedQuestion, input: Input): void;
  /** Answers to unknown requests are ignored. */
  answered(requestId: string, answer: Input | undefined, error: string | undefined): void;
  /** The approval, or the question of this call, is no longer pending; cancels the request to the program. */
  withdrawn(id: ApprovalId | ItemId): void;
  setAnswerMs(ms: number): void;
  /** No answer can arrive any more: denies pending and later requests. */
  close(): void;
}

interface Asked {
  readonly requestId: string;
  readonly about: ApprovalId | ItemId;
  /** Without an answer, `why` is the reason. */
  readonly decide: (answer: Input | undefined, why: string) => void;
  readonly stopTimer: () => void;
}

export function createPermissionRequests({ clock, newId, send, resolve, answerQuestion }: PermissionRequestsDeps): PermissionRequests {
  const asked = new Map<string, Asked>();
  let answerMs = ANSWER_MS;
  let isClosed = false;

  function settle(question: Asked, answer: Input | undefined, why: string): void {
    if (!asked.delete(question.requestId)) return;
    question.stopTimer();
    question.decide(answer, why);
  }

  function open(about: Asked['about'], request: ToolRequest, decide: Asked['decide']): void {
    if (isClosed) return decide(undefined, INPUT_ENDED);
    const requestId = newId();
    const stopTimer = clock.after(answerMs, () => {
      settle(question, undefined, `There was no answer within ${Math.round(answerMs / 1000)} s.`);
      send({ type: 'control_cancel_request', request_id: requestId });
    });
    const question: Asked = { requestId, about, decide, stopTimer };
    asked.set(requestId, question);
    send({ type: 'control_request', request_id: requestId, request });
  }

  return {
    ask: (approval, input) =>
      open(approval.id, toRequest(approval, input), (answer, why) =>
        resolve(approval, answer === undefined ? { kind: 'deny', note: why } : decisionOf(answer, input)),
      ),
    askQuestion: ({ id, name }, question, input) =>
      open(id, toQuestionRequest(id, name, input), (answer) => answerQuestion(id, answersOf(question, answer))),
    answered(requestId, answer, error) {
      const question = asked.get(requestId);
      if (question !== undefined) settle(question, answer, `The program could not answer: ${error ?? ''}`);
    },
    withdrawn(id) {
      for (const question of [...asked.values()]) {
        if (question.about !== id) continue;
        asked.delete(question.requestId);
        question.stopTimer();
        send({ type: 'control_cancel_request', request_id: question.requestId });
      }
    },
    setAnswerMs: (ms) => void (answerMs = Math.min(ms, MAX_ANSWER_MS)),
    close() {
      isClosed = true;
      for (const question of [...asked.values()]) settle(question, undefined, INPUT_ENDED);
    },
  };
}

const INPUT_ENDED = 'Standard input has ended, so no answer can arrive.';

/** Maps the answer to a decision. A changed `updatedInput` is what runs. */
export function decisionOf(answer: Input, input: Input): ProgramDecision {
  const { behavior, message, updatedInput } = answer;
  const isAllowed = typeof behavior === 'string' && behavior.toLowerCase() === 'allow';
  if (!isAllowed) return { kind: 'deny', ...(typeof message === 'string' && message !== '' ? { note: message.slice(0, 4000) } : {}) };
  const isChanged = isRecord(updatedInput) && !isDeepStrictEqual(updatedInput, { ...input });
  return isChanged ? { kind: 'allow_with', input: updatedInput } : { kind: 'allow', scope: 'once' };
}

type ToolRequest = Extract<Extract<ControlOutput, { type: 'control_request' }>['request'], { subtype: 'can_use_tool' }>;

function toQuestionRequest(id: ItemId, name: string, input: Input): ToolRequest {
  const permission_suggestions: readonly PermissionSuggestion[] = [
    { type: 'allow', label: 'Answer', description: 'Answer the questions of the agent' },
    { type: 'deny', label: 'Decline', description: 'Leave them unanswered' },
  ];
  return { subtype: 'can_use_tool', tool_name: name, tool_use_id: id, input, permission_suggestions, blocked_path: null };
}

function toRequest(approval: Approval, input: Input): ToolRequest {
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
