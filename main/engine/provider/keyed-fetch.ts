/**
 * The one place where a request with a key leaves the engine.
 * The request goes to the origin of the base URL or is refused; redirects are not followed; only headers pass that the protocol
 * needs or the settings name. The SDK would add `OPENAI_CUSTOM_HEADERS`, an organization and a description of this machine from
 * the host's environment, which must not reach other endpoints.
 */
import { plainFetch } from '../http/plain-fetch.ts';
import { type ProxySettings, proxyFor } from '../http/proxy-choice.ts';

export interface GuardedFetchOptions {
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly userAgent: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** How the protocol sends its key. Default: `authorization: Bearer …`. */
  readonly keyHeader?: (key: string) => readonly [name: string, value: string];
  /** SDK headers that pass besides `accept` and `content-type`: `anthropic-version`. */
  readonly passHeaders?: readonly string[];
  /** Absent: a direct connection. */
  readonly proxies?: ProxySettings | undefined;
}

const bearer = (key: string) => ['authorization', `Bearer ${key}`] as const;

export function createGuardedFetch(options: GuardedFetchOptions): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  const { origin } = new URL(options.baseUrl);
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new Error(`refused to send a request for ${origin} to another origin`);
    const wanted = new Headers(init.headers);
    const headers = new Headers({ 'user-agent': options.userAgent });
    for (const name of ['accept', 'content-type', ...(options.passHeaders ?? [])]) {
      const value = wanted.get(name);
      if (value !== null) headers.set(name, value);
    }
    if (options.key !== undefined) headers.set(...(options.keyHeader ?? bearer)(options.key));
    for (const [name, value] of Object.entries(options.customHeaders)) headers.set(name, value);
    const proxy = options.proxies === undefined ? undefined : proxyFor(url, options.proxies);
    const request = { method: init.method, headers, body: init.body, signal: init.signal };
    if (proxy === undefined) return plainFetch(url, request);
    const { fetchThrough } = await import('../http/proxied-fetch.ts');
    return fetchThrough(proxy, url, request);
  };
}
