/**
 * The client of the Gemini protocol: for the Gemini API with a key, for Vertex AI with a key (express mode) or with the
 * application default credentials of Google Cloud, which are read by the SDK and kept nowhere here.
 */
import type { GoogleGenAI, GoogleGenAIOptions, HttpOptions } from '@google/genai';
import { isLoopback } from '../../http/loopback.ts';
import { createGuardedFetch } from '../keyed-fetch.ts';
import type { ProviderConfig } from '../provider-config.ts';
import type { Fault } from '../provider-failure.ts';
import { KnownFault, readGeminiFault, type SeenResponse } from './gemini-fault.ts';

export interface GeminiConnection {
  readonly client: GoogleGenAI;
  /** For each request: the guarded way out. */
  readonly httpOptions: HttpOptions;
  /** Of the answer to the request. */
  contentType(): string | null;
  readFault(error: unknown, requestTimeoutMs: number): Fault;
}

/** Where a request goes, and as whom. */
export interface GeminiTarget {
  readonly baseUrl: string;
  readonly apiVersion: string | undefined;
  /** Set where the credentials of Google Cloud stand in for a key. */
  readonly cloud: { readonly project: string; readonly location: string; readonly keyFile: string | undefined } | undefined;
}

const EXPRESS_HOST = 'aiplatform.googleapis.com';

/** Pure. A key goes before the credentials: it was given for this provider. */
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
  // Anything else would name another host, or none.
  if (location === 'global' || !/^[a-z0-9-]+$/.test(location)) return EXPRESS_HOST;
  return location === 'us' || location === 'eu' ? `aiplatform.${location}.rep.googleapis.com` : `${location}-${EXPRESS_HOST}`;
}

export async function connectGemini(config: ProviderConfig, key: string | undefined): Promise<GeminiConnection> {
  const target = geminiTarget(config, key);
  const { hostname } = new URL(target.baseUrl);
  // Unlike a key, this sign-in opens the whole of somebody's cloud, so a base URL of settings does not get it.
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
      ...(target.apiVersion === undefined ? {} : { apiVersion: target.apiVersion }),
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
      // Before anything was sent only the credentials can be at fault. Of their error only the first line is told.
      const isSignIn = target.cloud !== undefined && !sent.isOut && (fault.kind === 'unreadable' || fault.kind === 'http');
      return isSignIn ? { kind: 'not_signed_in', text: fault.text.split('\n')[0] ?? '' } : fault;
    },
  };
}

/** The one with credentials is kept, so that a token serves as long as it lasts. */
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
 * The constructor tells the console which variables of the environment it leaves aside. Standard output belongs to the
 * answer of a headless run, so the console is silent for that moment; nothing else can run in it.
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
