import {
  defined,
  events,
  HostFrame,
  type HostEvent,
  type NotifyName,
  type NotifyParams,
  type OutputFrame,
  type Params,
  PROTOCOL_VERSION,
  type RequestName,
  type Result,
  type ViewerId,
  type WireError,
  type ErrorCode,
} from '../../preload/contract/index.ts';
import type { ClientTransport } from './transport.ts';

/** The error of a refused request: the host's error code, or `connection_lost`. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ErrorCode;
  readonly data: Record<string, unknown> | undefined;

  constructor(error: WireError) {
    super(error.message);
    this.code = error.code;
    this.data = error.data;
  }
}

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost'; readonly retryAtMs: number }
  /** The host refuses this client; another attempt would have the same result. */
  | { readonly kind: 'refused'; readonly error: WireError };

/**
 * The client side of the contract. Errors: `request` rejects with ClientError; requests made while connecting wait, and
 * requests in progress when the connection is lost reject with `connection_lost`. Notifies without a connection are dropped:
 * their views attach again anyway.
 */
export interface Client {
  request<M extends RequestName>(method: M, params: Params<M>): Promise<Result<M>>;
  notify<N extends NotifyName>(method: N, params: NotifyParams<N>): void;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Frames of one terminal view. Frames that arrive before the first listener are kept for it. */
  onOutput(viewerId: ViewerId, listener: (frame: OutputFrame) => void): () => void;
  /** Called at once with the current state, then with every change. */
  onState(listener: (state: ConnectionState) => void): () => void;
  close(): void;
}

export interface ClientOptions {
  readonly open: () => ClientTransport;
  readonly token?: string;
  readonly nowMs?: () => number;
}

/** Delays before reconnecting: short at first, then every 5 s. Unit: ms. */
const RECONNECT_MS = [250, 500, 1000, 2000, 5000] as const;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ClientError) => void;
}

export function createClient(options: ClientOptions): Client {
  const nowMs = options.nowMs ?? Date.now;
  const eventListeners = new Set<(event: HostEvent) => void>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  const outputs = createOutputRouter();
  const pending = new Map<number, Pending>();
  let waiting: (() => void)[] = [];
  let state: ConnectionState = { kind: 'connecting' };
  let transport: ClientTransport | undefined;
  let nextId = 1;
  let failures = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function setState(next: ConnectionState): void {
    state = next;
    for (const listener of [...stateListeners]) listener(next);
  }

  function open(): void {
    if (state.kind !== 'connecting') setState({ kind: 'connecting' });
    const current = options.open();
    transport = current;
    current.onOpen(() => {
      current.send({
        t: 'hello',
        protocol: PROTOCOL_VERSION,
        ...defined({ token: options.token }),
      });
    });
    current.onFrame((frame) => {
      if (transport === current) receive(frame);
    });
    current.onClose(() => {
      if (transport === current) lose();
    });
  }

  function lose(): void {
    transport = undefined;
    outputs.clear();
    const error = new ClientError({
      code: 'connection_lost',
      message: 'The connection to Gantry was lost before the answer arrived. Reconnecting.',
    });
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    waiting = []; // their callers have just received the failure: if they were sent later, they would run twice
    if (closed || state.kind === 'refused') return;
    const delayMs = RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)] ?? 5000;
    failures += 1;
    setState({ kind: 'lost', retryAtMs: nowMs() + delayMs });
    timer = setTimeout(open, delayMs);
  }

  function receive(input: unknown): void {
    const parsed = HostFrame.safeParse(input);
    if (!parsed.success) return; // not from our host, so there is no peer to answer
    const frame = parsed.data;
    switch (frame.t) {
      case 'welcome': {
        failures = 0;
        const ready = waiting;
        waiting = [];
        setState({ kind: 'ready' });
        for (const send of ready) send();
        return;
      }
      case 'refused':
        setState({ kind: 'refused', error: frame.error });
        for (const { reject } of pending.values()) reject(new ClientError(frame.error));
        pending.clear();
        return;
      case 'result':
        take(frame.id)?.resolve(frame.result);
        return;
      case 'error':
        take(frame.id)?.reject(new ClientError(frame.error));
        return;
      case 'event': {
        if (!Object.hasOwn(events, frame.event)) return; // from a newer host; this build does not use it
        const event = { event: frame.event, data: frame.data } as HostEvent; // the host creates it from the contract's own types
        for (const listener of [...eventListeners]) listener(event);
        return;
      }
      case 'output':
        outputs.deliver(frame);
        return;
    }
  }

  function take(id: number): Pending | undefined {
    const found = pending.get(id);
    pending.delete(id);
    return found;
  }

  open();

  return {
    request<M extends RequestName>(method: M, params: Params<M>): Promise<Result<M>> {
      return new Promise((resolve, reject) => {
        if (state.kind === 'refused') return reject(new ClientError(state.error));
        if (state.kind === 'lost')
          return reject(
            new ClientError({
              code: 'connection_lost',
              message: 'Not connected to Gantry. Reconnecting.',
            }),
          );
        const id = nextId++;
        // The host's handler table types the result of this method.
        pending.set(id, {
          resolve: (result) => resolve(result as Result<M>),
          reject,
        });
        const send = () => transport?.send({ t: 'request', id, method, params });
        if (state.kind === 'ready') send();
        else waiting.push(send);
      });
    },
    notify(method, params) {
      if (state.kind === 'ready') transport?.send({ t: 'notify', method, params });
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
    onOutput: outputs.subscribe,
    onState(listener) {
      stateListeners.add(listener);
      listener(state);
      return () => void stateListeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      transport?.close();
    },
  };
}

/** The replay of a view can arrive before the answer that names the view, so frames without a listener are kept for a while. */
function createOutputRouter() {
  const listeners = new Map<ViewerId, (frame: OutputFrame) => void>();
  const early = new Map<ViewerId, OutputFrame[]>();
  return {
    deliver(frame: OutputFrame): void {
      const listener = listeners.get(frame.viewerId);
      if (listener !== undefined) return listener(frame);
      const held = early.get(frame.viewerId);
      if (held === undefined) early.set(frame.viewerId, [frame]);
      else held.push(frame); // bounded: the host stops at its credit until something is parsed
    },
    subscribe(viewerId: ViewerId, listener: (frame: OutputFrame) => void): () => void {
      listeners.set(viewerId, listener);
      const held = early.get(viewerId) ?? [];
      early.delete(viewerId);
      for (const frame of held) listener(frame);
      return () => {
        if (listeners.get(viewerId) === listener) listeners.delete(viewerId);
      };
    },
    clear(): void {
      listeners.clear();
      early.clear();
    },
  };
}
