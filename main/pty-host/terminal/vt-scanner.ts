/**
 * The state machine under vt-boundary.ts: follows terminal output byte by byte, blanks what must not reach a viewer, and
 * records the queries in it and where the stream was last in ground state.
 *
 * Blanking keeps the length: a byte becomes NUL, which terminals ignore, so that offsets stay those of the process.
 * It follows xterm.js byte by byte where it matters: controls inside a sequence are skipped, C1 controls exist as two
 * UTF-8 bytes in every state, invalid UTF-8 is dropped without ending a sequence.
 */
import {
  CAN,
  CSI,
  DCS,
  ESCAPE,
  ESCAPE_INTERMEDIATE,
  GROUND,
  IGNORED_STRING,
  NUL,
  OSC_BODY,
  OSC_ID,
  asksForColor,
  isGroundByte,
  isSilentQuery,
  type VtQuery,
} from './vt-tables.ts';

const EMPTY = new Uint8Array(0);
export const NO_QUERIES: readonly VtQuery[] = [];

/** The state machine. One instance for each stream; a mutable class because it runs once for each byte. */
export class Scanner {
  /** Index after the last byte at which the stream was in ground state; -1: nowhere in the last scan. */
  groundAt = -1;
  private state = GROUND;
  private need = 0;
  private codePoint = 0;
  private length = 0;
  private start = -1;
  private isIntroOut = false;
  private marker = 0;
  private intermediate = 0;
  private param = -1;
  private hasMoreParams = false;
  private oscId = -1;
  private isBlanking = false;
  private hasAskedColor = false;
  private queries: VtQuery[] = [];
  private queriesAtGround = 0;
  private source: Uint8Array = EMPTY;
  private data: Uint8Array = EMPTY;

  isGround(): boolean {
    return this.state === GROUND && this.need === 0;
  }

  /** Goes back to the last ground state; returns the queries up to there. Later bytes will be scanned again. */
  rewind(): readonly VtQuery[] {
    this.queries.length = this.queriesAtGround;
    this.state = GROUND;
    this.need = 0;
    this.isBlanking = false;
    return this.takeQueries();
  }

  takeQueries(): readonly VtQuery[] {
    if (this.queries.length === 0) return NO_QUERIES;
    const taken = this.queries;
    this.queries = [];
    return taken;
  }

  /** Returns a copy with the blanked bytes; the array itself when nothing was blanked. */
  scan(data: Uint8Array): Uint8Array {
    this.source = data;
    this.data = data;
    this.groundAt = this.isGround() ? 0 : -1;
    this.queriesAtGround = 0;
    this.start = -1;
    if (this.state !== GROUND && !this.isBlanking) this.isIntroOut = true;
    const n = data.length;
    for (let i = 0; i < n; i++) {
      if (this.state === GROUND && this.need === 0) {
        while (i < n && isGroundByte(this.byte(i))) i++;
        this.mark(i);
        if (i >= n) break;
      }
      this.step(this.byte(i), i);
      if (this.state === GROUND && this.need === 0) this.mark(i + 1);
    }
    return this.data;
  }

  private mark(at: number): void {
    this.groundAt = at;
    this.queriesAtGround = this.queries.length;
  }

  private byte(i: number): number {
    return this.source[i] ?? 0;
  }

  private step(b: number, i: number): void {
    if (this.need > 0) {
      if ((b & 0xc0) === 0x80) {
        this.codePoint = (this.codePoint << 6) | (b & 0x3f);
        this.need--;
        if (this.isBlanking && this.codePoint >= 0xa0) this.blankCharacter(i);
        if (this.need === 0) this.wide(this.codePoint, i);
        return;
      }
      this.need = 0; // dropped as in xterm.js; this byte is handled by itself
    }
    if (b >= 0x80) this.lead(b, i);
    else this.ascii(b, i);
  }

  private lead(b: number, i: number): void {
    if (this.isBlanking && b !== 0xc2) this.blank(i); // 0xC2 may begin a C1 control, which ends this sequence
    this.length = b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
    if (this.length === 0) return;
    this.need = this.length - 1;
    this.codePoint = b & (0xff >> (this.length + 1));
  }

  private wide(code: number, i: number): void {
    if (code < 0xa0) {
      this.c1(code, i);
      return;
    }
    const isInvalid =
      (this.length === 3 && code < 0x800) ||
      (this.length === 4 && (code < 0x10000 || code > 0x10ffff)) ||
      (code >= 0xd800 && code < 0xe000) ||
      code === 0xfeff;
    if (isInvalid) return;
    if (this.state === ESCAPE || this.state === ESCAPE_INTERMEDIATE || this.state === CSI) this.state = GROUND;
  }

  /** A C1 control works in every state. `i` is its second byte. */
  private c1(code: number, i: number): void {
    if (code === 0x9b) this.begin(CSI, i - 1);
    else if (code === 0x9d) this.begin(OSC_ID, i - 1);
    else if (code === 0x90) {
      this.begin(DCS, i - 1);
      this.blankFromStart(i);
    } else if (code === 0x98 || code === 0x9e || code === 0x9f) this.begin(IGNORED_STRING, i - 1);
    else if (this.state !== GROUND) {
      if (code === 0x9c) this.endString(i, 2);
      this.end();
    }
  }

