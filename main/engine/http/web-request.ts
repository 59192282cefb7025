/**
 * Fetches one page from the web, within limits. The address is checked three times: as written, as the name resolves, and when
 * the socket connects, so that a name that resolves differently the second time cannot be used. Behind a proxy, the proxy
 * resolves and connects: only what this machine can find out about the name is checked, and names of private networks are
 * refused.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type ProxySettings, proxyFor } from './proxy-choice.ts';
import { fetchThrough } from './proxied-fetch.ts';
import { isPublicAddress } from './web-address.ts';

/** The limit for a body, unpacked; the rest is not read. Unit: bytes. */
export const MAX_PAGE_BYTES = 5 * 1024 * 1024;
/** From the first byte sent to the last one received, redirects included. Unit: ms. */
export const FETCH_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;

export interface WebPolicy {
  readonly allowPrivate: boolean;
  /** The resolver; the system's by default. */
  readonly lookup?: LookupFunction;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Determines the proxy; absent: none. */
  readonly proxies?: ProxySettings;
}

export type WebAnswer =
  | {
      readonly kind: 'page';
      readonly url: string;
      readonly status: number;
      readonly contentType: string;
      readonly body: Uint8Array;
      readonly isCut: boolean;
    }
  /** Another site: the model has to request it in a new call. */
  | { readonly kind: 'elsewhere'; readonly location: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Never rejects. Redirects are followed only within the same host, and from http to https. */
export async function fetchPage(address: string, policy: WebPolicy, signal: AbortSignal): Promise<WebAnswer> {
  const timeoutMs = policy.timeoutMs ?? FETCH_TIMEOUT_MS;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    let url = address;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const checked = checkUrl(url, policy);
      if (!checked.ok) return { kind: 'failed', message: checked.why };
      const answer = await getOnce(checked.url, policy, deadline);
      const { status, location } = answer;
      if (status < 300 || status >= 400 || location === undefined) return await readPage(answer, checked.url, policy);
      answer.body.destroy();
      const next = new URL(location, checked.url);
      if (!isSameSite(checked.url, next)) return { kind: 'elsewhere', location: next.href };
      url = next.href;
    }
    return { kind: 'failed', message: `${address} redirects more than ${MAX_REDIRECTS} times.` };
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', message: 'Cancelled.' };
    if (deadline.aborted) return { kind: 'failed', message: `${address} did not answer in full within ${timeoutMs / 1000} s.` };
    return { kind: 'failed', message: `${address} could not be fetched: ${toReason(error)}` };
  }
}

/** `fetch failed` says nothing; its cause does. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof TypeError && error.cause instanceof Error ? error.cause.message : error.message;
}

/** The checks that need no network. The URL parser converts every form of an IPv4 address to the dotted one. */
export function checkUrl(text: string, { allowPrivate }: WebPolicy): { ok: true; url: URL } | { ok: false; why: string } {
  if (!URL.canParse(text)) return { ok: false, why: `"${text}" is not a complete address. It must start with https:// or http://.` };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, why: `Only http and https can be fetched, not ${url.protocol}` };
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'An address with a user name or a password is not fetched.' };
  const host = getHost(url);
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) return { ok: false, why: refusal(url.hostname) };
  return { ok: true, url };
}

function getHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function refusal(host: string): string {
  return `${host} is an address of this machine or of a private network, which web_fetch does not request (the setting gantry.webFetch.allowPrivate permits it).`;
}

/** The same host, with or without `www.`, by the same protocol and port or from http to https on their usual ports. */
export function isSameSite(from: URL, to: URL): boolean {
  const bare = (url: URL) => url.hostname.replace(/^www\./, '');
  if (bare(from) !== bare(to)) return false;
  return from.protocol === to.protocol ? from.port === to.port : from.protocol === 'http:' && from.port === '' && to.port === '';
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string;
  readonly encoding: string;
  readonly body: Readable;
}

