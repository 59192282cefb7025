import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createWebSocketTransport } from '../../main/server/websocket-transport.ts';
import type { HostTransport } from '../../main/rpc/index.ts';
import type { HostBridge, HostFrame } from '../../preload/contract/index.ts';
import { openElectronTransport } from '../../renderer/rpc/electron-transport.ts';
import type { ClientTransport } from '../../renderer/rpc/transport.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';

/** Two ends of one connection. `serve` receives the host's end of every connection that the client opens. */
export interface Pair {
  readonly open: () => ClientTransport;
  /** Sends a message that is not a frame, like a broken or hostile client. */
  readonly sendRaw: (value: unknown) => void;
  readonly close: () => Promise<void>;
}

export type PairFactory = (serve: (transport: HostTransport) => void) => Promise<Pair>;

/** Both ends in one process, values passed by reference, but never in the same tick. */
export const memoryPair: PairFactory = async (serve) =>
  wire(
    serve,
    (value) => value,
    (bridge) => openElectronTransport(bridge),
  );

/** Like Electron: every message is cloned structurally, in both directions. */
export const electronShapedPair: PairFactory = async (serve) =>
  wire(
    serve,
    (value) => structuredClone(value),
    (bridge) => openElectronTransport(bridge),
  );

async function wire(
  serve: (transport: HostTransport) => void,
  carry: <T>(value: T) => T,
  open: (bridge: HostBridge) => ClientTransport,
): Promise<Pair> {
  let toHost: ((frame: unknown) => void) | undefined;
  let closed: (() => void) | undefined;
  let alive = true;
  const toClient = new Set<(frame: unknown) => void>();
  const post = (value: unknown) => {
    const copy = carry(value);
    queueMicrotask(() => alive && toHost?.(copy));
  };
  return {
    open: () => {
      alive = true;
      const transport: HostTransport = {
        send: (frame: HostFrame) => {
          const copy = carry(frame);
          queueMicrotask(() => {
            for (const listener of toClient) listener(copy);
          });
        },
        onFrame: (listener) => {
          toHost = listener;
        },
        onClose: (listener) => {
          closed = listener;
        },
        close: () => {
          alive = false;
        },
      };
      serve(transport);
      return open({
        post,
        onMessage: (listener) => {
          toClient.add(listener);
          return () => void toClient.delete(listener);
        },
        pathOf: () => '',
      });
    },
    sendRaw: post,
    close: async () => {
      alive = false;
      closed?.();
    },
  };
}

/** A real socket on loopback, with the server's own transport on one end and the page's on the other. */
export const webSocketPair: PairFactory = async (serve) => {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => serve(createWebSocketTransport(socket)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`;
  return {
    open: () => openWebSocketTransport(url),
    sendRaw: (value) => {
      for (const socket of sockets.clients)
        socket.emit('message', Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), false);
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
};
