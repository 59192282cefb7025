/**
 * What the terminal of a task shows, as a cache that is fed at its own pace.
 *
 * Owns: one headless terminal, the blocks it has not parsed yet, and who waits for a snapshot. It is made when it is
 * first needed or when enough output has gathered. More than 8 MiB behind and with nobody waiting it stops and frees
 * everything; the next snapshot rebuilds it from the end of the raw log. It never slows the task down.
 */
import { type Load, TURN_MS } from '../load.ts';
import { createHeadlessTerminal, type HeadlessTerminal } from '../terminal/terminal.ts';
import { createVtBoundary } from '../terminal/vt-boundary.ts';

/** Output that was published: `open` is the unfinished sequence after it, if it had to be cut inside one. */
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
  /** Output before it exists that the mirror does not hold. */
  readonly skipped: boolean;
  /** Rebuilt from little in a flood: worth another one when it is quiet. */
  readonly isRough: boolean;
}

export interface RawTail {
  readonly bytes: Uint8Array;
  readonly skipped: boolean;
  readonly open: Uint8Array;
}

export interface MirrorSource {
  /** The last raw bytes before what has been published so far, from a line boundary. */
  readTail(maxBytes: number): Promise<RawTail>;
  publishedBytes(): number;
}

export const STOP_BEHIND_BYTES = 8 * 1024 * 1024;
/** What all mirrors together may hold unparsed: beyond it, one that is fed and is not close to its task's end stops. */
const ALL_BEHIND_BYTES = STOP_BEHIND_BYTES;
/** Parsed in 10 ms: a mirror that is no further behind is worth waiting for. */
export const NEAR_BYTES = 256 * 1024;
export const REBUILD_BYTES = 4 * 1024 * 1024;
/** In a flood a look at the screen must not cost the command its speed: 5 ms of parsing. */
const ROUGH_REBUILD_BYTES = 128 * 1024;
/** A command with less output never gets a terminal unless somebody looks. */
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
  private isRough = false;
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

  /** True when a snapshot costs little: what is not parsed yet is parsed in a moment. */
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
    this.terminal ??= createHeadlessTerminal(this.size.cols, this.size.rows); // a size that changed is worth keeping
    this.pump();
  }

  /** The screen at `offset` or later. Resolves with undefined when the task was disposed meanwhile; rejects where no screen can be made. */
  async snapshot(offset: number): Promise<Snapshot | undefined> {
    let result: Snapshot | undefined;
    await this.whenParsed(offset, (terminal) => {
      result = this.take(terminal);
    });
    return result;
  }

  /** The cursor once everything up to `offset` is parsed; 1;1 where no mirror can be had. */
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

  /** `read` runs inside the write barrier: nothing later has been parsed. */
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
            reject(error); // of this one: whoever else waits is served
          }
        },
        fail: reject,
      });
      if (this.state === 'stopped') this.rebuild().catch((error: unknown) => this.giveUp(error));
      else this.pump();
    });
  }

  /** Nobody waits for a screen that cannot be made; the next who asks has it tried again. */
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
    const snapshot = { offsetBytes: this.position, ...this.size, bytes, skipped: this.skipped || terminal.isFull(), isRough: this.isRough };
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
    const maxBytes = this.load.isFlood ? ROUGH_REBUILD_BYTES : REBUILD_BYTES;
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
    this.isRough = tail.skipped && maxBytes === ROUGH_REBUILD_BYTES;
    this.state = 'live';
    this.serve();
    // A rough one has served its purpose: following the flood from here on would only cost time.
    if (this.waiters.length === 0 && (this.isRough || this.isTooFarBehind())) this.stop();
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
    // In a flood only a mirror that can keep up gets a turn; one far behind would be stopped in a moment all the same.
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

/** Bytes of the raw log, with what must not reach a viewer taken out, parsed. */
export function writeTail(terminal: HeadlessTerminal, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(withoutHazards(bytes), resolve));
}

export function withoutHazards(bytes: Uint8Array): Uint8Array {
  const boundary = createVtBoundary();
  return Buffer.concat([boundary.push(bytes).bytes, boundary.flush('end').bytes]);
}
