/** The stores' door: the state of a window, the hooks that select from it, and the actions that send requests. */
export { type Actions } from './actions.ts';
export { StoresProvider, useStores } from './context.ts';
export { errorText } from './error-text.ts';
export {
  useActions,
  useActiveProject,
  useActiveProjectId,
  useActiveSessionId,
  useClient,
  useConnection,
  useHasRunningTask,
  useHost,
  useItem,
  useItems,
  useProjects,
  useProviders,
  useRunningTaskCount,
  useSessionsOfProject,
  useSessionSummary,
  useSettings,
  useSurvivors,
  useTask,
  useTasksOfSession,
  useTasksOfSessions,
  useUi,
  useView,
} from './hooks.ts';
export { type AppDescription, hasRunningTask, type HostState, isUnused, type SessionView } from './host-state.ts';
export { recallUi, rememberUi } from './remember-ui.ts';
export { createStores, type Stores } from './stores.ts';
export {
  FLOATING_PANEL_BELOW_PX,
  type PanelTab,
  type Screen,
  SIDEBAR_WIDTH_PX,
  type Toast,
  type UiState,
  type UndoableDelete,
} from './ui-store.ts';
export { isWebUrl } from './web-url.ts';
export { sandboxText } from './sandbox-text.ts';
export { approvalTitle } from './approval-title.ts';
