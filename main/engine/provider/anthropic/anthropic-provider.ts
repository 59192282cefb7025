/**
 * Anthropic's Messages protocol, for that vendor and for compatible servers, over `@anthropic-ai/sdk`, which the first request
 * loads. This file owns the content of a request and its endpoint; anthropic-stream interprets events, and stream-protocol runs
 * the request.
 */
import { randomBytes } from 'node:crypto';
import type { Stream } from '@anthropic-ai/sdk/core/streaming';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { toListedModel } from '../listed-model.ts';
import { createGuardedFetch } from '../keyed-fetch.ts';
import type { ListedModel } from '../../../../preload/contract/index.ts';
import { type ListOptions, type ProtocolModule, type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelProvider } from '../provider.ts';
import { streamProtocol } from '../stream-protocol.ts';
import { readAnthropicFault } from './anthropic-fault.ts';
import { betaHeaders, messagesRequestBody, requestHeaders, setsSampling } from './anthropic-request.ts';
import { createAnthropicStreamMapper } from './anthropic-stream.ts';

/** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
export function createAnthropicProvider(config: ProviderConfig): ModelProvider {
  return {
    stream: (request, signal) =>
      streamProtocol(config, request, signal, {
        mapper: createAnthropicStreamMapper({
          callIdSeed: randomBytes(4).toString('hex'),
          signer: getSigner(config, request.modelId),
        }),
        readFault: readAnthropicFault,
        async open(key, options) {
          const body = messagesRequestBody(config, request);
          const client = await createClient(config, key, { timeoutMs: options.timeoutMs, samples: setsSampling(body), body });
          // Not `messages.create`: it writes to the console when a model is about to be retired.
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

/** The first page; no vendor offers more. */
const LISTED = 1000;

async function listAnthropicModels(config: ProviderConfig, key: string | undefined, options: ListOptions): Promise<readonly ListedModel[]> {
  const client = await createClient(config, key, { timeoutMs: options.timeoutMs, samples: false });
  const page = await client.models.list({ limit: LISTED }, options.signal === undefined ? {} : { signal: options.signal });
  return page.data.flatMap((model) => toListedModel(model) ?? []);
}

async function createClient(
  config: ProviderConfig,
  key: string | undefined,
  {
    timeoutMs,
    samples,
    body = {},
  }: { readonly timeoutMs: number; readonly samples: boolean; readonly body?: Parameters<typeof betaHeaders>[0] },
) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const baseUrl = withoutVersion(config.endpoint.requestUrl);
  return new Anthropic({
    // Every option is set, so that the SDK takes nothing from this process's environment.
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
      customHeaders: {
        ...requestHeaders(baseUrl, key, samples),
        ...withoutBetas(config.generation?.customHeaders),
        ...betaHeaders(body, config.generation?.customHeaders),
      },
    }),
  });
}

function withoutBetas(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'anthropic-beta'));
}

/** The SDK adds `/v1` itself; users of the OpenAI protocol tend to add it to the base URL. */
function withoutVersion(requestUrl: string): string {
  return requestUrl.replace(/\/v1\/?$/, '');
}
