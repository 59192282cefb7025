/**
 * Reads a session from the end of its file. A long file is not read whole: its end is loaded, and earlier rows are read when the
 * user scrolls to them. The model's history is the loaded part, from the first prompt of the user in it.
 */
import type { FileHandle } from 'node:fs/promises';
import type { ItemId, TranscriptItem } from '../../../preload/contract/index.ts';
import {
  callsOf,
  createTranscriptFold,
  type DescribeCall,
  type EarlierRequest,
  MAX_EARLIER,
  parseRecord,
  type SessionRecord,
  SNAPSHOT_ITEMS,
} from '../transcript/index.ts';
import { type ChainPosition, type PlacedRecord, readTail, type TailSegment, WHOLE_BYTES } from './chain-tail.ts';
import { findLineNumber, scanLines } from './line-file.ts';
import { createSessionLoader, damaged, type LoadedSession } from './load-session.ts';
import { readEdges } from './session-edges.ts';
import type { OnLeaf, SessionLog } from './session-log.ts';

/** More than any model reads: about four million tokens. Unit: bytes of the file. */
const HISTORY_BYTES = 16 * 1024 * 1024;
/** The number of rows whose positions are kept; other positions are searched from the end. */
const MAX_PLACES = 5000;
/** A result follows soon after its call; later lines are not searched. */
const RESULT_LINES = 400;
/** The number of records read at a time while searching for a row. */
const STEP_RECORDS = 500;

export interface EarlierRows {
  readonly items: TranscriptItem[];
  readonly earlierItems: number;
  readonly earlierIsGuess?: boolean;
}

/** Where the rows before a row are. */
interface RowPlace {
  /** Undefined: there are none. */
  readonly before: ChainPosition | undefined;
  /** Their number, if it is known. */
  readonly earlierItems: number | undefined;
}

/**
 * Both return undefined if the file does not exist. Errors of `load`: `session_damaged` (the file contains no readable record),
 * `session_unknown` (it belongs to another folder).
 */
export interface SessionReader {
  load(): Promise<LoadedSession | undefined>;
  earlier(request: EarlierRequest): Promise<EarlierRows | undefined>;
}

