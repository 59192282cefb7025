/** The plain text of a task: its `.output` file and the bounded digest for the model, from one pass over the bytes. */
import { createFileSink, type FileSink } from '../file-sink.ts';
import type { TextDigest } from '../protocol.ts';
import { charsetOf, createCharsetDecoder } from './charset.ts';
import { createBinarySniffer, createDigest } from './digest.ts';
import { createUrlFinder } from './find-urls.ts';
import type { LineFeed } from './line-feed.ts';
import { createPlainText, type TextPiece } from './plain-text.ts';

/** An unfinished line (a prompt) is written after this silence. Unit: ms. */
const SILENCE_MS = 200;
const LAST_LINE_CHARS = 200;

export interface TaskTextOptions {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly capBytes: number;
  readonly queueBytes: number;
  readonly gatherMs?: () => number;
  /** Also gets the text, unless it is binary. */
  readonly lines?: LineFeed | undefined;
}

export class TaskText {
  private readonly file: FileSink;
  private readonly lines: LineFeed | undefined;
  private readonly plain = createPlainText();
  private readonly digest = createDigest();
  private readonly sniffer = createBinarySniffer();
  private readonly urlFinder = createUrlFinder();
  private readonly decoders;
  private silence: NodeJS.Timeout | undefined;

  constructor(options: TaskTextOptions) {
    this.file = createFileSink(options);
    this.lines = options.lines;
    const label = charsetOf(options.env);
    this.decoders = { out: createCharsetDecoder(label), err: createCharsetDecoder(label) };
  }

  get trouble(): string | undefined {
    return this.file.trouble;
  }

  /** For an update: absent when there are none. */
  get urls(): { readonly urls?: readonly string[] } {
    const { urls } = this.urlFinder;
    return urls.length === 0 ? {} : { urls };
  }

  push(bytes: Uint8Array, stream: 'out' | 'err'): void {
    this.sniffer.push(bytes);
    this.keep(this.plain.push(this.decoders[stream].push(bytes)));
    if (this.silence === undefined) this.silence = setTimeout(() => this.flushUnfinished(), SILENCE_MS);
    else this.silence.refresh();
  }

  end(): void {
    clearTimeout(this.silence);
    for (const decoder of [this.decoders.out, this.decoders.err]) this.keep(this.plain.push(decoder.end()));
    this.keep(this.plain.end());
    this.lines?.end();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  lastLine(): string {
    return this.sniffer.isBinary ? '' : this.digest.lastLine(this.plain.unfinished, LAST_LINE_CHARS);
  }

  read(totalBytes: number, droppedBytes: number): TextDigest {
    const isBinary = this.sniffer.isBinary;
    const text = isBinary ? { head: '', tail: '', omittedChars: 0 } : this.digest.read(this.plain.unfinished);
    return { ...text, totalBytes, droppedBytes, isBinary };
  }

  private flushUnfinished(): void {
    this.silence = undefined;
    this.keep(this.plain.flushUnfinished());
  }

  private keep(piece: TextPiece): void {
    if (piece.bytes.length === 0) return;
    this.file.push(piece.bytes);
    this.digest.push(piece);
    if (this.sniffer.isBinary) return;
    this.urlFinder.push(piece.bytes);
    this.lines?.push(piece.bytes);
  }
}
