/** Which records of a file make up the conversation: the walk from the leaf back to the beginning. Pure. */
import { z } from 'zod';

/** What the walk needs of a record. */
export interface RecordHeader {
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly type: string;
  readonly subtype?: string;
}

const Header = z.object({
  uuid: z.string().min(1),
  parentUuid: z.string().nullish(),
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
    parentUuid: parentUuid ?? null,
    type,
    ...(typeof subtype === 'string' ? { subtype } : {}),
    ...(title?.success === true ? { customTitle: title.data.customTitle } : {}),
  };
}

/**
 * The record new ones are chained to: the last of the file. A system record without a parent, behind others, hangs
 * beside the conversation and does not count (0.24 has such side records), unless it is a rewind to the very beginning.
 */
export function findLeaf(headers: readonly RecordHeader[]): string | null {
  for (let at = headers.length - 1; at >= 0; at -= 1) {
    const header = headers[at];
    if (header !== undefined && (at === 0 || !isBeside(header))) return header.uuid;
  }
  return null;
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
    if (header.parentUuid === null) break;
    const parent = places.get(header.parentUuid);
    if (parent !== undefined && !seen.has(header.parentUuid)) {
      at = parent;
      continue;
    }
    at = nearestBefore(headers, at, seen);
    if (at !== undefined) gaps += 1;
  }
  return { uuids: uuids.reverse(), gaps };
}

function nearestBefore(headers: readonly RecordHeader[], at: number, seen: ReadonlySet<string>): number | undefined {
  for (let before = at - 1; before >= 0; before -= 1) {
    const header = headers[before];
    if (header !== undefined && !seen.has(header.uuid) && !isBeside(header)) return before;
  }
  return undefined;
}

/** A system record without a parent hangs beside the conversation, but for a rewind to the very beginning. */
export function isBeside({
  type,
  subtype,
  parentUuid,
}: {
  type: string;
  subtype?: string | undefined;
  parentUuid: string | null;
}): boolean {
  return type === 'system' && parentUuid === null && subtype !== 'rewind';
}
