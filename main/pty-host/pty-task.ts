/**
 * One command from its first byte to its last, in the pty host.
 *
 * Output is gathered into blocks (intake.ts), and known keys in them are replaced. Each block goes to the raw log (the truth),
 * plain text and digest, boundary, viewers, mirror.
 * At the end: held-back output is published, the text is finished, the files are closed, then `ended` is sent.
 * It never pauses the process for a viewer or the mirror, only until a slow disk has taken the queued output.
 */
import { rm } from 'node:fs/promises';
import { createKeyRedactor, type KeyRedactor, type KnownKeys, type OutputFrame, type TaskNotice } from '../../preload/contract/index.ts';
import type { Child } from './process/child-process.ts';
import { createFileSink, FLOOD_GATHER_MS, GATHER_MS } from './file-sink.ts';
import { BATCH_MS, createIntake, type OutputStream, UNWATCHED_BATCH_MS } from './intake.ts';
import { createLineFeed, type LineFeed } from './text/line-feed.ts';
import type { Load } from './load.ts';
import type { ProcessEnding, SpawnRequest, TaskUpdate, TextDigest, ViewRequest } from './protocol.ts';
import { answerTo } from './terminal/query-answers.ts';
import { TaskScreen } from './screen/task-screen.ts';
import { TaskText } from './text/task-text.ts';
import { TaskViewers } from './screen/task-viewers.ts';
import { createVtBoundary, type VtPiece } from './terminal/vt-boundary.ts';

export interface PtyTaskOptions {
  readonly request: SpawnRequest;
  /** What the output must not contain; the bytes that are counted, stored and shown are those without it. */
  readonly keys?: KnownKeys | undefined;
  readonly load: Load;
  readonly update: (update: TaskUpdate) => void;
  readonly send: (frame: OutputFrame) => void;
  readonly limits?: Partial<TaskLimits>;
}

export interface TaskLimits {
  readonly capBytes: number;
  readonly queueBytes: number;
  readonly flushMs: number;
}

const LIMITS: TaskLimits = { capBytes: 1024 ** 3, queueBytes: 64 * 1024 * 1024, flushMs: 10_000 };
/** After this silence an unfinished sequence is published as it is. Unit: ms. */
const HOLD_MS = 50;
const PROGRESS_MS = 100;
const STREAMS = ['out', 'err'] as const;
/** When more than this waits for the disk, the command is paused until it is written. */
const PAUSE_BYTES = 8 * 1024 * 1024;
const FLOOD_PROGRESS_MS = 400;

export class PtyTask {
  readonly request: SpawnRequest;
  readonly viewers: TaskViewers;
  private readonly options: PtyTaskOptions;
  private readonly limits: TaskLimits;
  private readonly raw;
  private readonly text: TaskText;
  private readonly lines: LineFeed | undefined;
  private readonly boundary = createVtBoundary();
  private readonly intake;
  private readonly redactors: Readonly<Record<OutputStream, KeyRedactor>> | undefined;
  private readonly screen: TaskScreen;
  private child: Child | undefined;
  private receivedBytes = 0;
  private publishedBytes = 0;
  private hold: NodeJS.Timeout | undefined;
  private keyHold: NodeJS.Timeout | undefined;
  private progress: NodeJS.Timeout | undefined;
  private size: { cols: number; rows: number };
  private isPaused = false;
  private phase: 'running' | 'closed' | 'ended' = 'running';
  private screenKept: Promise<void> = Promise.resolve();

