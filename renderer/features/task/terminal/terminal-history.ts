/**
 * How much older output a view requests when its reader reaches the top: 256 KiB, then twice as much, up to 4 MiB. Pure. Unit:
 * bytes. Source: the bound of `task.attach` historyBytes.
 */
const FIRST_BYTES = 256 * 1024;
export const MOST_HISTORY_BYTES = 4 * 1024 * 1024;

/** Lines kept while older output is shown; 4 MiB of ordinary log lines. */
export const HISTORY_SCROLLBACK_LINES = 40_000;

export interface HistoryState {
  /** Requested so far; 0: the plain replay. */
  readonly askedBytes: number;
  /** The last replay did not begin at the first byte. */
  readonly skipped: boolean;
  /** The scrollback is full, so older lines were dropped from it. */
  readonly full: boolean;
}

/** `more`: request `bytes`. `limit`: older output exists, but only in the file. `complete`: everything is loaded. */
export type HistoryStep = { readonly kind: 'more'; readonly bytes: number } | { readonly kind: 'limit' } | { readonly kind: 'complete' };

export function nextHistory({ askedBytes, skipped, full }: HistoryState): HistoryStep {
  if (!skipped && !full) return { kind: 'complete' };
  if (askedBytes >= MOST_HISTORY_BYTES) return { kind: 'limit' };
  return { kind: 'more', bytes: Math.min(MOST_HISTORY_BYTES, askedBytes === 0 ? FIRST_BYTES : askedBytes * 2) };
}
