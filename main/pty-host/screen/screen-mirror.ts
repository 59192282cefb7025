/**
 * The terminal screen of a task, as a cache that parses output at its own pace.
 *
 * Owns: one headless terminal, the blocks it has not parsed yet, and the pending snapshot requests. The terminal is created
 * when it is first needed or when enough output has gathered. More than 8 MiB behind and without requests it stops and frees
 * everything; the next snapshot rebuilds it from the end of the raw log. It never slows the task down.
 */
import { type Load, TURN_MS } from '../load.ts';
import { createHeadlessTerminal, type HeadlessTerminal } from '../terminal/terminal.ts';
import { createVtBoundary } from '../terminal/vt-boundary.ts';

/** Published output. `open` is the unfinished sequence at its end if it was cut inside one. */
export interface Block {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly open: Uint8Array;
}

export interface Snapshot {
  readonly offsetBytes: number;
  readonly cols: number;
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** True when earlier output exists that the mirror does not hold. */
  readonly skipped: boolean;
  /** True when it was rebuilt from little output during a flood; a full one follows when the flood is over. */
  readonly isPreview: boolean;
}

export interface RawTail {
  readonly bytes: Uint8Array;
  readonly skipped: boolean;
  readonly open: Uint8Array;
}

export interface MirrorSource {
  /** The last raw bytes up to the published offset, from a line boundary. */
  readTail(maxBytes: number): Promise<RawTail>;
  publishedBytes(): number;
}

export const STOP_BEHIND_BYTES = 8 * 1024 * 1024;
/** Limit of unparsed output of all mirrors together: beyond it, a mirror that gets more and is not near its task's end stops. */
const ALL_BEHIND_BYTES = STOP_BEHIND_BYTES;
/** Takes 10 ms to parse: waiting for a mirror that is at most this far behind is worthwhile. */
export const NEAR_BYTES = 256 * 1024;
export const REBUILD_BYTES = 4 * 1024 * 1024;
/** Takes 5 ms to parse: in a flood a snapshot must not slow the command down. */
const PREVIEW_REBUILD_BYTES = 128 * 1024;
/** A command with less output gets a terminal only when a snapshot is requested. */
const LAZY_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

type Item = ({ readonly kind: 'block' } & Block) | { readonly kind: 'resize'; readonly cols: number; readonly rows: number };
interface Waiter {
  readonly offset: number;
  readonly done: (terminal: HeadlessTerminal | undefined) => void;
  readonly fail: (error: unknown) => void;
}

export class ScreenMirror {
  private readonly source: MirrorSource;
  private readonly load: Load;
  private terminal: HeadlessTerminal | undefined;
  private state: 'live' | 'stopped' | 'rebuilding' | 'disposed' = 'live';
  private items: Item[] = [];
  private behindBytes = 0;
  private position = 0;
  private open: Uint8Array = new Uint8Array(0);
  private cols: number;
  private rows: number;
  private size: { cols: number; rows: number };
  private skipped = false;
  private isPreview = false;
  private isParsing = false;
  private rest: NodeJS.Timeout | undefined;
  private waiters: Waiter[] = [];
  private last: Snapshot | undefined;

  constructor(options: { cols: number; rows: number; source: MirrorSource; load: Load }) {
    this.cols = options.cols;
    this.rows = options.rows;
    this.size = { cols: options.cols, rows: options.rows };
    this.source = options.source;
    this.load = options.load;
  }

  /** True when a snapshot is cheap: little output is left to parse. */
  get isNear(): boolean {
    return this.state === 'live' && this.behindBytes <= NEAR_BYTES;
  }

  /** True once there is a terminal whose state is worth keeping. */
  get isWarm(): boolean {
    return this.terminal !== undefined && this.state === 'live';
  }

  feed(block: Block): void {
    if (this.state === 'stopped' || this.state === 'disposed') return;
    this.items.push({ kind: 'block', ...block });
    this.addBehind(block.bytes.length);
    if (this.isTooFarBehind() && this.waiters.length === 0 && this.state === 'live') this.stop();
    else this.pump();
  }

  resize(cols: number, rows: number): void {
    this.cols = cols;
    this.rows = rows;
    if (this.state === 'stopped' || this.state === 'disposed') return;
    this.items.push({ kind: 'resize', cols, rows });
    this.terminal ??= createHeadlessTerminal(this.size.cols, this.size.rows); // a changed size must be kept
    this.pump();
  }

  /** The screen at `offset` or later. Resolves with undefined when the task was disposed meanwhile; rejects when no screen can be made. */
  async snapshot(offset: number): Promise<Snapshot | undefined> {
    let result: Snapshot | undefined;
    await this.whenParsed(offset, (terminal) => {
      result = this.take(terminal);
    });
    return result;
  }

  /** The cursor once everything up to `offset` is parsed; 1;1 when no mirror is available. */
  async cursor(offset: number): Promise<{ row: number; col: number }> {
    let result = { row: 1, col: 1 };
    await this.whenParsed(offset, (terminal) => {
      result = terminal.cursor();
    }).catch(() => undefined);
    return result;
  }

  dispose(): void {
    this.stop();
    this.state = 'disposed';
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter.done(undefined);
  }

