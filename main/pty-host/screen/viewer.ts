/** The state of one viewer of a task. */
import type { ViewerId } from '../../../preload/contract/index.ts';
import type { Block } from './screen-mirror.ts';
import { NEW_CREDIT, type ViewerCredit } from './viewer-credit.ts';

/** Output missed in a pause of a fifth of a second at 5 MB/s is recovered without a skip. */
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
  /** The output that a lagging viewer was not sent; undefined when it is too much and the viewer needs a replay. */
  missed: Missed[] | undefined;
  missedBytes: number;
  isPreview: boolean;
  /** The last replay: its offset, and when it was sent. */
  replayBytes: number;
  replayedAt: number;
  cols: number;
  rows: number;
}

/** A viewer that has been sent nothing yet. */
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
    isPreview: false,
    replayBytes: 0,
    replayedAt: -Infinity,
    cols,
    rows,
  };
}

/** True while the viewer has not been sent all output. */
export function isPending(viewer: Viewer): boolean {
  return viewer.phase === 'waiting' || viewer.credit.isLagging || viewer.isPreview;
}

/** Keeps output for a lagging viewer to send later, as long as it is little. */
export function keepMissed(viewer: Viewer, block: Block, size: Resized['size']): void {
  viewer.missedBytes += block.bytes.length;
  if (viewer.missedBytes > MISSED_BYTES) viewer.missed = undefined;
  viewer.missed?.push({ block, size });
}
