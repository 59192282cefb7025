/** Reads the beginning and the end of a session file: its folder, its start time, its title. */
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../lib/regular-file.ts';
import { parseRecord, PROMPT_HEAD_SUBTYPE, readHeader, type SessionRecord, titleFromPrompt, typedText } from '../transcript/index.ts';
import { scanLines } from './line-file.ts';
import { defined } from '../../../preload/contract/index.ts';

/** Contains the first prompt of most sessions. Unit: bytes. */
const HEAD_BYTES = 8 * 1024;
/** Titles are written again every 32 KB, so this much of the end contains the last one. Unit: bytes. */
const TAIL_BYTES = 64 * 1024;
/** A first prompt with a pasted file can be long; beyond this length the session is listed without its text. Unit: bytes. */
const LONG_HEAD_BYTES = 1024 * 1024;
/** The title of a session that another program has continued is searched this far back. Unit: bytes. */
const FAR_TITLE_BYTES = 8 * 1024 * 1024;
const TITLE_MARK = Buffer.from('custom_title');
/** As written by us and by Qwen Code; inside a text, its quotes would be escaped. */
const ANSWER_MARK = Buffer.from('"type":"assistant"');

export interface SessionEdges {
  readonly first: SessionRecord | undefined;
  /** The given title, otherwise the beginning of the first prompt; empty if there is neither. */
  readonly title: string;
  /** The beginning of the first prompt, if the title is different. */
  readonly firstPrompt?: string;
  /** The model of the last answer. */
  readonly modelId?: string;
}

/** Errors: those of the file system. */
export async function readEdges(path: string, sizeBytes: number): Promise<SessionEdges> {
  const file = await openRegular(path);
  try {
    const tail = await readBytes(file, Math.max(0, sizeBytes - TAIL_BYTES), Math.min(sizeBytes, TAIL_BYTES));
    const head = sizeBytes <= TAIL_BYTES ? tail : await readBytes(file, 0, HEAD_BYTES);
    const name = titleIn(tail)?.text;
    let found = describeHead(head);
    // Without a whole first record nothing is known; without a prompt only the title is missing.
    for (const length of [TAIL_BYTES, LONG_HEAD_BYTES]) {
      const knows = found.first !== undefined && (name !== undefined || found.prompt !== undefined);
      if (knows || head.length >= sizeBytes) break;
      if (length === LONG_HEAD_BYTES && found.first !== undefined) break;
      found = describeHead(await readBytes(file, 0, Math.min(sizeBytes, length)));
    }
    if (found.first === undefined && sizeBytes > LONG_HEAD_BYTES) found = await describeFirstLine(file);
    const promptTitle = titleFromPrompt(found.prompt ?? '');
    const modelId = modelIn(tail);
    return {
      first: found.first,
      title: name ?? promptTitle,
      ...(name === undefined || promptTitle === '' || promptTitle === name ? {} : { firstPrompt: promptTitle }),
      ...defined({ modelId }),
    };
  } finally {
    await file.close();
  }
}

/** The last title near the end of a file, and where its line ends. Unit: bytes. */
export async function findTitle(file: FileHandle, sizeBytes: number): Promise<{ text: string; endOffset: number } | undefined> {
  for (const length of [TAIL_BYTES, FAR_TITLE_BYTES]) {
    const start = Math.max(0, sizeBytes - length);
    const found = titleIn(await readBytes(file, start, sizeBytes - start));
    if (found !== undefined) return { text: found.text, endOffset: start + found.end };
    if (start === 0) return undefined;
  }
  return undefined;
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Reads only as far as the first prompt. */
function describeHead(head: Buffer): { first: SessionRecord | undefined; prompt: string | undefined } {
  let first: SessionRecord | undefined;
  for (const line of head.toString('utf8').split('\n')) {
    const record = parseRecord(line);
    if (record === undefined) continue;
    first ??= record;
    if (record.subtype === PROMPT_HEAD_SUBTYPE) return { first, prompt: typedText(record) };
    if (record.type !== 'user' || record.subtype !== undefined || record.gantry?.shell !== undefined) continue;
    return { first, prompt: typedText(record) };
  }
  return { first, prompt: undefined };
}

/** For a first line that is longer than the largest read. */
async function describeFirstLine(file: FileHandle): Promise<ReturnType<typeof describeHead>> {
  for await (const { text } of scanLines(file)) return describeHead(Buffer.from(text));
  return { first: undefined, prompt: undefined };
}

/** The last title record. Its line is searched from the end, so that nothing else is parsed. `end`: after its newline. */
function titleIn(tail: Buffer): { readonly text: string; readonly end: number } | undefined {
  for (let at = tail.lastIndexOf(TITLE_MARK); at !== -1; ) {
    const start = tail.lastIndexOf(0x0a, at) + 1;
    const end = tail.indexOf(0x0a, at);
    const text = readHeader(tail.toString('utf8', start, end === -1 ? tail.length : end))?.customTitle;
    if (text !== undefined) return { text, end: end === -1 ? tail.length : end + 1 };
    if (start === 0) return undefined;
    at = tail.lastIndexOf(TITLE_MARK, start - 1);
  }
  return undefined;
}

/** The model of the last complete answer at the end of the file. */
function modelIn(tail: Buffer): string | undefined {
  const at = tail.lastIndexOf(ANSWER_MARK);
  if (at === -1) return undefined;
  const end = tail.indexOf(0x0a, at);
  return parseRecord(tail.toString('utf8', tail.lastIndexOf(0x0a, at) + 1, end === -1 ? tail.length : end))?.model;
}
