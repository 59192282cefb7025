/** The input and output of every protocol's file: `createXProvider(config)` and `listXModels(config, …)`. */
import type { ListedModel } from '../../../preload/contract/index.ts';
import type { Clock } from '../ports.ts';
import type { GenerationConfig } from '../settings/index.ts';
import type { ProxySettings } from '../http/proxy-choice.ts';
import type { ModelProvider, Signer, WireProtocol } from './provider.ts';
import type { RequestLog } from './request-log.ts';
import type { Endpoint, Fault } from './provider-failure.ts';

export interface ProviderEndpoint extends Endpoint {
  /** The real address, including credentials and query; `baseUrl` is the one to show. */
  readonly requestUrl: string;
  readonly needsKey: boolean;
}

export interface ProviderConfig {
  readonly protocol: WireProtocol;
  readonly endpoint: ProviderEndpoint;
  /** Called before each request; the result is not stored. */
  readonly readKey: () => Promise<string | undefined>;
  readonly generation: GenerationConfig | undefined;
  readonly clock: Clock;
  readonly userAgent: string;
  /** The longest silence in the middle of an answer before the request is abandoned. Unit: ms. */
  readonly idleTimeoutMs: number;
  /** The longest duration of a whole answer before the request is abandoned; absent: no limit. Unit: ms. */
  readonly lifetimeMs?: number | undefined;
  /** The proxy for requests; absent: none. */
  readonly proxies?: ProxySettings | undefined;
  /** Where requests and answers are logged; absent: nowhere. */
  readonly requestLog?: RequestLog | undefined;
  /** The lookup environment, for what a protocol needs besides a key (a cloud project and its location). */
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
  /** What the endpoint lists. Fails as its SDK does; `readFault` reads that error. */
  listModels(config: ProviderConfig, key: string | undefined, options: ListOptions): Promise<readonly ListedModel[]>;
  readFault(error: unknown, requestTimeoutMs: number): Fault;
}

/** The signer of what a request of this provider brings, which can also read it back. */
export function getSigner(config: ProviderConfig, modelId: string): Signer {
  return { protocol: config.protocol, modelId, origin: new URL(config.endpoint.requestUrl).origin };
}
