/** Recalls earlier prompts with the arrow keys. Pure. */
export interface HistoryPlace {
  /** 0 is the newest prompt; undefined while the draft is shown. */
  readonly index: number | undefined;
  /** The draft at the time of the first recall. */
  readonly draft: string;
}

export const AT_DRAFT: HistoryPlace = { index: undefined, draft: '' };

/** `prompts` newest first. Undefined: there is no prompt in that direction, and the key keeps its usual meaning. */
export function walkHistory(
  place: HistoryPlace,
  prompts: readonly string[],
  direction: 'older' | 'newer',
  shown: string,
): { readonly place: HistoryPlace; readonly text: string } | undefined {
  if (direction === 'newer') {
    if (place.index === undefined) return undefined;
    if (place.index === 0) return { place: AT_DRAFT, text: place.draft };
    const index = place.index - 1;
    return { place: { ...place, index }, text: prompts[index] ?? '' };
  }
  const index = place.index === undefined ? 0 : place.index + 1;
  const text = prompts[index];
  if (text === undefined) return undefined;
  return { place: { index, draft: place.index === undefined ? shown : place.draft }, text };
}
