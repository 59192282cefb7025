/** A remote server: streamable HTTP or server-sent events, both of the library, over our own fetch. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Clock } from '../ports.ts';
import { createFloodGuard } from './flood-guard.ts';
import type { FetchLike } from './server-fetch.ts';
import type { RemoteConfig } from './server-config.ts';
import type { Sdk } from './sdk.ts';
import { defined } from '../../../preload/contract/index.ts';

export interface RemoteTransport extends Transport {
  finishAuth(code: string): Promise<void>;
}

export interface RemoteTransportDeps {
  readonly sdk: Sdk;
  readonly fetch: FetchLike;
  readonly authProvider: OAuthClientProvider | undefined;
}

export function createRemoteTransport({ kind, url }: RemoteConfig, { sdk, fetch, authProvider }: RemoteTransportDeps): RemoteTransport {
  const options = { fetch, ...defined({ authProvider }) };
  const address = new URL(url);
  return kind === 'http' ? new sdk.StreamableHTTPClientTransport(address, options) : new sdk.SSEClientTransport(address, options);
}

/** Reports a server that sends more than the limit. Call it before the client connects, which keeps this listener. */
export function guardFlood(transport: Transport, clock: Clock, onFlood: (reason: string) => void): void {
  const guard = createFloodGuard(() => clock.now());
  transport.onmessage = () => {
    const tooMuch = guard.message(0);
    if (tooMuch !== undefined) onFlood(tooMuch);
  };
}
