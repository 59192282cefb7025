import { useCallback, useEffect, useReducer, useRef } from 'react';
import { type HostEvent, ProjectId, type Result, type SessionSummary } from '../../../preload/contract/index.ts';
import { useClient, useConnection } from '../../stores/index.ts';
import { emptyPages, type FolderPages, mergePages, withChanged, withoutSession, withPage } from './session-pages.ts';

/** Unit: rows. The first page paints at once; later pages are larger, so that a scroll to the end needs few of them. */
const FIRST_PAGE = 100;
const NEXT_PAGE = 1000;

export interface SessionList {
  readonly sessions: readonly SessionSummary[];
  readonly pinned: readonly SessionSummary[];
  readonly total: number;
  /** No answer yet: there are no rows, and "no sessions" must not be shown either. */
  readonly loading: boolean;
  readonly failed: readonly ProjectId[];
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

type Change =
  | { readonly kind: 'begun'; readonly projectIds: readonly ProjectId[] }
  | { readonly kind: 'page'; readonly projectId: ProjectId; readonly page: Result<'session.list'>; readonly isFirst: boolean }
  | { readonly kind: 'failed'; readonly projectId: ProjectId }
  | { readonly kind: 'event'; readonly event: HostEvent; readonly filter: string; readonly archived: boolean };

function reduce(folders: readonly FolderPages[], change: Change): readonly FolderPages[] {
  const only = (projectId: ProjectId, next: (folder: FolderPages) => FolderPages) =>
    folders.map((folder) => (folder.projectId === projectId ? next(folder) : folder));
  switch (change.kind) {
    case 'begun':
      // The previous rows stay until the new answer arrives: the list must not flicker while the user types.
      return change.projectIds.map((id) => ({
        ...(folders.find((folder) => folder.projectId === id) ?? emptyPages(id)),
        state: 'loading',
      }));
    case 'page':
      return only(change.projectId, (folder) => withPage(change.isFirst ? emptyPages(folder.projectId) : folder, change.page));
    case 'failed':
      return only(change.projectId, (folder) => ({ ...folder, state: 'failed', next: undefined }));
    case 'event': {
      const { event, data } = change.event;
      // A session with an event is open or in the list of all sessions: if it was archived, it has been restored.
      if (event === 'session.changed' && change.archived) return folders.map((folder) => withoutSession(folder, data.summary.id));
      if (event === 'session.changed') return folders.map((folder) => withChanged(folder, data.summary, change.filter));
      if (event === 'session.removed') return folders.map((folder) => withoutSession(folder, data.sessionId));
      return folders;
    }
  }
}

/** The sessions of some folders, or archived sessions, newest first, as far as the user has scrolled; follows later changes. */
export function useSessionList(projectIds: readonly ProjectId[], filter: string, archived = false): SessionList {
  const client = useClient();
  const connected = useConnection().kind === 'ready';
  const [folders, change] = useReducer(reduce, []);
  /** Answers to an earlier request are dropped. */
  const asked = useRef(0);
  const asking = useRef(new Set<ProjectId>());
  const wantedIds = projectIds.join('\n');

  const ask = useCallback(
    async (projectId: ProjectId, cursor: string | undefined) => {
      if (asking.current.has(projectId)) return;
      asking.current.add(projectId);
      const question = asked.current;
      const from = cursor === undefined ? { limit: FIRST_PAGE } : { limit: NEXT_PAGE, cursor };
      try {
        const which = { ...(filter === '' ? {} : { titleContains: filter }), ...(archived ? { archived } : {}) };
        const page = await client.request('session.list', { projectId, ...from, ...which });
        if (question === asked.current) change({ kind: 'page', projectId, page, isFirst: cursor === undefined });
      } catch {
        if (question === asked.current) change({ kind: 'failed', projectId });
      } finally {
        if (question === asked.current) asking.current.delete(projectId);
      }
    },
    [client, filter, archived],
  );

  const begin = useCallback(() => {
    const ids = wantedIds === '' ? [] : wantedIds.split('\n').map((id) => ProjectId.parse(id));
    asked.current += 1;
    asking.current = new Set();
    change({ kind: 'begun', projectIds: ids });
    for (const id of ids) void ask(id, undefined);
  }, [wantedIds, ask]);

  useEffect(() => {
    if (connected) begin();
  }, [connected, begin]);

  useEffect(() => client.onEvent((event) => change({ kind: 'event', event, filter, archived })), [client, filter, archived]);

  const { sessions, pinned, wanted } = mergePages(folders.filter((folder) => folder.state !== 'failed' || folder.sessions.length > 0));
  return {
    sessions,
    pinned,
    total: folders.reduce((sum, folder) => sum + (folder.total ?? folder.sessions.length), 0),
    loading: folders.some((folder) => folder.state === 'loading') && sessions.length === 0,
    failed: folders.filter((folder) => folder.state === 'failed').map((folder) => folder.projectId),
    hasMore: wanted.length > 0,
    loadMore: () => {
      for (const id of wanted) void ask(id, folders.find((folder) => folder.projectId === id)?.next);
    },
    retry: begin,
  };
}
