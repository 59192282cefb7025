/**
 * `fetch` for the requests of the SDKs, over `node:http`. Node's own copies each body twice before it is sent, and copies of a
 * whole history account for a long turn's memory and much of its time. Source: `npm run bench -- agent`, 100 rounds: 144 MB with
 * `fetch`, 116 MB with this.
 * Errors: as `fetch`, a TypeError whose cause states the problem; redirects are answers like any other.
 */
import type { Agent, ClientRequest, IncomingMessage, request as httpRequest, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';

/** The body types that the SDKs send. */
export interface PlainRequest {
  readonly method?: string | undefined;
  readonly headers: Headers;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** The limit for connecting, and how long an idle connection is kept. Units: ms. Source: both as Node's `fetch`. */
const CONNECT_LIMIT_MS = 10_000;
const KEEP_MS = 4_000;

/** By protocol; kept for the next request. */
const agents = new Map<string, Agent>();

export async function plainFetch(target: URL, request: PlainRequest): Promise<Response> {
  return asFetch(request.signal, async () => {
    const ask = target.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const agent = agents.get(target.protocol) ?? new ask.Agent({ keepAlive: true, timeout: KEEP_MS });
    agents.set(target.protocol, agent);
    return sendPlain(ask.request, target, request, { agent });
  });
}

/** An answer, or a failure like that of `fetch`. */
export async function asFetch(signal: AbortSignal | null | undefined, ask: () => Promise<IncomingMessage>): Promise<Response> {
  try {
    signal?.throwIfAborted();
    return toResponse(await ask());
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new TypeError('fetch failed', { cause: error });
  }
}

/** Resolves when the answer begins. */
export function sendPlain(
  ask: typeof httpRequest,
  to: URL,
  { method = 'GET', headers, body, signal }: PlainRequest,
  { headers: more = {}, ...options }: RequestOptions & { readonly headers?: Readonly<Record<string, string>> },
): Promise<IncomingMessage> {
  const bytes = toBytes(body);
  if (bytes === undefined) return Promise.reject(new Error('only text and bytes are sent'));
  return new Promise((resolve, reject) => {
    const length = bytes.length > 0 ? { 'content-length': String(bytes.length) } : {};
    const request = ask(withoutCredentials(to), {
      method,
      headers: { 'accept-encoding': 'identity', ...Object.fromEntries(headers), ...length, ...more },
      ...(signal === undefined || signal === null ? {} : { signal }),
      ...options,
    });
    limitConnecting(request);
    request.once('response', resolve);
    request.once('error', reject);
    request.end(bytes);
  });
}

/** Node would send credentials of the address to the host. */
export function withoutCredentials(url: URL): URL {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address;
}

function limitConnecting(request: ClientRequest): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return; // a reused connection
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error(`no connection within ${CONNECT_LIMIT_MS / 1000} seconds`), { code: 'ETIMEDOUT' }));
    }, CONNECT_LIMIT_MS);
    const stop = () => clearTimeout(timer);
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop);
    socket.once('close', stop);
  });
}

function toBytes(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

/** Answers without a body. */
const EMPTY_STATUSES: readonly number[] = [101, 204, 205, 304];

function toResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  const isEmpty = EMPTY_STATUSES.includes(status);
  if (isEmpty) answer.resume();
  // Node's own type of a web stream and the one of `Response` are the same object under two names.
  const body = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
}
