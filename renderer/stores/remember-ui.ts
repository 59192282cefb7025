import { z } from 'zod';
import type { StoreApi } from 'zustand/vanilla';
import { ProjectId, SessionId, TaskId } from '../../preload/contract/index.ts';
import { PANEL_TABS, type RecalledUi, type RememberedUi, SIDEBAR_WIDTH_PX, type UiState } from './ui-store.ts';

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

/** Of any other shape, as after a change by hand or of another version, a field counts as not remembered. */
const Remembered = z.object({
  activeProjectId: ProjectId.optional().catch(undefined),
  activeSessionId: SessionId.optional().catch(undefined),
  sidebarOpen: z.boolean().optional().catch(undefined),
  sidebarWidthPx: z.number().min(SIDEBAR_WIDTH_PX.least).max(SIDEBAR_WIDTH_PX.most).optional().catch(undefined),
  panel: z.enum(PANEL_TABS).optional().catch(undefined),
  openTaskId: TaskId.optional().catch(undefined),
  seenTurns: z.record(SessionId, z.number()).optional().catch(undefined),
  hiddenOrigins: z.array(SessionId).optional().catch(undefined),
});

/** What this window remembered, or nothing where storage is empty, unreadable or of another shape. */
export function recallUi(storage: Storage): RecalledUi {
  try {
    return Remembered.safeParse(JSON.parse(storage.getItem(KEY) ?? '{}')).data ?? {};
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
