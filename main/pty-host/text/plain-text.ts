/**
 * Plain text from terminal output: escape sequences removed, CRLF as LF, a line rewritten with carriage returns kept in
 * its last state, cursor movement dropped rather than interpreted. Works on UTF-8 bytes; invalid bytes become U+FFFD.
 *
 * A line is emitted when it is finished; `flushUnfinished` emits the beginning of one (a prompt), and a later
 * rewrite of it then appears as a new line. Pure: the caller owns the timer and the files.
 */
import { isUtf8 } from 'node:buffer';

export interface TextPiece {
  /** Valid UTF-8. */
  readonly bytes: Uint8Array;
  /** UTF-16 code units. */
  readonly chars: number;
}

export interface PlainText {
  push(chunk: Uint8Array): TextPiece;
  flushUnfinished(): TextPiece;
  /** The rest, a trailing partial character included. */
  end(): TextPiece;
  /** The unfinished line so far, not emitted yet. */
  readonly unfinished: string;
}

/** A longer line is emitted in parts, so that 100 MB without a newline do not stay in memory. */
const LONG_LINE_BYTES = 65_536;
/** Small while a task prints little; it grows to what a push needs. */
const OUT_BYTES = 4096;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NOTHING: TextPiece = { bytes: new Uint8Array(0), chars: 0 };

const TEXT = 0;
const ESCAPE = 1;
const ESCAPE_INTERMEDIATE = 2;
const CSI = 3;
const STRING = 4;

export function createPlainText(): PlainText {
  return new Assembler();
}

/** `out` holds finished lines, then the current one from `lineStart` on: a rewrite only moves the end back. */
class Assembler implements PlainText {
  private out: Buffer = Buffer.allocUnsafeSlow(OUT_BYTES);
  private outView = viewOf(this.out);
  private length = 0;
  private lineStart = 0;
  private isLineOut = false;
  private isReturned = false;
  private isAscii = true;
  private state = TEXT;
  private c2 = false;

  push(chunk: Uint8Array): TextPiece {
    this.reserve(chunk.length + 8);
    const view = viewOf(chunk);
    const n = chunk.length;
    for (let i = 0; i < n; i++) {
      if (this.state === TEXT && !this.c2 && !this.isReturned) {
        i = this.copyLines(view, i);
        if (i >= n) break;
      }
      this.step(chunk[i] ?? 0);
    }
    if (this.length - this.lineStart > LONG_LINE_BYTES) return this.take(this.wholeCharacters(), true);
    return this.take(this.lineStart, false);
  }

  flushUnfinished(): TextPiece {
    const end = this.wholeCharacters();
    return end === 0 ? NOTHING : this.take(end, true);
  }

  end(): TextPiece {
    if (this.c2) this.append(0xc2);
    this.c2 = false;
    return this.take(this.length, true);
  }

  get unfinished(): string {
    return this.out.toString('utf8', this.lineStart, this.wholeCharacters());
  }

  /**
   * Copies printable ASCII and line ends from `from` on, four bytes at a time; returns the index of the first other byte.
   * Nearly all of a flood takes this path: copying byte by byte cost a tenth of the command's speed.
   */
  private copyLines(view: DataView, from: number): number {
    const { outView } = this;
    const n = view.byteLength;
    let at = this.length;
    let i = from;
    for (;;) {
      while (i + 4 <= n) {
        const word = view.getInt32(i, true);
        if (!isPrintable(word)) break;
        outView.setInt32(at, word, true);
        i += 4;
        at += 4;
      }
      if (i >= n) break;
      const b = view.getUint8(i);
      if (b >= 0x20 && b < 0x7f) {
        outView.setUint8(at++, b);
        i++;
        continue;
      }
      const width = b === LINE_FEED ? 1 : b === RETURN && i + 1 < n && view.getUint8(i + 1) === LINE_FEED ? 2 : 0;
      if (width === 0) break;
      outView.setUint8(at++, LINE_FEED);
      i += width;
      this.lineStart = at;
      this.isLineOut = false;
    }
    this.length = at;
    return i;
  }

