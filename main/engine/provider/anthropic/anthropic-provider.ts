/**
 * Anthropic's Messages protocol, of that vendor and of those who speak it too, over `@anthropic-ai/sdk`, which is loaded by
 * the first request. Owns what is said and where; what an event means is anthropic-stream's, the way of a request
 * stream-protocol's.
 */
import { randomBytes } from 'node:crypto';
import type { Stream } from '@anthropic-ai/sdk/core/streaming';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { createGuardedFetch } from '../keyed-fetch.ts';
import { type ListOptions, type ProtocolModule, type ProviderConfig, signerOf } from '../provider-config.ts';
import type { ModelProvider } from '../provider.ts';
import { streamProtocol } from '../stream-protocol.ts';
import { readAnthropicFault } from './anthropic-fault.ts';
import { messagesRequestBody, requestHeaders, setsSampling } from './anthropic-request.ts';
import { createAnthropicStreamMapper } from './anthropic-stream.ts';

/** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
export function createAnthropicProvider(config: ProviderConfig): ModelProvider {
  return {
    stream: (request, signal) =>
      streamProtocol(config, request, signal, {
        mapper: createAnthropicStreamMapper({
          callIdSeed: randomBytes(4).toString('hex'),
          signer: signerOf(config, request.modelId),
        }),
        readFault: readAnthropicFault,
        async open(key, options) {
          const body = messagesRequestBody(config, request);
          const client = await createClient(config, key, { timeoutMs: options.timeoutMs, samples: setsSampling(body) });
          // Not `messages.create`: it writes to the console that a model will be retired.
          const { data, response } = await client
            .post<Stream<RawMessageStreamEvent>>('/v1/messages', { body, stream: true, signal: options.signal })
            .withResponse();
          return { chunks: data, contentType: response.headers.get('content-type') };
        },
      }),
  };
}

export const ANTHROPIC_PROTOCOL: ProtocolModule = {
  create: createAnthropicProvider,
  listModels: listAnthropicModels,
  readFault: readAnthropicFault,
};

/** One page; no vendor offers more. */
const LISTED = 1000;

async function listAnthropicModels(config: ProviderConfig, key: string | undefined, options: ListOptions): Promise<string[]> {
  const client = await createClient(config, key, { timeoutMs: options.timeoutMs, samples: false });
  const page = await client.models.list({ limit: LISTED }, options.signal === undefined ? {} : { signal: options.signal });
  return page.data.map((model) => model.id);
}

async function createClient(
  config: ProviderConfig,
  key: string | undefined,
  { timeoutMs, samples }: { readonly timeoutMs: number; readonly samples: boolean },
) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const baseUrl = rootOf(config.endpoint.requestUrl);
  return new Anthropic({
    // Everything is named, so that nothing comes from this process's own environment.
    apiKey: key ?? 'none',
    webhookKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    openTelemetry: false,
    fetch: createGuardedFetch({
      baseUrl,
      key,
      userAgent: config.userAgent,
      proxies: config.proxies,
      keyHeader: (value) => ['x-api-key', value],
      passHeaders: ['anthropic-version'],
      customHeaders: { ...requestHeaders(baseUrl, key, samples), ...config.generation?.customHeaders },
    }),
  });
}

/** The SDK adds `/v1` itself; people who know the other protocol add it to the base URL. */
function rootOf(requestUrl: string): string {
  return requestUrl.replace(/\/v1\/?$/, '');
}
