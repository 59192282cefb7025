/** The rows of a transcript that are kept while it is read. Pure. */
import type { ItemId, TranscriptItem } from '../../../preload/contract/index.ts';
import type { TranscriptStep } from './transcript-fold.ts';

/** Keeps the last `limit` rows, or those before a certain one; rows that come later still change those that are kept. */
export function createItemWindow(limit: number, beforeItemId?: ItemId) {
  let items: TranscriptItem[] = [];
  let earlierItems = 0;
  let isFull = false;
  return {
    take(step: TranscriptStep): void {
      if (step.kind === 'changed') {
        const at = items.findLastIndex((item) => item.id === step.item.id);
        if (at !== -1) items[at] = step.item;
        return;
      }
      isFull ||= step.item.id === beforeItemId;
      if (isFull) return;
      items.push(step.item);
      if (items.length < limit * 2) return;
      earlierItems += items.length - limit;
      items = items.slice(-limit);
    },
    result: () => ({ items: items.slice(-limit), earlierItems: earlierItems + Math.max(0, items.length - limit) }),
  };
}
