import type { StoreApi } from 'zustand/vanilla';
import type { RememberedUi, UiState } from './ui-store.ts';

const KEY = 'gantry.ui';

const pick = (state: UiState): RememberedUi => ({
  activeProjectId: state.activeProjectId,
  activeSessionId: state.activeSessionId,
  sidebarOpen: state.sidebarOpen,
  sidebarWidthPx: state.sidebarWidthPx,
  panel: state.panel,
  openTaskId: state.openTaskId,
  seenTurns: state.seenTurns,
  hiddenOrigins: state.hiddenOrigins,
});

/** What this window remembered, or nothing where storage is empty, unreadable or of another shape. */
export function recallUi(storage: Storage): Partial<RememberedUi> {
  try {
    const parsed: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    // Written by rememberUi below and by nobody else; a field of the wrong type costs a default, not a crash.
    return typeof parsed === 'object' && parsed !== null ? (parsed as Partial<RememberedUi>) : {};
  } catch {
    // Blocked or damaged storage is the same as a first start.
    return {};
  }
}

/** Writes the lasting part of the ui store whenever it changes. Returns a function that stops it. */
export function rememberUi(store: StoreApi<UiState>, storage: Storage): () => void {
  let written = '';
  return store.subscribe((state) => {
    const text = JSON.stringify(pick(state));
    if (text === written) return;
    written = text;
    try {
      storage.setItem(KEY, text);
    } catch {
      // A full or blocked storage only costs the memory of the layout.
    }
  });
}
