/** The user's actions on a whole session: go to a row, branch, rewind, delete, restore, take over. */
import type { StoreApi } from 'zustand/vanilla';
import type { ItemId, ProjectId, SessionId, SessionSummary, TranscriptItem } from '../../preload/contract/index.ts';
import type { Client } from '../rpc/index.ts';
import { t } from '../i18n.ts';
import { type HostState, withEarlier } from './host-state.ts';
import type { Sync } from './sync.ts';
import type { UiState } from './ui-store.ts';

/** Like every action: false (or undefined) after a failure, for which a toast was shown. */
export interface SessionActions {
  /** Opens a session at one of its rows, however old it is. */
  openSessionAt(projectId: ProjectId, sessionId: SessionId, itemId: ItemId): Promise<boolean>;
  /** For a match in a folder that is not open: opens the folder first. */
  openSessionIn(path: string, sessionId: SessionId, itemId: ItemId): Promise<boolean>;
  /** Opens a new session with the history before a user prompt, which goes into the composer; or with the whole history. */
  branchSession(session: SessionSummary, beforeItemId?: ItemId): Promise<boolean>;
  /** Removes a user prompt and everything after it; with `edit` the prompt returns to the composer. */
  rewindSession(sessionId: SessionId, beforeItemId: ItemId, how: { readonly edit: boolean; readonly files?: boolean }): Promise<boolean>;
  /** Moves it to the trash, with an undo. */
  deleteSession(session: SessionSummary): Promise<boolean>;
  restoreSession(projectId: ProjectId, token: string): Promise<boolean>;
  pinSession(session: SessionSummary, pinned: boolean): Promise<boolean>;
  /** Archives it: only the list of archived sessions shows it. */
  archiveSession(session: SessionSummary): Promise<boolean>;
  unarchiveSession(session: SessionSummary, opens: boolean): Promise<boolean>;
  /** Requests the lease of a session that another process held. `held`: it still holds it. */
  takeOverSession(sessionId: SessionId): Promise<'taken' | 'held' | 'failed'>;
}

export interface SessionActionParts {
  readonly client: Client;
  readonly host: StoreApi<HostState>;
  readonly ui: StoreApi<UiState>;
  readonly sync: Sync;
  readonly attempt: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** The limit of the host for one answer. */
const EARLIER_PAGE = 300;

export function createSessionActions({ client, host, ui, sync, attempt }: SessionActionParts): SessionActions {
  const titleOf = ({ title }: { readonly title: string }) => title || t('common.untitled');
  const viewOf = (sessionId: SessionId) => host.getState().views[sessionId];

  /**
   * Loads older items up to the row, and prepends them all at once: with several answers, a window that builds its rows again
   * for each would do little else. False: the user left the session meanwhile.
   */
  const load = async (sessionId: SessionId, itemId: ItemId): Promise<boolean> => {
    const view = viewOf(sessionId);
    if (view === undefined || view.items[itemId] !== undefined) return view !== undefined;
    let before = view.order[0];
    let earlierItems = view.earlierItems;
    let older: readonly TranscriptItem[] = [];
    while (before !== undefined && earlierItems > 0) {
      const page = await client.request('session.earlier', { sessionId, beforeItemId: before, limit: EARLIER_PAGE, untilItemId: itemId });
      if (viewOf(sessionId) === undefined) return false;
      older = [...page.items, ...older];
      earlierItems = page.earlierItems;
      before = page.items[0]?.id;
      if (!page.items.some((item) => item.id === itemId)) continue;
      host.setState(withEarlier(host.getState(), sessionId, { items: [...older], earlierItems }), true);
      return true;
    }
    throw new Error(t('announce.itemGone'));
  };

  const openAt = async (projectId: ProjectId, sessionId: SessionId, itemId: ItemId) => {
    await sync.open(projectId, sessionId);
    ui.getState().setFindingIn(sessionId);
    try {
      if (await load(sessionId, itemId)) ui.getState().showFound(sessionId, itemId);
    } finally {
      if (ui.getState().findingIn === sessionId) ui.getState().setFindingIn(undefined);
    }
  };

  return {
    openSessionAt: (projectId, sessionId, itemId) => attempt(() => openAt(projectId, sessionId, itemId)),
    openSessionIn: (path, sessionId, itemId) =>
      attempt(async () => {
        const { project } = await client.request('project.open', { path });
        await openAt(project.id, sessionId, itemId);
      }),
    branchSession: (session, beforeItemId) =>
      attempt(async () => {
        const { id: sessionId, projectId } = session;
        const part = beforeItemId === undefined ? {} : { beforeItemId };
        const branch = await client.request('session.branch', { projectId, sessionId, ...part });
        if (branch.promptText !== undefined) ui.getState().offerText(branch.session.id, branch.promptText);
        await sync.open(projectId, branch.session.id);
      }),
    rewindSession: (sessionId, beforeItemId, { edit, files = false }) =>
      attempt(async () => {
        const { promptText, files: back } = await client.request('session.rewind', {
          sessionId,
          beforeItemId,
          ...(files ? { files } : {}),
        });
        for (const { message } of back?.problems ?? []) ui.getState().raiseToast('error', message);
        if (edit) ui.getState().offerText(sessionId, promptText);
        ui.getState().focusComposer();
      }),
    deleteSession: (session) =>
      attempt(async () => {
        const { deleted } = await client.request('session.delete', { projectId: session.projectId, sessionId: session.id });
        const { activeSessionId, addUndoableDelete, announce, screen, showScreen, showSession } = ui.getState();
        if (activeSessionId === session.id) {
          showSession(session.projectId, undefined);
          showScreen(screen); // an open list stays open
        }
        addUndoableDelete({ token: deleted.token, projectId: session.projectId, title: titleOf(session) });
        announce(t('announce.sessionDeleted', { title: titleOf(session) }));
      }),
    restoreSession: (projectId, token) =>
      attempt(async () => {
        ui.getState().dropUndoableDelete(token);
        const { session } = await client.request('session.restore', { projectId, token });
        ui.getState().announce(t('announce.sessionRestored', { title: titleOf(session) }));
      }),
    pinSession: ({ projectId, id: sessionId }, pinned) => attempt(() => client.request('session.pin', { projectId, sessionId, pinned })),
    archiveSession: (session) =>
      attempt(async () => {
        const { id: sessionId, projectId } = session;
        await client.request('session.archive', { projectId, sessionId });
        const { activeSessionId, announce, screen, showScreen, showSession } = ui.getState();
        if (activeSessionId === sessionId) {
          showSession(projectId, undefined);
          showScreen(screen); // an open list stays open
        }
        announce(t('announce.sessionArchived', { title: titleOf(session) }));
      }),
    unarchiveSession: ({ id: sessionId, projectId }, opens) =>
      attempt(async () => {
        const { session } = await client.request('session.unarchive', { projectId, sessionId });
        ui.getState().announce(t('announce.sessionUnarchived', { title: titleOf(session) }));
        if (opens) await sync.open(projectId, sessionId);
      }),
    takeOverSession: async (sessionId) => {
      const asked = await attempt(() => sync.attachAgain(sessionId));
      if (!asked) return 'failed';
      if (viewOf(sessionId)?.heldBy !== undefined) return 'held';
      ui.getState().focusComposer();
      return 'taken';
    },
  };
}
