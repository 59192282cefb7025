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

/**
 * Keeps the last `limit` rows, or those before a certain row; later records still change kept rows. If
 * `untilItemId` is found, all rows from it on are kept, up to `MAX_EARLIER`.
 */
export function createItemWindow(limit: number, { beforeItemId, untilItemId }: Partial<Omit<EarlierRequest, 'limit'>> = {}) {
  let items: TranscriptItem[] = [];
  let earlierItems = 0;
  let isFull = false;
  /** Counted from the end of `items`; 0: not found. */
  let wantedFromEnd = 0;
  const keptCount = () => Math.max(limit, Math.min(wantedFromEnd, MAX_EARLIER));
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
      if (wantedFromEnd > 0 || step.item.id === untilItemId) wantedFromEnd += 1;
      if (items.length < keptCount() * 2) return;
      earlierItems += items.length - keptCount();
      items = items.slice(-keptCount());
    },
    result: () => ({ items: items.slice(-keptCount()), earlierItems: earlierItems + Math.max(0, items.length - keptCount()) }),
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
