/**
 * Who watches a task, and what each of them gets.
 *
 * A viewer is waiting (its chunks are queued behind its replay), live, or lagging (over its credit: nothing is sent until
 * it has parsed what it has, then a fresh replay). A viewer never slows the task and never makes memory grow: the queue
 * is bounded, and one that overflows is a viewer that lags from the start.
 */
import type { OutputFrame, ViewerId } from '../../preload/contract/index.ts';
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

export interface ViewerSource {
  /** Publishes what is gathered and returns the offset it ends at. */
  settle(): number;
  snapshot(offset: number): Promise<Snapshot | undefined>;
  history(offset: number, maxBytes: number): Promise<Snapshot | undefined>;
  isFlood(): boolean;
}

interface Resized {
  readonly offset: number;
  readonly size: { readonly cols: number; readonly rows: number };
}

interface Viewer {
  readonly viewerId: ViewerId;
  credit: ViewerCredit;
  phase: 'waiting' | 'live';
  queue: (Block | Resized)[];
  queuedBytes: number;
  hasOverflowed: boolean;
  isRough: boolean;
  cols: number;
  rows: number;
}

/** Between two replays of a lagging viewer, so that they cost a flood no more than a few percent. Unit: ms. */
const FLOOD_REPLAY_MS = 1000;
const REPLAY_MS = 50;
/** When a flood is over, a rough replay is replaced by a whole one. Unit: ms. */
const QUIET_MS = 200;
const NO_BYTES = new Uint8Array(0);

export class TaskViewers {
  private readonly viewers = new Map<ViewerId, Viewer>();
  private readonly source: ViewerSource;
  private readonly send: (frame: OutputFrame) => void;
  private focusOrder: ViewerId[] = [];
  private replayedAt = -Infinity;
  private retry: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;

  constructor(source: ViewerSource, send: (frame: OutputFrame) => void) {
    this.source = source;
    this.send = send;
  }

  get count(): number {
    return this.viewers.size;
  }

  /** True while someone has not been sent all there is. */
  get isOwing(): boolean {
    return [...this.viewers.values()].some((viewer) => viewer.phase === 'waiting' || viewer.credit.isLagging || viewer.isRough);
  }

  attach(view: { viewerId: ViewerId; cols: number; rows: number; focused: boolean; historyBytes?: number }): void {
    const viewer: Viewer = {
      viewerId: view.viewerId,
      credit: NEW_CREDIT,
      phase: 'waiting',
      queue: [],
      queuedBytes: 0,
      hasOverflowed: false,
      isRough: false,
      cols: view.cols,
      rows: view.rows,
    };
    this.viewers.set(view.viewerId, viewer);
    if (view.focused) this.focus(view.viewerId);
    void this.replay(viewer, view.historyBytes);
  }

  detach(viewerId: ViewerId): void {
    this.viewers.delete(viewerId);
    this.focusOrder = this.focusOrder.filter((id) => id !== viewerId);
  }

  focus(viewerId: ViewerId): void {
    this.focusOrder = [...this.focusOrder.filter((id) => id !== viewerId), viewerId];
  }

  setSize(viewerId: ViewerId, cols: number, rows: number): void {
    const viewer = this.viewers.get(viewerId);
    if (viewer !== undefined) Object.assign(viewer, { cols, rows });
  }

  /** Of the viewer that was focused last; undefined without one. */
  wantedSize(): { cols: number; rows: number } | undefined {
    const last = this.focusOrder.at(-1);
    const viewer = last === undefined ? undefined : this.viewers.get(last);
    return viewer === undefined ? undefined : { cols: viewer.cols, rows: viewer.rows };
  }

  publish(block: Block, size: { cols: number; rows: number }): void {
    for (const viewer of this.viewers.values()) this.deliver(viewer, block, size);
  }

  resized(offsetBytes: number, size: { cols: number; rows: number }): void {
    for (const viewer of this.viewers.values()) {
      if (viewer.phase === 'waiting') viewer.queue.push({ offset: offsetBytes, size });
      else if (!viewer.credit.isLagging) this.post(viewer, resizeFrame(offsetBytes, size));
    }
  }

