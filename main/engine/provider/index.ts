/** Models: which there are, how they are asked, and when they are asked again. */
export { contextWindowOf } from './context-windows.ts';
export { createDemoProvider } from './demo-provider.ts';
export { DEMO_MODEL_ID, DEMO_PROVIDER_ID } from './demo-script.ts';
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
export {
  heartbeatLine,
  isRetryable,
  nextRetry,
  NORMAL_RETRY,
  retryPolicyOf,
  UNATTENDED_RETRY,
  waitSlices,
  type RetryPolicy,
  type WaitSlice,
} from './retry.ts';
