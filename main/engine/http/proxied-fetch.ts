/**
 * `fetch` through a proxy: a tunnel (CONNECT) to https hosts, so that the proxy sees neither key nor prompt; the proxy itself
 * requests http hosts. Node's own `fetch` reads proxies only at its start, for the whole process. `Agent({ proxyEnv })` of Node
 * 24 would do it, but an older Node ignores the option and sends the request, with its key, directly (tried with 20.20).
 * Errors: as `fetch`, a TypeError whose cause states the problem with the proxy. No text contains credentials.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import { withoutCredentials, asFetch, type PlainRequest, sendPlain } from './plain-fetch.ts';
import { shownProxy } from './proxy-choice.ts';
import { defined } from '../../../preload/contract/index.ts';

export function fetchThrough(proxy: URL, target: URL, request: PlainRequest): Promise<Response> {
  return asFetch(request.signal, () =>
    target.protocol === 'https:' ? askInTunnel(proxy, target, request) : askTheProxy(proxy, target, request),
  );
}

async function askInTunnel(proxy: URL, target: URL, request: PlainRequest): Promise<IncomingMessage> {
  const socket = await openTunnel(proxy, target, request.signal ?? undefined);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const createConnection = () => tlsConnect({ socket, host, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }) });
  return sendPlain(httpsRequest, target, request, { createConnection });
}

async function askTheProxy(proxy: URL, target: URL, request: PlainRequest): Promise<IncomingMessage> {
  const options = { path: target.href, headers: { host: target.host, ...credentialsFor(proxy) } };
  const answer = await sendPlain(senderFor(proxy), proxy, request, { ...options, agent: false }).catch((error: unknown) => {
    throw unreachable(proxy, error);
  });
  if (answer.statusCode !== 407) return answer;
  answer.destroy();
  throw refusal(proxy, target, 407);
}

function openTunnel(proxy: URL, target: URL, signal: AbortSignal | undefined): Promise<Duplex> {
  const authority = `${target.hostname}:${target.port === '' ? 443 : target.port}`;
  return new Promise((resolve, reject) => {
    const asking = senderFor(proxy)(withoutCredentials(proxy), {
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...credentialsFor(proxy) },
      agent: false,
      ...defined({ signal }),
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

function senderFor({ protocol }: URL): typeof httpRequest {
  return protocol === 'https:' ? httpsRequest : httpRequest;
}

function credentialsFor({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

/** The error's code is omitted: it would be taken for the host's. */
function unreachable(proxy: URL, error: unknown): Error {
  const isName = error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN');
  return new Error(`the proxy ${shownProxy(proxy)} ${isName ? 'has a host name that cannot be resolved' : 'does not answer'}.`);
}

function refusal(proxy: URL, target: URL, status: number): Error {
  const why = status === 407 ? 'requires a name and a password, or other ones' : `does not connect to ${target.host}`;
  return new Error(`the proxy ${shownProxy(proxy)} ${why} (HTTP ${status}).`);
}
