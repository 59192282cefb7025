/** A web hook: the event is posted to its address, and the answer is read like the output of a command. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setImmediate as otherWork } from 'node:timers/promises';
import { isLoopbackHost } from '../../../preload/contract/index.ts';
import { isPublicAddress } from '../http/web-address.ts';
import type { HookEnd } from './hook-answer.ts';

/** Unit: bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly input: readonly Uint8Array<ArrayBuffer>[];
  readonly timeoutMs: number;
  /** Also addresses of private networks; this machine is always allowed. */
  readonly allowsPrivate: boolean;
  /** All addresses of a host name; by default from the system's resolver. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
}

/** Never rejects. A redirect is a failure: its target has not been checked. */
export async function runHttp(request: HttpRequest, signal: AbortSignal): Promise<HookEnd> {
  const { url, headers, input, timeoutMs, allowsPrivate, addressesOf = systemAddresses } = request;
  try {
    const { hostname, origin } = new URL(url);
    if (!allowsPrivate && !(await isAllowed(hostname.replace(/^\[|\]$/g, ''), addressesOf))) {
      return { kind: 'failed', message: `${origin} is in a private network. security.allowPrivateNetworkHooks allows that.` };
    }
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: await toBlob(input),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const stdout = await readUpTo(answer);
    if (!answer.ok) return { kind: 'failed', message: `${origin} answered with status ${answer.status}.` };
    return { kind: 'ended', exitCode: 0, stdout, stderr: '' };
  } catch (error) {
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    return { kind: 'failed', message: `It could not be asked: ${why}` };
  }
}

/** A blob has a length, unlike a stream; it copies its bytes, so each piece is created in a separate step of the event loop. */
async function toBlob(input: HttpRequest['input']): Promise<Blob> {
  const pieces: Blob[] = [];
  for (const piece of input) {
    pieces.push(new Blob([piece]));
    await otherWork();
  }
  return new Blob(pieces);
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The connection may use any address of the name, so all of them are checked. */
async function isAllowed(host: string, addressesOf: NonNullable<HttpRequest['addressesOf']>): Promise<boolean> {
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
  return addresses.every((address) => isLoopbackHost(address) || isPublicAddress(address));
}

async function readUpTo(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = answer.body?.getReader();
  if (reader === undefined) return text;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (bytes <= MAX_ANSWER_BYTES) continue;
    await reader.cancel();
    return text;
  }
}
