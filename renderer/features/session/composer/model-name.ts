import type { ModelRef, ProviderSummary } from '../../../../preload/contract/index.ts';

/** What people call a model: its own name, or its id where it has none or its provider is gone. */
export function modelName(providers: readonly ProviderSummary[], model: ModelRef | undefined): string | undefined {
  if (!model) return undefined;
  const provider = providers.find((one) => one.id === model.providerId);
  return provider?.models.find((one) => one.id === model.modelId)?.name ?? model.modelId;
}
