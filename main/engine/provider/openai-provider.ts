/**
 * Chat completions of any OpenAI-compatible endpoint, over the `openai` package, which is loaded by the first request.
 * Owns the way of one request: key, headers, timeouts, cancelling. What a chunk means is openai-stream's, what a fault means
 * is provider-failure's, and whether to try again is the turn runner's (`maxRetries: 0`).
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';
import type { GenerationConfig } from '../settings/index.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { returnsThinking, toOpenAiMessages, toOpenAiTools } from './openai-messages.ts';
import { createOpenAiStreamMapper } from './openai-stream.ts';
import type { ModelProvider, ModelRequest, StreamEvent } from './provider.ts';
import { type Endpoint, type Fault, toProviderFailure } from './provider-failure.ts';
import { readSdkFault } from './sdk-fault.ts';

export interface OpenAiEndpoint extends Endpoint {
  /** The real one, with whatever it holds; `baseUrl` is the one to show. */
  readonly requestUrl: string;
  readonly needsKey: boolean;
}

export interface OpenAiProviderDeps {
  readonly endpoint: OpenAiEndpoint;
  /** Asked before each request; the answer is kept nowhere. */
  readonly readKey: () => Promise<string | undefined>;
  readonly generation: GenerationConfig | undefined;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Silence in the middle of an answer after which it is given up. Unit: ms. */
  readonly idleTimeoutMs: number;
}

/** Until the answer begins. Unit: ms. Source: qwen-code.md 1.4. */
const REQUEST_TIMEOUT_MS = 120_000;

/** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
export function createOpenAiProvider(deps: OpenAiProviderDeps): ModelProvider {
  return {
    async *stream(request, signal) {
      const key = deps.endpoint.needsKey ? await deps.readKey() : await optionalKey(deps);
      const fail = (fault: Fault): StreamEvent => ({
        type: 'error',
        error: toProviderFailure(fault, deps.endpoint, {
          modelId: request.modelId,
          nowMs: deps.clock.now(),
          secrets: key === undefined ? [] : [key],
        }),
      });
      if (deps.endpoint.needsKey && key === undefined) {
        yield fail({ kind: 'missing_key' });
        return;
      }
      if (signal.aborted) {
        yield fail({ kind: 'cancelled' });
        return;
      }
      const mapper = createOpenAiStreamMapper({
        callIdSeed: randomBytes(4).toString('hex'),
        toolNames: new Set(request.tools.map((tool) => tool.name)),
      });
      const reading = readChunks(deps, request, key, signal);
      try {
        for (;;) {
          const next = await reading.next();
          if (next.done === true) {
            // Once the finish reason has come only the usage can be missing: a connection lost then harms nothing.
            if (next.value !== undefined && !(mapper.isFinished() && next.value.kind !== 'cancelled')) yield fail(next.value);
            else yield* mapper.end().map((event) => namingTheProvider(event, deps.endpoint));
            return;
          }
          yield* mapper.push(next.value);
        }
      } finally {
        await reading.return(undefined); // a reader that leaves in the middle closes the connection
      }
    },
  };
}

/** A local server that wants no key may still have been given one. */
async function optionalKey(deps: OpenAiProviderDeps): Promise<string | undefined> {
  return deps.endpoint.envKey === undefined ? undefined : deps.readKey();
}

/** Yields the raw chunks; returns the fault that ended them, or undefined where they ended by themselves. */
async function* readChunks(
  deps: OpenAiProviderDeps,
  request: ModelRequest,
  key: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<unknown, Fault | undefined> {
  const timeoutMs = deps.generation?.timeout ?? REQUEST_TIMEOUT_MS;
  const controller = new AbortController();
  const aborted = new Promise<Fault>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }), { signal: controller.signal });
  });
  const idleMs = deps.idleTimeoutMs;
  /** Whatever happens first; the loser is abandoned and its failure is nobody's. */
  const orFault = async <T>(work: Promise<T>, waitMs?: number): Promise<{ ok: true; value: T } | { ok: false; fault: Fault }> => {
    let cancelTimer = () => {};
    const silent = new Promise<Fault>((resolve) => {
      if (waitMs !== undefined) cancelTimer = deps.clock.after(waitMs, () => resolve({ kind: 'timeout', waitedMs: waitMs, what: 'more' }));
    });
    const settled = work.then(
      (value) => ({ ok: true, value }) as const,
      (error: unknown) => ({ ok: false, fault: readSdkFault(error, timeoutMs) }) as const,
    );
    const result = await Promise.race([settled, Promise.race([aborted, silent]).then((fault) => ({ ok: false, fault }) as const)]);
    cancelTimer();
    return result;
  };
  try {
    const opened = await orFault(open(deps, request, key, { timeoutMs, signal: controller.signal }));
    if (!opened.ok) return opened.fault;
    const { data, response } = opened.value;
    if (/text\/html/i.test(response.headers.get('content-type') ?? '')) return { kind: 'web_page' };
    const chunks = data[Symbol.asyncIterator]();
    for (;;) {
      const next = await orFault(chunks.next(), idleMs);
      if (!next.ok) return next.fault;
      if (next.value.done === true) return undefined;
      yield next.value.value;
    }
  } finally {
    controller.abort(); // also when the reader has left in the middle
  }
}

async function open(
  deps: OpenAiProviderDeps,
  request: ModelRequest,
  key: string | undefined,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) {
  const client = await createClient(deps, key, options.timeoutMs);
  return client.chat.completions.create(requestBody(deps, request), { signal: options.signal }).withResponse();
}

/** The ids the endpoint lists. Fails as the SDK fails. */
export async function listOpenAiModels(
  deps: OpenAiProviderDeps,
  key: string | undefined,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const client = await createClient(deps, key, timeoutMs);
  const page = await client.models.list(signal === undefined ? {} : { signal });
  return page.data.map((model) => model.id);
}

async function createClient(deps: OpenAiProviderDeps, key: string | undefined, timeoutMs: number) {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    // Everything is named, so that nothing comes from this process's own environment.
    apiKey: key ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: deps.endpoint.requestUrl,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: createGuardedFetch({
      baseUrl: deps.endpoint.requestUrl,
      key,
      userAgent: deps.userAgent,
      customHeaders: deps.generation?.customHeaders ?? {},
    }),
  });
}

function requestBody(deps: OpenAiProviderDeps, request: ModelRequest) {
  const host = new URL(deps.endpoint.requestUrl).hostname;
  const sampling = deps.generation?.samplingParams ?? {};
  const limited = ['max_tokens', 'max_completion_tokens'].some((name) => name in sampling);
  const limitName = /^(?:o\d|gpt-5)/.test(request.modelId) ? 'max_completion_tokens' : 'max_tokens';
  return {
    model: request.modelId,
    messages: toOpenAiMessages(request.system, request.messages, { returnsThinking: returnsThinking(host, request.modelId) }),
    ...(request.tools.length === 0 ? {} : { tools: toOpenAiTools(request.tools) }),
    // Others call in parallel by themselves, and some refuse the field.
    ...(request.tools.length > 0 && /(?:^|\.)aliyuncs\.com$/.test(host) ? { parallel_tool_calls: true } : {}),
    ...(request.maxOutputTokens === undefined || limited ? {} : { [limitName]: request.maxOutputTokens }),
    ...sampling,
    ...deps.generation?.extra_body,
    stream: true as const,
    stream_options: { include_usage: true },
  };
}

/** The mapper knows only the stream; people want to know whose. */
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
