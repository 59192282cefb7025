/** The whole text of a message, read from the lines of its record in pieces. For a long line, only one piece is in memory. */
import type { FileHandle } from 'node:fs/promises';
import { isLong, type LineLocation, readTexts } from './long-line.ts';
import { parseRecord, type SessionRecord } from './session-record.ts';

/** A line of a record; the text of a long line is cut (long-line.ts). */
export interface RecordLine extends LineLocation {
  readonly text: string;
}

/** `lines`: the record as it is in the file, one line or several with the same uuid. */
export type VisitRecord = (record: SessionRecord, lines: readonly RecordLine[]) => void | Promise<void>;

export type MessagePart = 'text' | 'thinking';

/** The uncut text of a message as its row shows it: the prompt, the answer, or its thinking. */
export async function* readMessageText(file: FileHandle, lines: readonly RecordLine[], part: MessagePart): AsyncGenerator<string, void> {
  const joint = part === 'text' && lines.some(({ text }) => parseRecord(text)?.type === 'user') ? '\n' : '';
  let isFirst = true;
  for (const line of lines) {
    const record = parseRecord(line.text);
    if (record === undefined) continue;
    for await (const { text, isStart } of readPartTexts(file, line, { record, part })) {
      if (isStart && !isFirst) yield joint;
      isFirst = false;
      yield text;
    }
  }
}

interface WantedPart {
  readonly record: SessionRecord;
  readonly part: MessagePart;
}

async function* readPartTexts(
  file: FileHandle,
  line: RecordLine,
  { record, part }: WantedPart,
): AsyncGenerator<{ text: string; isStart: boolean }> {
  const parts = record.message?.parts ?? [];
  const shown = record.systemPayload?.['displayText'];
  const hasShown = record.type === 'user' && typeof shown === 'string';
  const isWanted = (at: number) => (parts[at]?.thought === true) === (part === 'thinking');
  if (!isLong(line)) {
    if (hasShown) yield { text: shown, isStart: true };
    else for (const [at, { text }] of parts.entries()) if (text !== undefined && isWanted(at)) yield { text, isStart: true };
    return;
  }
  let isStart = true;
  for await (const { path, text, isLast } of readTexts(file, line)) {
    const [top, second, at, name] = path;
    const isShown = top === 'systemPayload' && second === 'displayText' && path.length === 2;
    const isPart =
      top === 'message' && second === 'parts' && name === 'text' && path.length === 4 && typeof at === 'number' && isWanted(at);
    if (hasShown ? !isShown : !isPart) continue;
    yield { text, isStart };
    isStart = isLast;
  }
}

const PIECE_CHARS = 64 * 1024;

/** Splits a text in memory into pieces that end with whole characters, so that a writer needs no second copy. */
export function* inPieces(text: string): Generator<string, void> {
  for (let at = 0; at < text.length; ) {
    const isSplit = /[\ud800-\udbff]/.test(text[at + PIECE_CHARS - 1] ?? '');
    const end = at + PIECE_CHARS - (isSplit ? 1 : 0);
    yield text.slice(at, end);
    at = end;
  }
}
