import type { ModelRef, ProviderSummary } from '../../../../preload/contract/index.ts';

/** The display name of a model: its own name, or its id if it has none or its provider no longer exists. */
export function modelName(providers: readonly ProviderSummary[], model: ModelRef | undefined): string | undefined {
  if (!model) return undefined;
  const provider = providers.find((one) => one.id === model.providerId);
  return provider?.models.find((one) => one.id === model.modelId)?.name ?? model.modelId;
}
