import { z } from 'zod';
import type { ProviderPreset } from '../../../../preload/contract/index.ts';

/** A server on this machine answers within this time or is not there. Unit: ms. */
const PROBE_TIMEOUT_MS = 1000;
const MAX_MODELS = 100;

const ModelList = z.object({ data: z.array(z.object({ id: z.string().min(1).max(300) })) });

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
    return { ...preset, suggestedModels: list.data.slice(0, MAX_MODELS).map(({ id }) => ({ id })) };
  } catch {
    return undefined; // nothing or something else listens there: there is nothing to offer
  }
}
