/** Tests whether a provider responds: a request without a key, over the same route as its other requests. */
import { createGuardedFetch } from '../keyed-fetch.ts';
import type { ProviderConfig } from '../provider-config.ts';

/** Unit: ms. */
const REACH_LIMIT_MS = 4000;

/** Any answer counts, including a refusal, because it proves that a server responds. Never rejects. */
export async function reachProvider(config: ProviderConfig): Promise<{ readonly status: number } | { readonly failure: string }> {
  const { requestUrl } = config.endpoint;
  const { userAgent, proxies } = config;
  const ask = createGuardedFetch({ baseUrl: requestUrl, key: undefined, userAgent, customHeaders: {}, proxies });
  try {
    const answer = await ask(`${requestUrl.replace(/\/+$/, '')}/models`, { signal: AbortSignal.timeout(REACH_LIMIT_MS) });
    await answer.body?.cancel();
    return { status: answer.status };
  } catch (error) {
    return { failure: toReason(error) };
  }
}

function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no response within ${REACH_LIMIT_MS} ms`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
