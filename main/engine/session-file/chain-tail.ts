/**
 * Reads the active chain from its end: a session too long to be read whole is read backward as far as requested, and further
 * on demand. Only the records of one segment are in memory.
 * A parent that is not found within `LOOKBACK_BYTES` counts as missing, and the chain continues with the previous record (see
 * record-chain.ts). Records stored after their children are found within a segment.
 */
import type { FileHandle } from 'node:fs/promises';
import { isBeside, isRoot, mergeRecords, parseRecord, type SessionRecord } from '../transcript/index.ts';
import { createLineReader, type LineLocation, type ScannedLine, scanLines, scanLinesBackward } from './line-file.ts';

const LOOKBACK_BYTES = 16 * 1024 * 1024;
/** The number of records of other branches whose location is kept, in case a child refers to one. */
const MAX_SKIPPED = 20_000;
/** A result follows soon after its call; later lines are not searched. */
const RESULT_LINES = 400;

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
  readonly unreadableLines: number;
  readonly gaps: number;
}

/** Reads until `isEnough` returns true for the oldest record so far, or until the beginning. */
export async function readTail(
  file: FileHandle,
  from: ChainPosition,
  isEnough: (oldest: PlacedRecord) => boolean,
  { lookbackBytes = LOOKBACK_BYTES }: { readonly lookbackBytes?: number } = {},
): Promise<TailSegment> {
  const found: PlacedRecord[] = [];
  const places = new Map<string, number>();
  const skipped = new Map<string, LineLocation>();
  const readLine = createLineReader(file);
  let next: ChainPosition | undefined = from;
  const unreadable = new Set<number>(); // after a gap, a part is read again
  let gaps = 0;
  let isGap = false;

  const take = (record: SessionRecord, { offset, length }: LineLocation, sizeInMemory: number): boolean => {
    const before = isRoot(record, offset) ? undefined : { endOffset: offset, wanted: record.parentUuid ?? '' };
    const placed = { record, sizeInMemory, lines: [{ offset, length }], before };
    places.set(record.uuid, found.length);
    found.push(placed);
    next = before;
    return isEnough(placed);
  };

  /** Parents that were already passed, because they are stored after their children. */
  const takeSkipped = async (): Promise<boolean> => {
    for (let wanted = next?.wanted; wanted !== undefined && !places.has(wanted); wanted = next?.wanted) {
      const place = skipped.get(wanted);
      const text = place === undefined ? '' : await readLine(place);
      const record = parseRecord(text);
      if (place === undefined || record === undefined) return false;
      const endOffset = next?.endOffset ?? 0;
      const isDone = take(record, place, text.length);
      if (next !== undefined) next = { ...next, endOffset: Math.min(endOffset, next.endOffset) };
      if (isDone) return true;
    }
    return false;
  };

  for (;;) {
    if (next === undefined) break;
    const startedAt: ChainPosition = next;
    let passedBytes = 0; // excluding the cut parts of long lines
    let wasMet = false;
    let isDone = false;
    for await (const line of scanLinesBackward(file, startedAt.endOffset)) {
      passedBytes += line.text.length;
      if (passedBytes - line.text.length > lookbackBytes) break;
      const record = parseRecord(line.text);
      if (record === undefined) {
        if (line.text.trim() !== '') unreadable.add(line.offset);
        continue;
      }
      const known = places.get(record.uuid);
      if (known !== undefined) {
        mergeEarlier(found, known, record, line);
        continue;
      }
      const isNext = next?.wanted === undefined ? !isBeside(record) || line.offset === 0 : record.uuid === next.wanted;
      if (!isNext) {
        if (skipped.size < MAX_SKIPPED) skipped.set(record.uuid, { offset: line.offset, length: line.length });
        continue;
      }
      if (isGap) gaps += 1;
      isGap = false;
      wasMet = true;
      passedBytes = 0;
      isDone = take(record, line, line.text.length) || (await takeSkipped());
      if (isDone || next === undefined) break;
    }
    if (isDone || next === undefined) break;
    const { endOffset, wanted }: ChainPosition = next;
    if (wanted === undefined && !wasMet) {
      next = undefined; // only damaged lines and detached records are left
      break;
    }
    if (wanted === undefined) continue;
    isGap = true;
    next = { endOffset, wanted: undefined };
  }
  return { records: found.reverse(), before: next, unreadableLines: unreadable.size, gaps };
}

/** An earlier line of a record that was already found is its first part. */
function mergeEarlier(found: PlacedRecord[], at: number, earlier: SessionRecord, line: ScannedLine): void {
  const placed = found[at];
  if (placed === undefined || JSON.stringify(placed.record) === JSON.stringify(earlier)) return;
  const lines = [{ offset: line.offset, length: line.length }, ...placed.lines];
  found[at] = { ...placed, record: mergeRecords(earlier, placed.record), sizeInMemory: placed.sizeInMemory + line.text.length, lines };
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
