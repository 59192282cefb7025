/**
 * `/acp` of the server: who may use it, and for how long. The protocol is loaded with its first client. A client that speaks HTTP has
 * no connection that could break, so one that is silent and listens to nothing is forgotten after a time.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { WebSocketServer } from 'ws';
import type { AcpEndpoint, AcpHost } from '../acp/index.ts';
import { keepAlive } from './websocket-server.ts';

/** The longest message. Unit: bytes. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** Sessions stay open; a client that returns later initializes again. Unit: ms. */
export const SILENCE_LIMIT_MS = 10 * 60_000;

const CONNECTION_HEADER = 'Acp-Connection-Id';

export interface AcpRoutes {
  addRoutes(app: Hono): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

export interface AcpRoutesOptions {
  readonly host: AcpHost;
  readonly onFault: (error: unknown) => void;
}

export function createAcpRoutes({ host, onFault }: AcpRoutesOptions): AcpRoutes {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const after = (ms: number, run: () => void) => host.clock.after(ms, run);
  const silent = new Map<string, () => void>();
  let endpoint: Promise<AcpEndpoint> | undefined;

  function open(): Promise<AcpEndpoint> {
    endpoint ??= import('../acp/index.ts').then(({ createAcpEndpoint }) =>
      createAcpEndpoint(host, {
        on: (event, listener) => void sockets.on(event, listener),
        off: (event, listener) => void sockets.off(event, listener),
        handleUpgrade(request, socket, head, accept) {
          sockets.handleUpgrade(request, socket, head, (accepted) => {
            accepted.on('error', onFault); // a message that is too large: ws closes the socket itself
            accepted.once('close', keepAlive(accepted, after));
            accept(accepted);
          });
        },
      }),
    );
    return endpoint;
  }

  /** The client has no request open; it is forgotten unless another one comes in time. */
  function startSilence(url: string, connectionId: string): void {
    silent.get(connectionId)?.();
    silent.set(
      connectionId,
      after(SILENCE_LIMIT_MS, () => {
        silent.delete(connectionId);
        const request = new Request(url, { method: 'DELETE', headers: { [CONNECTION_HEADER]: connectionId } });
        open()
          .then((served) => served.handle(request))
          .catch(onFault);
      }),
    );
  }

  function endSilence(connectionId: string): void {
    silent.get(connectionId)?.();
    silent.delete(connectionId);
  }

  async function handle(context: Context): Promise<Response> {
    const { raw } = context.req;
    const response = await (await open()).handle(raw);
    const connectionId = raw.headers.get(CONNECTION_HEADER) ?? response.headers.get(CONNECTION_HEADER);
    if (connectionId !== null && response.ok) {
      if (raw.method === 'DELETE') endSilence(connectionId);
      else if (raw.method === 'GET') {
        endSilence(connectionId);
        raw.signal.addEventListener('abort', () => startSilence(raw.url, connectionId), { once: true });
      } else if (silent.has(connectionId) || response.headers.has(CONNECTION_HEADER)) startSilence(raw.url, connectionId);
    }
    if (response.ok || response.headers.get('content-type')?.startsWith('text/plain') !== true) return response;
    return Response.json({ error: await response.text() }, { status: response.status });
  }

  return {
    addRoutes(app) {
      const tooLong = (context: Context) => context.json({ error: `The message is longer than ${MAX_MESSAGE_BYTES} bytes.` }, 413);
      app.use('/acp', bodyLimit({ maxSize: MAX_MESSAGE_BYTES, onError: tooLong }));
      app.on(['GET', 'POST', 'DELETE'], '/acp', handle);
    },
    upgrade(request, socket, head) {
      open()
        .then((served) => served.upgrade(request, socket, head))
        .catch((error: unknown) => {
          onFault(error);
          socket.destroy();
        });
    },
    async close() {
      for (const cancel of silent.values()) cancel();
      silent.clear();
      await (await endpoint)?.close();
      sockets.close();
    },
  };
}
