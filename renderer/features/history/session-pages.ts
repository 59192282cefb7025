/**
 * Merges the paged session lists of several folders into one, newest first. Pure. A session is shown only when no newer one can
 * still arrive: not below the last row of a folder that has more pages.
 */
import type { ProjectId, SessionId, SessionSummary } from '../../../preload/contract/index.ts';

export interface FolderPages {
  readonly projectId: ProjectId;
  readonly sessions: readonly SessionSummary[];
  /** All pinned sessions, including those whose page is not loaded. */
  readonly pinned: readonly SessionSummary[];
  /** Present if the folder has more. */
  readonly next: string | undefined;
  /** All matches in the folder; undefined if the host does not count them. */
  readonly total: number | undefined;
  readonly state: 'loading' | 'ready' | 'failed';
}

export interface Merged {
  readonly sessions: readonly SessionSummary[];
  /** The latest pin first. */
  readonly pinned: readonly SessionSummary[];
  /** Folders whose next page is needed before the list can continue. */
  readonly wanted: readonly ProjectId[];
}

export const emptyPages = (projectId: ProjectId): FolderPages => ({
  projectId,
  sessions: [],
  pinned: [],
  next: undefined,
  total: undefined,
  state: 'loading',
});

export function mergePages(folders: readonly FolderPages[]): Merged {
  const oldestOf = (folder: FolderPages) => (folder.next === undefined ? -Infinity : (folder.sessions.at(-1)?.updatedAtMs ?? Infinity));
  const certainFromMs = Math.max(-Infinity, ...folders.map(oldestOf));
  const sessions = folders
    .flatMap((folder) => folder.sessions)
    .filter((session) => session.updatedAtMs >= certainFromMs)
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs || (a.id < b.id ? -1 : 1));
  const wanted = folders.filter((folder) => folder.next !== undefined && oldestOf(folder) === certainFromMs);
  const pinned = byPin(folders.flatMap((folder) => folder.pinned));
  return { sessions, pinned, wanted: wanted.map((folder) => folder.projectId) };
}

/** Appends a page; a session that is in both appears once. */
export function withPage(
  folder: FolderPages,
  page: {
    readonly sessions: readonly SessionSummary[];
    readonly pinned?: readonly SessionSummary[] | undefined;
    readonly next?: string | undefined;
    readonly total?: number | undefined;
  },
): FolderPages {
  const known = new Set(folder.sessions.map((session) => session.id));
  return {
    ...folder,
    sessions: [...folder.sessions, ...page.sessions.filter((session) => !known.has(session.id))],
    pinned: page.pinned ?? folder.pinned,
    next: page.next,
    total: page.total ?? folder.total,
    state: 'ready',
  };
}

const byPin = (sessions: readonly SessionSummary[]) => sessions.toSorted((a, b) => (b.pinnedAtMs ?? 0) - (a.pinnedAtMs ?? 0));

/** A new or changed session. A session below the loaded pages arrives with its page. */
export function withChanged(before: FolderPages, session: SessionSummary, filter: string): FolderPages {
  if (session.projectId !== before.projectId) return before;
  const pinned = pinnedWith(before.pinned, session);
  const folder = pinned === before.pinned ? before : { ...before, pinned };
  const held = folder.sessions.some((one) => one.id === session.id);
  // A page ends with its oldest session, so newer sessions are before it.
  const newestFirst = (sessions: readonly SessionSummary[]) => sessions.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  if (held) return { ...folder, sessions: newestFirst(folder.sessions.map((one) => (one.id === session.id ? merged(one, session) : one))) };
  const matches = filter === '' || session.title.toLowerCase().includes(filter.toLowerCase());
  const oldestMs = folder.next === undefined ? -Infinity : (folder.sessions.at(-1)?.updatedAtMs ?? Infinity);
  if (!matches || folder.state !== 'ready' || session.updatedAtMs < oldestMs) return folder;
  const total = folder.total === undefined ? undefined : folder.total + 1;
  return { ...folder, total, sessions: newestFirst([...folder.sessions, session]) };
}

/** An event omits fields that only lists have; a change on this host means that no other program has the session open. */
function merged({ heldBy: _gone, ...held }: SessionSummary, session: SessionSummary): SessionSummary {
  return { ...held, ...session };
}

/** An event without a pin leaves the pin unchanged. */
function pinnedWith(pinned: readonly SessionSummary[], session: SessionSummary): readonly SessionSummary[] {
  const held = pinned.find((one) => one.id === session.id);
  if (held === undefined && typeof session.pinnedAtMs !== 'number') return pinned;
  const others = pinned.filter((one) => one !== held);
  return session.pinnedAtMs === null ? others : [...others, held === undefined ? session : merged(held, session)];
}

export function withoutSession(folder: FolderPages, sessionId: SessionId): FolderPages {
  if (![...folder.sessions, ...folder.pinned].some((session) => session.id === sessionId)) return folder;
  return {
    ...folder,
    pinned: folder.pinned.filter((session) => session.id !== sessionId),
    sessions: folder.sessions.filter((session) => session.id !== sessionId),
    total: folder.total === undefined ? undefined : Math.max(0, folder.total - 1),
  };
}
