/**
 * The lists of several folders as one, newest first, though each comes in pages. Pure.
 * A session is shown only when nothing newer can still come: not below the last row of a folder that has more pages.
 */
import type { ProjectId, SessionId, SessionSummary } from '../../../preload/contract/index.ts';

export interface FolderPages {
  readonly projectId: ProjectId;
  readonly sessions: readonly SessionSummary[];
  /** There when the folder has more. */
  readonly next: string | undefined;
  /** All of the folder that match; undefined where the host does not count them. */
  readonly total: number | undefined;
  readonly state: 'loading' | 'ready' | 'failed';
}

export interface Merged {
  readonly sessions: readonly SessionSummary[];
  /** Folders whose next page is needed before the list can go on. */
  readonly wanted: readonly ProjectId[];
}

export const emptyPages = (projectId: ProjectId): FolderPages => ({
  projectId,
  sessions: [],
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
  return { sessions, wanted: wanted.map((folder) => folder.projectId) };
}

/** A page behind those that are there; what both hold is there once. */
export function withPage(
  folder: FolderPages,
  page: { readonly sessions: readonly SessionSummary[]; readonly next?: string | undefined; readonly total?: number | undefined },
): FolderPages {
  const known = new Set(folder.sessions.map((session) => session.id));
  return {
    ...folder,
    sessions: [...folder.sessions, ...page.sessions.filter((session) => !known.has(session.id))],
    next: page.next,
    total: page.total ?? folder.total,
    state: 'ready',
  };
}

/** A session that is new or has changed. One from below the loaded pages comes with its page. */
export function withChanged(folder: FolderPages, session: SessionSummary, filter: string): FolderPages {
  if (session.projectId !== folder.projectId) return folder;
  const held = folder.sessions.some((one) => one.id === session.id);
  // Pages end with their oldest, so what is newer stands before it.
  const newestFirst = (sessions: readonly SessionSummary[]) => sessions.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  if (held) return { ...folder, sessions: newestFirst(folder.sessions.map((one) => (one.id === session.id ? merged(one, session) : one))) };
  const matches = filter === '' || session.title.toLowerCase().includes(filter.toLowerCase());
  const oldestMs = folder.next === undefined ? -Infinity : (folder.sessions.at(-1)?.updatedAtMs ?? Infinity);
  if (!matches || folder.state !== 'ready' || session.updatedAtMs < oldestMs) return folder;
  const total = folder.total === undefined ? undefined : folder.total + 1;
  return { ...folder, total, sessions: newestFirst([...folder.sessions, session]) };
}

/** An event leaves out what only lists tell; who else has it open does not outlive a change that this host tells of. */
function merged({ heldBy: _gone, ...held }: SessionSummary, session: SessionSummary): SessionSummary {
  return { ...held, ...session };
}

export function withoutSession(folder: FolderPages, sessionId: SessionId): FolderPages {
  if (!folder.sessions.some((session) => session.id === sessionId)) return folder;
  return {
    ...folder,
    sessions: folder.sessions.filter((session) => session.id !== sessionId),
    total: folder.total === undefined ? undefined : Math.max(0, folder.total - 1),
  };
}
