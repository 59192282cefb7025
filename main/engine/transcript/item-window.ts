/** The window of rows that is kept while a transcript is read. Pure. */
import type { ContextMeter, ItemId, TranscriptItem } from '../../../preload/contract/index.ts';
import type { TranscriptStep } from './transcript-fold.ts';
import type { SessionOrigin } from './session-facts.ts';

/** A request for rows before one row, back to another; see the contract's `session.earlier`. */
export interface EarlierRequest {
  readonly beforeItemId: ItemId;
  readonly limit: number;
  readonly untilItemId?: ItemId | undefined;
}

/** The most rows that one answer contains, however far away the wanted row is. */
export const MAX_EARLIER = 5000;

/** Keeps the last `limit` rows; later records still change kept rows. */
export function createItemWindow(limit: number) {
  let items: TranscriptItem[] = [];
  let earlierItems = 0;
  return {
    take(step: TranscriptStep): void {
      if (step.kind === 'changed') {
        const at = items.findLastIndex((item) => item.id === step.item.id);
        if (at !== -1) items[at] = step.item;
        return;
      }
      items.push(step.item);
      if (items.length < limit * 2) return;
      earlierItems += items.length - limit;
      items = items.slice(-limit);
    },
    result: () => ({ items: items.slice(-limit), earlierItems: earlierItems + Math.max(0, items.length - limit) }),
  };
}

/** The number of rows in a snapshot. Twice as many are kept before the older half is dropped. */
export const SNAPSHOT_ITEMS = 300;

export interface LoadedView {
  readonly items: readonly TranscriptItem[];
  readonly earlierItems: number;
  readonly earlierIsGuess?: boolean;
  readonly context: ContextMeter;
  readonly branchedFrom?: SessionOrigin;
}
