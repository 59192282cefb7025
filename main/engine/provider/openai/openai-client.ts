/** The client of both OpenAI protocols, created per request, and the list of models. */
import type { ListedModel } from '../../../../preload/contract/index.ts';
import { toListedModel } from '../listed-model.ts';
import { createGuardedFetch } from '../keyed-fetch.ts';
import { isDashScope } from '../prompt-cache.ts';
import { withRequestLog } from '../request-log.ts';
import type { ListOptions, ProviderConfig } from '../provider-config.ts';

export async function createOpenAiClient(config: ProviderConfig, key: string | undefined, timeoutMs: number) {
  const { OpenAI } = await import('openai');
  const { customHeaders, enableCacheControl } = config.generation ?? {};
  const isAtDashScope = isDashScope(new URL(config.endpoint.requestUrl).hostname);
  const dashScope = {
    'x-dashscope-useragent': config.userAgent,
    'x-dashscope-authtype': config.protocol,
    ...(enableCacheControl === false ? {} : { 'x-dashscope-cachecontrol': 'enable' }),
  };
  return new OpenAI({
    // Every option is set, so that the SDK takes nothing from this process's environment.
    apiKey: key ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: config.endpoint.requestUrl,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: withRequestLog(
      createGuardedFetch({
        baseUrl: config.endpoint.requestUrl,
        key,
        userAgent: config.userAgent,
        proxies: config.proxies,
        customHeaders: { ...(isAtDashScope ? dashScope : {}), ...customHeaders },
      }),
      config.requestLog,
      key,
    ),
  });
}

/** Not the SDK's own methods, which would encode the whole history again for every request. Fails as the SDK does. */
export function postJson<T>(client: Awaited<ReturnType<typeof createOpenAiClient>>, path: string, body: Buffer, signal: AbortSignal) {
  return client.post<T>(path, { body, headers: { 'content-type': 'application/json' }, stream: true, signal }).withResponse();
}

/** What the endpoint lists. Fails as the SDK does. */
export async function listOpenAiModels(
  config: ProviderConfig,
  key: string | undefined,
  options: ListOptions,
): Promise<readonly ListedModel[]> {
  const client = await createOpenAiClient(config, key, options.timeoutMs);
  const page = await client.models.list(options.signal === undefined ? {} : { signal: options.signal });
  return page.data.flatMap((model) => toListedModel(model) ?? []);
}
