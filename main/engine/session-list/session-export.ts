/** Exports a session as one text into a file of its own, written piece by piece, without anything that looks like a key. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { ExportFormat, TranscriptItem } from '../../../preload/contract/index.ts';
import { writingFile } from '../lib/file-errors.ts';
import { createTextRedactor, redactText } from '../lib/redact.ts';
import { openRegular } from '../lib/regular-file.ts';
import {
  createRowWriter,
  createTranscriptFold,
  decodeText,
  type DescribeCall,
  type ExportHead,
  isLong,
  type LineLocation,
  type MessagePart,
  readMessageText,
  readTokens,
  type RecordLine,
  type RowWriter,
  type TranscriptStep,
} from '../transcript/index.ts';
import { readChain } from '../session-file/index.ts';

const CHUNK_CHARS = 256 * 1024;

export const EXPORTS = {
  markdown: { extension: 'md', mediaType: 'text/markdown' },
  html: { extension: 'html', mediaType: 'text/html' },
  json: { extension: 'json', mediaType: 'application/json' },
  jsonl: { extension: 'jsonl', mediaType: 'application/x-ndjson' },
} as const satisfies Record<ExportFormat, { extension: string; mediaType: string }>;

export interface ExportRequest {
  readonly sourcePath: string;
  readonly targetPath: string;
  readonly format: ExportFormat;
  readonly head: ExportHead;
  readonly describe: DescribeCall;
}

/**
 * Writes the active chain. Returns the size in bytes, or undefined if the session contains no record.
 * Errors: `disk_full`, `file_unwritable`; the incomplete file is then removed.
 */
export function writeExport(request: ExportRequest): Promise<number | undefined> {
  return writingFile(request.targetPath, () => write(request));
}

async function write({ sourcePath, targetPath, format, head, describe }: ExportRequest): Promise<number | undefined> {
  const file = await open(targetPath, 'wx', 0o600);
  try {
    const out = createChunks(file);
    const wrote = format === 'jsonl' ? await writeLines(sourcePath, out) : await writeRows({ sourcePath, format, head, describe }, out);
    if (!wrote) return undefined;
    await out.flush();
    return (await file.stat()).size;
  } catch (error) {
    await rm(targetPath, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

interface Chunks {
  put(text: string): Promise<void>;
  flush(): Promise<void>;
}

function createChunks(file: FileHandle): Chunks {
  let held = '';
  const flush = async () => {
    const text = held;
    held = '';
    if (text !== '') await file.appendFile(text);
  };
  return {
    async put(text) {
      held += text;
      if (held.length >= CHUNK_CHARS) await flush();
    },
    flush,
  };
}

/** The records themselves, for Qwen Code and other programs. */
async function writeLines(sourcePath: string, out: Chunks): Promise<boolean> {
  return await withSource(sourcePath, (file) =>
    readChain(sourcePath, async (_record, lines) => {
      for (const line of lines) {
        if (isLong(line)) await writeLongLine(file, line, out);
        else await out.put(`${JSON.stringify(withoutKeys(JSON.parse(line.text)))}\n`);
      }
    }),
  );
}

async function writeLongLine(file: FileHandle, line: LineLocation, out: Chunks): Promise<void> {
  let redactor = createTextRedactor();
  for await (const token of readTokens(file, line)) {
    const text = token.kind === 'raw' ? String(token.bytes) : quoted(redactor.push(decodeText(token.bytes)));
    await out.put(text);
    if (token.kind === 'raw' || !token.isLast) continue;
    await out.put(quoted(redactor.end()));
    redactor = createTextRedactor();
  }
  await out.put('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A row that is not written yet; `lines` are the lines of a message whose text was cut. */
interface WaitingRow {
  item: TranscriptItem;
  readonly lines: readonly RecordLine[];
}

/** A row waits until its call has ended, and later rows wait with it. */
async function writeRows({ sourcePath, format, head, describe }: Omit<ExportRequest, 'targetPath'>, out: Chunks): Promise<boolean> {
  if (format === 'jsonl') return false;
  const writer = createRowWriter(format);
  const fold = createTranscriptFold(describe);
  const waiting: WaitingRow[] = [];
  const take = (steps: readonly TranscriptStep[], lines: readonly RecordLine[] = []) => {
    for (const { kind, item } of steps) {
      const row = kind === 'added' ? undefined : waiting.find((each) => each.item.id === item.id);
      if (row === undefined) waiting.push({ item, lines: lines.some(isLong) ? lines : [] });
      else row.item = item;
    }
  };
  return await withSource(sourcePath, async (file) => {
    const write = async (isLast: boolean) => {
      for (let row = waiting[0]; row !== undefined; row = waiting[0]) {
        if (!isLast && row.item.kind === 'tool' && row.item.status === 'pending') return;
        await writeRow(file, row, { writer, out });
        waiting.shift();
      }
    };
    await out.put(writer.begin(withoutKeys(head)));
    const hasRecords = await readChain(sourcePath, async (record, lines) => {
      take(fold.push(record), lines);
      await write(false);
    });
    take(fold.finish());
    await write(true);
    await out.put(writer.end());
    return hasRecords;
  });
}

/** A text that was cut is read from the file and written in its place. */
async function writeRow(file: FileHandle, { item, lines }: WaitingRow, { writer, out }: { writer: RowWriter; out: Chunks }): Promise<void> {
  const cut = CUT_PARTS.filter((part) => 'omittedChars' in item && (item.omittedChars?.[part] ?? 0) > 0);
  const places = new Map<string, MessagePart>(cut.map((part) => [randomUUID(), part]));
  const row = { ...withoutKeys(item), ...Object.fromEntries([...places].map(([place, part]) => [part, place])), omittedChars: undefined };
  const pieces = writer.row(row).split(new RegExp(`(${[...places.keys(), randomUUID()].join('|')})`));
  for (const piece of pieces) {
    const part = places.get(piece);
    if (part === undefined) {
      await out.put(piece);
      continue;
    }
    const redactor = createTextRedactor();
    for await (const text of readMessageText(file, lines, part)) await out.put(writer.piece(part, redactor.push(text)));
    await out.put(writer.piece(part, redactor.end()));
  }
}

const CUT_PARTS: readonly MessagePart[] = ['thinking', 'text'];

async function withSource<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openRegular(path);
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

/** Writes a text into a file of its own. Returns its size in bytes. */
export async function writeText(targetPath: string, pieces: AsyncIterable<string>): Promise<number> {
  const file = await open(targetPath, 'wx', 0o600);
  try {
    const out = createChunks(file);
    for await (const piece of pieces) await out.put(piece);
    await out.flush();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** A copy with keys removed from every text; unlike in a log, nothing is cut. */
function withoutKeys<T>(value: T): T {
  // The structure is kept: texts stay texts, and everything else is copied member by member.
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}

/** Derives a name from the title that every file system accepts. */
export function exportFileName(title: string, sessionId: string, format: ExportFormat): string {
  const words = title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
    .toLowerCase();
  return `${words === '' ? 'session' : words}-${sessionId.slice(0, 8)}.${EXPORTS[format].extension}`;
}
