/**
 * What a viewer of a task is brought to: its screen, or the end of its output.
 *
 * From the mirror while it is close behind; from the last blocks in memory, as a rough look that costs neither parsing nor a
 * read, where it is too much for a viewer; after the end from the files. Owns the mirror and the blocks that are kept for these looks.
 */
import type { FileSink } from '../file-sink.ts';
import type { Load } from '../load.ts';
import { type EndedFiles, readEnd, readEndedHistory, readEndedScreen, writeScreen } from './replay-files.ts';
import { ROUGH_BYTES, roughTail } from './rough-tail.ts';
import { type Block, type RawTail, ScreenMirror, type Snapshot, withoutHazards } from './screen-mirror.ts';

/** Kept in memory of output that is in no file. */
const UNFILED_BYTES = 1024 * 1024;

export interface TaskScreenOptions {
  readonly rawPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  readonly load: Load;
  readonly raw: FileSink;
  /** A viewer may want a rough look soon. */
  readonly isTooMuch: () => boolean;
  readonly progress: () => {
    readonly receivedBytes: number;
    readonly publishedBytes: number;
    readonly open: Uint8Array;
    readonly unpublishedBytes: number;
  };
}

export class TaskScreen {
  private readonly options: TaskScreenOptions;
  private readonly mirror: ScreenMirror;
  private recent: Uint8Array[] = [];
  private recentBytes = 0;
  private size: { cols: number; rows: number };
  private isEnded = false;

  constructor(options: TaskScreenOptions) {
    this.options = options;
    this.size = { cols: options.cols, rows: options.rows };
    this.mirror = new ScreenMirror({
      ...this.size,
      load: options.load,
      source: { readTail: (max) => this.readTail(max), publishedBytes: () => options.progress().publishedBytes },
    });
  }

  publish(block: Block): void {
    this.mirror.feed(block);
    this.remember(block.bytes);
  }

  resize(size: { cols: number; rows: number }): void {
    this.size = size;
    this.mirror.resize(size.cols, size.rows);
  }

  cursor(offset: number): Promise<{ row: number; col: number }> {
    return this.mirror.cursor(offset);
  }

  /** The screen at `offset` or later. A mirror that went with the end leaves its files to answer. */
  async snapshot(offset: number, { mayBeRough }: { mayBeRough: boolean }): Promise<Snapshot | undefined> {
    if (this.isEnded) return readEndedScreen(this.endedFiles());
    const mirrored = (mayBeRough ? this.roughLook() : undefined) ?? (await this.mirror.snapshot(offset));
    return mirrored ?? (this.hasEnded() ? readEndedScreen(this.endedFiles()) : undefined);
  }

  /** The end of the raw log as a replay. */
  async history(offset: number, maxBytes: number): Promise<Snapshot> {
    if (this.isEnded) return readEndedHistory(this.endedFiles(), maxBytes);
    const size = this.size;
    const tail = await this.readTail(maxBytes);
    return { ...size, offsetBytes: offset, bytes: withoutHazards(tail.bytes), skipped: tail.skipped, isRough: false };
  }

  /** The last byte was published and the files are closed. Only a mirror that is warm is worth a file; any other screen is made again. */
  async keep(): Promise<void> {
    const { publishedBytes } = this.options.progress();
    if (!this.mirror.isWarm) return;
    try {
      const snapshot = await this.mirror.snapshot(publishedBytes);
      if (snapshot !== undefined) await writeScreen(this.options.screenPath, snapshot);
    } catch {
      // a cache: its loss costs a rebuild
    }
  }

  /** From here on the files answer. */
  end(): void {
    this.isEnded = true;
    this.dispose();
  }

  dispose(): void {
    this.mirror.dispose();
    this.recent = [];
    this.recentBytes = 0;
  }

  private hasEnded(): boolean {
    return this.isEnded;
  }

  private roughLook(): Snapshot | undefined {
    if (this.mirror.isNear || this.recentBytes < ROUGH_BYTES) return undefined;
    const { publishedBytes, open } = this.options.progress();
    const bytes = Buffer.concat([withoutHazards(roughTail(Buffer.concat(this.recent), this.size.rows)), open]);
    return { ...this.size, offsetBytes: publishedBytes, bytes, skipped: true, isRough: true };
  }

  private remember(bytes: Uint8Array): void {
    const limit = !this.options.raw.isCurrent ? UNFILED_BYTES : this.options.isTooMuch() ? ROUGH_BYTES : 0;
    this.recent.push(bytes);
    this.recentBytes += bytes.length;
    let first = this.recent[0];
    while (first !== undefined && this.recentBytes - first.length >= limit) {
      this.recent.shift();
      this.recentBytes -= first.length;
      first = this.recent[0];
    }
  }

  private async readTail(maxBytes: number): Promise<RawTail> {
    const { raw, rawPath, progress } = this.options;
    const { open, unpublishedBytes } = progress();
    const unfiled = () => ({ bytes: Buffer.concat(this.recent), skipped: true, open });
    if (!raw.isCurrent) return unfiled();
    const end = Math.max(0, raw.acceptedBytes - unpublishedBytes);
    try {
      await raw.flushed();
      const tail = await readEnd(rawPath, end, maxBytes);
      return { bytes: tail.bytes, skipped: tail.startBytes > 0, open };
    } catch {
      return unfiled(); // the file was taken away: what is in memory
    }
  }

  private endedFiles(): EndedFiles {
    const { rawPath, screenPath, progress } = this.options;
    return { rawPath, screenPath, ...this.size, offsetBytes: progress().receivedBytes };
  }
}
