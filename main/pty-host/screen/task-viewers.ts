/**
 * The viewers of a task and the frames that each of them gets: feeds their state (viewer-state.ts) and performs its effects.
 *
 * Owns the timers, and the limit on how often a replay is made. A viewer never slows the task and never makes memory grow.
 */
import type { OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import type { Block, Snapshot } from './screen-mirror.ts';
import { isReadyForReplay } from './viewer-credit.ts';
import {
  attachViewer,
  isPending,
  type ReplayOptions,
  type Size,
  transition,
  type Viewer,
  type ViewerEffect,
  type ViewerInput,
  type ViewerTransition,
} from './viewer-state.ts';

export interface ViewerSource {
  /** Publishes the gathered output and returns its end offset. */
  settle(): number;
  /** `allowPreview`: a preview of the last output is enough when the whole screen would slow the command down. */
  snapshot(offset: number, options: { allowPreview: boolean }): Promise<Snapshot | undefined>;
  history(offset: number, maxBytes: number): Promise<Snapshot | undefined>;
  isFlood(): boolean;
}

/** After this time the whole screen replaces a preview at the end if no other command floods. Unit: ms. */
const QUIET_MS = 200;
const NO_BYTES = new Uint8Array(0);

/** One attachment; a viewer that attaches again gets another. `replay`: the last one that was begun. */
interface Attachment {
  viewer: Viewer;
  replay: Promise<void>;
}

export class TaskViewers {
  private readonly attachments = new Map<ViewerId, Attachment>();
  private readonly source: ViewerSource;
  private readonly send: (frame: OutputFrame) => void;
  private focusOrder: ViewerId[] = [];
  private replayedAtMs = -Infinity;
  private isOver = false;
  private retry: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;

  constructor(source: ViewerSource, send: (frame: OutputFrame) => void) {
    this.source = source;
    this.send = send;
  }

  get count(): number {
    return this.attachments.size;
  }

  /** True while a viewer has not been sent all output. */
  get hasPending(): boolean {
    return this.all().some(isPending);
  }

  /** True while a viewer cannot keep up. */
  get isSomeoneLagging(): boolean {
    return this.all().some(({ credit }) => credit.isLagging);
  }

  /** Viewers that have not been sent all output; `willAck`: the viewer still has bytes to parse and will send an ack. */
  pending(): readonly { readonly viewerId: ViewerId; readonly cols: number; readonly rows: number; readonly willAck: boolean }[] {
    return this.all()
      .filter(isPending)
      .map(({ viewerId, cols, rows, credit }) => ({ viewerId, cols, rows, willAck: credit.parsedBytes < credit.sentBytes }));
  }

  attach(view: { viewerId: ViewerId; cols: number; rows: number; focused: boolean; historyBytes?: number }): void {
    const start = attachViewer(view, { allowPreview: this.source.isFlood(), historyBytes: view.historyBytes });
    const attachment: Attachment = { viewer: start.viewer, replay: Promise.resolve() };
    this.attachments.set(view.viewerId, attachment);
    if (view.focused) this.focus(view.viewerId);
    this.follow(attachment, start);
  }

  detach(viewerId: ViewerId): void {
    this.attachments.delete(viewerId);
    this.focusOrder = this.focusOrder.filter((id) => id !== viewerId);
  }

  focus(viewerId: ViewerId): void {
    this.focusOrder = [...this.focusOrder.filter((id) => id !== viewerId), viewerId];
  }

  setSize(viewerId: ViewerId, cols: number, rows: number): void {
    const attachment = this.attachments.get(viewerId);
    if (attachment !== undefined) this.apply(attachment, { kind: 'viewResized', size: { cols, rows } });
  }

  /** The size of the viewer that was focused last; undefined without one. */
  wantedSize(): Size | undefined {
    const last = this.focusOrder.at(-1);
    const viewer = last === undefined ? undefined : this.attachments.get(last)?.viewer;
    return viewer === undefined ? undefined : { cols: viewer.cols, rows: viewer.rows };
  }

  publish(block: Block, size: Size): void {
    for (const attachment of this.attachments.values()) this.apply(attachment, { kind: 'output', block, size });
  }

  resized(offsetBytes: number, size: Size): void {
    for (const attachment of this.attachments.values()) this.apply(attachment, { kind: 'resized', offsetBytes, size });
  }

  ack(viewerId: ViewerId, parsedBytes: number): void {
    const attachment = this.attachments.get(viewerId);
    if (attachment === undefined) return;
    this.apply(attachment, { kind: 'acked', parsedBytes });
    this.catchUp();
  }

  /** No more output will come, so replays no longer wait for a turn. Resolves when every ready viewer has its replay. */
  async finish(): Promise<void> {
    this.isOver = true;
    const begunBefore = new Set(this.replays());
    this.catchUp();
    await Promise.all(this.replays().filter((replay) => !begunBefore.has(replay)));
  }

  /** Brings each lagging viewer that has parsed nearly all it got up to date, or has it wait for its turn. */
  catchUp(): void {
    const isFlood = this.source.isFlood();
    for (const attachment of this.attachments.values()) {
      if (!isReadyForReplay(attachment.viewer.credit)) continue;
      const publishedBytes = this.source.settle();
      const { replayedAtMs, isOver } = this;
      this.apply(attachment, { kind: 'catchUp', nowMs: performance.now(), replayedAtMs, publishedBytes, isFlood, isOver });
    }
  }

  dispose(): void {
    clearTimeout(this.retry);
    clearTimeout(this.quiet);
    this.attachments.clear();
    this.focusOrder = [];
  }

  private all(): readonly Viewer[] {
    return [...this.attachments.values()].map(({ viewer }) => viewer);
  }

  private replays(): readonly Promise<void>[] {
    return [...this.attachments.values()].map(({ replay }) => replay);
  }

  private apply(attachment: Attachment, input: ViewerInput): void {
    this.follow(attachment, transition(attachment.viewer, input));
  }

  private follow(attachment: Attachment, { viewer, effects }: ViewerTransition): void {
    attachment.viewer = viewer;
    for (const effect of effects) this.perform(attachment, effect);
  }

  private perform(attachment: Attachment, effect: ViewerEffect): void {
    switch (effect.kind) {
      case 'send':
        this.send({ t: 'output', viewerId: attachment.viewer.viewerId, ...effect.frame });
        return;
      case 'takeSnapshot':
        attachment.replay = this.replay(attachment, effect);
        return;
      case 'retry':
        this.retry ??= setTimeout(() => {
          this.retry = undefined;
          this.catchUp();
        }, effect.afterMs + 1);
        return;
      case 'catchUp':
        this.catchUp();
        return;
      case 'refineWhenQuiet':
        this.refineWhenQuiet();
    }
  }

  private async replay(attachment: Attachment, options: ReplayOptions): Promise<void> {
    this.replayedAtMs = performance.now();
    const snapshot = await this.takeSnapshot(attachment.viewer, this.source.settle(), options);
    if (snapshot === undefined || this.attachments.get(attachment.viewer.viewerId) !== attachment) return;
    this.replayedAtMs = performance.now();
    this.apply(attachment, { kind: 'snapshotTaken', snapshot, nowMs: this.replayedAtMs, isOver: this.isOver });
  }

  /** Without a snapshot it returns an empty screen marked as skipped: the viewer must not wait forever. */
  private async takeSnapshot({ cols, rows }: Size, offset: number, options: ReplayOptions): Promise<Snapshot | undefined> {
    try {
      const { historyBytes } = options;
      return await (historyBytes === undefined ? this.source.snapshot(offset, options) : this.source.history(offset, historyBytes));
    } catch {
      return { offsetBytes: offset, cols, rows, bytes: NO_BYTES, skipped: true, isPreview: false };
    }
  }

  private refineWhenQuiet(): void {
    this.quiet ??= setTimeout(() => {
      this.quiet = undefined;
      if (!this.all().some(({ lastReplay }) => lastReplay.isPreview)) return;
      if (this.source.isFlood()) this.refineWhenQuiet();
      else for (const attachment of this.attachments.values()) this.apply(attachment, { kind: 'refine' });
    }, QUIET_MS);
  }
}
