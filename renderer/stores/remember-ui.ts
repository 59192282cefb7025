import * as z from 'zod/mini';
import type { StoreApi } from 'zustand/vanilla';
import { ProjectId, SessionId, TaskId } from '../../preload/contract/index.ts';
import { PANEL_TABS, type RecalledUi, SIDEBAR_WIDTH_PX, type UiState } from './ui-store.ts';

const KEY = 'gantry.ui';

/** Two tabs may show two sessions, so each keeps its own. A new window asks the host for the last one. */
const pickView = (state: UiState) => ({ activeProjectId: state.activeProjectId, activeSessionId: state.activeSessionId });

const pick = (state: UiState) => ({
  sidebarOpen: state.sidebarOpen,
  sidebarWidthPx: state.sidebarWidthPx,
  panel: state.panel,
  openTaskId: state.openTaskId,
  seenTurns: state.seenTurns,
  hiddenOrigins: state.hiddenOrigins,
});

const RememberedView = z.object({
  activeProjectId: z.catch(z.optional(ProjectId), undefined),
  activeSessionId: z.catch(z.optional(SessionId), undefined),
});

/** A field of any other shape, after a manual edit or from another version, counts as not remembered. */
const Remembered = z.object({
  sidebarOpen: z.catch(z.optional(z.boolean()), undefined),
  sidebarWidthPx: z.catch(z.optional(z.number().check(z.gte(SIDEBAR_WIDTH_PX.least), z.lte(SIDEBAR_WIDTH_PX.most))), undefined),
  panel: z.catch(z.optional(z.enum(PANEL_TABS)), undefined),
  openTaskId: z.catch(z.optional(TaskId), undefined),
  seenTurns: z.catch(z.optional(z.record(SessionId, z.number())), undefined),
  hiddenOrigins: z.catch(z.optional(z.array(SessionId)), undefined),
});

/** What this window remembered; nothing if storage is empty, unreadable or of another shape. `tab`: for this tab only. */
export function recallUi(storage: Storage, tab: Storage): RecalledUi {
  return { ...read(storage, Remembered), ...read(tab, RememberedView) };
}

function read<T extends object>(storage: Storage, schema: z.ZodMiniType<T>): Partial<T> {
  try {
    return schema.safeParse(JSON.parse(storage.getItem(KEY) ?? '{}')).data ?? {};
  } catch {
    // Blocked or damaged storage counts as a first start.
    return {};
  }
}

/** Writes the lasting part of the UI store whenever it changes. Returns a function that stops it. */
export function rememberUi(store: StoreApi<UiState>, storage: Storage, tab: Storage): () => void {
  const stops = [writeChanges(store, storage, pick), writeChanges(store, tab, pickView)];
  return () => stops.forEach((stop) => stop());
}

function writeChanges(store: StoreApi<UiState>, storage: Storage, part: (state: UiState) => object): () => void {
  let written = '';
  return store.subscribe((state) => {
    const text = JSON.stringify(part(state));
    if (text === written) return;
    written = text;
    try {
      storage.setItem(KEY, text);
    } catch {
      // With full or blocked storage, only the layout is not remembered.
    }
  });
}
