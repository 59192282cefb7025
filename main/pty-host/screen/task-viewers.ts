/**
 * Who watches a task, and what each of them gets.
 *
 * A viewer is waiting (its chunks are queued behind its replay), live, or lagging (over its credit: nothing is sent until
 * it has parsed what it has; then what it missed, if that is little, else a fresh replay). A viewer never slows the task
 * and never makes memory grow: both queues are bounded, and a waiting one that overflows lags from the start.
 */
import type { OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import type { Block, Snapshot } from './screen-mirror.ts';
import { asLagging, isOverCredit, isReadyForReplay, LAGGING_ABOVE_BYTES, withAck, withReplay, withSent } from './viewer-credit.ts';
import { isOwed, keepMissed, type Missed, newViewer, type Viewer } from './viewer.ts';

export interface ViewerSource {
  /** Publishes what is gathered and returns the offset it ends at. */
  settle(): number;
  /** `mayBeRough`: a look at the last of the output will do, where the whole screen would cost the command its speed. */
  snapshot(offset: number, options: { mayBeRough: boolean }): Promise<Snapshot | undefined>;
  history(offset: number, maxBytes: number): Promise<Snapshot | undefined>;
  isFlood(): boolean;
}

/** Between two looks at what is too much for a viewer: with four a second the command lost 5 % more of its speed. Unit: ms. */
const ROUGH_REPLAY_MS = 500;
const REPLAY_MS = 50;
/** Who lags again this soon after a replay, and by more than its credit, cannot keep up: rough looks until it can. Unit: ms. */
const STRUGGLE_MS = 1000;
/** A rough look at the end is replaced by the whole screen, when no other command floods. Unit: ms. */
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

  /** True while someone has not been sent all there is. */
  get isOwing(): boolean {
    return [...this.viewers.values()].some(isOwed);
  }

  /** Who has not been sent all there is; `willAck`: it has something left to parse, and is heard of when it has. */
  owed(): readonly { readonly viewerId: ViewerId; readonly cols: number; readonly rows: number; readonly willAck: boolean }[] {
    return [...this.viewers.values()]
      .filter(isOwed)
      .map(({ viewerId, cols, rows, credit }) => ({ viewerId, cols, rows, willAck: credit.parsedBytes < credit.sentBytes }));
  }

  attach(view: { viewerId: ViewerId; cols: number; rows: number; focused: boolean; historyBytes?: number }): void {
    const viewer = newViewer(view);
    this.viewers.set(view.viewerId, viewer);
    if (view.focused) this.focus(view.viewerId);
    void this.replay(viewer, { mayBeRough: this.source.isFlood(), historyBytes: view.historyBytes });
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

  /** Someone cannot keep up at the moment. */
  get isSomeoneLagging(): boolean {
    return [...this.viewers.values()].some((viewer) => viewer.credit.isLagging);
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

  /** No more output will come, so nobody waits for the next replay's turn. Resolves when those that were ready have theirs. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.replayWhoLags());
  }

  /** Who lags and has parsed nearly all it got is given a fresh replay, not too often. */
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
      else replays.push(this.replay(viewer, { mayBeRough: isFlood || this.isStruggling(viewer) }));
    }
    return replays;
  }

  private waitBeforeReplay(viewer: Viewer, isFlood: boolean): number {
    const pause = isFlood || viewer.isRough ? ROUGH_REPLAY_MS : REPLAY_MS;
    // Of a task that prints nothing more while another floods there is nothing new to see.
    if (isFlood && viewer.isRough && viewer.replayBytes === this.source.settle()) return pause;
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

  /** Sends what was missed as far as the credit goes; the rest is missed again. */
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

  private async replay(viewer: Viewer, how: { mayBeRough: boolean; historyBytes?: number | undefined }): Promise<void> {
    viewer.phase = 'waiting';
    viewer.queue = [];
    viewer.queuedBytes = 0;
    viewer.hasOverflowed = false;
    viewer.missed = [];
    viewer.missedBytes = 0;
    this.replayedAt = performance.now();
    const offset = this.source.settle();
    const snapshot = await this.look(viewer, offset, how);
    if (snapshot === undefined || this.viewers.get(viewer.viewerId) !== viewer) return;
    this.replayedAt = performance.now();
    const size = { cols: snapshot.cols, rows: snapshot.rows };
    viewer.credit = withReplay(viewer.credit, snapshot.bytes.length);
    viewer.isRough = snapshot.isRough;
    viewer.replayBytes = snapshot.offsetBytes;
    viewer.replayedAt = this.replayedAt;
    this.post(viewer, { kind: 'replay', offsetBytes: snapshot.offsetBytes, ...size, skipped: snapshot.skipped, bytes: snapshot.bytes });
    viewer.phase = 'live';
    const queue = viewer.queue;
    viewer.queue = [];
    viewer.queuedBytes = 0;
    // A rough screen is one look at too much: what follows it at once would be skipped a moment later.
    if (viewer.isRough && !this.isOver) viewer.hasOverflowed = true;
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
      this.catchUp(); // a small replay may never be acked
    }
    if (viewer.isRough && this.isOver) this.refineWhenQuiet();
  }

  /** Where there is nothing to look at, an empty screen with what was before left out: its viewer must not wait for ever. */
  private async look(
    { cols, rows }: Viewer,
    offset: number,
    how: { mayBeRough: boolean; historyBytes?: number | undefined },
  ): Promise<Snapshot | undefined> {
    try {
      return await (how.historyBytes === undefined ? this.source.snapshot(offset, how) : this.source.history(offset, how.historyBytes));
    } catch {
      return { offsetBytes: offset, cols, rows, bytes: NO_BYTES, skipped: true, isRough: false };
    }
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
      for (const viewer of rough) if (viewer.phase === 'live') void this.replay(viewer, { mayBeRough: false });
    }, QUIET_MS);
  }

  private post(viewer: Viewer, frame: Omit<OutputFrame, 't' | 'viewerId'>): void {
    this.send({ t: 'output', viewerId: viewer.viewerId, ...frame });
  }
}

function resizeFrame(offsetBytes: number, size: { cols: number; rows: number }): Omit<OutputFrame, 't' | 'viewerId'> {
  return { kind: 'resize', offsetBytes, ...size, skipped: false, bytes: NO_BYTES };
}
