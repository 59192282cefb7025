/** The question that stands, and what of an answer can be sent. Pure. */
import type { QuestionAnswer, ToolDisplay, ToolItem, TranscriptItem } from '../../../../preload/contract/index.ts';

export type QuestionDisplay = Extract<ToolDisplay, { kind: 'question' }>;
export type QuestionItem = ToolItem & { readonly display: QuestionDisplay };

/** The first that stands in the running turn; undefined where nothing is asked. */
export function openQuestion(view: {
  readonly order: readonly string[];
  readonly items: Readonly<Record<string, TranscriptItem>>;
}): QuestionItem | undefined {
  let first: QuestionItem | undefined;
  for (const id of view.order.toReversed()) {
    const item = view.items[id];
    if (item?.kind === 'user') break; // what stands belongs to the last prompt
    if (item !== undefined && isQuestion(item) && item.status === 'running' && item.display.state === 'asked') first = item;
  }
  return first;
}

export function isQuestion(item: TranscriptItem): item is QuestionItem {
  return item.kind === 'tool' && item.display.kind === 'question';
}

/** Each question needs an option or words; a plan needs its option, for words alone do not agree to it. */
export function isAnswered(display: QuestionDisplay, answers: readonly QuestionAnswer[]): boolean {
  return display.questions.every((_question, at) => {
    const answer = answers[at];
    const hasWords = (answer?.text?.trim() ?? '') !== '';
    return (answer?.chosen.length ?? 0) > 0 || (hasWords && display.plan === undefined);
  });
}

/** One option replaces another, or is switched where several may be chosen. */
export function choose(answer: QuestionAnswer, place: number, multiSelect: boolean): QuestionAnswer {
  if (!multiSelect) return { ...answer, chosen: [place] };
  const chosen = answer.chosen.includes(place) ? answer.chosen.filter((other) => other !== place) : [...answer.chosen, place];
  return { ...answer, chosen: chosen.toSorted((a, b) => a - b) };
}
