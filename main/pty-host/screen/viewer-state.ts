/**
 * The states of one viewer of a task and the transitions between them. Pure.
 *
 *   attach -> replaying -> live <-> behind -> stale -> replaying
 *                 |
 *             overtaken -> stale
 *
 * replaying: a snapshot is being taken, and output is queued behind it. overtaken: likewise, but the output was too much for the
 * queue, so another replay must follow. live: it is sent all output. behind: over its credit, and the output that it missed is
 * kept. stale: it missed too much, or was sent only a preview, and needs a replay.
 * Shape: `credit.isLagging` is true in behind and stale, false in live, and kept from the state before while a replay is made.
 * Queue and missed output are bounded, so a viewer never makes memory grow.
 * Source: docs/background-tasks.md, BT-8, BT-22 and "Limits".
 */
import type { OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import { type Chain, toArray, toChain } from './chain.ts';
import type { Block, Snapshot } from './screen-mirror.ts';
import {
  asLagging,
  isOverCredit,
  isReadyForReplay,
  LAGGING_ABOVE_BYTES,
  NEW_CREDIT,
  type ViewerCredit,
  withAck,
  withReplay,
  withSent,
} from './viewer-credit.ts';

/** Output missed in a pause of a fifth of a second at 5 MB/s is recovered without a skip. */
const MISSED_BYTES = 1024 * 1024;
/** Time between two previews: with four a second the command lost 5 % more of its speed. Unit: ms. */
const PREVIEW_REPLAY_MS = 500;
const REPLAY_MS = 50;
/** A viewer that lags again within this time after a replay, by more than its credit, gets previews until it keeps up. Unit: ms. */
const STRUGGLE_MS = 1000;
const NO_BYTES = new Uint8Array(0);

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

interface Resized {
  readonly offset: number;
  readonly size: Size;
}

interface Common extends Size {
  readonly viewerId: ViewerId;
  readonly credit: ViewerCredit;
  /** The last replay that was sent. */
  readonly lastReplay: { readonly offsetBytes: number; readonly atMs: number; readonly isPreview: boolean };
}

type Phase =
  | { readonly phase: 'replaying'; readonly queue: Chain<Block | Resized> | undefined; readonly queuedBytes: number }
  | { readonly phase: 'overtaken' }
  | { readonly phase: 'live' }
  | { readonly phase: 'behind'; readonly missed: Chain<Resized | Missed> | undefined; readonly missedBytes: number }
  | { readonly phase: 'stale' };

interface Missed {
  readonly block: Block;
  readonly size: Size;
}

export type Viewer = Common & Phase;

/** `allowPreview`: a preview of the last output is enough when the whole screen would slow the command down. */
export interface ReplayOptions {
  readonly allowPreview: boolean;
  readonly historyBytes?: number | undefined;
}

export type ViewerInput =
  | { readonly kind: 'output'; readonly block: Block; readonly size: Size }
  /** The terminal of the task has another size from this offset on. */
  | { readonly kind: 'resized'; readonly offsetBytes: number; readonly size: Size }
  /** The view itself has another size. */
  | { readonly kind: 'viewResized'; readonly size: Size }
  | { readonly kind: 'acked'; readonly parsedBytes: number }
  /** `replayedAtMs`: the last replay for any viewer of the task. `isOver`: no more output will come. */
  | {
      readonly kind: 'catchUp';
      readonly nowMs: number;
      readonly replayedAtMs: number;
      readonly publishedBytes: number;
      readonly isFlood: boolean;
      readonly isOver: boolean;
    }
  | { readonly kind: 'snapshotTaken'; readonly snapshot: Snapshot; readonly nowMs: number; readonly isOver: boolean }
  /** The whole screen may now replace a preview. */
  | { readonly kind: 'refine' };

export type ViewerFrame = Omit<OutputFrame, 't' | 'viewerId'>;

export type ViewerEffect =
  | { readonly kind: 'send'; readonly frame: ViewerFrame }
  /** `snapshotTaken` must follow. */
  | ({ readonly kind: 'takeSnapshot' } & ReplayOptions)
  /** `catchUp` must follow after this time. Unit: ms. */
  | { readonly kind: 'retry'; readonly afterMs: number }
  /** `catchUp` must follow at once: the page may never ack a small replay. */
  | { readonly kind: 'catchUp' }
  /** `refine` must follow once no command floods. */
  | { readonly kind: 'refineWhenQuiet' };

export interface ViewerTransition {
  readonly viewer: Viewer;
  /** To be performed in order. */
  readonly effects: readonly ViewerEffect[];
}

export function attachViewer(view: { readonly viewerId: ViewerId } & Size, options: ReplayOptions): ViewerTransition {
  const { viewerId, cols, rows } = view;
  const lastReplay = { offsetBytes: 0, atMs: -Infinity, isPreview: false };
  return startReplay({ viewerId, cols, rows, credit: NEW_CREDIT, lastReplay }, options);
}

/** True while the viewer has not been sent all output. */
export function isPending(viewer: Viewer): boolean {
  return viewer.phase !== 'live' || viewer.lastReplay.isPreview;
}

export function transition(viewer: Viewer, input: ViewerInput): ViewerTransition {
  switch (input.kind) {
    case 'output':
      return addOutput(viewer, input.block, input.size);
    case 'resized':
      return addResize(viewer, { offset: input.offsetBytes, size: input.size });
    case 'viewResized':
      return noEffects({ ...viewer, cols: input.size.cols, rows: input.size.rows });
    case 'acked':
      return noEffects({ ...viewer, credit: withAck(viewer.credit, input.parsedBytes) });
    case 'catchUp':
      if (!isReadyForReplay(viewer.credit)) return noEffects(viewer);
      if (viewer.phase === 'behind') return sendMissed(viewer);
      return viewer.phase === 'stale' ? takeTurn(viewer, input) : noEffects(viewer);
    case 'snapshotTaken':
      return isReplaying(viewer) ? sendReplay(viewer, input) : noEffects(viewer);
    case 'refine':
      return viewer.lastReplay.isPreview && !isReplaying(viewer) ? startReplay(viewer, { allowPreview: false }) : noEffects(viewer);
  }
}

function addOutput(viewer: Viewer, block: Block, size: Size): ViewerTransition {
  switch (viewer.phase) {
    case 'replaying': {
      const queuedBytes = viewer.queuedBytes + block.bytes.length;
      if (queuedBytes > LAGGING_ABOVE_BYTES) return noEffects({ ...common(viewer), phase: 'overtaken' });
      return noEffects({ ...viewer, queue: { last: block, before: viewer.queue }, queuedBytes });
    }
    case 'live': {
      if (isOverCredit(viewer.credit))
        return noEffects(miss({ ...viewer, credit: asLagging(viewer.credit) }, undefined, 0, { block, size }));
      const sent = { ...viewer, credit: withSent(viewer.credit, block.bytes.length) };
      return { viewer: sent, effects: [{ kind: 'send', frame: dataFrame(block, size) }] };
    }
    case 'behind':
      return noEffects(miss(viewer, viewer.missed, viewer.missedBytes, { block, size }));
    case 'overtaken':
    case 'stale':
      return noEffects(viewer);
  }
}

function addResize(viewer: Viewer, resize: Resized): ViewerTransition {
  switch (viewer.phase) {
    case 'replaying':
      return noEffects({ ...viewer, queue: { last: resize, before: viewer.queue } });
    case 'live':
      return { viewer, effects: [{ kind: 'send', frame: resizeFrame(resize) }] };
    case 'behind':
      return noEffects({ ...viewer, missed: { last: resize, before: viewer.missed } });
    case 'overtaken':
    case 'stale':
      return noEffects(viewer);
  }
}

/** Keeps output to send it later, as long as it is little. */
function miss(viewer: Common, missed: Chain<Resized | Missed> | undefined, missedBytes: number, item: Missed): Viewer {
  const bytes = missedBytes + item.block.bytes.length;
  if (bytes > MISSED_BYTES) return { ...common(viewer), phase: 'stale' };
  return { ...common(viewer), phase: 'behind', missed: { last: item, before: missed }, missedBytes: bytes };
}

/** Sends missed output within the credit; the rest stays missed. */
function sendMissed(viewer: Extract<Viewer, { phase: 'behind' }>): ViewerTransition {
  let { credit } = viewer;
  const missed = toArray(viewer.missed);
  const effects: ViewerEffect[] = [];
  for (const [index, item] of missed.entries()) {
    if (!('block' in item)) {
      effects.push({ kind: 'send', frame: resizeFrame(item) });
      continue;
    }
    if (isOverCredit(credit)) {
      const left = missed.slice(index);
      const missedBytes = left.reduce((sum, kept) => sum + ('block' in kept ? kept.block.bytes.length : 0), 0);
      return { viewer: { ...viewer, credit, missed: toChain(left), missedBytes }, effects };
    }
    credit = withSent(credit, item.block.bytes.length);
    effects.push({ kind: 'send', frame: dataFrame(item.block, item.size) });
  }
  return { viewer: { ...common(viewer), phase: 'live', credit: { ...credit, isLagging: false } }, effects };
}

/** Replays come at a limited rate, at the end of the task at once. */
function takeTurn(viewer: Viewer, now: Extract<ViewerInput, { kind: 'catchUp' }>): ViewerTransition {
  const { offsetBytes, atMs, isPreview } = viewer.lastReplay;
  if (now.isOver) return startReplay(viewer, { allowPreview: now.isFlood });
  const pauseMs = now.isFlood || isPreview ? PREVIEW_REPLAY_MS : REPLAY_MS;
  // When a task stops printing while another floods, a new preview would show nothing new.
  const showsAll = now.isFlood && isPreview && offsetBytes === now.publishedBytes;
  const waitMs = showsAll ? pauseMs : now.replayedAtMs + pauseMs - now.nowMs;
  if (waitMs > 0) return { viewer, effects: [{ kind: 'retry', afterMs: waitMs }] };
  const isStruggling = now.nowMs - atMs < STRUGGLE_MS && now.publishedBytes - offsetBytes > LAGGING_ABOVE_BYTES;
  return startReplay(viewer, { allowPreview: now.isFlood || isStruggling });
}

function startReplay(viewer: Common, options: ReplayOptions): ViewerTransition {
  return {
    viewer: { ...common(viewer), phase: 'replaying', queue: undefined, queuedBytes: 0 },
    effects: [{ kind: 'takeSnapshot', ...options }],
  };
}

/** Sends the replay, then the output that was queued behind it and that it does not show. */
function sendReplay(
  viewer: Extract<Viewer, { phase: 'replaying' | 'overtaken' }>,
  { snapshot, nowMs, isOver }: Extract<ViewerInput, { kind: 'snapshotTaken' }>,
): ViewerTransition {
  const { offsetBytes, cols, rows, bytes, skipped, isPreview } = snapshot;
  const credit = withReplay(viewer.credit, bytes.length);
  const replayed = { ...common(viewer), credit, lastReplay: { offsetBytes, atMs: nowMs, isPreview } };
  const effects: ViewerEffect[] = [{ kind: 'send', frame: { kind: 'replay', offsetBytes, cols, rows, skipped, bytes } }];
  const refine: readonly ViewerEffect[] = isPreview && isOver ? [{ kind: 'refineWhenQuiet' }] : [];
  // A preview means there is too much output: whatever follows at once would be skipped a moment later.
  if (viewer.phase === 'overtaken' || (isPreview && !isOver))
    return { viewer: { ...replayed, phase: 'stale', credit: asLagging(credit) }, effects: [...effects, { kind: 'catchUp' }, ...refine] };
  let step: ViewerTransition = noEffects({ ...replayed, phase: 'live' });
  let size: Size = { cols, rows };
  for (const item of toArray(viewer.queue)) {
    if (item.offset < offsetBytes) continue;
    if ('size' in item) size = item.size;
    step = 'size' in item ? addResize(step.viewer, item) : addOutput(step.viewer, item, size);
    effects.push(...step.effects);
  }
  return { viewer: step.viewer, effects: [...effects, ...refine] };
}

function isReplaying(viewer: Viewer): viewer is Extract<Viewer, { phase: 'replaying' | 'overtaken' }> {
  return viewer.phase === 'replaying' || viewer.phase === 'overtaken';
}

/** Only what every phase has, so that a queue is not kept beyond its phase. */
function common({ viewerId, cols, rows, credit, lastReplay }: Common): Common {
  return { viewerId, cols, rows, credit, lastReplay };
}

const NO_EFFECTS: readonly ViewerEffect[] = [];

function noEffects(viewer: Viewer): ViewerTransition {
  return { viewer, effects: NO_EFFECTS };
}

function dataFrame(block: Block, size: Size): ViewerFrame {
  return { kind: 'data', offsetBytes: block.offset, cols: size.cols, rows: size.rows, skipped: false, bytes: block.bytes };
}

function resizeFrame({ offset, size }: Resized): ViewerFrame {
  return { kind: 'resize', offsetBytes: offset, cols: size.cols, rows: size.rows, skipped: false, bytes: NO_BYTES };
}
