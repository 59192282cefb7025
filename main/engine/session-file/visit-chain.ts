/**
 * Visits the active chain of a file from its beginning: first backward, keeping only the locations of each record's
 * lines (16 bytes per line), then forward, one record at a time. It is the same chain that the window shows.
 */
import type { FileHandle } from 'node:fs/promises';
import { mergeRecords, parseRecord, type RecordLine, type SessionRecord, type VisitRecord } from '../transcript/index.ts';
import { type ChainPosition, type PlacedRecord, readTail, type TailSegment, WHOLE_BYTES } from './chain-tail.ts';
import { createLineReader, findLineNumber, type LineLocation } from './line-file.ts';

/** Limits for one backward read of a long file. Units: records, bytes of the file. */
const STEP_RECORDS = 2000;
const STEP_BYTES = 4 * 1024 * 1024;
/** A parent is searched in the whole preceding file; in a file with more gaps than this, only nearby. */
const PATIENT_GAPS = 8;

export interface VisitedChain {
  /** 0: the file contains no record. */
  readonly records: number;
  readonly damage: FileDamage;
}

/** The damage of a file, to be reported to the user. `firstLine` counts from 1; 0: there is none, or it is unknown. */
export interface FileDamage {
  readonly lines: number;
  readonly firstLine: number;
  /** The number of records missing between two others. */
  readonly gaps: number;
}

/** The active chain in segments from the end, so that a long file is never in memory. */
export async function* readSegments(file: FileHandle): AsyncGenerator<TailSegment, void> {
  const { size } = await file.stat();
  let gaps = 0;
  for (let next: ChainPosition | undefined = { endOffset: size, wanted: undefined }; next !== undefined; ) {
    const segment: TailSegment = await readTail(file, next, createStep(size), gaps < PATIENT_GAPS ? { lookbackBytes: Infinity } : {});
    yield segment;
    gaps += segment.gaps;
    next = segment.before;
  }
}

function createStep(sizeBytes: number): (oldest: PlacedRecord) => boolean {
  let count = 0;
  let bytes = 0;
  return ({ sizeInMemory }) => {
    count += 1;
    bytes += sizeInMemory;
    return sizeBytes > WHOLE_BYTES && (count >= STEP_RECORDS || bytes >= STEP_BYTES);
  };
}

export async function visitChain(file: FileHandle, visit: VisitRecord): Promise<VisitedChain> {
  const places = createPlaces();
  let records = 0;
  let lines = 0;
  let firstOffset: number | undefined;
  let gaps = 0;
  for await (const segment of readSegments(file)) {
    for (const placed of segment.records.toReversed()) places.push(placed.lines);
    records += segment.records.length;
    lines += segment.unreadable.count;
    firstOffset = segment.unreadable.firstOffset ?? firstOffset;
    gaps += segment.gaps;
  }
  const readLine = createLineReader(file);
  let whole: SessionRecord | undefined;
  let recordLines: RecordLine[] = [];
  for (const { place, isLast } of places.lastFirst()) {
    const text = await readLine(place);
    const part = parseRecord(text);
    if (part !== undefined) {
      recordLines.push({ ...place, text });
      whole = whole === undefined ? part : mergeRecords(whole, part);
    }
    if (!isLast) continue;
    if (whole !== undefined) await visit(whole, recordLines);
    whole = undefined;
    recordLines = [];
  }
  const firstLine = firstOffset === undefined ? 0 : await findLineNumber(file, firstOffset);
  return { records, damage: { lines, firstLine, gaps } };
}

interface Places {
  /** The lines of one record, in the order of the file. */
  push(lines: readonly LineLocation[]): void;
  /** Lines of the last pushed record come first; lines of one record keep the order of the file. */
  lastFirst(): Iterable<{ readonly place: LineLocation; readonly isLast: boolean }>;
}

/** Stores numbers in blocks, because a file of 700 MB may have a million lines. A negative length marks the last line of its record. */
function createPlaces(): Places {
  const BLOCK = 4 * 1024;
  const blocks: Float64Array[] = [];
  let count = 0;
  const put = (value: number) => {
    if (count % BLOCK === 0) blocks.push(new Float64Array(BLOCK));
    const block = blocks.at(-1);
    if (block !== undefined) block[count % BLOCK] = value;
    count += 1;
  };
  const get = (at: number) => blocks[Math.floor(at / BLOCK)]?.[at % BLOCK] ?? 0;
  return {
    push(lines) {
      // From the last line on, so that records read backward are returned forward.
      lines.toReversed().forEach(({ offset, length }, index) => {
        put(offset);
        put(index === 0 ? -length : length);
      });
    },
    *lastFirst() {
      for (let at = count - 2; at >= 0; at -= 2) {
        const length = get(at + 1);
        yield { place: { offset: get(at), length: Math.abs(length) }, isLast: length < 0 };
      }
    },
  };
}
