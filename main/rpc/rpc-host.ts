import {
  ClientFrame,
  events,
  type HostEvent,
  PROTOCOL_VERSION,
  type SessionId,
  type SessionSnapshot,
  type WireError,
} from '../../preload/contract/index.ts';
import type { Engine, Logger } from '../engine/index.ts';
import type { AppPort } from './app-port.ts';
import { type ConfirmRequest, createConfirmRequest } from './confirm-requests.ts';
import { createDeltaMerger } from './delta-merger.ts';
import { createDispatcher } from './dispatcher.ts';
import { createRequestHandlers } from './handlers/request-handlers.ts';
import { boundEvent } from './row-bounds.ts';
import { createSubscriptions } from './subscriptions.ts';
import type { HostTransport } from './transport.ts';
import { createViewers } from './viewers.ts';

export interface RpcHostOptions {
  readonly engine: Engine;
  readonly app: AppPort;
  readonly logger: Logger;
  /** Starts a timer and returns a function that cancels it; the engine's clock. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Check results and events against the contract: development and tests. */
  readonly validate: boolean;
}

export interface RpcHost {
  /**
   * Serves one client until its transport closes. The first frame must be `hello` with this protocol version and, where
   * `accept` is given, a token it accepts; anything else is refused and the transport closed.
   */
  connect(transport: HostTransport, options?: { accept?: (token: string | undefined) => boolean }): void;
  /** Sends an event that does not come from the engine (a native menu) to every client. */
  broadcast(event: HostEvent): void;
  /** For a route of the host that does the same as a request: see `ConfirmRequest`. */
  readonly confirm: ConfirmRequest;
  /** A client of another protocol has the session open, until the returned function is called. */
  watch(sessionId: SessionId): () => void;
  /** Clients that have sent hello and are still connected. */
  clientCount(): number;
  close(): void;
}

/**
 * The transport-neutral host side of the contract. Flow: frame -> envelope check -> dispatcher (allow-list, params) -> engine;
 * engine events -> subscriptions -> merger -> client. It makes no decisions: it checks, routes and forgets.
 */
export function createRpcHost(options: RpcHostOptions): RpcHost {
  const clients = new Set<ClientConnection>();
  const watchers = new Set<{ readonly sessionId: SessionId }>();
  const confirm = createConfirmRequest(options);
  const unsubscribe = options.engine.subscribe((event) => broadcast(event));

  function broadcast(event: HostEvent): void {
    if (options.validate) events[event.event].parse(event.data);
    const bounded = boundEvent(event);
    for (const client of clients) client.offer(bounded);
  }

  /** A session leaves memory only when no client watches it. */
  function release(sessionId: SessionId): void {
    const isWatched =
      [...clients].some((client) => client.watches(sessionId)) || [...watchers].some((other) => other.sessionId === sessionId);
    if (!isWatched) options.engine.sessions.release(sessionId);
  }

  return {
    connect(transport, { accept } = {}) {
      const client = createClientConnection(transport, { ...options, confirm, release }, accept);
      transport.onClose(() => {
        clients.delete(client);
        client.close();
      });
      transport.onFrame((frame) => {
        if (client.receive(frame) === 'ready') clients.add(client);
      });
    },
    broadcast,
    confirm,
    watch(sessionId) {
      const watcher = { sessionId };
      watchers.add(watcher);
      return () => {
        if (watchers.delete(watcher)) release(sessionId);
      };
    },
    clientCount: () => clients.size,
    close() {
      unsubscribe();
      for (const client of clients) client.close();
      clients.clear();
    },
  };
}

interface ClientConnection {
  offer(event: HostEvent): void;
  watches(sessionId: SessionId): boolean;
  /** Returns `ready` once, after a successful hello. */
  receive(input: unknown): 'ready' | undefined;
  close(): void;
}

