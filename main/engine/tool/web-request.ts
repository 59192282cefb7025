/**
 * One page from the web, within limits. The address is judged three times: as it is written, as the name resolves, and as
 * the socket is connected, so that a name that answers differently the second time leads nowhere.
 */
import { lookup as systemLookup } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isPublicAddress } from './web-address.ts';

/** Of a body, unpacked; what comes after it is left. Unit: bytes. */
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
  /** Another site: whoever wants it asks for it by itself. */
  | { readonly kind: 'elsewhere'; readonly location: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Never rejects. Redirects are followed within the same host only, and from http to https. */
export async function fetchPage(address: string, policy: WebPolicy, signal: AbortSignal): Promise<WebAnswer> {
  const timeoutMs = policy.timeoutMs ?? FETCH_TIMEOUT_MS;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    let url = address;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const checked = checkUrl(url, policy);
      if (!checked.ok) return { kind: 'failed', message: checked.why };
      const answer = await getOnce(checked.url, policy, deadline);
      const { statusCode: status = 0, headers } = answer;
      if (status < 300 || status >= 400 || headers.location === undefined) return await readPage(answer, checked.url, policy);
      answer.destroy();
      const next = new URL(headers.location, checked.url);
      if (!isSameSite(checked.url, next)) return { kind: 'elsewhere', location: next.href };
      url = next.href;
    }
    return { kind: 'failed', message: `${address} redirects more than ${MAX_REDIRECTS} times.` };
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', message: 'Cancelled.' };
    if (deadline.aborted) return { kind: 'failed', message: `${address} did not answer in full within ${timeoutMs / 1000} s.` };
    return { kind: 'failed', message: `${address} could not be fetched: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Of what can be told without asking anybody. The URL parser turns every way to write an IPv4 address into dots. */
export function checkUrl(text: string, { allowPrivate }: WebPolicy): { ok: true; url: URL } | { ok: false; why: string } {
  if (!URL.canParse(text)) return { ok: false, why: `"${text}" is no complete address. It starts with https:// or http://.` };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, why: `Only http and https can be fetched, not ${url.protocol}` };
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'An address with a user name or a password is not fetched.' };
  const host = hostOf(url);
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) return { ok: false, why: refusal(url.hostname) };
  return { ok: true, url };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function refusal(host: string): string {
  return `${host} is an address of this machine or of a private network, which web_fetch does not ask (the setting gantry.webFetch.allowPrivate permits it).`;
}

function isSameSite(from: URL, to: URL): boolean {
  const bare = (url: URL) => url.hostname.replace(/^www\./, '');
  if (bare(from) !== bare(to)) return false;
  return from.protocol === to.protocol ? from.port === to.port : from.protocol === 'http:' && from.port === '' && to.port === '';
}

function getOnce(url: URL, policy: WebPolicy, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      signal,
      agent: false,
      lookup: guardedLookup(policy),
      headers: {
        'user-agent': 'Mozilla/5.0 (compatible; Gantry)',
        accept: 'text/markdown, text/html;q=0.9, text/plain;q=0.9, application/json;q=0.9, */*;q=0.5',
        'accept-encoding': 'gzip, br, deflate',
      },
    });
    if (!policy.allowPrivate) guardConnection(request);
    request.on('response', resolve);
    request.on('error', reject);
    request.end();
  });
}

/** All addresses of the name must be public: the system is free to take any of them. */
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

async function readPage(answer: IncomingMessage, url: URL, { maxBytes = MAX_PAGE_BYTES }: WebPolicy): Promise<WebAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unpacked(answer)) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes.subarray(0, maxBytes - size));
    size += bytes.length;
    if (size > maxBytes) break;
  }
  answer.destroy();
  const { statusCode: status = 0, headers } = answer;
  const body = Buffer.concat(chunks);
  return { kind: 'page', url: url.href, status, contentType: headers['content-type'] ?? '', body, isCut: size > maxBytes };
}

function unpacked(answer: IncomingMessage): Readable {
  const unpack = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate };
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (!isKnown(encoding, unpack)) return answer;
  const stream = unpack[encoding]();
  answer.on('error', (error) => stream.destroy(error));
  return answer.pipe(stream);
}

function isKnown<T extends object>(name: string, table: T): name is Extract<keyof T, string> {
  return Object.hasOwn(table, name);
}
