/**
 * Reads the active chain from its end, as far as requested, and further on demand. Only the records of one segment are in memory.
 * A parent that is not found within `LOOKBACK_BYTES` counts as missing, and the chain continues with the previous record (see
 * record-chain.ts). Records stored after their children are found within a segment.
 */
import type { FileHandle } from 'node:fs/promises';
import { findStrays, isBeside, isRoot, mergeRecords, parseRecord, type RecordHeader, type SessionRecord } from '../transcript/index.ts';
import { createLineReader, type LineLocation, type ScannedLine, scanLinesBackward } from './line-file.ts';
import { defined } from '../../../preload/contract/index.ts';

/** A file up to this length is read in one segment. Unit: bytes. */
export const WHOLE_BYTES = 8 * 1024 * 1024;
const LOOKBACK_BYTES = 16 * 1024 * 1024;
/** The number of records of other branches whose location is kept, in case a child refers to one. */
const MAX_SKIPPED = 20_000;

/** Everything before `endOffset` is unread. The next record of the chain is `wanted`, or any record if undefined. */
export interface ChainPosition {
  readonly endOffset: number;
  readonly wanted: string | undefined;
}

export interface PlacedRecord {
  readonly record: SessionRecord;
  /** The size in memory; for a long line only the part that was not cut. Unit: about bytes. */
  readonly sizeInMemory: number;
  /** In the order of the file: one line, or several with the same uuid. */
  readonly lines: readonly LineLocation[];
  /** Where the chain continues before this record; undefined: it is the first. */
  readonly before: ChainPosition | undefined;
}

export interface TailSegment {
  /** Oldest first. */
  readonly records: readonly PlacedRecord[];
  /** Where to continue; undefined: the beginning was reached. */
  readonly before: ChainPosition | undefined;
  readonly unreadable: UnreadableLines;
  readonly gaps: number;
}

/** The lines that are not records. */
export interface UnreadableLines {
  readonly count: number;
  /** Of the first one; undefined: there is none. Unit: bytes. */
  readonly firstOffset: number | undefined;
}

/** A record that was passed: it belongs to another branch, or is stored after its child. */
interface SkippedRecord {
  header: RecordHeader;
  /** In the order of the file. */
  readonly lines: LineLocation[];
}