  ack(viewerId: ViewerId, parsedBytes: number): void {
    const viewer = this.viewers.get(viewerId);
    if (viewer === undefined) return;
    viewer.credit = withAck(viewer.credit, parsedBytes);
    this.catchUp();
  }

  /** Who lags and has parsed nearly all it got is given a fresh replay, not too often. */
  catchUp(): void {
    const now = performance.now();
    const pause = this.source.isFlood() ? FLOOD_REPLAY_MS : REPLAY_MS;
    for (const viewer of this.viewers.values()) {
      if (viewer.phase !== 'live' || !isReadyForReplay(viewer.credit)) continue;
      if (now - this.replayedAt < pause) {
        this.retry ??= setTimeout(
          () => {
            this.retry = undefined;
            this.catchUp();
          },
          pause - (now - this.replayedAt) + 1,
        );
        continue;
      }
      void this.replay(viewer);
    }
  }

  dispose(): void {
    clearTimeout(this.retry);
    clearTimeout(this.quiet);
    this.viewers.clear();
    this.focusOrder = [];
  }

  private deliver(viewer: Viewer, block: Block, size: { cols: number; rows: number }): void {
    if (viewer.phase === 'waiting') {
      if (viewer.queuedBytes + block.bytes.length > LAGGING_ABOVE_BYTES) {
        viewer.hasOverflowed = true;
        viewer.queue = [];
        return;
      }
      if (viewer.hasOverflowed) return;
      viewer.queue.push(block);
      viewer.queuedBytes += block.bytes.length;
      return;
    }
    if (viewer.credit.isLagging) return;
    if (isOverCredit(viewer.credit)) {
      viewer.credit = asLagging(viewer.credit);
      return;
    }
    viewer.credit = withSent(viewer.credit, block.bytes.length);
    this.post(viewer, { kind: 'data', offsetBytes: block.offset, ...size, skipped: false, bytes: block.bytes });
  }

  private async replay(viewer: Viewer, historyBytes?: number): Promise<void> {
    viewer.phase = 'waiting';
    viewer.queue = [];
    viewer.queuedBytes = 0;
    viewer.hasOverflowed = false;
    this.replayedAt = performance.now();
    const offset = this.source.settle();
    const snapshot = historyBytes === undefined ? await this.source.snapshot(offset) : await this.source.history(offset, historyBytes);
    if (snapshot === undefined || this.viewers.get(viewer.viewerId) !== viewer) return;
    this.replayedAt = performance.now();
    const size = { cols: snapshot.cols, rows: snapshot.rows };
    viewer.credit = withReplay(viewer.credit, snapshot.bytes.length);
    viewer.isRough = snapshot.isRough;
    this.post(viewer, { kind: 'replay', offsetBytes: snapshot.offsetBytes, ...size, skipped: snapshot.skipped, bytes: snapshot.bytes });
    viewer.phase = 'live';
    const queue = viewer.queue;
    viewer.queue = [];
    viewer.queuedBytes = 0;
    let now = size;
    for (const item of queue) {
      if (item.offset < snapshot.offsetBytes) continue;
      if ('size' in item) {
        now = item.size;
        this.post(viewer, resizeFrame(item.offset, now));
      } else this.deliver(viewer, item, now);
    }
    if (viewer.hasOverflowed) {
      viewer.credit = asLagging(viewer.credit);
      this.catchUp(); // a small replay may never be acked
    }
    if (viewer.isRough) this.refineWhenQuiet();
  }

  private refineWhenQuiet(): void {
    this.quiet ??= setTimeout(() => {
      this.quiet = undefined;
      const rough = [...this.viewers.values()].filter((viewer) => viewer.isRough);
      if (rough.length === 0) return;
      if (this.source.isFlood()) {
        this.refineWhenQuiet();
        return;
      }
      for (const viewer of rough) if (viewer.phase === 'live') void this.replay(viewer);
    }, QUIET_MS);
  }

  private post(viewer: Viewer, frame: Omit<OutputFrame, 't' | 'viewerId'>): void {
    this.send({ t: 'output', viewerId: viewer.viewerId, ...frame });
  }
}

function resizeFrame(offsetBytes: number, size: { cols: number; rows: number }): Omit<OutputFrame, 't' | 'viewerId'> {
  return { kind: 'resize', offsetBytes, ...size, skipped: false, bytes: NO_BYTES };
}
