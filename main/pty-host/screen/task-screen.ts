/**
 * Provides the replay for a viewer of a task: its screen, or the end of its output.
 *
 * Sources: the mirror while it is close behind; the last blocks in memory, as a preview that costs neither parsing nor a
 * read, when the output is too much for a viewer; after the end the files. Owns the mirror and the blocks kept for previews.
 */
import type { FileSink } from '../file-sink.ts';
import type { Load } from '../load.ts';
import { type EndedFiles, readEnd, readEndedHistory, readEndedScreen, writeScreen } from './replay-files.ts';
import { PREVIEW_BYTES, previewTail } from './preview-tail.ts';
import { type Block, type RawTail, ScreenMirror, type Snapshot, withoutHazards } from './screen-mirror.ts';

/** How much of the output that is in no file is kept in memory. */
const UNFILED_BYTES = 1024 * 1024;

export interface TaskScreenOptions {
  readonly rawPath: string;
  readonly screenPath: string;
  readonly cols: number;
  readonly rows: number;
  readonly load: Load;
  readonly raw: FileSink;
  /** True when a viewer may need a preview soon. */
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

  /** The screen at `offset` or later. If the mirror was freed after the end, the files answer. */
  async snapshot(offset: number, { allowPreview }: { allowPreview: boolean }): Promise<Snapshot | undefined> {
    if (this.isEnded) return readEndedScreen(this.endedFiles());
    const mirrored = (allowPreview ? this.preview() : undefined) ?? (await this.mirror.snapshot(offset));
    return mirrored ?? (this.hasEnded() ? readEndedScreen(this.endedFiles()) : undefined);
  }

  /** The end of the raw log as a replay. */
  async history(offset: number, maxBytes: number): Promise<Snapshot> {
    if (this.isEnded) return readEndedHistory(this.endedFiles(), maxBytes);
    const size = this.size;
    const tail = await this.readTail(maxBytes);
    return { ...size, offsetBytes: offset, bytes: withoutHazards(tail.bytes), skipped: tail.skipped, isPreview: false };
  }

  /** Call it after the last byte is published and the files are closed. Only a warm mirror is saved to a file; any other screen is rebuilt. */
  async keep(): Promise<void> {
    const { publishedBytes } = this.options.progress();
    if (!this.mirror.isWarm) return;
    try {
      const snapshot = await this.mirror.snapshot(publishedBytes);
      if (snapshot !== undefined) await writeScreen(this.options.screenPath, snapshot);
    } catch {
      // losing the cache costs only a rebuild
    }
  }

  /** After this call the files answer. */
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

  private preview(): Snapshot | undefined {
    if (this.mirror.isNear || this.recentBytes < PREVIEW_BYTES) return undefined;
    const { publishedBytes, open } = this.options.progress();
    const bytes = Buffer.concat([withoutHazards(previewTail(Buffer.concat(this.recent), this.size.rows)), open]);
    return { ...this.size, offsetBytes: publishedBytes, bytes, skipped: true, isPreview: true };
  }

  private remember(bytes: Uint8Array): void {
    const limit = !this.options.raw.isCurrent ? UNFILED_BYTES : this.options.isTooMuch() ? PREVIEW_BYTES : 0;
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
      return unfiled(); // the file was removed: use the output in memory
    }
  }

  private endedFiles(): EndedFiles {
    const { rawPath, screenPath, progress } = this.options;
    return { rawPath, screenPath, ...this.size, offsetBytes: progress().receivedBytes };
  }
}
