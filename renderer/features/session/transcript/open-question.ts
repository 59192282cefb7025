/** The pending question, and whether an answer can be sent. Pure. */
import type { QuestionAnswer, ToolDisplay, ToolItem, TranscriptItem } from '../../../../preload/contract/index.ts';

export type QuestionDisplay = Extract<ToolDisplay, { kind: 'question' }>;
export type QuestionItem = ToolItem & { readonly display: QuestionDisplay };

/** The first pending question of the running turn; undefined if there is none. */
export function openQuestion(view: {
  readonly order: readonly string[];
  readonly items: Readonly<Record<string, TranscriptItem>>;
}): QuestionItem | undefined {
  let first: QuestionItem | undefined;
  for (const id of view.order.toReversed()) {
    const item = view.items[id];
    if (item?.kind === 'user') break; // a pending question belongs to the last prompt
    if (item !== undefined && isQuestion(item) && item.status === 'running' && item.display.state === 'asked') first = item;
  }
  return first;
}

export function isQuestion(item: TranscriptItem): item is QuestionItem {
  return item.kind === 'tool' && item.display.kind === 'question';
}

/** Each question needs an option or a typed answer; a plan needs an option, because a typed answer does not approve it. */
export function isAnswered(display: QuestionDisplay, answers: readonly QuestionAnswer[]): boolean {
  return display.questions.every((_question, at) => {
    const answer = answers[at];
    const hasWords = (answer?.text?.trim() ?? '') !== '';
    return (answer?.chosen.length ?? 0) > 0 || (hasWords && display.plan === undefined);
  });
}

/** An option replaces another, or toggles if several may be chosen. */
export function choose(answer: QuestionAnswer, place: number, multiSelect: boolean): QuestionAnswer {
  if (!multiSelect) return { ...answer, chosen: [place] };
  const chosen = answer.chosen.includes(place) ? answer.chosen.filter((other) => other !== place) : [...answer.chosen, place];
  return { ...answer, chosen: chosen.toSorted((a, b) => a - b) };
}
