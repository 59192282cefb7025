/** Answers of `settings.describe` and `provider.list`; requested again whenever the host reports a change. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ProviderPreset, ProviderSummary, SettingsView } from '../../preload/contract/index.ts';

export interface SettingsState {
  readonly settings: SettingsView | undefined;
  readonly providers: readonly ProviderSummary[];
  readonly presets: readonly ProviderPreset[];
  /** False until the first answer, so that a screen can distinguish "none" from "not known yet". */
  readonly loaded: boolean;
}

export function createSettingsStore(): StoreApi<SettingsState> {
  return createStore<SettingsState>()(() => ({ settings: undefined, providers: [], presets: [], loaded: false }));
}
