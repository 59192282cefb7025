/**
 * One command from its first byte to its last, in the pty host.
 *
 * Per chunk: raw log (the truth), plain text and digest, boundary, batcher; from there to the viewers and the mirror.
 * At the end: what is held back is published, the text is finished, the files are closed, then `ended` goes out.
 * It never pauses the process for a viewer or the mirror; for a slow disk it is throttled in pulses (throttle.ts).
 */
import { rm } from 'node:fs/promises';
import type { OutputFrame } from '../../preload/contract/index.ts';
import { createBatcher } from './batcher.ts';
import type { Child } from './child-process.ts';
import { createFileSink } from './file-sink.ts';
import { createLineFeed, type LineFeed } from './line-feed.ts';
import type { Load } from './load.ts';
import type { ProcessEnding, SpawnRequest, TaskUpdate, TextDigest, ViewRequest } from './protocol.ts';
import { answerTo } from './query-answers.ts';
import { type EndedFiles, readEnd, readEndedHistory, readEndedScreen, writeScreen } from './replay-files.ts';
import { type RawTail, ScreenMirror, type Snapshot, withoutHazards } from './screen-mirror.ts';
import { TaskText } from './task-text.ts';
import { TaskViewers } from './task-viewers.ts';
import { createThrottle } from './throttle.ts';
import { createVtBoundary, type VtPiece } from './vt-boundary.ts';

export interface PtyTaskOptions {
  readonly request: SpawnRequest;
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
/** An unfinished sequence is published as it is after this silence. Unit: ms. */
const HOLD_MS = 50;
const PROGRESS_MS = 100;
/** Kept in memory of output that is in no file, for the mirror. */
const RECENT_BYTES = 1024 * 1024;

export class PtyTask {
  readonly request: SpawnRequest;
  readonly viewers: TaskViewers;
  private readonly options: PtyTaskOptions;
  private readonly limits: TaskLimits;
  private readonly raw;
  private readonly text: TaskText;
  private readonly lines: LineFeed | undefined;
  private readonly boundary = createVtBoundary();
  private readonly batcher;
  private readonly throttle;
  private readonly mirror: ScreenMirror;
  private child: Child | undefined;
  private receivedBytes = 0;
  private releasedBytes = 0;
  private publishedBytes = 0;
  private recent: Uint8Array[] = [];
  private recentBytes = 0;
  private hold: NodeJS.Timeout | undefined;
  private progress: NodeJS.Timeout | undefined;
  private size: { cols: number; rows: number };
  private phase: 'running' | 'closed' | 'ended' = 'running';
  private screenKept: Promise<void> = Promise.resolve();

