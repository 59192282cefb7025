/** Models: the catalog, requests and retries. */
export type {
  MediaPart,
  ModelMessage,
  ModelProvider,
  ModelRequest,
  ModelToolCall,
  ModelToolResult,
  ProviderFailure,
  Signature,
  StreamEvent,
  ToolSchema,
  WireProtocol,
} from './provider.ts';
export { createProviderRegistry, type ProviderRegistryDeps, type ProviderRegistryWithDefaults } from './catalog/provider-registry.ts';
export type { ProviderRegistry, ResolvedModel } from './registry-api.ts';
export { createRetries, type Retries, type RetryMode, getRetryMode, type RetryStep } from './retry.ts';
export { signerOfModel, toWireProtocol } from './signatures.ts';
