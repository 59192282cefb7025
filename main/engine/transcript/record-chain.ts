/** Which records of a file make up the conversation: the walk from the leaf back to the beginning. Pure. */
import { z } from 'zod';

/** What the walk needs of a record. */
export interface RecordHeader {
  readonly uuid: string;
  /** Null: it begins the conversation, or hangs beside it. Empty: it does not say. */
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

/** The header of a line and the title it may carry; undefined for a malformed line. */
export function readHeader(line: string): (RecordHeader & { readonly customTitle?: string }) | undefined {
  if (line.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // torn or foreign: skipped
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
 * The record new ones are chained to: the last of the file that is part of the conversation. Where its children stand
 * before it, the file is out of order, and the last of them is.
 */
export function findLeaf(headers: readonly RecordHeader[]): string | null {
  const last = headers.findLastIndex((header, at) => at === 0 || !isBeside(header));
  const leaf = headers[last];
  return leaf === undefined ? null : lastDescendant(headers, leaf, new Set()).uuid;
}

/** Where children stand before their parents, the end of that branch; in a file that is in order the record itself. */
function lastDescendant(headers: readonly RecordHeader[], from: RecordHeader, seen: ReadonlySet<string>): RecordHeader {
  const passed = new Set<string>(seen);
  let end = from;
  for (;;) {
    passed.add(end.uuid);
    const parent = end.uuid;
    const child = headers.findLast((header) => header.parentUuid === parent && !isBeside(header) && !passed.has(header.uuid));
    if (child === undefined) return end;
    end = child;
  }
}

/** Uuids from the oldest to the leaf, and how often the way back had to be mended. */
export interface Chain {
  readonly uuids: readonly string[];
  readonly gaps: number;
}

/**
 * Where a parent is missing, or the way back runs in a circle, it goes on with the nearest record that stands before: what
 * can be read is not lost because one line is broken. (Qwen Code leaves out everything before a gap.)
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
    at = nearestBefore(headers, at, seen);
    if (at !== undefined) gaps += 1;
  }
  return withStrays(headers, places, { uuids: uuids.reverse(), gaps });
}

/**
 * A record that no way leads to, and that hangs on nothing that is there, belongs to no other branch either: its parent was
 * broken. It is put in where it stands in the file. What stands before a rewind to the beginning stays out.
 */
function withStrays(headers: readonly RecordHeader[], places: ReadonlyMap<string, number>, { uuids, gaps }: Chain): Chain {
  const [root] = uuids;
  const rootPlace = root === undefined ? 0 : (places.get(root) ?? 0);
  const from = headers[rootPlace]?.subtype === 'rewind' ? rootPlace : 0;
  const isLinked = linkedTest(headers, places, new Set(uuids));
  const strays = headers.filter((header, at) => at > from && places.get(header.uuid) === at && !isBeside(header) && !isLinked(header.uuid));
  if (strays.length === 0) return { uuids, gaps };
  const placeOf = (uuid: string) => places.get(uuid) ?? 0;
  const merged = [...uuids];
  for (const { uuid } of strays) {
    const next = merged.findIndex((other) => placeOf(other) > placeOf(uuid));
    merged.splice(next === -1 ? merged.length : next, 0, uuid);
  }
  const inside = new Set(strays.map(({ uuid }) => uuid));
  return { uuids: merged, gaps: gaps + strays.filter(({ parentUuid }) => parentUuid === null || !inside.has(parentUuid)).length };
}

/** Whether the way back from a record ends in the chain, or at a root of its own; both make it a branch that was left. */
function linkedTest(
  headers: readonly RecordHeader[],
  places: ReadonlyMap<string, number>,
  chain: ReadonlySet<string>,
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
      const told = known.get(uuid);
      answer = told ?? (chain.has(uuid) || isRoot(header, at));
      if (told !== undefined || answer) break;
      path.add(uuid);
      uuid = header.parentUuid;
    }
    for (const seen of path) known.set(seen, answer);
    return answer;
  };
}

function nearestBefore(headers: readonly RecordHeader[], at: number, seen: ReadonlySet<string>): number | undefined {
  for (let before = at - 1; before >= 0; before -= 1) {
    const header = headers[before];
    if (header !== undefined && !seen.has(header.uuid) && !isBeside(header)) return headers.indexOf(lastDescendant(headers, header, seen));
  }
  return undefined;
}

/**
 * Nothing stands before it: the first of the file, and a rewind to the very beginning. Any other record that names no
 * parent has lost it, as no program writes one.
 */
export function isRoot({ subtype, parentUuid }: ParentFacts, at: number): boolean {
  return parentUuid === null && (at === 0 || subtype === 'rewind');
}

/** A system record without a parent hangs beside the conversation, but for a rewind to the very beginning. */
export function isBeside({ type, subtype, parentUuid }: ParentFacts & { readonly type: string }): boolean {
  return type === 'system' && (parentUuid === null || parentUuid === '') && subtype !== 'rewind';
}

interface ParentFacts {
  readonly subtype?: string | undefined;
  readonly parentUuid: string | null;
}