  private step(b: number): void {
    if (this.c2) {
      this.c2 = false;
      if (b >= 0x80 && b < 0xa0) {
        this.c1(b);
        return;
      }
      if (this.state === TEXT) this.append(0xc2);
    }
    if (b === 0x1b) {
      this.state = ESCAPE;
      return;
    }
    if (b === 0xc2) {
      this.c2 = true;
      return;
    }
    if (b === 0x18 || b === 0x1a) {
      this.state = TEXT;
      return;
    }
    switch (this.state) {
      case TEXT:
        this.text(b);
        return;
      case ESCAPE:
        if (b === 0x5b) this.state = CSI;
        else if (b === 0x5d || b === 0x50 || b === 0x58 || b === 0x5e || b === 0x5f) this.state = STRING;
        else if (b >= 0x20 && b < 0x30) this.state = ESCAPE_INTERMEDIATE;
        else if (b >= 0x30) this.state = TEXT;
        else this.text(b);
        return;
      case ESCAPE_INTERMEDIATE:
        if (b >= 0x30) this.state = TEXT;
        return;
      case CSI:
        if (b >= 0x40) this.state = TEXT;
        else if (b < 0x20) this.text(b); // controls inside a sequence take effect in a terminal
        return;
      default:
        if (b === 0x07) this.state = TEXT;
    }
  }

  private c1(b: number): void {
    if (b === 0x9b) this.state = CSI;
    else if (b === 0x90 || b === 0x98 || b === 0x9d || b === 0x9e || b === 0x9f) this.state = STRING;
    else this.state = TEXT;
  }

  private text(b: number): void {
    if (b === 0x0a) {
      this.isReturned = false;
      this.out[this.length++] = b;
      this.lineStart = this.length;
      this.isLineOut = false;
    } else if (b === 0x0d) this.isReturned = true;
    else if (b === 0x08) this.eraseLast();
    else if (b >= 0x20 ? b !== 0x7f : b === 0x09) this.append(b);
  }

  private append(b: number): void {
    if (this.isReturned) {
      this.isReturned = false;
      this.length = this.lineStart;
      if (this.isLineOut) {
        this.out[this.length++] = 0x0a;
        this.lineStart = this.length;
        this.isLineOut = false;
      }
    }
    if (b >= 0x80) this.isAscii = false;
    this.out[this.length++] = b;
  }

  private eraseLast(): void {
    while (this.length > this.lineStart) {
      this.length--;
      if (((this.out[this.length] ?? 0) & 0xc0) !== 0x80) return;
    }
  }

  /** End of the last whole character. */
  private wholeCharacters(): number {
    const end = this.length;
    for (let back = 1; back <= 3 && end - back >= this.lineStart; back++) {
      const b = this.out[end - back] ?? 0;
      if ((b & 0xc0) === 0x80) continue;
      const size = b < 0xc2 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 1;
      return size > back ? end - back : end;
    }
    return end;
  }

  private take(end: number, isUnfinished: boolean): TextPiece {
    if (end === 0) return NOTHING;
    const wasAscii = this.isAscii;
    const piece = valid(this.handOver(end), wasAscii);
    if (isUnfinished && end > this.lineStart) this.isLineOut = true;
    this.length -= end;
    this.lineStart = isUnfinished ? 0 : this.lineStart - end;
    if (this.length === 0) this.isAscii = true;
    return piece;
  }

  /** The first `end` bytes, which are not changed again: a large part is not copied, because its buffer is handed over. */
  private handOver(end: number): Uint8Array {
    if (end < this.out.length / 2) {
      const copy = new Uint8Array(this.out.subarray(0, end));
      this.out.copyWithin(0, end, this.length);
      return copy;
    }
    const given = this.out;
    this.out = Buffer.allocUnsafeSlow(Math.max(OUT_BYTES, this.length - end));
    this.outView = viewOf(this.out);
    given.copy(this.out, 0, end, this.length);
    return given.subarray(0, end);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(OUT_BYTES, this.length + more));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
    this.outView = viewOf(larger);
  }
}

/** True when each of the four bytes is from 0x20 to 0x7e: no high bit, none after adding 1, none after subtracting 0x20. */
function isPrintable(word: number): boolean {
  return ((word | (word + 0x01010101) | (word - 0x20202020)) & 0x80808080) === 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function valid(bytes: Uint8Array, isAscii: boolean): TextPiece {
  if (isAscii) return { bytes, chars: bytes.length };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return { bytes: isUtf8(bytes) ? bytes : Buffer.from(text, 'utf8'), chars: text.length };
}
