/**
 * Reads a session file in the plain way: the whole file into memory, then the chain from the records' links. The reader of the
 * product, which reads backward and only as far as needed, must give the same.
 */
import { readFileSync } from 'node:fs';
import type { TranscriptItem } from '../../../preload/contract/index.ts';
import {
  createItemWindow,
  createTranscriptFold,
  type DescribeCall,
  findStrays,
  isBeside,
  isRoot,
  mergeRecords,
  parseRecord,
  readHeader,
  type RecordHeader,
  type SessionRecord,
} from '../transcript/index.ts';
import { createSessionLoader, damaged, type LoadedSession } from './load-session.ts';
import type { FileDamage } from './visit-chain.ts';

export interface WholeFile {
  /** Each record of the conversation with the number of its lines. */
  readonly chain: readonly (readonly [SessionRecord, number])[];
  readonly damage: FileDamage;
  /** Errors: those of `createSessionReader`. */
  load(cwd: string, describe: DescribeCall): LoadedSession;
  rows(describe: DescribeCall): readonly TranscriptItem[];
}

export function readWholeFile(path: string): WholeFile {
  const headers: RecordHeader[] = []; // one for each line
  const linesOf = new Map<string, string[]>();
  const broken: number[] = [];
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((text, at) => {
      if (text.trim() === '') return;
      const header = readHeader(text);
      if (header === undefined) return void broken.push(at + 1);
      const known = linesOf.get(header.uuid);
      headers.push(header);
      linesOf.set(header.uuid, [...(known ?? []), text]);
    });
  const { uuids, gaps } = walkChain(headers, findLeaf(headers));
  const chain = uuids.map((uuid) => {
    const lines = [...new Set(linesOf.get(uuid))];
    const parts = lines.map((text) => parseRecord(text)).filter((part) => part !== undefined);
    return [parts.reduce(mergeRecords), lines.length] as const;
  });
  const damage = { lines: broken.length, firstLine: broken[0] ?? 0, gaps };
  return {
    chain,
    damage,
    load(cwd, describe) {
      if (chain.length === 0) throw damaged(path);
      const loading = createSessionLoader(cwd, describe);
      for (const [record] of chain) loading.push(record);
      return loading.finish(damage);
    },
    rows(describe) {
      const window = createItemWindow(Number.POSITIVE_INFINITY);
      const transcript = createTranscriptFold(describe);
      for (const [record] of chain) for (const step of transcript.push(record)) window.take(step);
      for (const step of transcript.finish()) window.take(step);
      return window.result().items;
    },
  };
}

/**
 * The record that new ones are chained to: the last record of the file that is part of the conversation. If its children are stored
 * before it, the file is out of order, and the last descendant is used. `headers`: one for each line.
 */
function findLeaf(headers: readonly RecordHeader[]): string | null {
  const last = headers.findLastIndex((header, at) => at === 0 || !isBeside(header));
  const leaf = headers[last];
  return leaf === undefined ? null : lastDescendant(headers, leaf, new Set()).uuid;
}

/** The end of a branch whose children are stored before their parents; in an ordered file the record itself. */
function lastDescendant(headers: readonly RecordHeader[], from: RecordHeader, seen: ReadonlySet<string>): RecordHeader {
  const visited = new Set<string>(seen);
  let end = from;
  for (;;) {
    visited.add(end.uuid);
    const parent = end.uuid;
    const child = headers.findLast((header) => header.parentUuid === parent && !isBeside(header) && !visited.has(header.uuid));
    if (child === undefined) return end;
    end = child;
  }
}

/** Uuids from the oldest to the leaf, and the number of gaps that were repaired. */
interface Chain {
  readonly uuids: readonly string[];
  readonly gaps: number;
}

/**
 * If a parent is missing or the links form a cycle, the walk continues with the nearest earlier record, so that one broken
 * line does not hide the rest. (Qwen Code drops everything before a gap.)
 */
function walkChain(headers: readonly RecordHeader[], leaf: string | null): Chain {
  const places = new Map<string, number>();
  headers.forEach(({ uuid }, at) => {
    if (!places.has(uuid)) places.set(uuid, at);
  });
  const uuids: string[] = [];
  const seen = new Set<string>();
  let gaps = 0;
  let at = leaf === null ? undefined : places.get(leaf);
  while (at !== undefined) {
    const header = headers[at];
    if (header === undefined) break;
    seen.add(header.uuid);
    uuids.push(header.uuid);
    if (isRoot(header, at)) break;
    const { parentUuid } = header;
    const parent = parentUuid === null ? undefined : places.get(parentUuid);
    if (parentUuid !== null && parent !== undefined && !seen.has(parentUuid)) {
      at = parent;
      continue;
    }
    at = places.get(nearestBefore(headers, at, seen) ?? '');
    if (at !== undefined) gaps += 1;
  }
  return withStrays(headers, places, { uuids: uuids.reverse(), gaps });
}

function withStrays(headers: readonly RecordHeader[], places: ReadonlyMap<string, number>, { uuids, gaps }: Chain): Chain {
  const strays = findStrays(headers, uuids);
  const merged = [...uuids];
  for (const { uuid } of strays.records) {
    const next = merged.findIndex((other) => getPlace(other) > getPlace(uuid));
    merged.splice(next === -1 ? merged.length : next, 0, uuid);
  }
  return { uuids: merged, gaps: gaps + strays.gaps };

  function getPlace(uuid: string): number {
    return places.get(uuid) ?? 0;
  }
}

function nearestBefore(headers: readonly RecordHeader[], at: number, seen: ReadonlySet<string>): string | undefined {
  for (let before = at - 1; before >= 0; before -= 1) {
    const header = headers[before];
    if (header !== undefined && !seen.has(header.uuid) && !isBeside(header)) return lastDescendant(headers, header, seen).uuid;
  }
  return undefined;
}