export function createSessionReader(log: SessionLog, cwd: string, describe: DescribeCall): SessionReader {
  const places = new Map<ItemId, RowPlace>();
  let bytesPerRow: number | undefined;

  const remember = (itemId: ItemId, place: RowPlace) => {
    places.delete(itemId);
    places.set(itemId, place);
    const [oldest] = places.keys();
    if (places.size > MAX_PLACES && oldest !== undefined) places.delete(oldest);
  };

  const countEarlier = ({ before, earlierItems }: RowPlace) => {
    if (before === undefined) return { earlierItems: 0 };
    if (earlierItems !== undefined) return { earlierItems };
    return { earlierItems: Math.max(1, Math.round(before.endOffset / (bytesPerRow ?? before.endOffset))), earlierIsGuess: true };
  };

  async function load(file: FileHandle, sizeBytes: number, onLeaf: OnLeaf): Promise<LoadedSession> {
    const segment = await readTail(file, { endOffset: sizeBytes, wanted: undefined }, createEnough(sizeBytes));
    if (segment.records.length === 0) throw damaged(log.path);
    onLeaf(segment.records.at(-1)?.record.uuid ?? null);
    const loading = createSessionLoader(cwd, describe);
    const rowPlaces = new Map<ItemId, RowPlace>();
    const isWhole = segment.before === undefined;
    const begins = isWhole
      ? 0
      : Math.max(
          0,
          segment.records.findIndex(({ record }) => isStart(record)),
        );
    let rows = 0;
    segment.records.forEach(({ record, before }, index) => {
      const [first, ...others] = loading.push(record, index < begins).filter(({ kind }) => kind === 'added');
      if (first === undefined) return;
      rowPlaces.set(first.item.id, { before, earlierItems: isWhole ? rows : undefined });
      rows += 1 + others.length;
    });
    const readBytes = sizeBytes - (segment.before?.endOffset ?? 0);
    bytesPerRow = Math.max(1, readBytes / Math.max(1, rows));
    const { count, firstOffset } = segment.unreadable;
    const firstLine = firstOffset === undefined || !isWhole ? 0 : await findLineNumber(file, firstOffset);
    const loaded = loading.finish({ lines: count, firstLine, gaps: segment.gaps });
    // The window begins with a whole record, so that the position before it is known.
    const start = Math.max(
      0,
      loaded.items.findIndex(({ id }) => rowPlaces.has(id)),
    );
    const items = loaded.items.slice(start);
    for (const { id } of items) {
      const place = rowPlaces.get(id);
      if (place !== undefined) remember(id, place);
    }
    const oldest = items[0] === undefined ? undefined : rowPlaces.get(items[0].id);
    const earlier = countEarlier(oldest ?? { before: segment.before, earlierItems: undefined });
    if (isWhole) return { ...loaded, items, ...earlier };
    const { title, first } = await readEdges(log.path, sizeBytes);
    const createdAtMs = Date.parse(first?.timestamp ?? '');
    return {
      ...loaded,
      items,
      ...earlier,
      title: title === '' ? loaded.title : title,
      createdAtMs: Number.isNaN(createdAtMs) ? loaded.createdAtMs : createdAtMs,
    };
  }

  async function earlier(file: FileHandle, sizeBytes: number, request: EarlierRequest): Promise<EarlierRows> {
    const { beforeItemId: itemId, limit } = request;
    const found = places.has(itemId) ? undefined : await findRow(file, sizeBytes, { itemId, describe });
    const known = places.get(itemId) ?? found;
    const place = known?.before;
    if (known === undefined || place === undefined) return { items: [], earlierItems: 0 };
    const segment = await readTail(file, place, createEnoughEarlier({ ...request, limit: limit + (found?.ownRows ?? 0) }));
    const fold = createTranscriptFold(describe);
    const items: TranscriptItem[] = [];
    const firsts: { readonly id: ItemId; readonly at: number; readonly before: ChainPosition | undefined }[] = [];
    const apply = (record: SessionRecord, before?: ChainPosition, isOwn = false) => {
      let isFirst = isOwn;
      for (const { kind, item } of fold.push(record)) {
        const at = kind === 'added' ? -1 : items.findIndex(({ id }) => id === item.id);
        if (at !== -1) items[at] = item;
        if (kind === 'added') items.push(item);
        if (kind === 'added' && isFirst) firsts.push({ id: item.id, at: items.length - 1, before });
        if (kind === 'added') isFirst = false;
      }
    };
    for (const { record, before } of segment.records) apply(record, before, true);
    for (const record of await readResults(file, place.endOffset, openCalls(segment))) apply(record);
    const cut = items.findIndex(({ id }) => id === itemId);
    if (cut !== -1) items.splice(cut);
    for (const { item } of fold.finish()) items.splice(0, items.length, ...items.map((row) => (row.id === item.id ? item : row)));
    bytesPerRow ??= Math.max(1, (place.endOffset - (segment.before?.endOffset ?? 0)) / Math.max(1, items.length));
    const earlierItems = known.earlierItems === undefined ? undefined : Math.max(0, known.earlierItems - items.length);
    for (const { id, at, before } of firsts)
      if (at < items.length) remember(id, { before, earlierItems: earlierItems === undefined ? undefined : earlierItems + at });
    return { items, ...countEarlier({ before: segment.before, earlierItems }) };
  }

  return {
    load: () => log.read(load),
    earlier: (request) => log.read((file, sizeBytes) => earlier(file, sizeBytes, request)),
  };
}

/** Enough for the window and the model: a summary, or more than any model reads, and then up to a prompt of the user. */
function createEnough(sizeBytes: number): (oldest: PlacedRecord) => boolean {
  if (sizeBytes <= WHOLE_BYTES) return () => false;
  let rows = 0;
  let bytes = 0;
  let hasSummary = false;
  return ({ record, sizeInMemory }) => {
    rows += rowIds(record).length;
    bytes += sizeInMemory;
    hasSummary ||= record.subtype === 'chat_compression';
    if (rows <= SNAPSHOT_ITEMS) return bytes > HISTORY_BYTES * 4;
    return hasSummary || (bytes > HISTORY_BYTES && (isStart(record) || bytes > HISTORY_BYTES * 2));
  };
}