  private begin(state: number, at: number): void {
    this.state = state;
    this.start = at;
    this.isIntroOut = at < 0;
    this.marker = 0;
    this.intermediate = 0;
    this.param = -1;
    this.hasMoreParams = false;
    this.oscId = -1;
    this.hasAskedColor = false;
    this.isBlanking = false;
  }

  private end(): void {
    this.state = GROUND;
    this.isBlanking = false;
  }

  private ascii(b: number, i: number): void {
    if (b === 0x1b) {
      if (this.state === OSC_ID || this.state === OSC_BODY) this.reportOsc();
      this.begin(ESCAPE, i);
      return;
    }
    if (b === CAN || b === 0x1a) {
      this.end();
      return;
    }
    switch (this.state) {
      case ESCAPE:
        this.escape(b, i);
        return;
      case ESCAPE_INTERMEDIATE:
        if (b >= 0x30 && b < 0x7f) this.end();
        return;
      case CSI:
        this.csi(b, i);
        return;
      case OSC_ID:
      case OSC_BODY:
        this.osc(b, i);
        return;
      case DCS:
        this.blank(i); // xterm.js answers some of them, and draws none
        return;
      default:
    }
  }

  private escape(b: number, i: number): void {
    if (b < 0x20 || b === 0x7f) return;
    const at = this.start;
    if (b === 0x5b) this.begin(CSI, at);
    else if (b === 0x5d) this.begin(OSC_ID, at);
    else if (b === 0x50) this.begin(DCS, at);
    else if (b === 0x58 || b === 0x5e || b === 0x5f) this.begin(IGNORED_STRING, at);
    else if (b < 0x30) this.state = ESCAPE_INTERMEDIATE;
    else this.end();
    if (this.state === DCS) this.blankFromStart(i);
  }

  private csi(b: number, i: number): void {
    if (b < 0x20 || b === 0x7f) return;
    if (b >= 0x40) {
      this.dispatchCsi(b, i);
      this.end();
    } else if (b >= 0x3c) this.marker = this.marker === 0 ? b : -1;
    else if (b >= 0x30 && b <= 0x39) {
      if (!this.hasMoreParams) this.param = Math.min(Math.max(this.param, 0) * 10 + b - 0x30, 1e6);
    } else if (b >= 0x3a) this.hasMoreParams = true;
    else this.intermediate = b;
  }

  private dispatchCsi(final: number, i: number): void {
    const marker = this.marker;
    const plain = this.intermediate === 0;
    if (final === 0x63 && plain) {
      if (marker === 0 && this.param <= 0) this.queries.push('primary_attributes');
      if (marker === 0x3e && this.param <= 0) this.queries.push('secondary_attributes');
    } else if (final === 0x6e && plain && (marker === 0 || marker === 0x3f)) {
      if (marker === 0 && this.param === 5) this.queries.push('status');
      if (this.param === 6) this.queries.push(marker === 0 ? 'cursor' : 'private_cursor');
    } else if (!isSilentQuery(final, this.intermediate, marker, this.param)) return;
    if (this.start >= 0 && !this.isIntroOut) for (let at = this.start; at <= i; at++) this.blank(at);
    else this.replace(i, CAN); // its beginning is already published: cancel it
  }

  private osc(b: number, i: number): void {
    if (b === 0x07) {
      this.reportOsc();
      if (this.isBlanking && !this.isIntroOut) this.blank(i);
      this.end();
      return;
    }
    if (this.isBlanking) {
      this.blank(i);
      return;
    }
    if (b < 0x20) return;
    if (this.state === OSC_ID) {
      if (b >= 0x30 && b <= 0x39) {
        this.oscId = Math.min(Math.max(this.oscId, 0) * 10 + b - 0x30, 1e6);
        return;
      }
      this.state = OSC_BODY;
      if (b !== 0x3b) this.oscId = -1;
      if (this.oscId === 52) {
        this.isBlanking = true;
        this.blankFromStart(i);
      }
      return;
    }
    if (b === 0x3f && asksForColor(this.oscId)) {
      this.hasAskedColor = true;
      this.blank(i);
    }
  }

  private reportOsc(): void {
    if (!this.hasAskedColor) return;
    this.hasAskedColor = false;
    if (this.oscId === 10) this.queries.push('foreground');
    if (this.oscId === 11) this.queries.push('background');
  }

  private endString(i: number, width: number): void {
    this.reportOsc();
    if (!this.isBlanking || this.isIntroOut) return;
    for (let at = Math.max(0, i - width + 1); at <= i; at++) this.blank(at);
  }

  private blankFromStart(to: number): void {
    this.isBlanking = true;
    if (this.start < 0 || this.isIntroOut) {
      this.blank(to);
      this.isIntroOut = true;
      return;
    }
    for (let at = this.start; at <= to; at++) this.blank(at);
  }

  private blankCharacter(i: number): void {
    this.blank(i);
    if (this.length === 2) this.blank(i - 1);
  }

  private blank(i: number): void {
    this.replace(i, NUL);
  }

  private replace(i: number, by: number): void {
    if (i < 0) return;
    if (this.data === this.source) this.data = Uint8Array.from(this.source); // the raw log holds the original
    this.data[i] = by;
  }
}
