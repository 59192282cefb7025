/** Reads a session file: its active chain, oldest first, one record at a time, and its end. */
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../lib/regular-file.ts';
import type { VisitRecord } from '../transcript/index.ts';
import { readTail, WHOLE_BYTES } from './chain-tail.ts';
import { findTitle } from './session-edges.ts';
import { readSegments, visitChain } from './visit-chain.ts';

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
    return (await visitChain(file, visit)).records > 0;
  } finally {
    await file.close();
  }
}

/** The ids of the records in the active chain; undefined if the file is too long for this. */
export async function activeUuids(file: FileHandle): Promise<ReadonlySet<string> | undefined> {
  if ((await file.stat()).size > WHOLE_BYTES) return undefined;
  const uuids = new Set<string>();
  for await (const { records } of readSegments(file)) for (const { record } of records) uuids.add(record.uuid);
  return uuids;
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

/** The state of a file; a long one is read only from its end. */
export async function scanState(file: FileHandle): Promise<FileState> {
  const { size } = await file.stat();
  if (size === 0) return EMPTY_FILE;
  const end = await readTail(file, { endOffset: size, wanted: undefined }, () => size > WHOLE_BYTES);
  return await describeEnd(file, size, end.records.at(-1)?.record.uuid ?? null);
}

/** The state of a file whose last record of the conversation is known. */
export async function describeEnd(file: FileHandle, size: number, leaf: string | null): Promise<FileState> {
  const tail = await readEnd(file, size);
  const title = await findTitle(file, size);
  return {
    sizeBytes: size,
    tail,
    endsWithNewline: tail.endsWith('\n'),
    leaf,
    title: title?.text,
    bytesSinceTitle: title === undefined ? 0 : size - title.endOffset,
  };
}
