/** Models: which there are, how they are asked, and when they are asked again. */
export type {
  ModelMessage,
  ModelProvider,
  ModelRequest,
  ModelToolCall,
  ModelToolResult,
  ProviderFailure,
  StreamEvent,
  ToolSchema,
} from './provider.ts';
export { createProviderRegistry, type ProviderRegistryDeps, type ProviderRegistryWithDefaults } from './provider-registry.ts';
export type { ProviderRegistry, ResolvedModel } from './registry-api.ts';
export { createRetries, type Retries, type RetryMode, retryModeOf, type RetryStep } from './retry.ts';
