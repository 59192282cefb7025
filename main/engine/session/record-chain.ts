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
    if (header === undefined) continue;
    if (header.type !== 'system' || header.parentUuid !== null || header.subtype === 'rewind' || at === 0) return header.uuid;
  }
  return null;
}

/** Uuids from the oldest to the leaf. A missing parent ends the walk (a gap), and so does a cycle. */
export function walkChain(headers: readonly RecordHeader[], leaf: string | null): string[] {
  const parents = new Map<string, string | null>();
  for (const header of headers) if (!parents.has(header.uuid)) parents.set(header.uuid, header.parentUuid);
  const chain: string[] = [];
  const seen = new Set<string>();
  for (let uuid = leaf; uuid !== null && parents.has(uuid) && !seen.has(uuid); uuid = parents.get(uuid) ?? null) {
    seen.add(uuid);
    chain.push(uuid);
  }
  return chain.reverse();
}