function createClientConnection(
  transport: HostTransport,
  options: RpcHostOptions & { readonly confirm: ConfirmRequest; readonly release: (sessionId: SessionId) => void },
  accept: ((token: string | undefined) => boolean) | undefined,
): ClientConnection {
  const { engine, app, logger, release } = options;
  let state: 'new' | 'ready' | 'closed' = 'new';
  const left = new AbortController();
  const merger = createDeltaMerger((event) => transport.send({ t: 'event', event: event.event, data: event.data }), options.after);
  const subscriptions = createSubscriptions(merger.push);
  const viewers = createViewers(engine.tasks, (frame) => transport.send(frame));
  const dispatcher = createDispatcher({
    requestHandlers: createRequestHandlers({
      engine,
      app,
      subscriptions,
      viewers,
      release,
    }),
    notifyHandlers: {
      'task.input': ({ taskId, data }) => engine.tasks.write(taskId, data),
      'task.resize': ({ viewerId, cols, rows }) => engine.tasks.resize(viewers.own(viewerId), cols, rows),
      'task.focus': ({ viewerId }) => engine.tasks.focus(viewers.own(viewerId)),
      'task.ack': ({ viewerId, parsedBytes }) => engine.tasks.ack(viewers.own(viewerId), parsedBytes),
      'project.shown': (view) => {
        engine.projects
          .setLastShown(view)
          .catch((error: unknown) => logger.warn('What the window shows was not kept', { error: String(error) }));
      },
    },
    confirm: (method, params) => options.confirm(method, params, { signal: left.signal, asked }),
    logger,
    validateResults: options.validate,
  });

  function asked(): void {
    transport.send({ t: 'event', event: 'confirmation.asked', data: {} });
  }

  function refuse(error: WireError): void {
    state = 'closed';
    transport.send({ t: 'refused', error });
    transport.close();
  }

  function greet(frame: ClientFrame | undefined): void {
    if (frame?.t !== 'hello')
      return refuse({
        code: 'malformed_frame',
        message: 'The first message must be a hello.',
      });
    if (accept !== undefined && !accept(frame.token)) {
      return refuse({
        code: 'unauthorized',
        message: 'The access token is missing or wrong. Open the address that `gantry serve` printed.',
      });
    }
    if (frame.protocol !== PROTOCOL_VERSION) {
      return refuse({
        code: 'protocol_mismatch',
        message: `This window speaks version ${frame.protocol} of the bridge, the app version ${PROTOCOL_VERSION}. Reload the window; if that does not help, restart Gantry.`,
      });
    }
    state = 'ready';
    transport.send({ t: 'welcome', protocol: PROTOCOL_VERSION });
  }

  async function answer(id: number, method: string, params: unknown): Promise<void> {
    const reply = await dispatcher.request(method, params);
    if (state !== 'closed') transport.send(reply.ok ? { t: 'result', id, result: reply.result } : { t: 'error', id, error: reply.error });
    if (reply.ok && (method === 'session.attach' || method === 'session.create')) {
      const { snapshot } = reply.result as { snapshot: SessionSnapshot }; // typed by the handler table
      settle(snapshot);
    }
  }

  /** The client may have left the session, or disconnected, while it was being opened: then no client holds it. */
  function settle(snapshot: SessionSnapshot): void {
    const sessionId = snapshot.summary.id;
    subscriptions.settle(sessionId, snapshot);
    if (!subscriptions.has(sessionId)) release(sessionId);
  }

  return {
    offer: (event) => subscriptions.offer(event),
    watches: (sessionId) => subscriptions.has(sessionId),
    receive(input) {
      if (state === 'closed') return undefined;
      const parsed = ClientFrame.safeParse(input);
      if (state === 'new') {
        greet(parsed.data);
        return state === 'new' || state === 'closed' ? undefined : 'ready';
      }
      if (!parsed.success) {
        logger.warn('malformed frame', { issues: parsed.error.issues.length });
        const id = (input as { id?: unknown } | null)?.id; // only read, so that the caller can match its request
        if (typeof id === 'number')
          transport.send({
            t: 'error',
            id,
            error: {
              code: 'malformed_frame',
              message: 'The message is not of the form the bridge expects.',
            },
          });
        return undefined;
      }
      const frame = parsed.data;
      if (frame.t === 'request') void answer(frame.id, frame.method, frame.params);
      else if (frame.t === 'notify') dispatcher.notify(frame.method, frame.params);
      return undefined;
    },
    close() {
      state = 'closed';
      left.abort();
      viewers.close();
      merger.close();
      for (const sessionId of subscriptions.close()) release(sessionId);
    },
  };
}
