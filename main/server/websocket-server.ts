import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { describeVerdict, checkUpgrade } from './http.ts';
import type { BoundAddress } from './origin-guard.ts';
import { createWebSocketTransport } from './websocket-transport.ts';
import type { HostTransport } from '../rpc/index.ts';

/** The longest prompt has a million characters, each up to six bytes of JSON. Unit: bytes. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

/** A client that has not sent hello by then is disconnected. Unit: ms. */
export const HELLO_LIMIT_MS = 2000;

/** A dead connection is detected after two of these: half-open connections otherwise stay for hours. Unit: ms. */
const HEARTBEAT_MS = 15_000;

const SERVICE_RESTART = 1012;
const POLICY_VIOLATION = 1008;

export interface WebSocketEndpointOptions {
  readonly bound: () => BoundAddress;
  readonly connect: (transport: HostTransport) => void;
  /** `/acp`, for a request that has the token in its `Authorization` header. */
  readonly acp: { readonly isAuthorized: (request: IncomingMessage) => boolean; readonly upgrade: WebSocketEndpoint['upgrade'] };
  readonly onFault: (error: unknown) => void;
  readonly after: (ms: number, run: () => void) => () => void;
}

export interface WebSocketEndpoint {
  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Notifies every client; `force` cuts off clients that do not disconnect. */
  close(options: { force: boolean }): void;
}

/** `/ws`: guard, hello limit, heartbeat; the rpc host checks the token of the hello. `/acp`: guard and token. */
export function createWebSocketEndpoint(options: WebSocketEndpointOptions): WebSocketEndpoint {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });

  function adopt(socket: WebSocket): void {
    socket.on('error', options.onFault); // a message that is too large, or invalid UTF-8: ws closes the socket itself
    const cancelLimit = options.after(HELLO_LIMIT_MS, () => socket.close(POLICY_VIOLATION, 'no hello in time'));
    socket.once('message', cancelLimit);
    const stopHeartbeat = keepAlive(socket, options.after);
    socket.once('close', () => {
      cancelLimit();
      stopHeartbeat();
    });
    options.connect(createWebSocketTransport(socket));
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', options.onFault); // a peer that resets the connection during a refusal
      const verdict = checkUpgrade(options.bound(), request);
      if (verdict !== 'ok') return refuse(socket, 403, describeVerdict(verdict));
      // Compared as text: a target that is not an address (`//`) makes `URL` throw, and any local program may send one.
      const path = request.url?.split('?', 1)[0];
      if (path === '/acp') {
        if (!options.acp.isAuthorized(request)) return refuse(socket, 401, 'The access token is missing or wrong.');
        return options.acp.upgrade(request, socket, head);
      }
      if (path !== '/ws') return refuse(socket, 404, 'Not found');
      server.handleUpgrade(request, socket, head, adopt);
    },
    close({ force }) {
      for (const socket of server.clients) {
        if (force) socket.terminate();
        else socket.close(SERVICE_RESTART, 'Gantry is stopping');
      }
      server.close();
    },
  };
}

/** Pings the client, and cuts off one that does not answer. Returns a function that ends it. */
export function keepAlive(socket: WebSocket, after: WebSocketEndpointOptions['after']): () => void {
  let isAnswered = true;
  let cancel = () => {};
  socket.on('pong', () => {
    isAnswered = true;
  });
  const beat = () => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
    cancel = after(HEARTBEAT_MS, beat);
  };
  cancel = after(HEARTBEAT_MS, beat);
  return () => cancel();
}

const REASONS = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' } as const;

function refuse(socket: Duplex, status: keyof typeof REASONS, error: string): void {
  const body = JSON.stringify({ error });
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
