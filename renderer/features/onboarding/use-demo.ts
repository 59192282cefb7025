import type { ModelRef, ProviderSummary } from '../../../preload/contract/index.ts';
import { useActions, useActiveSessionId, useProviders, useStores } from '../../stores/index.ts';

/** The scripted model that needs no key and no network; undefined if the host offers none. */
export function demoModel(providers: readonly ProviderSummary[]): ModelRef | undefined {
  const provider = providers.find((one) => one.protocol === 'demo');
  const model = provider?.models[0];
  return provider && model ? { providerId: provider.id, modelId: model.id } : undefined;
}

/** Makes the demo the default model, and the model of the open session if it has none. Undefined: there is no demo. */
export function useDemo(): (() => Promise<void>) | undefined {
  const model = demoModel(useProviders().providers);
  const sessionId = useActiveSessionId();
  const { host } = useStores();
  const { setDefaultModel, setModel } = useActions();
  if (!model) return undefined;
  return async () => {
    await setDefaultModel(model);
    if (sessionId !== undefined && host.getState().views[sessionId]?.model === undefined) await setModel(sessionId, model);
  };
}
