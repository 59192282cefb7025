/** Finds the records of a file that make up the conversation: walks from the leaf back to the beginning. Pure. */
import { z } from 'zod';

/** The fields that the walk needs. */
export interface RecordHeader {
  readonly uuid: string;
  /** Null: it begins the conversation, or is detached from it. Empty: the record has no such field. */
  readonly parentUuid: string | null;
  readonly type: string;
  readonly subtype?: string;
}

const Header = z.object({
  uuid: z.string().min(1),
  parentUuid: z.string().nullable().catch('').default(''),
  type: z.string(),
  subtype: z.unknown().optional(),
  systemPayload: z.unknown().optional(),
});
const Title = z.object({ customTitle: z.string().min(1) });

/** The header of a line and the title it may contain; undefined for a malformed line. */
export function readHeader(line: string): (RecordHeader & { readonly customTitle?: string }) | undefined {
  if (line.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // truncated or foreign: skipped
  }
  const header = Header.safeParse(value);
  if (!header.success) return undefined;
  const { uuid, parentUuid, type, subtype, systemPayload } = header.data;
  const title = subtype === 'custom_title' ? Title.safeParse(systemPayload) : undefined;
  return {
    uuid,
    parentUuid,
    type,
    ...(typeof subtype === 'string' ? { subtype } : {}),
    ...(title?.success === true ? { customTitle: title.data.customTitle } : {}),
  };
}

/**
 * The record that new ones are chained to: the last record of the file that is part of the conversation. If its children are stored
 * before it, the file is out of order, and the last descendant is used. `headers`: one for each line.
 */
export function findLeaf(headers: readonly RecordHeader[]): string | null {
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
export interface Chain {
  readonly uuids: readonly string[];
  readonly gaps: number;
}

/**
 * If a parent is missing or the links form a cycle, the walk continues with the nearest earlier record, so that one broken
 * line does not hide the rest. (Qwen Code drops everything before a gap.)
 */
export function walkChain(headers: readonly RecordHeader[], leaf: string | null): Chain {
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

/**
 * A record that cannot be reached and whose parent is missing belongs to no other branch: its parent was
 * broken. It is inserted at its position in the file. Records before a rewind to the beginning stay out.
 * `headers`: the records in the order of the file, from its first one. `chain`: ids, oldest first. `gaps`: how many of the strays have
 * lost their parent.
 */
export function findStrays(
  headers: readonly RecordHeader[],
  chain: readonly string[],
): { readonly records: readonly RecordHeader[]; readonly gaps: number } {
  const places = new Map<string, number>();
  headers.forEach(({ uuid }, at) => {
    if (!places.has(uuid)) places.set(uuid, at);
  });
  const first = headers.findIndex((header) => !isBeside(header));
  const start = places.get(chain[0] ?? '') ?? 0;
  const from = headers[start]?.subtype === 'rewind' ? start : first;
  const isLinked = linkedTest(headers, places, { chain: new Set(chain), first });
  const records = headers.filter(
    (header, at) => at > from && places.get(header.uuid) === at && !isBeside(header) && !isLinked(header.uuid),
  );
  return { records, gaps: countGaps(records) };
}

function countGaps(strays: readonly RecordHeader[]): number {
  const inside = new Set(strays.map(({ uuid }) => uuid));
  return strays.filter(({ parentUuid }) => parentUuid === null || !inside.has(parentUuid)).length;
}

/** Whether the links of a record end in the chain or at a root of its own; in both cases it is on an abandoned branch. */
function linkedTest(
  headers: readonly RecordHeader[],
  places: ReadonlyMap<string, number>,
  { chain, first }: { readonly chain: ReadonlySet<string>; readonly first: number },
): (uuid: string) => boolean {
  const known = new Map<string, boolean>();
  return (start) => {
    const path = new Set<string>();
    let uuid: string | null = start;
    let answer = false;
    while (uuid !== null) {
      const at = places.get(uuid);
      const header = at === undefined ? undefined : headers[at];
      if (at === undefined || header === undefined || path.has(uuid)) break;
      const knownAnswer = known.get(uuid);
      answer = knownAnswer ?? (chain.has(uuid) || at === first || isRoot(header, at));
      if (knownAnswer !== undefined || answer) break;
      path.add(uuid);
      uuid = header.parentUuid;
    }
    for (const seen of path) known.set(seen, answer);
    return answer;
  };
}

function nearestBefore(headers: readonly RecordHeader[], at: number, seen: ReadonlySet<string>): string | undefined {
  for (let before = at - 1; before >= 0; before -= 1) {
    const header = headers[before];
    if (header !== undefined && !seen.has(header.uuid) && !isBeside(header)) return lastDescendant(headers, header, seen).uuid;
  }
  return undefined;
}

/**
 * Roots are the first record of the file and a rewind to the very beginning. Any other record without a
 * parent has lost it, because no program writes such a record.
 */
export function isRoot({ subtype, parentUuid }: ParentFacts, at: number): boolean {
  return parentUuid === null && (at === 0 || subtype === 'rewind');
}

/** A system record without a parent is detached from the conversation, except for a rewind to the very beginning. */
export function isBeside({ type, subtype, parentUuid }: ParentFacts & { readonly type: string }): boolean {
  return type === 'system' && (parentUuid === null || parentUuid === '') && subtype !== 'rewind';
}

interface ParentFacts {
  readonly subtype?: string | undefined;
  readonly parentUuid: string | null;
}
