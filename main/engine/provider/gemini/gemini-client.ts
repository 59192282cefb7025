/**
 * The client of the Gemini protocol: for the Gemini API with a key, for Vertex AI with a key (express mode) or with the
 * application default credentials of Google Cloud, which the SDK reads and Gantry does not store.
 */
import type { GoogleGenAI, GoogleGenAIOptions, HttpOptions } from '@google/genai';
import { isLoopback } from '../../http/loopback.ts';
import { createGuardedFetch } from '../keyed-fetch.ts';
import type { ProviderConfig } from '../provider-config.ts';
import type { Fault } from '../provider-failure.ts';
import { KnownFault, readGeminiFault, type SeenResponse } from './gemini-fault.ts';
import { defined } from '../../../../preload/contract/index.ts';

export interface GeminiConnection {
  readonly client: GoogleGenAI;
  /** The guarded fetch, for each request. */
  readonly httpOptions: HttpOptions;
  /** Of the response. */
  contentType(): string | null;
  readFault(error: unknown, requestTimeoutMs: number): Fault;
}

/** Where a request goes, and with whose identity. */
export interface GeminiTarget {
  readonly baseUrl: string;
  readonly apiVersion: string | undefined;
  /** Set if the credentials of Google Cloud replace a key. */
  readonly cloud: { readonly project: string; readonly location: string; readonly keyFile: string | undefined } | undefined;
}

const EXPRESS_HOST = 'aiplatform.googleapis.com';

/** Pure. A key takes precedence over the credentials: it was given for this provider. */
export function geminiTarget(config: ProviderConfig, key: string | undefined): GeminiTarget {
  const { requestUrl } = config.endpoint;
  const apiVersion = /\/(v\d\w*)\/?$/.exec(requestUrl)?.[1];
  const baseUrl = requestUrl.replace(/\/v\d\w*\/?$/, '').replace(/\/$/, '');
  const { environment = {} } = config;
  const project = environment['GOOGLE_CLOUD_PROJECT']?.trim();
  if (config.protocol !== 'vertex-ai' || key !== undefined || !project) return { baseUrl, apiVersion, cloud: undefined };
  const location = environment['GOOGLE_CLOUD_LOCATION']?.trim() || 'global';
  const keyFile = environment['GOOGLE_APPLICATION_CREDENTIALS']?.trim() || undefined;
  const url = new URL(baseUrl);
  if (url.hostname === EXPRESS_HOST) url.hostname = regionalHost(location);
  return { baseUrl: url.href.replace(/\/$/, ''), apiVersion, cloud: { project, location, keyFile } };
}

function regionalHost(location: string): string {
  // Any other value would name another host, or none.
  if (location === 'global' || !/^[a-z0-9-]+$/.test(location)) return EXPRESS_HOST;
  return location === 'us' || location === 'eu' ? `aiplatform.${location}.rep.googleapis.com` : `${location}-${EXPRESS_HOST}`;
}

export async function connectGemini(config: ProviderConfig, key: string | undefined): Promise<GeminiConnection> {
  const target = geminiTarget(config, key);
  const { hostname } = new URL(target.baseUrl);
  // Unlike a key, this sign-in gives access to the user's whole cloud, so it is not sent to a base URL from settings.
  if (target.cloud !== undefined && !/(?:^|\.)googleapis\.com$/.test(hostname) && !isLoopback(target.baseUrl)) {
    throw new KnownFault({ kind: 'not_signed_in', text: `your sign-in is sent to googleapis.com only, not to ${hostname}` });
  }
  const sent: { response?: Response; isOut: boolean } = { isOut: false };
  const guarded = createGuardedFetch({
    baseUrl: target.baseUrl,
    key,
    userAgent: config.userAgent,
    proxies: config.proxies,
    keyHeader: (value) => ['x-goog-api-key', value],
    passHeaders: target.cloud === undefined ? [] : ['authorization', 'x-goog-user-project'],
    customHeaders: config.generation?.customHeaders ?? {},
  });
  const seen = (): SeenResponse | undefined =>
    sent.response === undefined ? undefined : { status: sent.response.status, retryAfter: sent.response.headers.get('retry-after') };
  return {
    client: await clientFor(config, target, key),
    httpOptions: {
      baseUrl: target.baseUrl,
      ...defined({ apiVersion: target.apiVersion }),
      ...(config.generation?.extra_body === undefined ? {} : { extraBody: config.generation.extra_body }),
      fetch: async (input: string | URL | Request, init?: RequestInit) => {
        sent.isOut = true;
        const response = await guarded(input, init);
        sent.response = response;
        return response;
      },
    },
    contentType: () => sent.response?.headers.get('content-type') ?? null,
    readFault(error, requestTimeoutMs) {
      const fault = readGeminiFault(error, requestTimeoutMs, seen());
      // Before the request is sent, only the credentials can fail. Only the first line of their error is reported.
      const isSignIn = target.cloud !== undefined && !sent.isOut && (fault.kind === 'unreadable' || fault.kind === 'http');
      return isSignIn ? { kind: 'not_signed_in', text: fault.text.split('\n')[0] ?? '' } : fault;
    },
  };
}

/** The client with credentials is kept, so that a token is reused while it is valid. */
let signedIn: { readonly id: string; readonly client: GoogleGenAI } | undefined;

async function clientFor(config: ProviderConfig, target: GeminiTarget, key: string | undefined): Promise<GoogleGenAI> {
  const { GoogleGenAI: Client } = await import('@google/genai');
  const create = (options: GoogleGenAIOptions) => quietly(() => new Client(options));
  const httpOptions = { baseUrl: target.baseUrl };
  if (target.cloud === undefined) return create({ vertexai: config.protocol === 'vertex-ai', apiKey: key ?? 'none', httpOptions });
  const id = JSON.stringify(target);
  if (signedIn?.id !== id) {
    const { project, location, keyFile } = target.cloud;
    const googleAuthOptions = keyFile === undefined ? {} : { googleAuthOptions: { keyFilename: keyFile } };
    signedIn = { id, client: create({ vertexai: true, project, location, httpOptions, ...googleAuthOptions }) };
  }
  return signedIn.client;
}

/**
 * The constructor writes to the console which environment variables it ignores. Standard output carries the answer of a headless
 * run, so the console is silenced during the call, which is synchronous.
 */
function quietly<T>(create: () => T): T {
  const { debug, warn } = console;
  console.debug = () => {};
  console.warn = () => {};
  try {
    return create();
  } finally {
    Object.assign(console, { debug, warn });
  }
}
