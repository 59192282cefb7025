/**
 * State of the window itself: which session is shown, which panels are open, what was announced. Owned by this window;
 * `rememberUi` keeps the parts that should survive a reload in the browser's storage.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ItemId, ProjectId, ProviderId, SessionId, TaskId } from '../../preload/contract/index.ts';

export const PANEL_TABS = ['tasks', 'plan', 'changes'] as const;
export type PanelTab = (typeof PANEL_TABS)[number];
export type Screen = 'workspace' | 'settings' | 'history' | 'connect';

export interface Toast {
  readonly id: number;
  readonly level: 'warning' | 'error';
  readonly text: string;
}

/** A deleted session that can still be restored with one click. `token` is that of `session.restore`. */
export interface UndoableDelete {
  readonly token: string;
  readonly projectId: ProjectId;
  readonly title: string;
}

export interface UiState {
  readonly screen: Screen;
  /** The parameters of the list of sessions: a folder, a query. `turn` grows each time it is opened. */
  readonly historyFor: { readonly projectId: ProjectId | undefined; readonly query: string; readonly turn: number };
  /** The row that a search has found; `turn` distinguishes two searches for the same one. */
  readonly found: { readonly sessionId: SessionId; readonly itemId: ItemId; readonly turn: number } | undefined;
  /** A session whose older rows are being loaded, because a row among them was requested. */
  readonly findingIn: SessionId | undefined;
  /** A text for the composer of this draft, until that composer has taken it. */
  readonly offeredText: { readonly draftKey: string; readonly text: string } | undefined;
  readonly undoableDeletes: readonly UndoableDelete[];
  /** Branched sessions whose branch bar was closed. */
  readonly hiddenOrigins: readonly SessionId[];
  /** The provider that the settings were opened for, for example after a refused key. */
  readonly settingsProviderId: ProviderId | undefined;
  readonly activeProjectId: ProjectId | undefined;
  readonly activeSessionId: SessionId | undefined;
  readonly sidebarOpen: boolean;
  readonly sidebarWidthPx: number;
  /** The tab of the right panel; undefined while it is closed. */
  readonly panel: PanelTab | undefined;
  /** The same fact for components that need only the tasks panel. */
  readonly tasksPanelOpen: boolean;
  /** The task whose terminal is in the panel. */
  readonly openTaskId: TaskId | undefined;
  readonly folderDialogOpen: boolean;
  readonly paletteOpen: boolean;
  /** Grows with each request to focus the composer. */
  readonly composerFocusRequests: number;
  readonly toasts: readonly Toast[];
  /** The latest sentence for the polite live region; `turn` distinguishes equal sentences. */
  readonly announcement: { readonly turn: number; readonly text: string };
  /** Ended turns that the user has seen, by session; the latest change is last. */
  readonly seenTurns: Readonly<Record<SessionId, number>>;

  showScreen(screen: Screen, settingsProviderId?: ProviderId): void;
  /** The list of all sessions; without a folder, of every folder. */
  showHistory(projectId?: ProjectId, query?: string): void;
  setFindingIn(sessionId: SessionId | undefined): void;
  showFound(sessionId: SessionId, itemId: ItemId): void;
  /** Called when it was shown. */
  takeFound(): void;
  offerText(draftKey: string, text: string): void;
  takeOfferedText(): void;
  addUndoableDelete(deleted: UndoableDelete): void;
  dropUndoableDelete(token: string): void;
  hideOrigin(sessionId: SessionId): void;
  showSession(projectId: ProjectId, sessionId: SessionId | undefined): void;
  setSidebarOpen(open: boolean): void;
  setSidebarWidth(widthPx: number): void;
  setPanel(panel: PanelTab | undefined): void;
  toggleTasks(): void;
  /** Opens the tasks panel with this task's terminal. */
  openTask(id: TaskId): void;
  /** Back to the list of tasks. */
  closeTask(): void;
  setFolderDialogOpen(open: boolean): void;
  setPaletteOpen(open: boolean): void;
  focusComposer(): void;
  raiseToast(level: Toast['level'], text: string): void;
  dismissToast(id: number): void;
  announce(text: string): void;
  markSeen(sessionId: SessionId, endedTurns: number): void;
}

/** Unit: px. */
export const SIDEBAR_WIDTH_PX = { least: 200, initial: 264, most: 420 } as const;

/** Below this width the right panel floats over the transcript, so only the user opens it. */
export const FLOATING_PANEL_BELOW_PX = 1000;

const MAX_TOASTS = 4;
const MAX_UNDOABLE = 3;
/** The oldest are removed. */
const MAX_HIDDEN_ORIGINS = 200;
/** Far more than are listed. A forgotten session counts as new, and a new session is never unread. */
const MAX_SEEN_TURNS = 2000;

