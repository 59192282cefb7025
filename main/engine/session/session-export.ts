/** A session as one text in a file of its own, written piece by piece, without what looks like a key. */
import { type FileHandle, open } from 'node:fs/promises';
import type { ExportFormat, TranscriptItem } from '../../../preload/contract/index.ts';
import { redactText } from '../lib/redact.ts';
import { createRowWriter, type ExportHead } from './export-rows.ts';
import { readChain } from './session-file.ts';
import { createTranscriptFold, type DescribeCall, type TranscriptStep } from './transcript-fold.ts';

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

/** Writes the active chain. Returns false where the session holds no record. Units: bytes in the answer. */
export async function writeExport({ sourcePath, targetPath, format, head, describe }: ExportRequest): Promise<number | undefined> {
  const file = await open(targetPath, 'wx', 0o600);
  try {
    const out = createChunks(file);
    const wrote = format === 'jsonl' ? await writeLines(sourcePath, out) : await writeRows({ sourcePath, format, head, describe }, out);
    if (!wrote) return undefined;
    await out.flush();
    return (await file.stat()).size;
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

/** The records themselves, for Qwen Code and for programs. */
async function writeLines(sourcePath: string, out: Chunks): Promise<boolean> {
  return await readChain(sourcePath, async (_record, lines) => {
    for (const line of lines) await out.put(`${JSON.stringify(withoutKeys(JSON.parse(line)))}\n`);
  });
}

/** A row waits until its call has ended, and those behind it wait with it. */
async function writeRows({ sourcePath, format, head, describe }: Omit<ExportRequest, 'targetPath'>, out: Chunks): Promise<boolean> {
  if (format === 'jsonl') return false;
  const writer = createRowWriter(format);
  const fold = createTranscriptFold(describe);
  const waiting: TranscriptItem[] = [];
  const take = (steps: readonly TranscriptStep[]) => {
    for (const { kind, item } of steps) {
      const at = kind === 'added' ? -1 : waiting.findIndex((row) => row.id === item.id);
      if (at === -1) waiting.push(item);
      else waiting[at] = item;
    }
  };
  const write = async (isLast: boolean) => {
    for (let row = waiting[0]; row !== undefined; row = waiting[0]) {
      if (!isLast && row.kind === 'tool' && row.status === 'pending') return;
      await out.put(writer.row(withoutKeys(row)));
      waiting.shift();
    }
  };
  await out.put(writer.begin(withoutKeys(head)));
  const hasRecords = await readChain(sourcePath, async (record) => {
    take(fold.push(record));
    await write(false);
  });
  take(fold.finish());
  await write(true);
  await out.put(writer.end());
  return hasRecords;
}

/** A copy with every text cleaned; nothing is cut, unlike in a log. */
function withoutKeys<T>(value: T): T {
  // The shape stays: texts become texts, and the rest is copied member by member.
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}

/** A name that every file system takes, from the title. */
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
