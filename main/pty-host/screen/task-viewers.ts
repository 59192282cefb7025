/**
 * The viewers of a task and the frames that each of them gets.
 *
 * A viewer is waiting (its chunks are queued behind its replay), live, or lagging (over its credit: it gets nothing until
 * it has parsed what it has; then the missed output if that is little, else a fresh replay). A viewer never slows the task
 * and never makes memory grow: both queues are bounded, and a waiting viewer whose queue overflows lags from the start.
 */
import type { OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import type { Block, Snapshot } from './screen-mirror.ts';
import { asLagging, isOverCredit, isReadyForReplay, LAGGING_ABOVE_BYTES, withAck, withReplay, withSent } from './viewer-credit.ts';
import { isPending, keepMissed, type Missed, newViewer, type Viewer } from './viewer.ts';

export interface ViewerSource {
  /** Publishes the gathered output and returns its end offset. */
  settle(): number;
  /** `allowPreview`: a preview of the last output is enough when the whole screen would slow the command down. */
  snapshot(offset: number, options: { allowPreview: boolean }): Promise<Snapshot | undefined>;
  history(offset: number, maxBytes: number): Promise<Snapshot | undefined>;
  isFlood(): boolean;
}

/** Time between two previews: with four a second the command lost 5 % more of its speed. Unit: ms. */
const PREVIEW_REPLAY_MS = 500;
const REPLAY_MS = 50;
/** A viewer that lags again within this time after a replay, by more than its credit, gets previews until it keeps up. Unit: ms. */
const STRUGGLE_MS = 1000;
/** After this time the whole screen replaces a preview at the end if no other command floods. Unit: ms. */
const QUIET_MS = 200;
const NO_BYTES = new Uint8Array(0);

export class TaskViewers {
  private readonly viewers = new Map<ViewerId, Viewer>();
  private readonly source: ViewerSource;
  private readonly send: (frame: OutputFrame) => void;
  private focusOrder: ViewerId[] = [];
  private replayedAt = -Infinity;
  private isOver = false;
  private retry: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;

  constructor(source: ViewerSource, send: (frame: OutputFrame) => void) {
    this.source = source;
    this.send = send;
  }

  get count(): number {
    return this.viewers.size;
  }

  /** True while a viewer has not been sent all output. */
  get hasPending(): boolean {
    return [...this.viewers.values()].some(isPending);
  }

  /** Viewers that have not been sent all output; `willAck`: the viewer still has bytes to parse and will send an ack. */
  pending(): readonly { readonly viewerId: ViewerId; readonly cols: number; readonly rows: number; readonly willAck: boolean }[] {
    return [...this.viewers.values()]
      .filter(isPending)
      .map(({ viewerId, cols, rows, credit }) => ({ viewerId, cols, rows, willAck: credit.parsedBytes < credit.sentBytes }));
  }

  attach(view: { viewerId: ViewerId; cols: number; rows: number; focused: boolean; historyBytes?: number }): void {
    const viewer = newViewer(view);
    this.viewers.set(view.viewerId, viewer);
    if (view.focused) this.focus(view.viewerId);
    void this.replay(viewer, { allowPreview: this.source.isFlood(), historyBytes: view.historyBytes });
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

  /** True while a viewer cannot keep up. */
  get isSomeoneLagging(): boolean {
    return [...this.viewers.values()].some((viewer) => viewer.credit.isLagging);
  }

  /** The size of the viewer that was focused last; undefined without one. */
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
      else if (viewer.credit.isLagging) viewer.missed?.push({ offset: offsetBytes, size });
      else this.post(viewer, resizeFrame(offsetBytes, size));
    }
  }

  ack(viewerId: ViewerId, parsedBytes: number): void {
    const viewer = this.viewers.get(viewerId);
    if (viewer === undefined) return;
    viewer.credit = withAck(viewer.credit, parsedBytes);
    this.catchUp();
  }

  /** No more output will come, so replays no longer wait for a turn. Resolves when every ready viewer has its replay. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.replayWhoLags());
  }

  /** Gives a fresh replay, not too often, to each lagging viewer that has parsed nearly all it got. */
  catchUp(): void {
    void Promise.all(this.replayWhoLags());
  }

  dispose(): void {
    clearTimeout(this.retry);
    clearTimeout(this.quiet);
    this.viewers.clear();
    this.focusOrder = [];
  }

  private replayWhoLags(): readonly Promise<void>[] {
    const replays: Promise<void>[] = [];
    const isFlood = this.source.isFlood();
    for (const viewer of this.viewers.values()) {
      if (viewer.phase !== 'live' || !isReadyForReplay(viewer.credit)) continue;
      if (viewer.missed !== undefined) {
        this.makeUp(viewer, viewer.missed);
        continue;
      }
      const waitMs = this.isOver ? 0 : this.waitBeforeReplay(viewer, isFlood);
      if (waitMs > 0) this.retryIn(waitMs);
      else replays.push(this.replay(viewer, { allowPreview: isFlood || this.isStruggling(viewer) }));
    }
    return replays;
  }

  private waitBeforeReplay(viewer: Viewer, isFlood: boolean): number {
    const pause = isFlood || viewer.isPreview ? PREVIEW_REPLAY_MS : REPLAY_MS;
    // When a task stops printing while another floods, a new preview would show nothing new.
    if (isFlood && viewer.isPreview && viewer.replayBytes === this.source.settle()) return pause;
    return Math.max(0, this.replayedAt + pause - performance.now());
  }

  private isStruggling(viewer: Viewer): boolean {
    return (
      !this.isOver && performance.now() - viewer.replayedAt < STRUGGLE_MS && this.source.settle() - viewer.replayBytes > LAGGING_ABOVE_BYTES
    );
  }

  private retryIn(ms: number): void {
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.catchUp();
    }, ms + 1);
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
    if (viewer.credit.isLagging || isOverCredit(viewer.credit)) {
      viewer.credit = asLagging(viewer.credit);
      keepMissed(viewer, block, size);
      return;
    }
    viewer.credit = withSent(viewer.credit, block.bytes.length);
    this.post(viewer, { kind: 'data', offsetBytes: block.offset, ...size, skipped: false, bytes: block.bytes });
  }

  /** Sends missed output within the credit; the rest stays missed. */
  private makeUp(viewer: Viewer, missed: readonly Missed[]): void {
    viewer.credit = { ...viewer.credit, isLagging: false };
    viewer.missed = [];
    viewer.missedBytes = 0;
    for (const item of missed) {
      if ('block' in item) this.deliver(viewer, item.block, item.size);
      else if (viewer.credit.isLagging) viewer.missed.push(item);
      else this.post(viewer, resizeFrame(item.offset, item.size));
    }
  }

  private async replay(viewer: Viewer, how: { allowPreview: boolean; historyBytes?: number | undefined }): Promise<void> {
    viewer.phase = 'waiting';
    viewer.queue = [];
    viewer.queuedBytes = 0;
    viewer.hasOverflowed = false;
    viewer.missed = [];
    viewer.missedBytes = 0;
    this.replayedAt = performance.now();
    const offset = this.source.settle();
    const snapshot = await this.takeSnapshot(viewer, offset, how);
    if (snapshot === undefined || this.viewers.get(viewer.viewerId) !== viewer) return;
    this.replayedAt = performance.now();
    const size = { cols: snapshot.cols, rows: snapshot.rows };
    viewer.credit = withReplay(viewer.credit, snapshot.bytes.length);
    viewer.isPreview = snapshot.isPreview;
    viewer.replayBytes = snapshot.offsetBytes;
    viewer.replayedAt = this.replayedAt;
    this.post(viewer, { kind: 'replay', offsetBytes: snapshot.offsetBytes, ...size, skipped: snapshot.skipped, bytes: snapshot.bytes });
    viewer.phase = 'live';
    const queue = viewer.queue;
    viewer.queue = [];
    viewer.queuedBytes = 0;
    // A preview means there is too much output: whatever followed it at once would be skipped a moment later.
    if (viewer.isPreview && !this.isOver) viewer.hasOverflowed = true;
    let now = size;
    for (const item of viewer.hasOverflowed ? [] : queue) {
      if (item.offset < snapshot.offsetBytes) continue;
      if ('size' in item) {
        now = item.size;
        this.post(viewer, resizeFrame(item.offset, now));
      } else this.deliver(viewer, item, now);
    }
    if (viewer.hasOverflowed) {
      viewer.missed = undefined;
      viewer.credit = asLagging(viewer.credit);
      this.catchUp(); // the page may never ack a small replay
    }
    if (viewer.isPreview && this.isOver) this.refineWhenQuiet();
  }

  /** Without a snapshot it returns an empty screen marked as skipped: the viewer must not wait forever. */
  private async takeSnapshot(
    { cols, rows }: Viewer,
    offset: number,
    how: { allowPreview: boolean; historyBytes?: number | undefined },
  ): Promise<Snapshot | undefined> {
    try {
      return await (how.historyBytes === undefined ? this.source.snapshot(offset, how) : this.source.history(offset, how.historyBytes));
    } catch {
      return { offsetBytes: offset, cols, rows, bytes: NO_BYTES, skipped: true, isPreview: false };
    }
  }

  private refineWhenQuiet(): void {
    this.quiet ??= setTimeout(() => {
      this.quiet = undefined;
      const previews = [...this.viewers.values()].filter((viewer) => viewer.isPreview);
      if (previews.length === 0) return;
      if (this.source.isFlood()) {
        this.refineWhenQuiet();
        return;
      }
      for (const viewer of previews) if (viewer.phase === 'live') void this.replay(viewer, { allowPreview: false });
    }, QUIET_MS);
  }

  private post(viewer: Viewer, frame: Omit<OutputFrame, 't' | 'viewerId'>): void {
    this.send({ t: 'output', viewerId: viewer.viewerId, ...frame });
  }
}

function resizeFrame(offsetBytes: number, size: { cols: number; rows: number }): Omit<OutputFrame, 't' | 'viewerId'> {
  return { kind: 'resize', offsetBytes, ...size, skipped: false, bytes: NO_BYTES };
}
