/** ACP over HTTP and WebSocket, by the SDK's transport. */
import { createNodeWebSocketUpgradeHandler, type NodeWebSocketUpgradeServer } from '@agentclientprotocol/sdk/experimental/node';
import { AcpServer } from '@agentclientprotocol/sdk/experimental/server';
import { createAcpAgent } from './acp-agent.ts';
import type { AcpHost } from './acp-host.ts';

/** Serves requests that the host has let in. Ownership: the creator calls `close`. */
export interface AcpEndpoint {
  handle(request: Request): Promise<Response>;
  /** For the HTTP server's `upgrade` event. */
  readonly upgrade: ReturnType<typeof createNodeWebSocketUpgradeHandler>;
  close(): Promise<void>;
}

export function createAcpEndpoint(host: AcpHost, sockets: NodeWebSocketUpgradeServer): AcpEndpoint {
  const server = new AcpServer({ createAgent: () => createAcpAgent(host) });
  return {
    handle: (request) => server.handleRequest(request),
    upgrade: createNodeWebSocketUpgradeHandler(server, sockets),
    close: () => server.close(),
  };
}
