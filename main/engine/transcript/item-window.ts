/** The rows of a transcript that are kept while it is read. Pure. */
import type { ContextMeter, ItemId, TranscriptItem } from '../../../preload/contract/index.ts';
import type { TranscriptStep } from './transcript-fold.ts';
import type { SessionOrigin } from './session-facts.ts';

/** Rows before a certain one, back to another; see the contract's `session.earlier`. */
export interface EarlierRequest {
  readonly beforeItemId: ItemId;
  readonly limit: number;
  readonly untilItemId?: ItemId | undefined;
}

/** More are not given at once, however far away the wanted row is. */
export const MAX_EARLIER = 5000;

/**
 * Keeps the last `limit` rows, or those before a certain one; rows that come later still change those that are kept. Where
 * `untilItemId` is met, all from it on are kept, up to `MAX_EARLIER`.
 */
export function createItemWindow(limit: number, { beforeItemId, untilItemId }: Partial<Omit<EarlierRequest, 'limit'>> = {}) {
  let items: TranscriptItem[] = [];
  let earlierItems = 0;
  let isFull = false;
  /** Counted from the end of `items`; 0: not met. */
  let wanted = 0;
  const kept = () => Math.max(limit, Math.min(wanted, MAX_EARLIER));
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
      if (wanted > 0 || step.item.id === untilItemId) wanted += 1;
      if (items.length < kept() * 2) return;
      earlierItems += items.length - kept();
      items = items.slice(-kept());
    },
    result: () => ({ items: items.slice(-kept()), earlierItems: earlierItems + Math.max(0, items.length - kept()) }),
  };
}

/** A snapshot carries this many rows; twice as many are held before the older half goes. */
export const SNAPSHOT_ITEMS = 300;

export interface LoadedView {
  readonly items: readonly TranscriptItem[];
  readonly earlierItems: number;
  readonly earlierIsGuess?: boolean;
  readonly context: ContextMeter;
  readonly branchedFrom?: SessionOrigin;
}
