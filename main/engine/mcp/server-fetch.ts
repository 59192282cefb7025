/**
 * The one place where a request to a remote server leaves the engine.
 * Headers from the settings and bearer tokens are sent only to the origin of the server; the caller handles redirects and stays
 * within the origin; an endless page is cut. Requests to other origins are made only while signing in, and only if the answer
 * cannot be read in transit.
 */
import { isLoopbackHost } from '../../../preload/contract/index.ts';
import { fetchThrough } from '../http/proxied-fetch.ts';
import { type ProxySettings, proxyFor } from '../http/proxy-choice.ts';
import { MAX_MESSAGE_BYTES } from './flood-guard.ts';

export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;

export interface GuardedFetchOptions {
  /** The server's. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  /** Determines the proxy, called for each request; absent: none. */
  readonly proxies?: (() => Promise<ProxySettings | undefined>) | undefined;
}

export function createGuardedFetch({ url, headers, userAgent, proxies }: GuardedFetchOptions): FetchLike {
  const own = new URL(url);
  return async (input, init = {}) => {
    const target = new URL(input);
    const sent = new Headers(init.headers);
    sent.set('user-agent', userAgent);
    if (target.origin === own.origin) {
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
    } else {
      if (!isSafeElsewhere(target, own)) throw new Error(`refused to ask ${target.origin} for the sign-in of ${own.origin}`);
      if (/^bearer /i.test(sent.get('authorization') ?? '')) sent.delete('authorization');
    }
    const settings = await proxies?.();
    const proxy = settings === undefined ? undefined : proxyFor(target, settings);
    if (proxy === undefined) return bounded(await fetch(target, { ...init, headers: sent, redirect: 'manual' }));
    const { method, signal } = init;
    const body = init.body instanceof URLSearchParams ? String(init.body) : init.body; // of a sign-in
    const response = await fetchThrough(proxy, target, { method, signal, headers: sent, body });
    Object.defineProperty(response, 'url', { value: target.href });
    return bounded(response);
  };
}

function isSafeElsewhere(target: URL, own: URL): boolean {
  return target.protocol === 'https:' || (target.protocol === 'http:' && isLoopbackHost(target.hostname) && isLoopbackHost(own.hostname));
}

/** A stream of events may be endless; one event, or one plain answer, may not. */
function bounded(response: Response): Response {
  if (response.body === null) return response;
  const isEvents = response.headers.get('content-type')?.includes('text/event-stream') === true;
  let bytes = 0;
  let endedLines = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (isEvents) {
        for (const [at, byte] of chunk.entries()) {
          if (byte === 13) continue;
          endedLines = byte === 10 ? endedLines + 1 : 0;
          if (endedLines >= 2) bytes = chunk.length - at - 1;
        }
      }
      if (bytes > MAX_MESSAGE_BYTES) controller.error(new Error('The server sent a message of more than 16 MB.'));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText } = response;
  const copy = new Response(response.body.pipeThrough(limit), { status, statusText, headers: response.headers });
  Object.defineProperty(copy, 'url', { value: response.url });
  return copy;
}
