/**
 * Runs one streamed request, the same way for every protocol: key, cancellation, timeouts, faults. A protocol supplies how a
 * request is opened (`open`) and what its chunks mean (`mapper`). provider-failure explains faults, and the turn runner decides
 * about retries, so the SDKs must not retry (`maxRetries: 0`).
 */
import type { ProviderConfig } from './provider-config.ts';
import { type Endpoint, type Fault, toProviderFailure } from './provider-failure.ts';
import type { ModelRequest, StreamEvent } from './provider.ts';

/** Turns chunks into events: `push` emits all but the end; `end` emits what was held back, and exactly one `done` or `error`. */
export interface StreamMapper {
  push(chunk: unknown): readonly StreamEvent[];
  end(): readonly StreamEvent[];
  /** The answer is complete: at most the usage is still missing. */
  isFinished(): boolean;
  /** An error that the chunks themselves have reported, checked after `push`: ends the stream. */
  fault?(): Fault | undefined;
}

export interface OpenedStream {
  readonly chunks: AsyncIterable<unknown>;
  /** Set if the SDK reports it: it reveals a web page sent instead of an answer. */
  readonly contentType?: string | null;
}

export interface ProtocolCall {
  /** Sends the request. `signal` cancels it, also in the middle of the answer. */
  open(key: string | undefined, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<OpenedStream>;
  readonly mapper: StreamMapper;
  readFault(error: unknown, requestTimeoutMs: number): Fault;
}

/** Until the answer begins. Unit: ms. Source: docs/formats.md 1.4. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Created once: a new error for each request would capture its stack, which is never used. */
const ENDED = new DOMException('The stream has ended.', 'AbortError');

/** Never throws; ends with exactly one `done` or `error`. If the reader leaves in the middle, the connection is closed. */
export async function* streamProtocol(
  config: ProviderConfig,
  request: ModelRequest,
  signal: AbortSignal,
  call: ProtocolCall,
): AsyncGenerator<StreamEvent, void> {
  const { endpoint } = config;
  // A local server that needs no key may still have been given one.
  const key = endpoint.needsKey || endpoint.envKey !== undefined ? await config.readKey() : undefined;
  const fail = (fault: Fault): StreamEvent => ({
    type: 'error',
    error: toProviderFailure(fault, endpoint, {
      modelId: request.modelId,
      nowMs: config.clock.now(),
      secrets: key === undefined ? [] : [key],
    }),
  });
  if (endpoint.needsKey && key === undefined) {
    yield fail({ kind: 'missing_key' });
    return;
  }
  if (signal.aborted) {
    yield fail({ kind: 'cancelled' });
    return;
  }
  const { mapper } = call;
  const reading = readChunks(config, call, key, signal);
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done === true) {
        // Once the answer is complete only the usage can be missing: losing the connection then does no harm.
        if (next.value !== undefined && !(mapper.isFinished() && next.value.kind !== 'cancelled')) yield fail(next.value);
        else yield* mapper.end().map((event) => namingTheProvider(event, endpoint));
        return;
      }
      yield* mapper.push(next.value);
      const fault = mapper.fault?.();
      if (fault !== undefined) {
        yield fail(fault);
        return;
      }
    }
  } finally {
    await reading.return(undefined); // the reader left in the middle: close the connection
  }
}

/** Yields the raw chunks; returns the fault that ended them, or undefined if they ended normally. */
async function* readChunks(
  config: ProviderConfig,
  call: ProtocolCall,
  key: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<unknown, Fault | undefined> {
  const timeoutMs = config.generation?.timeout ?? REQUEST_TIMEOUT_MS;
  const controller = new AbortController();
  const aborted = new Promise<Fault>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }), { signal: controller.signal });
  });
  /** Settles with the first event; the other is abandoned and its failure ignored. */
  const orFault = async <T>(work: Promise<T>, waitMs: number, what: 'answer' | 'more'): Promise<Settled<T>> => {
    let cancelTimer = () => {};
    const silent = new Promise<Fault>((resolve) => {
      cancelTimer = config.clock.after(waitMs, () => resolve({ kind: 'timeout', waitedMs: waitMs, what }));
    });
    const settled = work.then(
      (value) => ({ ok: true, value }) as const,
      (error: unknown) => ({ ok: false, fault: call.readFault(error, timeoutMs) }) as const,
    );
    const result = await Promise.race([settled, Promise.race([aborted, silent, tooLong]).then((fault) => ({ ok: false, fault }) as const)]);
    cancelTimer();
    return result;
  };
  let endLifetime = () => {};
  const tooLong = new Promise<Fault>((resolve) => {
    const { lifetimeMs: waitedMs } = config;
    if (waitedMs !== undefined) endLifetime = config.clock.after(waitedMs, () => resolve({ kind: 'timeout', waitedMs, what: 'end' }));
  });
  try {
    const opened = await orFault(call.open(key, { timeoutMs, signal: controller.signal }), timeoutMs, 'answer');
    if (!opened.ok) return opened.fault;
    if (/text\/html/i.test(opened.value.contentType ?? '')) return { kind: 'web_page' };
    const chunks = opened.value.chunks[Symbol.asyncIterator]();
    for (;;) {
      const next = await orFault(chunks.next(), config.idleTimeoutMs, 'more');
      if (!next.ok) return next.fault;
      if (next.value.done === true) return undefined;
      yield next.value.value;
    }
  } finally {
    endLifetime();
    controller.abort(ENDED); // also if the reader has left in the middle
  }
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** The mapper knows only the stream; the message must name the provider. */
function namingTheProvider(event: StreamEvent, endpoint: Endpoint): StreamEvent {
  if (event.type !== 'error') return event;
  return {
    ...event,
    error: {
      ...event.error,
      message: `${endpoint.providerName} (${endpoint.baseUrl}): ${event.error.message} Try again, or choose another model.`,
    },
  };
}
