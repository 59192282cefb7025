/**
 * Keeps the beginning and the end of a text within a fixed budget so that a model can read it.
 * Shape: `head` is the beginning and never changes; `tail` is the end; `omittedChars` counts the characters between them.
 * Units: UTF-16 code units; a cut never splits a surrogate pair.
 * Source: docs/background-tasks.md, BT-26 and BT-27.
 */
import type { TextPiece } from './plain-text.ts';

export const DIGEST_CHARS = 30_000;
const HALF_CHARS = DIGEST_CHARS / 2;
/** A code unit takes at most 4 bytes. */
const TAIL_BYTES = HALF_CHARS * 4;
const SNIFF_BYTES = 4096;
/** Output with a larger share of control characters counts as binary. */
const CONTROL_SHARE = 0.05;

export interface Digest {
  push(piece: TextPiece): void;
  /** `unfinished` is the current, unfinished line. */
  read(unfinished: string): { readonly head: string; readonly tail: string; readonly omittedChars: number };
  /** Up to `maxChars` of the last line that has text. */
  lastLine(unfinished: string, maxChars: number): string;
}

export function createDigest(): Digest {
  let head = '';
  let totalChars = 0;
  let tail: Uint8Array[] = [];
  let tailBytes = 0;

  const tailText = () => Buffer.concat(tail).toString('utf8');

  return {
    push(piece) {
      if (piece.bytes.length === 0) return;
      totalChars += piece.chars;
      let bytes = piece.bytes;
      if (tail.length === 0 && head.length < HALF_CHARS) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
        const part = cutAfter(text, HALF_CHARS - head.length);
        head += part;
        if (part.length < text.length) bytes = Buffer.from(text.slice(part.length), 'utf8');
        else return;
      }
      tail.push(bytes);
      tailBytes += bytes.length;
      let dropped = 0;
      for (const first of tail) {
        if (tailBytes - first.length < TAIL_BYTES) break;
        tailBytes -= first.length;
        dropped++;
      }
      if (dropped > 0) tail = tail.slice(dropped);
    },
    read(unfinished) {
      const isHeadFull = tail.length > 0 || head.length + unfinished.length > HALF_CHARS;
      if (!isHeadFull) return { head: head + unfinished, tail: '', omittedChars: 0 };
      const whole = totalChars + unfinished.length;
      const end = cutBefore(tail.length > 0 ? tailText() + unfinished : unfinished, HALF_CHARS);
      if (head.length + end.length >= whole) return { head: head + end.slice(head.length + end.length - whole), tail: '', omittedChars: 0 };
      return { head, tail: end, omittedChars: whole - head.length - end.length };
    },
    lastLine(unfinished, maxChars) {
      if (unfinished.trim() !== '') return cutAfter(unfinished.trim(), maxChars);
      const text = tail.length > 0 ? lastText(tail, maxChars * 16) : head.slice(-maxChars * 16);
      const lines = text.trimEnd();
      return cutAfter(lines.slice(lines.lastIndexOf('\n') + 1).trim(), maxChars);
    },
  };
}

export interface BinarySniffer {
  push(chunk: Uint8Array): void;
  readonly isBinary: boolean;
}

/** Decides from the first 4 KiB whether output is binary: it holds a NUL or many control characters. */
export function createBinarySniffer(): BinarySniffer {
  let seen = 0;
  let controls = 0;
  let hasNul = false;
  return {
    push(chunk) {
      if (seen >= SNIFF_BYTES) return;
      const end = Math.min(chunk.length, SNIFF_BYTES - seen);
      for (let i = 0; i < end; i++) {
        const b = chunk[i] ?? 0;
        if (b === 0) hasNul = true;
        else if (b < 0x20 && (b < 0x07 || (b > 0x0d && b !== 0x0e && b !== 0x0f && b !== 0x1b))) controls++;
      }
      seen += end;
    },
    get isBinary() {
      return hasNul || (seen > 0 && controls / seen > CONTROL_SHARE);
    },
  };
}

function lastText(chunks: readonly Uint8Array[], minBytes: number): string {
  const taken: Uint8Array[] = [];
  let bytes = 0;
  for (let i = chunks.length - 1; i >= 0 && bytes < minBytes; i--) {
    const chunk = chunks[i];
    if (chunk === undefined) break;
    taken.unshift(chunk);
    bytes += chunk.length;
  }
  const all = Buffer.concat(taken);
  return all.subarray(Math.max(0, all.length - minBytes)).toString('utf8');
}

function cutAfter(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return isHighSurrogate(text, maxChars - 1) ? text.slice(0, maxChars - 1) : text.slice(0, maxChars);
}

function cutBefore(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const from = text.length - maxChars;
  return isHighSurrogate(text, from - 1) ? text.slice(from + 1) : text.slice(from);
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code < 0xdc00;
}