  constructor(options: PtyTaskOptions) {
    this.options = options;
    this.request = options.request;
    this.limits = { ...LIMITS, ...options.limits };
    this.size = { cols: options.request.cols, rows: options.request.rows };
    this.raw = createFileSink({ path: options.request.rawPath, capBytes: this.limits.capBytes, queueBytes: this.limits.queueBytes });
    const { taskId, textPath, env } = options.request;
    if (options.request.lines === true)
      this.lines = createLineFeed({ send: (batch) => options.update({ kind: 'lines', taskId, ...batch }) });
    this.text = new TaskText({ path: textPath, env, ...this.limits, lines: this.lines });
    this.batcher = createBatcher((bytes) => this.publish(bytes));
    this.mirror = new ScreenMirror({
      ...this.size,
      load: options.load,
      source: { readTail: (max) => this.readTail(max), publishedBytes: () => this.publishedBytes },
    });
    this.viewers = new TaskViewers(
      {
        settle: () => {
          this.batcher.flush();
          return this.publishedBytes;
        },
        snapshot: (offset) => this.snapshot(offset),
        history: (offset, max) => this.history(offset, max),
        isFlood: () => options.load.isFlood,
      },
      (frame) => options.send(frame),
    );
    this.throttle = createThrottle({ queuedBytes: () => this.raw.queuedBytes, child: () => this.child });
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isEnded(): boolean {
    return this.phase === 'ended';
  }

  started(child: Child, notice?: string): void {
    this.child = child;
    this.options.update({
      kind: 'started',
      taskId: this.request.taskId,
      pid: child.pid,
      backend: child.backend,
      ...(notice === undefined ? {} : { notice }),
    });
  }

  data(bytes: Uint8Array, stream: 'out' | 'err'): void {
    this.receivedBytes += bytes.length;
    this.options.load.add(bytes.length);
    this.raw.push(bytes);
    if (!this.raw.isCurrent) this.remember(bytes);
    this.text.push(bytes, stream);
    this.release(this.boundary.push(bytes));
    if (this.boundary.heldBytes > 0) this.holdBack();
    this.progress ??= setTimeout(() => this.reportProgress(), PROGRESS_MS);
    this.throttle.check();
  }

  write(data: string): void {
    this.child?.write(data);
  }

  attach(view: ViewRequest): void {
    this.viewers.attach(view);
    this.applySize();
  }

  /** Called after anything that may change whose size counts. */
  applySize(): void {
    const wanted = this.viewers.wantedSize();
    if (wanted === undefined || this.phase === 'ended') return;
    const cols = Math.max(2, wanted.cols);
    const rows = Math.max(1, wanted.rows);
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.batcher.flush();
    this.size = { cols, rows };
    this.child?.resize(cols, rows);
    this.mirror.resize(cols, rows);
    this.viewers.resized(this.publishedBytes, this.size);
  }

  readText(): TextDigest {
    return this.text.read(this.receivedBytes, this.phase === 'closed' ? this.missingBytes() : this.raw.droppedBytes);
  }

  /** The bytes have ended. Publishes the rest, closes the files, reports the end, once; then keeps the screen. */
  async end(end: ProcessEnding): Promise<void> {
    clearTimeout(this.hold);
    clearTimeout(this.progress);
    this.throttle.dispose();
    this.release(this.boundary.flush());
    this.batcher.flush();
    this.child = undefined;
    this.text.end();
    const shown = this.viewers.finish(); // while the mirror is there, which is quicker in a flood
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
    this.screenKept = this.keepScreen();
    await this.screenKept;
    this.phase = 'ended';
    this.mirror.dispose();
    this.viewers.catchUp();
  }

  /** Nobody will ask any more. */
  async dispose(deleteFiles: boolean): Promise<void> {
    this.batcher.dispose();
    this.mirror.dispose();
    this.viewers.dispose();
    this.lines?.dispose();
    clearTimeout(this.hold);
    clearTimeout(this.progress);
    if (!deleteFiles) return;
    const { rawPath, textPath, screenPath } = this.request;
    await this.screenKept;
    await Promise.all([rawPath, textPath, screenPath].map((path) => rm(path, { force: true }).catch(() => undefined))); // gone is gone
  }

  private release(piece: VtPiece): void {
    this.releasedBytes += piece.bytes.length;
    this.batcher.push(piece.bytes);
    for (const query of piece.queries) {
      void answerTo(query, () => {
        this.batcher.flush();
        return this.mirror.cursor(this.publishedBytes);
      }).then((answer) => this.child?.backend === 'pty' && this.child.write(answer));
    }
  }

  private holdBack(): void {
    if (this.hold === undefined) this.hold = setTimeout(() => this.releaseHeld(), HOLD_MS);
    else this.hold.refresh();
  }

  private releaseHeld(): void {
    this.hold = undefined;
    this.release(this.boundary.flush());
  }

  private publish(bytes: Uint8Array): void {
    const block = { offset: this.publishedBytes, bytes, open: this.publishedOpen(bytes) };
    this.publishedBytes += bytes.length;
    this.mirror.feed(block);
    this.viewers.publish(block, this.size);
  }

  /** A batch ends where the boundary last released, so what is open there is open after the batch. */
  private publishedOpen(bytes: Uint8Array): Uint8Array {
    return this.publishedBytes + bytes.length === this.releasedBytes ? this.boundary.open : new Uint8Array(0);
  }

  /** What is in no file: dropped, or still waiting for a disk that has stalled. */
  private missingBytes(): number {
    return this.raw.droppedBytes + this.raw.queuedBytes;
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
      ...(trouble === undefined ? {} : { notice: `Output is being lost: ${trouble}. ${dropped} bytes are not in the file.` }),
    });
  }

  private remember(bytes: Uint8Array): void {
    this.recent.push(bytes);
    this.recentBytes += bytes.length;
    while (this.recentBytes > RECENT_BYTES) this.recentBytes -= this.recent.shift()?.length ?? this.recentBytes;
  }

  private async readTail(maxBytes: number): Promise<RawTail> {
    const open = this.boundary.open;
    const held = this.receivedBytes - this.publishedBytes;
    if (!this.raw.isCurrent) {
      const all = Buffer.concat(this.recent);
      return { bytes: all.subarray(0, Math.max(0, all.length - held)), skipped: true, open };
    }
    const end = Math.max(0, this.raw.acceptedBytes - held);
    try {
      await this.raw.flushed();
      const tail = await readEnd(this.request.rawPath, end, maxBytes);
      return { bytes: tail.bytes, skipped: tail.startBytes > 0, open };
    } catch {
      return { bytes: Buffer.concat(this.recent), skipped: true, open }; // the file was taken away: what is in memory
    }
  }

  /** A mirror that went with the end leaves its files to answer. */
  private async snapshot(offset: number): Promise<Snapshot | undefined> {
    const mirrored = this.isEnded ? undefined : await this.mirror.snapshot(offset);
    return mirrored ?? (this.isEnded ? this.endedScreen() : undefined);
  }

  private async history(offset: number, maxBytes: number): Promise<Snapshot | undefined> {
    if (this.phase === 'ended') return readEndedHistory(this.endedFiles(), maxBytes);
    const size = this.size;
    const tail = await this.readTail(maxBytes);
    return { ...size, offsetBytes: offset, bytes: withoutHazards(tail.bytes), skipped: tail.skipped, isRough: false };
  }

  /** Only a mirror that is warm is worth a file; any other screen is made again from the raw log. */
  private async keepScreen(): Promise<void> {
    if (!this.mirror.isWarm) return;
    const snapshot = await this.mirror.snapshot(this.publishedBytes);
    if (snapshot === undefined) return;
    await writeScreen(this.request.screenPath, snapshot).catch(() => undefined); // a cache: its loss costs a rebuild
  }

  private endedScreen(): Promise<Snapshot> {
    return readEndedScreen(this.endedFiles());
  }

  private endedFiles(): EndedFiles {
    return { rawPath: this.request.rawPath, screenPath: this.request.screenPath, ...this.size, offsetBytes: this.receivedBytes };
  }
}

/** The timer keeps no process alive; whoever waits longer than it goes on without. */
function withinTime(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms).unref();
    void work.then(() => {
      clearTimeout(timer);
      done();
    });
  });
}