const panelState = (panel: PanelTab | undefined) => ({ panel, tasksPanelOpen: panel === 'tasks' });

export type RememberedUi = Pick<
  UiState,
  'activeProjectId' | 'activeSessionId' | 'sidebarOpen' | 'sidebarWidthPx' | 'panel' | 'openTaskId' | 'seenTurns' | 'hiddenOrigins'
>;

/** Any field may be missing. */
export type RecalledUi = { readonly [Key in keyof RememberedUi]?: RememberedUi[Key] | undefined };

export function createUiStore(remembered: RecalledUi = {}): StoreApi<UiState> {
  let nextToast = 1;
  return createStore<UiState>()((set) => ({
    screen: 'workspace',
    historyFor: { projectId: undefined, query: '', turn: 0 },
    found: undefined,
    findingIn: undefined,
    offeredText: undefined,
    undoableDeletes: [],
    hiddenOrigins: remembered.hiddenOrigins ?? [],
    settingsProviderId: undefined,
    activeProjectId: remembered.activeProjectId,
    activeSessionId: remembered.activeSessionId,
    sidebarOpen: remembered.sidebarOpen ?? true,
    sidebarWidthPx: remembered.sidebarWidthPx ?? SIDEBAR_WIDTH_PX.initial,
    ...panelState(remembered.panel),
    openTaskId: remembered.openTaskId,
    folderDialogOpen: false,
    paletteOpen: false,
    composerFocusRequests: 0,
    toasts: [],
    announcement: { turn: 0, text: '' },
    seenTurns: remembered.seenTurns ?? {},

    showScreen: (screen, settingsProviderId) => set({ screen, settingsProviderId }),
    showHistory: (projectId, query = '') =>
      set((state) => ({ screen: 'history', historyFor: { projectId, query, turn: state.historyFor.turn + 1 } })),
    showFound: (sessionId, itemId) => set((state) => ({ found: { sessionId, itemId, turn: (state.found?.turn ?? 0) + 1 } })),
    takeFound: () => set({ found: undefined }),
    setFindingIn: (findingIn) => set({ findingIn }),
    offerText: (draftKey, text) => set({ offeredText: { draftKey, text } }),
    takeOfferedText: () => set({ offeredText: undefined }),
    addUndoableDelete: (deleted) => set((state) => ({ undoableDeletes: [...state.undoableDeletes, deleted].slice(-MAX_UNDOABLE) })),
    dropUndoableDelete: (token) => set((state) => ({ undoableDeletes: state.undoableDeletes.filter((one) => one.token !== token) })),
    hideOrigin: (sessionId) => set((state) => ({ hiddenOrigins: [...state.hiddenOrigins, sessionId].slice(-MAX_HIDDEN_ORIGINS) })),
    showSession: (activeProjectId, activeSessionId) =>
      set((state) => ({
        screen: 'workspace',
        found: undefined,
        activeProjectId,
        activeSessionId,
        openTaskId: state.activeSessionId === activeSessionId ? state.openTaskId : undefined,
      })),
    setSidebarOpen: (sidebarOpen) => set({ sidebarOpen }),
    setSidebarWidth: (widthPx) =>
      set({ sidebarWidthPx: Math.round(Math.min(SIDEBAR_WIDTH_PX.most, Math.max(SIDEBAR_WIDTH_PX.least, widthPx))) }),
    setPanel: (panel) => set(panelState(panel)),
    toggleTasks: () => set((state) => panelState(state.panel === 'tasks' ? undefined : 'tasks')),
    openTask: (openTaskId) => set({ ...panelState('tasks'), openTaskId, screen: 'workspace' }),
    closeTask: () => set({ openTaskId: undefined }),
    setFolderDialogOpen: (folderDialogOpen) => set({ folderDialogOpen }),
    setPaletteOpen: (paletteOpen) => set({ paletteOpen }),
    focusComposer: () => set((state) => ({ screen: 'workspace', composerFocusRequests: state.composerFocusRequests + 1 })),
    raiseToast: (level, text) =>
      set((state) => ({
        toasts: [...state.toasts.filter((toast) => toast.text !== text), { id: nextToast++, level, text }].slice(-MAX_TOASTS),
      })),
    dismissToast: (id) => set((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })),
    announce: (text) => set((state) => ({ announcement: { turn: state.announcement.turn + 1, text } })),
    markSeen: (sessionId, endedTurns) =>
      set((state) => {
        if (state.seenTurns[sessionId] === endedTurns) return state;
        const { [sessionId]: _before, ...others } = state.seenTurns;
        return { seenTurns: Object.fromEntries([...Object.entries(others), [sessionId, endedTurns]].slice(-MAX_SEEN_TURNS)) };
      }),
  }));
}
