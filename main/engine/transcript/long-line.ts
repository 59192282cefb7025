/**
 * Lines that are too long to keep in memory: read as JSON with long texts cut, or as whole texts piece by piece.
 * Memory: one window, and what a clip keeps.
 */
import type { FileHandle } from 'node:fs/promises';
import { createJsonClip } from './json-clip.ts';
import { createJsonScanner, decodeText, type JsonPath, type JsonToken } from './json-scan.ts';

/**
 * Longer lines are not kept in memory. A prompt with all its attachments (8 MiB over the bridge) and the files it names fits.
 * Unit: bytes.
 */
export const MAX_LINE_BYTES = 12 * 1024 * 1024;

const WINDOW_BYTES = 256 * 1024;
/** The length of a text that is shown and sent to the model, and the total for one field of a record. Units: bytes as written. */
const LIMITS = { textBytes: 64 * 1024, memberBytes: 4 * 1024 * 1024 };

/** Units: bytes; `length` excludes the newline. */
export interface LineLocation {
  readonly offset: number;
  readonly length: number;
}

export function isLong({ length }: LineLocation): boolean {
  return length > MAX_LINE_BYTES;
}

/** The line with its long texts cut; see `createJsonClip`. Empty if it cannot be a record. */
export async function clipLine(file: FileHandle, place: LineLocation): Promise<string> {
  const clip = createJsonClip(LIMITS);
  for await (const bytes of readWindows(file, place)) clip.push(bytes);
  return clip.result();
}

/** The line in pieces, in order; texts are not cut. The bytes of a token are valid until the next one is requested. */
export async function* readTokens(file: FileHandle, place: LineLocation): AsyncGenerator<JsonToken, void> {
  const scanner = createJsonScanner();
  for await (const bytes of readWindows(file, place)) yield* scanner.push(bytes);
}

export interface TextPiece {
  readonly path: JsonPath;
  readonly text: string;
  readonly isLast: boolean;
}

/** The text values of the line, in order, in pieces that end with whole characters. */
export async function* readTexts(file: FileHandle, place: LineLocation): AsyncGenerator<TextPiece, void> {
  for await (const token of readTokens(file, place)) {
    if (token.kind === 'text') yield { path: token.path, text: decodeText(token.bytes), isLast: token.isLast };
  }
}

async function* readWindows(file: FileHandle, { offset, length }: LineLocation): AsyncGenerator<Buffer, void> {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(window, 0, Math.min(WINDOW_BYTES, length - at), offset + at);
    if (bytesRead === 0) return; // the file was truncated in the meantime
    yield window.subarray(0, bytesRead);
    at += bytesRead;
  }
}
