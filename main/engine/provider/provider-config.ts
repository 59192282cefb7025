/** What every protocol's file is given and gives: `createXProvider(config)` and `listXModels(config, …)`. */
import type { Clock } from '../ports.ts';
import type { GenerationConfig } from '../settings/index.ts';
import type { ProxySettings } from '../http/proxy-choice.ts';
import type { ModelProvider, Signer, WireProtocol } from './provider.ts';
import type { RequestLog } from './request-log.ts';
import type { Endpoint, Fault } from './provider-failure.ts';

export interface ProviderEndpoint extends Endpoint {
  /** The real one, with whatever it holds; `baseUrl` is the one to show. */
  readonly requestUrl: string;
  readonly needsKey: boolean;
}

export interface ProviderConfig {
  readonly protocol: WireProtocol;
  readonly endpoint: ProviderEndpoint;
  /** Asked before each request; the answer is kept nowhere. */
  readonly readKey: () => Promise<string | undefined>;
  readonly generation: GenerationConfig | undefined;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Silence in the middle of an answer after which it is given up. Unit: ms. */
  readonly idleTimeoutMs: number;
  /** Of an answer as a whole, after which it is given up; absent: no limit. Unit: ms. */
  readonly lifetimeMs?: number | undefined;
  /** What requests go through; absent: nothing. */
  readonly proxies?: ProxySettings | undefined;
  /** Where requests and answers are kept; absent: nowhere. */
  readonly requestLog?: RequestLog | undefined;
  /** Of the lookup environment, for what a protocol needs besides a key (a cloud project and its place). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface ListOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One protocol, loaded by the first request that needs it. */
export interface ProtocolModule {
  /** See `ModelProvider`: never throws past its stream, which ends with exactly one `done` or `error`. */
  create(config: ProviderConfig): ModelProvider;
  /** The ids the endpoint lists. Fails as its SDK fails; `readFault` reads that. */
  listModels(config: ProviderConfig, key: string | undefined, options: ListOptions): Promise<string[]>;
  readFault(error: unknown, requestTimeoutMs: number): Fault;
}

/** Who signs what a request of this provider brings, and can read it back. */
export function signerOf(config: ProviderConfig, modelId: string): Signer {
  return { protocol: config.protocol, modelId, origin: new URL(config.endpoint.requestUrl).origin };
}
