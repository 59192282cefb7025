/** Selects the protocol. The first request that needs a protocol loads its file and with it its SDK. */
import type { ListedModel } from '../../../preload/contract/index.ts';
import type { ListOptions, ProtocolModule, ProviderConfig } from './provider-config.ts';
import type { ModelProvider, ModelRequest, ProviderFailure, RetryOptions, WireProtocol } from './provider.ts';
import { toProviderFailure } from './provider-failure.ts';

export async function loadProtocol(protocol: WireProtocol): Promise<ProtocolModule> {
  switch (protocol) {
    case 'openai':
      return (await import('./openai/openai-provider.ts')).OPENAI_PROTOCOL;
    case 'openai-responses':
      return (await import('./openai/openai-responses-provider.ts')).OPENAI_RESPONSES_PROTOCOL;
    case 'anthropic':
      return (await import('./anthropic/anthropic-provider.ts')).ANTHROPIC_PROTOCOL;
    case 'gemini':
    case 'vertex-ai':
      return (await import('./gemini/gemini-provider.ts')).GEMINI_PROTOCOL;
  }
}

/** See `ModelProvider`. */
export function createProvider(config: ProviderConfig): ModelProvider {
  const { generation } = config;
  const retry = toRetryOptions(generation);
  let created: Promise<ModelProvider> | undefined; // one for all requests: it has cached the history of the previous one
  return {
    async *stream(request, signal) {
      created ??= loadProtocol(config.protocol).then((protocol) => protocol.create(config));
      const provider = await created;
      const asked = generation?.schemaCompliance === 'openapi_30' ? await withPlainSchemas(request) : request;
      for await (const event of provider.stream(asked, signal)) {
        yield event.type === 'error' && retry !== undefined ? { ...event, error: { ...event.error, retry } } : event;
      }
    },
  };
}

function toRetryOptions(generation: ProviderConfig['generation']): RetryOptions | undefined {
  const { maxRetries, retryInitialDelayMs, retryMaxDelayMs, retryErrorCodes } = generation ?? {};
  const options = { maxRetries, initialDelayMs: retryInitialDelayMs, maxDelayMs: retryMaxDelayMs, statuses: retryErrorCodes };
  return Object.values(options).every((value) => value === undefined) ? undefined : options;
}

async function withPlainSchemas(request: ModelRequest): Promise<ModelRequest> {
  const { toOpenApiSchema } = await import('./openapi-schema.ts');
  return { ...request, tools: request.tools.map((tool) => ({ ...tool, parameters: toOpenApiSchema(tool.parameters) })) };
}

/** For the connection test; a failure is reported like that of a request. */
export async function listModels(
  config: ProviderConfig,
  key: string | undefined,
  options: ListOptions,
): Promise<{ readonly models: readonly ListedModel[] } | { readonly failure: ProviderFailure }> {
  const protocol = await loadProtocol(config.protocol);
  try {
    return { models: await protocol.listModels(config, key, options) };
  } catch (error) {
    const about = { modelId: 'any', nowMs: config.clock.now(), secrets: key === undefined ? [] : [key] };
    return { failure: toProviderFailure(protocol.readFault(error, options.timeoutMs), config.endpoint, about) };
  }
}
