/**
 * The questions to the user that stand, one for each call that waits. They are shown by the call's own row, so nothing else
 * has to be told to clients; this holds who waits for which answer.
 */
import type { ItemId, Question, QuestionAnswer, ToolDisplay } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';

/** `left`: the user would not answer. `nobody`: there is nobody to ask. `cancelled`: the turn was stopped. */
export type QuestionOutcome =
  | { readonly kind: 'answered'; readonly answers: readonly QuestionAnswer[] }
  | { readonly kind: 'left' | 'nobody' | 'cancelled' };

export interface UserQuestions {
  readonly questions: readonly Question[];
  /** Markdown shown above them. */
  readonly plan?: string;
}

/**
 * Errors of `answer`: `approval_unknown` (nothing waits there), `bad_params` (not an answer for each question, or an option
 * that is not there). Ownership: an abort of `ask` withdraws the question.
 */
export interface Questions {
  ask(callId: ItemId, asked: UserQuestions, show: (display: ToolDisplay) => void, signal: AbortSignal): Promise<QuestionOutcome>;
  /** Undefined: the user leaves it unanswered. */
  answer(callId: ItemId, answers: readonly QuestionAnswer[] | undefined): void;
  readonly isWaiting: () => boolean;
}

interface Standing {
  readonly asked: UserQuestions;
  readonly settle: (outcome: QuestionOutcome) => void;
}

/** `onChanged` after a question has come to stand or was taken away. */
export function createQuestions(options: { readonly canAsk: boolean; readonly onChanged: () => void }): Questions {
  const standing = new Map<ItemId, Standing>();
  return {
    isWaiting: () => standing.size > 0,
    ask(callId, asked, show, signal) {
      if (!options.canAsk) return Promise.resolve({ kind: 'nobody' });
      if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
      return new Promise((resolve) => {
        const withdraw = () => settle({ kind: 'cancelled' });
        const settle = (outcome: QuestionOutcome) => {
          if (!standing.delete(callId)) return;
          signal.removeEventListener('abort', withdraw);
          show(questionDisplay(asked, outcome));
          options.onChanged();
          resolve(outcome);
        };
        standing.set(callId, { asked, settle });
        signal.addEventListener('abort', withdraw);
        show(questionDisplay(asked, undefined));
        options.onChanged();
      });
    },
    answer(callId, answers) {
      const found = standing.get(callId);
      if (found === undefined) throw new EngineError('approval_unknown', 'This question has already been answered or withdrawn.');
      if (answers === undefined) return found.settle({ kind: 'left' });
      if (!fits(found.asked.questions, answers)) {
        throw new EngineError('bad_params', 'Each question takes one answer, with options that it has.');
      }
      found.settle({ kind: 'answered', answers });
    },
  };
}

/** `outcome` undefined: it stands. */
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

/** What one row holds at most. Unit: UTF-16 code units. */
export const MAX_PLAN_CHARS = 30_000;

function fits(questions: readonly Question[], answers: readonly QuestionAnswer[]): boolean {
  if (answers.length !== questions.length) return false;
  return questions.every(({ options, multiSelect }, at) => {
    const chosen = answers[at]?.chosen ?? [];
    return chosen.every((place) => place < options.length) && (multiSelect || chosen.length <= 1) && new Set(chosen).size === chosen.length;
  });
}
