import { z } from 'zod';
import type { ProviderPreset } from '../../../../preload/contract/index.ts';
import { toListedModel } from '../listed-model.ts';

/** A server on this machine answers within this time or is not there. Unit: ms. */
const PROBE_TIMEOUT_MS = 1000;
const MAX_MODELS = 100;

const ModelList = z.object({ data: z.array(z.unknown()) });

/** Returns the candidates on loopback that answer with a list of models, each with its list. Never throws. */
export async function discoverLocal(candidates: readonly ProviderPreset[]): Promise<readonly ProviderPreset[]> {
  const found = await Promise.all(candidates.map(probe));
  return found.filter((preset) => preset !== undefined);
}

async function probe(preset: ProviderPreset): Promise<ProviderPreset | undefined> {
  try {
    const response = await fetch(`${preset.baseUrl}/models`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS), redirect: 'error' });
    if (!response.ok) return undefined;
    const list = ModelList.parse(await response.json());
    const models = list.data.slice(0, MAX_MODELS).flatMap((model) => toListedModel(model) ?? []);
    return { ...preset, suggestedModels: models.filter(({ chats }) => chats).map(({ chats: _always, ...model }) => model) };
  } catch {
    return undefined; // nothing or something else listens there: there is nothing to offer
  }
}