  /** `read` runs inside the write barrier: no later output has been parsed. */
  private whenParsed(offset: number, read: (terminal: HeadlessTerminal) => void): Promise<void> {
    if (this.state === 'disposed') return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiters.push({
        offset,
        done: (terminal) => {
          try {
            if (terminal !== undefined) read(terminal);
            resolve();
          } catch (error) {
            reject(error); // rejects this request only: the others are still answered
          }
        },
        fail: reject,
      });
      if (this.state === 'stopped') this.rebuild().catch((error: unknown) => this.giveUp(error));
      else this.pump();
    });
  }

  /** Rejects all requests for a screen that cannot be made; the next request tries again. */
  private giveUp(error: unknown): void {
    if (this.isDisposed()) return;
    this.stop();
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter.fail(error);
  }

  private take(terminal: HeadlessTerminal): Snapshot {
    if (this.last?.offsetBytes === this.position && this.last.cols === this.size.cols && this.last.rows === this.size.rows)
      return this.last;
    const bytes = Buffer.concat([Buffer.from(terminal.serialize(), 'utf8'), this.open]);
    const snapshot = {
      offsetBytes: this.position,
      ...this.size,
      bytes,
      skipped: this.skipped || terminal.isFull(),
      isPreview: this.isPreview,
    };
    this.last = snapshot;
    return snapshot;
  }

  private stop(): void {
    this.state = 'stopped';
    this.isParsing = false;
    this.terminal?.dispose();
    this.terminal = undefined;
    this.items = [];
    this.addBehind(-this.behindBytes);
    this.last = undefined;
    clearTimeout(this.rest);
    this.rest = undefined;
  }

  private async rebuild(): Promise<void> {
    this.state = 'rebuilding';
    const maxBytes = this.load.isFlood ? PREVIEW_REBUILD_BYTES : REBUILD_BYTES;
    const position = this.source.publishedBytes();
    const size = { cols: this.cols, rows: this.rows };
    const tail = await this.source.readTail(maxBytes);
    if (this.isDisposed()) return;
    const terminal = createHeadlessTerminal(size.cols, size.rows);
    await writeTail(terminal, tail.bytes);
    if (this.isDisposed()) {
      terminal.dispose();
      return;
    }
    this.terminal = terminal;
    this.size = size;
    this.position = position;
    this.open = tail.open;
    this.skipped = tail.skipped;
    this.isPreview = tail.skipped && maxBytes === PREVIEW_REBUILD_BYTES;
    this.state = 'live';
    this.serve();
    // A preview has served its purpose: following the flood from here on would only cost time.
    if (this.waiters.length === 0 && (this.isPreview || this.isTooFarBehind())) this.stop();
    else this.pump();
  }

  private addBehind(bytes: number): void {
    this.behindBytes += bytes;
    this.load.behindBytes += bytes;
  }

  private isTooFarBehind(): boolean {
    return this.behindBytes > STOP_BEHIND_BYTES || (this.behindBytes > NEAR_BYTES && this.load.behindBytes > ALL_BEHIND_BYTES);
  }

  private isDisposed(): boolean {
    return this.state === 'disposed';
  }

  private pump(): void {
    if (this.state !== 'live' || this.isParsing) return;
    this.serve();
    if (this.items.length === 0) return;
    const isWanted = this.waiters.length > 0;
    if (!isWanted && (this.rest !== undefined || (this.terminal === undefined && (this.behindBytes < LAZY_BYTES || this.load.isFlood))))
      return;
    // In a flood only a mirror that can keep up gets a turn; one that is far behind would soon be stopped anyway.
    const isHopeless = this.behindBytes > NEAR_BYTES && this.load.isFlood;
    if (!isWanted && (isHopeless || !this.load.mayParse())) {
      this.restBeforeNext();
      return;
    }
    clearTimeout(this.rest);
    this.rest = undefined;
    this.terminal ??= createHeadlessTerminal(this.size.cols, this.size.rows);
    const terminal = this.terminal;
    const first = this.items[0];
    if (first?.kind === 'resize') {
      this.items.shift();
      terminal.resize(first.cols, first.rows);
      this.size = { cols: first.cols, rows: first.rows };
      this.pump();
      return;
    }
    const piece = this.nextPiece();
    if (piece === undefined) return;
    this.isParsing = true;
    terminal.write(piece.bytes, () => {
      if (this.terminal !== terminal) return; // stopped meanwhile
      this.last = undefined;
      this.position = piece.end;
      this.open = piece.open;
      this.addBehind(-piece.bytes.length);
      this.serve();
      this.isParsing = false;
      setImmediate(() => this.pump());
    });
  }

  private restBeforeNext(): void {
    this.rest = setTimeout(() => {
      this.rest = undefined;
      this.pump();
    }, TURN_MS);
    this.rest.unref();
  }

  private nextPiece(): { bytes: Uint8Array; end: number; open: Uint8Array } | undefined {
    const blocks: Block[] = [];
    let size = 0;
    for (const item of this.items) {
      if (item.kind === 'resize' || (size > 0 && size + item.bytes.length > PIECE_BYTES)) break;
      blocks.push(item);
      size += item.bytes.length;
    }
    const last = blocks.at(-1);
    if (last === undefined) return undefined;
    this.items = this.items.slice(blocks.length);
    const bytes =
      blocks.length === 1
        ? last.bytes
        : Buffer.concat(
            blocks.map((block) => block.bytes),
            size,
          );
    return { bytes, end: last.offset + last.bytes.length, open: last.open };
  }

  private serve(): void {
    if (this.waiters.length === 0) return;
    const isCaughtUp = this.items.length === 0;
    const ready = this.waiters.filter((waiter) => this.position >= waiter.offset || isCaughtUp);
    if (ready.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
    this.terminal ??= createHeadlessTerminal(this.size.cols, this.size.rows);
    for (const waiter of ready) waiter.done(this.terminal);
  }
}

/** Parses bytes of the raw log, without the sequences that must not reach a viewer. */
export function writeTail(terminal: HeadlessTerminal, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(withoutHazards(bytes), resolve));
}

export function withoutHazards(bytes: Uint8Array): Uint8Array {
  const boundary = createVtBoundary();
  return Buffer.concat([boundary.push(bytes).bytes, boundary.flush('end').bytes]);
}
