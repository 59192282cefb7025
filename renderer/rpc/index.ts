import { defined, type HostBridge } from '../../preload/contract/index.ts';
import { type Client, createClient } from './client.ts';
import { openElectronTransport } from './electron-transport.ts';
import { takeToken } from './access-token.ts';
import { openWebSocketTransport } from './websocket-transport.ts';

export { type Client, ClientError, type ConnectionState } from './client.ts';
export { readExport } from './read-export.ts';
export type { ClientTransport } from './transport.ts';

declare global {
  interface Window {
    /** Set by the preload script in the desktop app, absent in a browser. */
    readonly host?: HostBridge;
  }
}

/** The only module that knows whether the page runs in the desktop app or in a browser. */
export function connect(): Client {
  const bridge = window.host;
  if (bridge !== undefined) return createClient({ open: () => openElectronTransport(bridge) });
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
  const token = takeToken(location, history, sessionStorage);
  return createClient({
    open: () => openWebSocketTransport(url),
    ...defined({ token }),
  });
}
