/**
 * `fetch` through a proxy: a tunnel (CONNECT) to https hosts, so that the proxy sees neither key nor prompt; http hosts are
 * asked by the proxy itself. Node's own `fetch` knows proxies only from its start, for the whole process.
 * Errors: as `fetch`, a TypeError whose cause says what was wrong with the proxy. No credentials are in any text.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import { shownProxy } from './proxy-choice.ts';

/** What the SDKs send. */
export interface PlainRequest {
  readonly method?: string | undefined;
  readonly headers: Headers;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** Answers without a body. */
const EMPTY_STATUSES: readonly number[] = [101, 204, 205, 304];

export async function fetchThrough(proxy: URL, target: URL, request: PlainRequest): Promise<Response> {
  const { signal } = request;
  try {
    signal?.throwIfAborted();
    const answer = target.protocol === 'https:' ? await askInTunnel(proxy, target, request) : await askTheProxy(proxy, target, request);
    return toResponse(answer);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new TypeError('fetch failed', { cause: error });
  }
}

async function askInTunnel(proxy: URL, target: URL, request: PlainRequest): Promise<IncomingMessage> {
  const socket = await openTunnel(proxy, target, request.signal ?? undefined);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const createConnection = () => tlsConnect({ socket, host, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }) });
  return send(httpsRequest, target, request, { createConnection });
}

async function askTheProxy(proxy: URL, target: URL, request: PlainRequest): Promise<IncomingMessage> {
  const options = { path: target.href, headers: { host: target.host, ...credentialsFor(proxy) } };
  const answer = await send(senderFor(proxy), proxy, request, options).catch((error: unknown) => {
    throw unreachable(proxy, error);
  });
  if (answer.statusCode !== 407) return answer;
  answer.destroy();
  throw refusal(proxy, target, 407);
}

function openTunnel(proxy: URL, target: URL, signal: AbortSignal | undefined): Promise<Duplex> {
  const authority = `${target.hostname}:${target.port === '' ? 443 : target.port}`;
  return new Promise((resolve, reject) => {
    const asking = senderFor(proxy)(addressOf(proxy), {
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...credentialsFor(proxy) },
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refusal(proxy, target, answer.statusCode ?? 0));
    });
    asking.once('response', (answer) => {
      answer.destroy();
      reject(refusal(proxy, target, answer.statusCode ?? 0));
    });
    asking.once('error', (error) => reject(unreachable(proxy, error)));
    asking.end();
  });
}

function send(
  ask: typeof httpRequest,
  to: URL,
  { method = 'GET', headers, body, signal }: PlainRequest,
  { headers: more = {}, ...options }: RequestOptions & { readonly headers?: Readonly<Record<string, string>> },
): Promise<IncomingMessage> {
  const bytes = bytesOf(body);
  if (bytes === undefined) return Promise.reject(new Error('only text and bytes are sent through a proxy'));
  return new Promise((resolve, reject) => {
    const length = bytes.length > 0 ? { 'content-length': String(bytes.length) } : {};
    const request = ask(addressOf(to), {
      method,
      // An agent, also none that is kept, would connect by itself.
      ...(options.createConnection === undefined ? { agent: false } : {}),
      headers: { ...Object.fromEntries(headers), ...length, ...more },
      ...(signal === undefined || signal === null ? {} : { signal }),
      ...options,
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(bytes);
  });
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

function senderFor({ protocol }: URL): typeof httpRequest {
  return protocol === 'https:' ? httpsRequest : httpRequest;
}

/** Node would send credentials of the address to the host. */
function addressOf(url: URL): URL {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address;
}

function credentialsFor({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

/** The error's code is left out: it would be read as the host's. */
function unreachable(proxy: URL, error: unknown): Error {
  const isName = error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN');
  return new Error(`the proxy ${shownProxy(proxy)} ${isName ? 'is a name that nobody knows' : 'does not answer'}`);
}

function refusal(proxy: URL, target: URL, status: number): Error {
  const why = status === 407 ? 'wants a name and a password, or other ones' : `does not connect to ${target.host}`;
  return new Error(`the proxy ${shownProxy(proxy)} ${why} (HTTP ${status})`);
}

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
