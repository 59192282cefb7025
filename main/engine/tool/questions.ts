/**
 * The pending questions to the user, one for each waiting call. The row of the call shows them, so clients need no further
 * event; this module maps each call to its question.
 */
import type { ItemId, Question, QuestionAnswer, ToolDisplay } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';

/** `left`: the user declined to answer. `unattended`: the run has no user to ask. `cancelled`: the turn was stopped. */
export type QuestionOutcome =
  | { readonly kind: 'answered'; readonly answers: readonly QuestionAnswer[] }
  | { readonly kind: 'left' | 'unattended' | 'cancelled' };

export interface UserQuestions {
  readonly questions: readonly Question[];
  /** Markdown shown above the questions. */
  readonly plan?: string;
}

/**
 * Errors of `answer`: `approval_unknown` (no such pending question), `bad_params` (not an answer for each question, or an
 * unknown option). Ownership: aborting `ask` withdraws the question.
 */
export interface Questions {
  ask(callId: ItemId, asked: UserQuestions, show: (display: ToolDisplay) => void, signal: AbortSignal): Promise<QuestionOutcome>;
  /** Undefined: the user leaves it unanswered. */
  answer(callId: ItemId, answers: readonly QuestionAnswer[] | undefined): void;
  readonly isWaiting: () => boolean;
}

interface PendingQuestion {
  readonly asked: UserQuestions;
  readonly settle: (outcome: QuestionOutcome) => void;
}

/** `onChanged` is called after a question was added or removed. */
export function createQuestions(options: { readonly canAsk: boolean; readonly onChanged: () => void }): Questions {
  const pending = new Map<ItemId, PendingQuestion>();
  return {
    isWaiting: () => pending.size > 0,
    ask(callId, asked, show, signal) {
      if (!options.canAsk) return Promise.resolve({ kind: 'unattended' });
      if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
      return new Promise((resolve) => {
        const withdraw = () => settle({ kind: 'cancelled' });
        const settle = (outcome: QuestionOutcome) => {
          if (!pending.delete(callId)) return;
          signal.removeEventListener('abort', withdraw);
          show(questionDisplay(asked, outcome));
          options.onChanged();
          resolve(outcome);
        };
        pending.set(callId, { asked, settle });
        signal.addEventListener('abort', withdraw);
        show(questionDisplay(asked, undefined));
        options.onChanged();
      });
    },
    answer(callId, answers) {
      const found = pending.get(callId);
      if (found === undefined) throw new EngineError('approval_unknown', 'This question has already been answered or withdrawn.');
      if (answers === undefined) return found.settle({ kind: 'left' });
      if (!fits(found.asked.questions, answers)) {
        throw new EngineError('bad_params', 'Each question takes one answer, with options that it has.');
      }
      found.settle({ kind: 'answered', answers });
    },
  };
}

/** `outcome` undefined: the question is pending. */
export function questionDisplay({ questions, plan }: UserQuestions, outcome: QuestionOutcome | undefined): ToolDisplay {
  const state = outcome === undefined ? 'asked' : outcome.kind === 'answered' ? 'answered' : 'left';
  return {
    kind: 'question',
    questions: [...questions],
    ...(plan === undefined ? {} : { plan: plan.slice(0, MAX_PLAN_CHARS) }),
    state,
    ...(outcome?.kind === 'answered' ? { answers: [...outcome.answers] } : {}),
  };
}

/** The most one row holds. Unit: UTF-16 code units. */
export const MAX_PLAN_CHARS = 30_000;

function fits(questions: readonly Question[], answers: readonly QuestionAnswer[]): boolean {
  if (answers.length !== questions.length) return false;
  return questions.every(({ options, multiSelect }, at) => {
    const chosen = answers[at]?.chosen ?? [];
    return chosen.every((place) => place < options.length) && (multiSelect || chosen.length <= 1) && new Set(chosen).size === chosen.length;
  });
}