  constructor(options: PtyTaskOptions) {
    this.options = options;
    this.request = options.request;
    this.limits = { ...LIMITS, ...options.limits };
    this.size = { cols: options.request.cols, rows: options.request.rows };
    const { capBytes, queueBytes } = this.limits;
    const sinks = { capBytes, queueBytes, gatherMs: () => (options.load.isFlood ? FLOOD_GATHER_MS : GATHER_MS) };
    this.raw = createFileSink({ path: options.request.rawPath, ...sinks });
    const { taskId, textPath, env } = options.request;
    if (options.request.lines === true)
      this.lines = createLineFeed({ send: (batch) => options.update({ kind: 'lines', taskId, ...batch }) });
    this.text = new TaskText({ path: textPath, env, ...sinks, lines: this.lines });
    const { keys } = options;
    if (keys !== undefined) this.redactors = { out: createKeyRedactor(keys), err: createKeyRedactor(keys) };
    this.intake = createIntake({
      take: (block, stream) => this.process(block, stream),
      batchMs: () => (this.viewers.count === 0 && options.load.isFlood ? UNWATCHED_BATCH_MS : BATCH_MS),
    });
    this.screen = new TaskScreen({
      ...options.request,
      load: options.load,
      raw: this.raw,
      isTooMuch: () => options.load.isFlood || this.viewers.isSomeoneLagging,
      progress: () => this.reached(),
    });
    this.viewers = new TaskViewers(
      {
        settle: () => this.settle(),
        snapshot: (offset, how) => this.screen.snapshot(offset, how),
        history: (offset, max) => this.screen.history(offset, max),
        isFlood: () => options.load.isFlood,
      },
      (frame) => options.send(frame),
    );
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isEnded(): boolean {
    return this.phase === 'ended';
  }

  started(child: Child, notice?: TaskNotice): void {
    this.child = child;
    this.options.update({
      kind: 'started',
      taskId: this.request.taskId,
      pid: child.pid,
      backend: child.backend,
      ...(notice === undefined ? {} : { notice }),
    });
  }

  data(bytes: Uint8Array, stream: OutputStream): void {
    this.options.load.add(bytes.length);
    this.intake.push(bytes, stream);
    this.progress ??= setTimeout(() => this.reportProgress(), this.options.load.isFlood ? FLOOD_PROGRESS_MS : PROGRESS_MS);
  }

  write(data: string): void {
    this.child?.write(data);
  }

  attach(view: ViewRequest): void {
    this.viewers.attach(view);
    this.applySize();
  }

  /** Call it after anything that may change which viewer determines the size. */
  applySize(): void {
    const wanted = this.viewers.wantedSize();
    if (wanted === undefined || this.phase === 'ended') return;
    const cols = Math.max(2, wanted.cols);
    const rows = Math.max(1, wanted.rows);
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.settle();
    this.size = { cols, rows };
    this.child?.resize(cols, rows);
    this.screen.resize(this.size);
    this.viewers.resized(this.publishedBytes, this.size);
  }

  readText(): TextDigest {
    this.settle();
    return this.text.read(this.receivedBytes, this.phase === 'closed' ? this.missingBytes() : this.raw.droppedBytes);
  }

  /** Call it once, after the last byte. Publishes the rest, closes the files, reports the end; then keeps the screen. */
  async end(end: ProcessEnding): Promise<void> {
    this.settle();
    clearTimeout(this.hold);
    clearTimeout(this.keyHold);
    clearTimeout(this.progress);
    for (const stream of STREAMS) this.take(this.redactors?.[stream].end(), stream);
    this.release(this.boundary.flush('end'));
    this.child = undefined;
    this.text.end();
    const shown = this.viewers.finish(); // before the mirror, or in a flood the last blocks, are freed: faster than the files
    await withinTime(Promise.all([this.raw.close(), this.text.close()]), this.limits.flushMs);
    this.phase = 'closed';
    this.options.update({
      kind: 'ended',
      taskId: this.request.taskId,
      end,
      outputBytes: this.receivedBytes,
      droppedBytes: this.missingBytes(),
      lastLine: this.text.lastLine(),
      ...this.text.urls,
      text: this.readText(),
    });
    await withinTime(shown, this.limits.flushMs);
    this.screenKept = this.screen.keep();
    await this.screenKept;
    this.phase = 'ended';
    this.screen.end();
    this.viewers.catchUp();
  }

  /** No more requests will come. */
  async dispose(deleteFiles: boolean): Promise<void> {
    this.intake.dispose();
    this.screen.dispose();
    this.viewers.dispose();
    this.lines?.dispose();
    clearTimeout(this.hold);
    clearTimeout(this.keyHold);
    clearTimeout(this.progress);
    if (!deleteFiles) return;
    const { rawPath, textPath, screenPath } = this.request;
    await this.screenKept;
    await Promise.all([rawPath, textPath, screenPath].map((path) => rm(path, { force: true }).catch(() => undefined))); // it may already be removed
  }

  /** Processes the gathered output; returns the offset up to which everything is published. */
  private settle(): number {
    this.intake.flush();
    return this.publishedBytes;
  }

  private process(block: Uint8Array, stream: OutputStream): void {
    const redactor = this.redactors?.[stream];
    this.take(redactor === undefined ? block : redactor.push(block), stream);
    if (redactor === undefined || redactor.heldBytes === 0) return;
    if (this.keyHold === undefined) this.keyHold = setTimeout(() => this.showHeldKeys(), HOLD_MS);
    else this.keyHold.refresh();
  }

  /** A prompt that ends like a key begins must not wait for the next output. */
  private showHeldKeys(): void {
    this.keyHold = undefined;
    for (const stream of STREAMS) this.take(this.redactors?.[stream].flush(), stream);
  }

  private take(block: Uint8Array | undefined, stream: OutputStream): void {
    if (block === undefined || block.length === 0) return;
    this.receivedBytes += block.length;
    this.raw.push(block);
    this.text.push(block, stream);
    this.release(this.boundary.push(block));
    if (this.boundary.heldBytes > 0) this.holdBack();
    if (this.raw.queuedBytes >= PAUSE_BYTES) void this.waitForDisk();
  }

  private async waitForDisk(): Promise<void> {
    if (this.isPaused) return;
    this.isPaused = true;
    this.child?.pause();
    await this.raw.flushed();
    this.isPaused = false;
    this.child?.resume();
  }

  private release(piece: VtPiece): void {
    if (piece.bytes.length > 0) {
      const block = { offset: this.publishedBytes, bytes: piece.bytes, open: this.boundary.open };
      this.publishedBytes += piece.bytes.length;
      this.screen.publish(block);
      this.viewers.publish(block, this.size);
    }
    for (const query of piece.queries) {
      void answerTo(query, () => this.screen.cursor(this.settle())).then(
        (answer) => this.child?.backend === 'pty' && this.child.write(answer),
      );
    }
  }

  private holdBack(): void {
    if (this.hold === undefined) this.hold = setTimeout(() => this.releaseHeld(), HOLD_MS);
    else this.hold.refresh();
  }

  private releaseHeld(): void {
    this.hold = undefined;
    this.release(this.boundary.flush('silence'));
  }

  private reached() {
    const { receivedBytes, publishedBytes } = this;
    return { receivedBytes, publishedBytes, open: this.boundary.open, unpublishedBytes: receivedBytes - publishedBytes };
  }

  /** Bytes that are in no file: dropped, or still waiting for a stalled disk. */
  private missingBytes(): number {
    return Math.min(this.receivedBytes, this.raw.droppedBytes + this.raw.queuedBytes); // a queued marker line is no output
  }

  private reportProgress(): void {
    this.progress = undefined;
    const trouble = this.raw.trouble ?? this.text.trouble;
    const dropped = this.raw.droppedBytes;
    this.options.update({
      kind: 'progress',
      taskId: this.request.taskId,
      outputBytes: this.receivedBytes,
      droppedBytes: dropped,
      lastLine: this.text.lastLine(),
      ...this.text.urls,
      ...(trouble === undefined ? {} : { notice: { code: 'losing_output', reason: trouble } }),
    });
  }
}

/** Waits until the timer at most. The timer does not keep the process alive. */
function withinTime(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms).unref();
    void work.then(() => {
      clearTimeout(timer);
      done();
    });
  });
}
