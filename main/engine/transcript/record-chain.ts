/** What decides which records of a file make up the conversation; chain-tail.ts walks from the last one back to the first. Pure. */
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
