import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client, ConnectionState } from '../rpc/index.ts';
import { type Actions, createActions } from './actions.ts';
import { EMPTY_HOST_STATE, type HostState } from './host-state.ts';
import { createSettingsStore, type SettingsState } from './settings-store.ts';
import { startSync, type Sync } from './sync.ts';
import { createUiStore, type RecalledUi, type UiState } from './ui-store.ts';

/** The stores of one window around one client. */
export interface Stores {
  readonly client: Client;
  readonly connection: StoreApi<{ readonly state: ConnectionState }>;
  readonly host: StoreApi<HostState>;
  readonly settings: StoreApi<SettingsState>;
  readonly ui: StoreApi<UiState>;
  readonly actions: Actions;
  /** Unsubscribes from the client; the client stays open and belongs to its creator. */
  readonly dispose: () => void;
}

/** New stores that follow the client from now on. */
export function createStores(client: Client, remembered: RecalledUi = {}): Stores {
  const connection = createStore<{ readonly state: ConnectionState }>()(() => ({ state: { kind: 'connecting' } }));
  const host = createStore<HostState>()(() => EMPTY_HOST_STATE);
  const settings = createSettingsStore();
  const ui = createUiStore(remembered);
  const sync: Sync = startSync({ client, connection, host, settings, ui });
  const actions = createActions({ client, host, settings, ui, sync });
  sync.onCommand(actions.invoke);
  return { client, connection, host, settings, ui, actions, dispose: sync.stop };
}
