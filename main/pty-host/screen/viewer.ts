/** What is known of one viewer of a task. */
import type { ViewerId } from '../../../preload/contract/index.ts';
import type { Block } from './screen-mirror.ts';
import { NEW_CREDIT, type ViewerCredit } from './viewer-credit.ts';

/** A pause of a fifth of a second at 5 MB/s is made up for without a skip. */
const MISSED_BYTES = 1024 * 1024;

export interface Resized {
  readonly offset: number;
  readonly size: { readonly cols: number; readonly rows: number };
}

export type Missed = Resized | { readonly block: Block; readonly size: Resized['size'] };

export interface Viewer {
  readonly viewerId: ViewerId;
  credit: ViewerCredit;
  phase: 'waiting' | 'live';
  queue: (Block | Resized)[];
  queuedBytes: number;
  hasOverflowed: boolean;
  /** Of a lagging viewer, what it was not sent; undefined when that is too much, and only a replay helps. */
  missed: Missed[] | undefined;
  missedBytes: number;
  isRough: boolean;
  /** Its last replay: where it stands, and when it was sent. */
  replayBytes: number;
  replayedAt: number;
  cols: number;
  rows: number;
}

/** One that has been sent nothing yet. */
export function newViewer({ viewerId, cols, rows }: Pick<Viewer, 'viewerId' | 'cols' | 'rows'>): Viewer {
  return {
    viewerId,
    credit: NEW_CREDIT,
    phase: 'waiting',
    queue: [],
    queuedBytes: 0,
    hasOverflowed: false,
    missed: [],
    missedBytes: 0,
    isRough: false,
    replayBytes: 0,
    replayedAt: -Infinity,
    cols,
    rows,
  };
}

/** It has not been sent all there is. */
export function isOwed(viewer: Viewer): boolean {
  return viewer.phase === 'waiting' || viewer.credit.isLagging || viewer.isRough;
}

/** Of a lagging viewer: what is made up for later, as long as it is little. */
export function keepMissed(viewer: Viewer, block: Block, size: Resized['size']): void {
  viewer.missedBytes += block.bytes.length;
  if (viewer.missedBytes > MISSED_BYTES) viewer.missed = undefined;
  viewer.missed?.push({ block, size });
}