const HEADERS = {
  'user-agent': 'Mozilla/5.0 (compatible; Gantry)',
  accept: 'text/markdown, text/html;q=0.9, text/plain;q=0.9, application/json;q=0.9, */*;q=0.5',
  'accept-encoding': 'gzip, br, deflate',
};

async function getOnce(url: URL, policy: WebPolicy, signal: AbortSignal): Promise<Answer> {
  const proxy = policy.proxies === undefined ? undefined : proxyFor(url, policy.proxies);
  if (proxy === undefined) {
    const answer = await getDirectly(url, policy, signal);
    const { statusCode: status = 0, headers } = answer;
    const [contentType = '', encoding = ''] = [headers['content-type'], headers['content-encoding']];
    return { status, location: headers.location, contentType, encoding, body: answer };
  }
  if (!policy.allowPrivate) await refusePrivateName(url, policy);
  const { status, headers, body } = await fetchThrough(proxy, url, { headers: new Headers(HEADERS), signal });
  return {
    status,
    location: headers.get('location') ?? undefined,
    contentType: headers.get('content-type') ?? '',
    encoding: headers.get('content-encoding') ?? '',
    // Node's own type of a web stream and the one of `Response` are the same object under two names.
    body: body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream),
  };
}

/** Names that no public server has. */
const PRIVATE_NAME = /^[^.]+$|\.(local|internal|intranet|lan|home|corp|localdomain|localhost|home\.arpa)$/;

/** A name that this machine cannot resolve may be one that the proxy can. */
async function refusePrivateName({ hostname }: URL, { lookup = systemLookup }: WebPolicy): Promise<void> {
  const host = hostname.replace(/\.$/, '');
  const isAddress = isIP(host.replace(/^\[|\]$/g, '')) !== 0; // already checked as written
  if (isAddress) return;
  if (PRIVATE_NAME.test(host)) throw new Error(refusal(hostname));
  const found = await new Promise<readonly LookupAddress[]>((resolve) => {
    lookup(host, { all: true }, (error, addresses) => resolve(error === null && Array.isArray(addresses) ? addresses : []));
  });
  if (found.some(({ address }) => !isPublicAddress(address))) throw new Error(refusal(hostname));
}

function getDirectly(url: URL, policy: WebPolicy, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      signal,
      agent: false,
      lookup: guardedLookup(policy),
      headers: HEADERS,
    });
    if (!policy.allowPrivate) guardConnection(request);
    request.on('response', resolve);
    request.on('error', reject);
    request.end();
  });
}

/** All addresses of the name must be public: the system may use any of them. */
function guardedLookup({ allowPrivate, lookup = systemLookup }: WebPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const hidden = allowPrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      if (error !== null) callback(error, []);
      else if (hidden !== undefined) callback(new Error(refusal(hostname)), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function guardConnection(request: ClientRequest): void {
  request.on('socket', (socket) => {
    socket.once('connect', () => {
      if (!isPublicAddress(socket.remoteAddress ?? '')) request.destroy(new Error(refusal(request.host)));
    });
  });
}

async function readPage(answer: Answer, url: URL, { maxBytes = MAX_PAGE_BYTES }: WebPolicy): Promise<WebAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unpacked(answer)) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes.subarray(0, maxBytes - size));
    size += bytes.length;
    if (size > maxBytes) break;
  }
  answer.body.destroy();
  const { status, contentType } = answer;
  return { kind: 'page', url: url.href, status, contentType, body: Buffer.concat(chunks), isCut: size > maxBytes };
}

function unpacked({ encoding: written, body }: Answer): Readable {
  const unpack = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate };
  const encoding = written.trim().toLowerCase();
  if (!isKnown(encoding, unpack)) return body;
  const stream = unpack[encoding]();
  body.on('error', (error) => stream.destroy(error));
  return body.pipe(stream);
}

function isKnown<T extends object>(name: string, table: T): name is Extract<keyof T, string> {
  return Object.hasOwn(table, name);
}