/** Reads back to the wanted row, up to the limit of one answer. */
function createEnoughEarlier({ limit, untilItemId }: EarlierRequest): (oldest: PlacedRecord) => boolean {
  let rows = 0;
  let bytes = 0;
  let isMet = untilItemId === undefined;
  return ({ record, sizeInMemory }) => {
    const ids = rowIds(record);
    rows += ids.length;
    bytes += sizeInMemory;
    isMet ||= ids.some((id) => id === untilItemId);
    return rows >= limit && (isMet || rows >= MAX_EARLIER || bytes >= HISTORY_BYTES);
  };
}

/** A history that begins with this record is accepted by every provider. */
function isStart(record: SessionRecord): boolean {
  return (record.type === 'user' && record.subtype === undefined) || record.subtype === 'chat_compression';
}

/** The ids of the rows that a record adds. An approximation, used only to decide when to stop. */
function rowIds(record: SessionRecord): readonly string[] {
  if (record.type === 'user') return [record.uuid];
  if (record.type !== 'assistant') return record.subtype === 'gantry_notice' || record.subtype === 'chat_compression' ? [record.uuid] : [];
  const parts = record.message?.parts ?? [];
  const text = parts.some((part) => part.text !== undefined && part.text !== '') ? [record.uuid] : [];
  return [...text, ...callsOf(parts, record.uuid).map((call) => call.id)];
}

function openCalls({ records }: TailSegment): Set<string> {
  const open = new Set<string>();
  for (const { record } of records) {
    for (const call of callsOf(record.message?.parts ?? [], record.uuid)) open.add(call.id);
    if (record.type !== 'tool_result') continue;
    open.delete(record.toolCallResult?.callId ?? record.message?.parts[0]?.functionResponse?.id ?? '');
  }
  return open;
}

/** The record that adds a row. */
interface FoundRow extends RowPlace {
  /** The number of rows of the record, an approximation. */
  readonly ownRows: number;
}

/** Searches backward from the end; in a long file, a few hundred records at a time. */
async function findRow(file: FileHandle, sizeBytes: number, { itemId, describe }: RowSearch): Promise<FoundRow | undefined> {
  for (let next: ChainPosition | undefined = { endOffset: sizeBytes, wanted: undefined }; next !== undefined; ) {
    let count = 0;
    const segment: TailSegment = await readTail(file, next, () => (count += 1) >= STEP_RECORDS && sizeBytes > WHOLE_BYTES);
    next = segment.before;
    const fold = createTranscriptFold(describe);
    let rows = 0;
    for (const { record, lines } of segment.records)
      for (const { kind, item } of fold.push(record)) {
        if (kind === 'added' && item.id === itemId) {
          const endOffset = lines.reduce((end, { offset, length }) => Math.max(end, offset + length), 0);
          const earlierItems = next === undefined ? rows : undefined;
          return { before: { endOffset, wanted: record.uuid }, earlierItems, ownRows: rowIds(record).length };
        }
        if (kind === 'added') rows += 1;
      }
  }
  return undefined;
}

interface RowSearch {
  readonly itemId: ItemId;
  readonly describe: DescribeCall;
}

/** The results of these calls, from the lines after `offset`. */
export async function readResults(file: FileHandle, offset: number, callIds: ReadonlySet<string>): Promise<readonly SessionRecord[]> {
  const waiting = new Set(callIds);
  const results: SessionRecord[] = [];
  let lines = 0;
  for await (const line of scanLines(file, offset)) {
    if (waiting.size === 0 || (lines += 1) > RESULT_LINES) break;
    const record = line.text.includes('tool_result') ? parseRecord(line.text) : undefined;
    if (record?.type !== 'tool_result') continue;
    const callId = record.toolCallResult?.callId ?? record.message?.parts[0]?.functionResponse?.id ?? '';
    if (waiting.delete(callId)) results.push(record);
  }
  return results;
}
