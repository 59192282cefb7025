/** What an editor can choose for a session: the mode and the model, in the two forms of the protocol. Pure. */
import type { SessionConfigOption, SessionModeState } from '@agentclientprotocol/sdk';
import { ApprovalMode, type ModelRef, type ModelSummary, type ProviderSummary } from '../../preload/contract/index.ts';
import { toApprovalMode } from '../engine/index.ts';
import { BadInput } from './bad-input.ts';

/** `models` and its shape are those of the older SDK, which editors still ship. */
export interface SessionChoices {
  readonly modes: SessionModeState;
  readonly models: {
    readonly currentModelId: string;
    readonly availableModels: readonly {
      readonly modelId: string;
      readonly name: string;
      readonly description: string | null;
      readonly _meta: { readonly contextLimit?: number };
    }[];
  };
  readonly configOptions: SessionConfigOption[];
}

const MODES: { readonly [Mode in ApprovalMode]: { readonly name: string; readonly description: string } } = {
  plan: { name: 'Plan', description: 'Only read; present a plan before anything is changed' },
  default: { name: 'Default', description: 'Ask before changes, and before commands that can do more than read' },
  'auto-edit': { name: 'Auto Edit', description: 'Change files without asking; ask before such commands' },
  yolo: { name: 'YOLO', description: 'Run everything without asking' },
};

/** Qwen Code's `auto` is the nearest mode that exists here. Errors: `BadInput`. */
export function toMode(id: string): ApprovalMode {
  const mode = toApprovalMode(id);
  if (mode === undefined) throw new BadInput(`Unknown approval mode: ${id}`);
  return mode;
}

interface ModelChoice {
  readonly id: string;
  readonly ref: ModelRef;
  readonly name: string;
  readonly model: ModelSummary;
}

/** The ids are those of Qwen Code, `model(protocol)`; where two providers have the same, the provider's id is added. */
function modelChoices(providers: readonly ProviderSummary[]): readonly ModelChoice[] {
  const all = providers.flatMap((provider) => provider.models.map((model) => ({ provider, model })));
  const shortId = ({ provider, model }: (typeof all)[number]) => `${model.id}(${provider.protocol})`;
  return all.map((entry) => {
    const short = shortId(entry);
    const isUnique = all.filter((other) => shortId(other) === short).length === 1;
    const { provider, model } = entry;
    const name = model.name ?? model.id;
    return {
      id: isUnique ? short : `${short}@${provider.id}`,
      ref: { providerId: provider.id, modelId: model.id },
      name: isUnique ? name : `${name} (${provider.name})`,
      model,
    };
  });
}

export function toChoices(state: {
  readonly mode: ApprovalMode;
  readonly model: ModelRef | undefined;
  readonly providers: readonly ProviderSummary[];
}): SessionChoices {
  const models = modelChoices(state.providers);
  const current = models.find(({ ref }) => ref.providerId === state.model?.providerId && ref.modelId === state.model.modelId);
  const currentModelId = current?.id ?? state.model?.modelId ?? '';
  const modes = ApprovalMode.options.map((id) => ({ id, ...MODES[id] }));
  return {
    modes: { currentModeId: state.mode, availableModes: modes },
    models: {
      currentModelId,
      availableModels: models.map(({ id, name, model: { contextWindowTokens } }) => ({
        modelId: id,
        name,
        description: null,
        _meta: contextWindowTokens === undefined ? {} : { contextLimit: contextWindowTokens },
      })),
    },
    configOptions: [
      {
        ...{ id: 'mode', name: 'Mode', description: 'How much runs without a question', category: 'mode', type: 'select' },
        currentValue: state.mode,
        options: modes.map(({ id, name, description }) => ({ value: id, name, description })),
      },
      {
        ...{ id: 'model', name: 'Model', description: 'The model that answers', category: 'model', type: 'select' },
        currentValue: currentModelId,
        options: models.map(({ id, name }) => ({ value: id, name, description: '' })),
      },
    ],
  };
}

/** As Qwen Code describes a model that was chosen, without the key. */
export function describeModel({ providerId, modelId }: ModelRef, providers: readonly ProviderSummary[]): Readonly<Record<string, unknown>> {
  const provider = providers.find(({ id }) => id === providerId);
  return { authType: provider?.protocol, modelId, baseUrl: provider?.baseUrl, isRuntime: false };
}

/** By its id here, or by the model's own id if only one provider has it. Errors: `BadInput`. */
export function toModelRef(wanted: string, providers: readonly ProviderSummary[]): ModelRef {
  const models = modelChoices(providers);
  const byName = models.filter(({ ref }) => ref.modelId === wanted);
  const found = models.find(({ id }) => id === wanted) ?? (byName.length === 1 ? byName[0] : undefined);
  if (found !== undefined) return found.ref;
  const known = models.map(({ id }) => id);
  throw new BadInput(
    `Unknown model: ${wanted.slice(0, 300)}. ${known.length === 0 ? 'No model is configured.' : `Known are: ${known.join(', ')}`}`,
  );
}