/** Reads until `isEnough` returns true for the oldest record so far, or until the beginning. */
export async function readTail(
  file: FileHandle,
  from: ChainPosition,
  isEnough: (oldest: PlacedRecord) => boolean,
  { lookbackBytes = LOOKBACK_BYTES }: { readonly lookbackBytes?: number } = {},
): Promise<TailSegment> {
  const found: PlacedRecord[] = [];
  const places = new Map<string, PlacedRecord>();
  const skipped = new Map<string, SkippedRecord>();
  /** The skipped child of a record that is stored last. */
  const children = new Map<string, string>();
  const readLine = createLineReader(file);
  let next: ChainPosition | undefined = from;
  /** The newest record at the end or after a gap, and its index. Its children may be stored before it. */
  let head: { readonly uuid: string; readonly at: number } | undefined;
  const unreadable = new Set<number>(); // after a gap, a part is read again
  let gaps = 0;
  let isGap = false;
  /** All lines before `from` have been passed. */
  let isWhole = false;

  const put = (at: number, placed: PlacedRecord) => {
    places.set(placed.record.uuid, placed);
    found.splice(at, 0, placed);
  };

  const replace = (placed: PlacedRecord, by: PlacedRecord) => {
    found[found.lastIndexOf(placed)] = by;
    places.set(by.record.uuid, by);
  };

  /** The line of the record that is equal to this one, which adds nothing. */
  const findEqual = async ({ lines }: PlacedRecord, line: ScannedLine): Promise<LineLocation | undefined> => {
    for (const known of lines)
      if (known.length === line.length && (known.offset === line.offset || (await readLine(known)) === line.text)) return known;
    return undefined;
  };

  const take = ({ record, lines, sizeInMemory }: Omit<PlacedRecord, 'before'>): boolean => {
    const locations = lines.map(({ offset, length }) => ({ offset, length }));
    const before = continuation(record, locations[0]?.offset ?? 0);
    const placed = { record, sizeInMemory, lines: locations, before };
    if (next?.wanted === undefined) head = { uuid: record.uuid, at: found.length };
    put(found.length, placed);
    next = before;
    return isEnough(placed);
  };

  const skip = (record: SessionRecord, line: ScannedLine): void => {
    const location = { offset: line.offset, length: line.length };
    const known = skipped.get(record.uuid);
    if (known !== undefined) {
      if (known.lines.some(({ offset }) => offset === line.offset)) return;
      known.lines.unshift(location);
      known.header = toHeader(record); // that of the first line, as for a record that is read whole
      return;
    }
    if (skipped.size >= MAX_SKIPPED) return;
    const { uuid, parentUuid } = record;
    skipped.set(uuid, { header: toHeader(record), lines: [location] });
    if (parentUuid !== null && !isBeside(record) && !children.has(parentUuid)) children.set(parentUuid, uuid);
  };

  const readSkipped = async (uuid: string | undefined) => {
    const lines = uuid === undefined || places.has(uuid) ? undefined : skipped.get(uuid)?.lines;
    return lines === undefined ? undefined : await readRecord(readLine, lines);
  };

  /**
   * Takes parents that were already passed, because they are stored after their children. Returns whether the segment is complete: it
   * ends only where all that is left is stored before it, because the next segment is read from there.
   */
  const takeSkipped = async (isEnoughSoFar: boolean): Promise<boolean> => {
    let isDone = isEnoughSoFar;
    let isOrdered = true;
    for (let parent = await readSkipped(next?.wanted); parent !== undefined; parent = await readSkipped(next?.wanted)) {
      const endOffset = next?.endOffset ?? 0;
      if (isDone && isOrdered && startOf(parent) < endOffset) return true;
      isDone = take(parent) || isDone;
      isOrdered = next === undefined || next.endOffset <= endOffset;
      if (next !== undefined) next = { ...next, endOffset: Math.min(endOffset, next.endOffset) };
    }
    return isDone && isOrdered;
  };

  /** Children of the newest record that are stored before it. */
  const takeChildren = async (): Promise<void> => {
    for (let child = await readSkipped(children.get(head?.uuid ?? '')); child !== undefined && head !== undefined; ) {
      const parent = places.get(head.uuid);
      const end = parent?.lines.at(-1);
      const endOffset = end === undefined ? 0 : end.offset + end.length;
      put(head.at, { ...child, before: { endOffset, wanted: head.uuid } });
      head = { uuid: child.record.uuid, at: head.at };
      child = await readSkipped(children.get(head.uuid));
    }
  };

  /** The first record of a file that has only detached ones. */
  const takeDetached = async (): Promise<void> => {
    const [first] = [...skipped.values()].toSorted((one, other) => startOf(one) - startOf(other));
    const record = await readSkipped(first?.header.uuid);
    if (record !== undefined) take(record);
  };

  /**
   * After a gap: the nearest record before the oldest one, if it was passed. That is possible if the oldest one is stored after its
   * child. Returns true if the chain continues with it.
   */
  const takePassed = async (): Promise<boolean> => {
    const offset = startOf(found.at(-1));
    const endOffset = next?.endOffset ?? 0;
    let nearest: SkippedRecord | undefined;
    if (offset > endOffset)
      for (const each of skipped.values()) {
        const isNearer = startOf(each) < offset && startOf(each) >= (nearest === undefined ? endOffset : startOf(nearest));
        if (isNearer && !isBeside(each.header) && !places.has(each.header.uuid)) nearest = each;
      }
    const record = await readSkipped(nearest?.header.uuid);
    if (record === undefined) return false;
    gaps += 1;
    next = { endOffset, wanted: undefined };
    take(record);
    next = next && { ...next, endOffset: Math.min(endOffset, next.endOffset) };
    await takeChildren();
    await takeSkipped(false);
    return true;
  };

  for (;;) {
    if (next === undefined) break;
    const startedAt: ChainPosition = next;
    let passedBytes = 0; // excluding the cut parts of long lines
    let wasMet = false;
    let isDone = false;
    const isMissing: boolean = isWhole && startedAt.wanted !== undefined && skipped.size < MAX_SKIPPED;
    let isAtStart: boolean = !isMissing;
    for await (const line of isMissing ? [] : scanLinesBackward(file, startedAt.endOffset)) {
      passedBytes += line.text.length;
      const isTooFar = passedBytes - line.text.length > lookbackBytes;
      const record = parseRecord(line.text);
      if (isTooFar || (isDone && record?.uuid !== found.at(-1)?.record.uuid)) {
        isAtStart = false;
        break;
      }
      if (record === undefined) {
        if (line.text.trim() !== '') unreadable.add(line.offset);
        continue;
      }
      const known = places.get(record.uuid);
      if (known !== undefined) {
        const equal = await findEqual(known, line);
        if (equal?.offset === line.offset) continue;
        const longer: PlacedRecord = mergeEarlier(known, record, { line, equal });
        const ordered = equal === undefined ? undefined : await readRecord(readLine, longer.lines); // a line has moved forward
        const merged: PlacedRecord = ordered === undefined ? longer : { ...longer, record: ordered.record };
        replace(known, merged);
        if (found.at(-1) !== merged) continue;
        next = merged.before;
        isDone = await takeSkipped(isDone);
        if (next !== undefined) continue;
        isAtStart = line.offset === 0;
        break;
      }
      const isNext = next?.wanted === undefined ? !isBeside(record) : record.uuid === next.wanted;
      if (!isNext) {
        skip(record, line);
        if (record.parentUuid === head?.uuid) await takeChildren();
        continue;
      }
      if (isGap) gaps += 1;
      isGap = false;
      wasMet = true;
      passedBytes = 0;
      const isAfterGap = next?.wanted === undefined;
      if (skipped.has(record.uuid)) skip(record, line); // its later lines, or all of them, were passed before
      const whole = (await readSkipped(record.uuid)) ?? { record, lines: [line], sizeInMemory: line.text.length };
      isDone = take(whole);
      if (isAfterGap) await takeChildren();
      isDone = await takeSkipped(isDone);
      if (next !== undefined) continue;
      isAtStart = line.offset === 0;
      break;
    }
    isWhole ||= isAtStart;
    if (isDone || next === undefined) break;
    const { endOffset, wanted }: ChainPosition = next;
    if (wanted === undefined && !wasMet) {
      if (isWhole && from.wanted === undefined && found.length === 0) await takeDetached();
      next = undefined; // only damaged lines and detached records are left
      break;
    }
    if (wanted === undefined || (await takePassed())) continue;
    isGap = true;
    next = { endOffset, wanted: undefined };
  }
  if (next === undefined) gaps += await insertStrays();
  const count = unreadable.size;
  return {
    records: found.reverse(),
    before: next,
    unreadable: { count, firstOffset: count === 0 ? undefined : Math.min(...unreadable) },
    gaps,
  };

  /** Records of other branches end at a record before the root, so that all lines must have been passed. Returns the number of gaps. */
  async function insertStrays(): Promise<number> {
    if (!isWhole && listStrays().records.length > 0) isWhole = await passRest();
    if (!isWhole || skipped.size >= MAX_SKIPPED) return 0;
    const strays = listStrays();
    for (const { uuid } of strays.records) {
      const stray = await readSkipped(uuid);
      if (stray === undefined) continue;
      const at = found.findLastIndex((placed) => startOf(placed) > startOf(stray)) + 1; // newest first
      const wanted = found[at]?.record.uuid;
      put(at, { ...stray, before: wanted === undefined ? undefined : { endOffset: startOf(stray), wanted } });
    }
    return strays.gaps;
  }

  function listStrays(): ReturnType<typeof findStrays> {
    const passed = [...skipped.values()].filter(({ header }) => !places.has(header.uuid));
    const headers = [...found.map(({ record, lines }) => ({ header: toHeader(record), lines })), ...passed]
      .toSorted((one, other) => startOf(one) - startOf(other))
      .map(({ header }) => header);
    return findStrays(
      headers,
      found.toReversed().map(({ record }) => record.uuid),
    );
  }

  /** Passes the lines before the root. Returns false if they are too many. */
  async function passRest(): Promise<boolean> {
    let bytes = 0;
    for await (const line of scanLinesBackward(file, startOf(found.at(-1)))) {
      if (bytes > lookbackBytes) return false;
      bytes += line.text.length;
      const record = parseRecord(line.text);
      if (record !== undefined && !places.has(record.uuid)) skip(record, line);
    }
    return true;
  }
}

