/** Selects from the listed sessions: pages, and the sessions that a query refers to. Pure. */
import { Cursor, type SessionId } from '../../../preload/contract/index.ts';

interface Listed {
  readonly id: SessionId;
  readonly title: string;
  readonly updatedAtMs: number;
}

const MAX_FOUND = 20;
/** The shortest prefix of an id that identifies a session. Unit: characters. */
const MIN_PREFIX_CHARS = 4;

export interface PageRequest {
  readonly cursor?: Cursor;
  readonly limit: number;
  readonly titleContains?: string;
}

/** The list is newest first. A cursor names the last session of the previous page; one that no longer exists is skipped. */
export function takePage<T extends Listed>(list: readonly T[], request: PageRequest): { page: readonly T[]; next?: Cursor; total: number } {
  const wanted = request.titleContains?.toLowerCase();
  const matching =
    wanted === undefined
      ? list
      : list.filter(({ id, title }) => title.toLowerCase().includes(wanted) || id.toLowerCase().startsWith(wanted));
  const rest = behind(matching, request.cursor);
  const page = rest.slice(0, request.limit);
  const last = page.at(-1);
  const next = rest.length > page.length && last !== undefined ? { next: cursorOf(last) } : {};
  return { page, ...next, total: matching.length };
}

/** Pinned sessions, the last pinned one first. */
export function pinnedFirst<T extends { readonly pinnedAtMs?: number | null | undefined }>(list: readonly T[]): readonly T[] {
  return list.filter(({ pinnedAtMs }) => typeof pinnedAtMs === 'number').toSorted((a, b) => (b.pinnedAtMs ?? 0) - (a.pinnedAtMs ?? 0));
}

/** Matches by id, then by prefix of the id, then by title: exact, ignoring case, as a part. The first kind with matches applies. */
export function findSessions<T extends Listed>(list: readonly T[], query: string): readonly T[] {
  const asked = query.trim();
  const lower = asked.toLowerCase();
  if (lower === '') return [];
  const kinds: ((one: T) => boolean)[] = [
    ({ id }) => id.toLowerCase() === lower,
    ({ id }) => lower.length >= MIN_PREFIX_CHARS && id.toLowerCase().startsWith(lower),
    ({ title }) => title === asked,
    ({ title }) => title.toLowerCase() === lower,
    ({ title }) => title.toLowerCase().includes(lower),
  ];
  for (const kind of kinds) {
    const found = list.filter(kind);
    if (found.length > 0) return found.slice(0, MAX_FOUND);
  }
  return [];
}

export function cursorOf({ updatedAtMs, id }: Pick<Listed, 'updatedAtMs' | 'id'>): Cursor {
  return Cursor.parse(`${updatedAtMs}:${id}`);
}

function behind<T extends Listed>(list: readonly T[], cursor: Cursor | undefined): readonly T[] {
  if (cursor === undefined) return list;
  const [time = '', id = ''] = cursor.split(':');
  const updatedAtMs = Number(time);
  return list.filter((one) => one.updatedAtMs < updatedAtMs || (one.updatedAtMs === updatedAtMs && one.id > id));
}
