/** Reads a session file: its active chain, oldest first, one record at a time, and its end. */
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../lib/regular-file.ts';
import {
  findLeaf,
  mergeRecords,
  parseRecord,
  readHeader,
  type RecordHeader,
  type RecordLine,
  type SessionRecord,
  type VisitRecord,
  walkChain,
} from '../transcript/index.ts';
import { readTail } from './chain-tail.ts';
import { createLineReader, type LineLocation, scanLines } from './line-file.ts';
import { type FileDamage, visitLongChain } from './long-chain.ts';
import { readTitle } from './session-edges.ts';

/** A longer file is read from its end, only as far as requested. Unit: bytes. */
export const WHOLE_BYTES = 8 * 1024 * 1024;

/** How much of the end is compared before an append. Unit: bytes. */
export const TAIL_BYTES = 96;

/** The state of the file that an append needs, and that shows whether the file has changed. Units: bytes. */
export interface FileState {
  readonly sizeBytes: number;
  readonly tail: string;
  readonly endsWithNewline: boolean;
  readonly leaf: string | null;
  readonly title: string | undefined;
  readonly bytesSinceTitle: number;
}

const EMPTY_FILE: FileState = { sizeBytes: 0, tail: '', endsWithNewline: true, leaf: null, title: undefined, bytesSinceTitle: 0 };

/** Visits the active chain, oldest first. False: the file is missing or contains no record. */
export async function readChain(path: string, visit: VisitRecord): Promise<boolean> {
  const file = await openIfThere(path);
  if (file === undefined) return false;
  try {
    return (await visitChain(file, visit)).leaf !== null;
  } finally {
    await file.close();
  }
}

/** The ids of the records in the active chain; undefined if the file is too long for this. */
export async function activeUuids(file: FileHandle): Promise<ReadonlySet<string> | undefined> {
  if ((await file.stat()).size > WHOLE_BYTES) return undefined;
  const { headers, state } = await scan(file);
  return new Set(walkChain(headers, state.leaf).uuids);
}

/** Undefined: the file does not exist. Errors: see `openRegular`. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await openRegular(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function isUnchanged(file: FileHandle, known: FileState): Promise<boolean> {
  const { size } = await file.stat();
  return size === known.sizeBytes && (await readEnd(file, size)) === known.tail;
}

async function readEnd(file: FileHandle, size: number): Promise<string> {
  const length = Math.min(TAIL_BYTES, size);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('latin1');
}

interface Scan {
  readonly damage: Omit<FileDamage, 'gaps'>;
  readonly state: FileState;
  /** One for each line. */
  readonly headers: readonly RecordHeader[];
  readonly places: ReadonlyMap<string, readonly LineLocation[]>;
}

async function scan(file: FileHandle): Promise<Scan> {
  const headers: RecordHeader[] = [];
  const places = new Map<string, LineLocation[]>();
  let end = 0;
  let endsWithNewline = true;
  let lineNumber = 0;
  let damage = { lines: 0, firstLine: 0 };
  let title: { text: string; end: number } | undefined;
  for await (const line of scanLines(file)) {
    end = line.offset + line.length + (line.complete ? 1 : 0);
    endsWithNewline = line.complete;
    lineNumber += 1;
    const header = readHeader(line.text);
    if (header === undefined) {
      if (line.text.trim() === '') continue;
      damage = { lines: damage.lines + 1, firstLine: damage.lines === 0 ? lineNumber : damage.firstLine };
      continue;
    }
    if (header.customTitle !== undefined) title = { text: header.customTitle, end };
    const known = places.get(header.uuid);
    headers.push(header);
    if (known === undefined) places.set(header.uuid, [{ offset: line.offset, length: line.length }]);
    else known.push({ offset: line.offset, length: line.length });
  }
  const state: FileState = {
    sizeBytes: end,
    tail: await readEnd(file, end),
    endsWithNewline,
    leaf: findLeaf(headers),
    title: title?.text,
    bytesSinceTitle: title === undefined ? 0 : end - title.end,
  };
  return { state, headers, places, damage };
}

export async function scanState(file: FileHandle): Promise<FileState> {
  const { size } = await file.stat();
  if (size === 0) return EMPTY_FILE;
  return size > WHOLE_BYTES ? await scanEnd(file, size) : (await scan(file)).state;
}

/** The state of a long file, read only from its end. */
export async function scanEnd(file: FileHandle, size: number): Promise<FileState> {
  const last = await readTail(file, { endOffset: size, wanted: undefined }, () => true);
  const tail = await readEnd(file, size);
  const title = await readTitle(file, size);
  return {
    sizeBytes: size,
    tail,
    endsWithNewline: tail.endsWith('\n'),
    leaf: last.records.at(-1)?.record.uuid ?? null,
    title,
    bytesSinceTitle: title === undefined ? 0 : size, // its position is unknown, so it is written again at once
  };
}

/** Two passes: first the locations, then the records of the chain one at a time, so that a file is never loaded whole. */
export async function visitChain(file: FileHandle, visit: VisitRecord): Promise<FileState & { readonly damage: FileDamage }> {
  const { size } = await file.stat();
  if (size > WHOLE_BYTES) {
    const { records, damage } = await visitLongChain(file, size, visit);
    const end = await scanEnd(file, size);
    return { ...end, leaf: records === 0 ? null : end.leaf, damage };
  }
  const { state, headers, places, damage } = await scan(file);
  const readLine = createLineReader(file);
  const chain = walkChain(headers, state.leaf);
  for (const uuid of chain.uuids) {
    let record: SessionRecord | undefined;
    const lines: RecordLine[] = [];
    for (const place of places.get(uuid) ?? []) {
      const line = await readLine(place);
      const part = parseRecord(line);
      if (part === undefined || lines.some(({ text }) => text === line)) continue; // a duplicate line adds nothing
      lines.push({ ...place, text: line });
      record = record === undefined ? part : mergeRecords(record, part);
    }
    if (record !== undefined) await visit(record, lines);
  }
  return { ...state, damage: { ...damage, gaps: chain.gaps } };
}