/** The offset of the first line. */
function startOf(record: { readonly lines: readonly LineLocation[] } | undefined): number {
  return record?.lines[0]?.offset ?? 0;
}

function toHeader({ uuid, parentUuid, type, subtype }: SessionRecord): RecordHeader {
  return { uuid, parentUuid, type, ...defined({ subtype }) };
}

/** Reads a record by the locations of its lines. Undefined: they contain no record any more. */
async function readRecord(
  readLine: (place: LineLocation) => Promise<string>,
  places: readonly LineLocation[],
): Promise<Omit<PlacedRecord, 'before'> | undefined> {
  let record: SessionRecord | undefined;
  let sizeInMemory = 0;
  const lines: LineLocation[] = [];
  const texts = new Set<string>();
  for (const place of places) {
    const text = await readLine(place);
    const part = parseRecord(text);
    if (part === undefined || texts.has(text)) continue; // an equal line adds nothing
    texts.add(text);
    record = record === undefined ? part : mergeRecords(record, part);
    sizeInMemory += text.length;
    lines.push(place);
  }
  return record === undefined ? undefined : { record, sizeInMemory, lines };
}

/** An earlier line of a record that was already found is its first part, and its position if it is equal to a later one. */
function mergeEarlier(
  placed: PlacedRecord,
  earlier: SessionRecord,
  { line: { offset, length, text }, equal }: { readonly line: ScannedLine; readonly equal: LineLocation | undefined },
): PlacedRecord {
  return {
    record: equal === undefined ? mergeRecords(earlier, placed.record) : placed.record,
    sizeInMemory: placed.sizeInMemory + (equal === undefined ? text.length : 0),
    lines: [{ offset, length }, ...placed.lines.filter((line) => line !== equal)],
    before: continuation(earlier, offset),
  };
}

/** Where the chain continues before a record. */
function continuation(record: SessionRecord, offset: number): ChainPosition | undefined {
  return isRoot(record, offset) ? undefined : { endOffset: offset, wanted: record.parentUuid ?? '' };
}
