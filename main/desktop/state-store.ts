import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { Theme } from '../../preload/contract/index.ts';
import { createForgivingStore, type ValueStore } from './forgiving-store.ts';
import { DEFAULT_PLACE, type WindowPlace } from './window-place.ts';

/** State that only the desktop stores. `theme` is a copy of the setting, so that the first paint has the right colour. */
interface DesktopState {
  place: WindowPlace;
  theme: Theme;
}

export type DesktopStore = ValueStore<DesktopState>;

/**
 * A file that cannot be read is started again, and one that cannot be written is left: nothing in it justifies a failed start.
 */
export function openDesktopStore(): DesktopStore {
  const defaults: DesktopState = { place: DEFAULT_PLACE, theme: 'system' };
  const store = createForgivingStore(() => new Store<DesktopState>({ name: 'desktop', defaults, clearInvalidConfig: true }), defaults);
  // The package opens a channel for pages that load it themselves; ours may use exactly two channels.
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
}
