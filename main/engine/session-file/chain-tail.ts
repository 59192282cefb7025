/**
 * The active chain from its end: a session too long to be read whole is read backward, as far as is asked for, and further
 * on demand. Nothing but the records of one segment is held.
 * A parent that is not found within `LOOKBACK_BYTES` counts as missing; the way goes on with the record before (see
 * record-chain.ts). Records that stand behind their children are found within a segment.
 */
import type { FileHandle } from 'node:fs/promises';
import { isBeside, isRoot, mergeRecords, parseRecord, type SessionRecord } from '../transcript/index.ts';
import { createLineReader, type LineLocation, type ScannedLine, scanLines, scanLinesBackward } from './line-file.ts';

const LOOKBACK_BYTES = 16 * 1024 * 1024;
/** Records of other branches whose place is remembered, in case a child asks for one. */
const MAX_SKIPPED = 20_000;
/** A result stands soon after its call; further ahead it is not looked for. */
const RESULT_LINES = 400;

/** Everything before `endOffset` is still to be read; the next record of the chain is `wanted`, or any if undefined. */
export interface ChainPlace {
  readonly endOffset: number;
  readonly wanted: string | undefined;
}

export interface PlacedRecord {
  readonly record: SessionRecord;
  /** What is held of it: of a long line only what was not cut. Unit: about bytes. */
  readonly heldBytes: number;
  /** In the order of the file: one, or several of one uuid. */
  readonly lines: readonly LineLocation[];
  /** Where the chain goes on before it; undefined: it is the first. */
  readonly before: ChainPlace | undefined;
}

export interface TailSegment {
  /** Oldest first. */
  readonly records: readonly PlacedRecord[];
  /** Where to go on; undefined: the beginning was reached. */
  readonly before: ChainPlace | undefined;
  readonly unreadableLines: number;
  readonly gaps: number;
}

/** Reads until `isEnough` says so of the oldest record so far, or the beginning is reached. */
export async function readTail(
  file: FileHandle,
  from: ChainPlace,
  isEnough: (oldest: PlacedRecord) => boolean,
  { lookbackBytes = LOOKBACK_BYTES }: { readonly lookbackBytes?: number } = {},
): Promise<TailSegment> {
  const found: PlacedRecord[] = [];
  const places = new Map<string, number>();
  const skipped = new Map<string, LineLocation>();
  const readLine = createLineReader(file);
  let next: ChainPlace | undefined = from;
  const unreadable = new Set<number>(); // a part is read again behind a gap
  let gaps = 0;
  let isGap = false;

  const take = (record: SessionRecord, { offset, length }: LineLocation, heldBytes: number): boolean => {
    const before = isRoot(record, offset) ? undefined : { endOffset: offset, wanted: record.parentUuid ?? '' };
    const placed = { record, heldBytes, lines: [{ offset, length }], before };
    places.set(record.uuid, found.length);
    found.push(placed);
    next = before;
    return isEnough(placed);
  };

  /** Parents that were passed already, because they stand behind their children. */
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
    const startedAt: ChainPlace = next;
    let passedBytes = 0; // without what was cut of long lines
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
    const { endOffset, wanted }: ChainPlace = next;
    if (wanted === undefined && !wasMet) {
      next = undefined; // nothing but broken lines and side records stand before
      break;
    }
    if (wanted === undefined) continue;
    isGap = true;
    next = { endOffset, wanted: undefined };
  }
  return { records: found.reverse(), before: next, unreadableLines: unreadable.size, gaps };
}

/** A line of a record that was found already: it stands earlier in the file, so it is the first part. */
function mergeEarlier(found: PlacedRecord[], at: number, earlier: SessionRecord, line: ScannedLine): void {
  const placed = found[at];
  if (placed === undefined || JSON.stringify(placed.record) === JSON.stringify(earlier)) return;
  const lines = [{ offset: line.offset, length: line.length }, ...placed.lines];
  found[at] = { ...placed, record: mergeRecords(earlier, placed.record), heldBytes: placed.heldBytes + line.text.length, lines };
}

/** The results of these calls, from the lines behind `offset`. */
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
