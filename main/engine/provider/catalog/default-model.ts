import type { ModelRef, ProviderId } from '../../../../preload/contract/index.ts';
import { EngineError } from '../../errors.ts';
import type { Environment } from '../../ports.ts';
import type { SettingsValues } from '../../settings/index.ts';
import { DEMO_MODEL_ID, DEMO_PROVIDER_ID } from '../demo/demo-script.ts';
import { ENVIRONMENT_PROTOCOLS, protocolFacts } from '../protocol-facts.ts';
import { signerOfModel } from '../signatures.ts';
import type { WireProtocol } from '../provider.ts';
import type { ResolveOptions } from '../registry-api.ts';
import { isSelected, type ProviderGroup, usableUrl } from './provider-groups.ts';

export interface ModelChoice {
  readonly groups: readonly ProviderGroup[];
  readonly values: SettingsValues;
  readonly environment: Environment;
  /** Chosen in Gantry where Qwen Code's settings cannot express it: the demo. */
  readonly chosen: ModelRef | null;
  /** From `--auth-type`: only providers of this protocol are used. */
  readonly onlyProtocol?: WireProtocol | undefined;
}

/** Limits the candidates to the protocol that the command line names. Pure. */
export function withinProtocol(choice: ModelChoice): ModelChoice {
  const { groups, onlyProtocol } = choice;
  if (onlyProtocol === undefined) return choice;
  // An entry for the Responses API is in OpenAI's list, and OpenAI's name covers it too.
  const isMeant = ({ protocol }: ProviderGroup) =>
    protocol === onlyProtocol || (onlyProtocol === 'openai' && protocol === 'openai-responses');
  return { ...choice, groups: groups.filter(isMeant), chosen: null };
}

/**
 * The model of a new session. Order: the choice made in Gantry; an entry that `model.name` names; `model.name` at the
 * environment's provider; OPENAI_MODEL and the like; the first entry. Among equals, the entry of the selected type comes first.
 * Pure; undefined if nothing is configured. The demo is included only if it was chosen. Source: docs/formats.md 1.3, and the
 * behaviour of 0.15.10 and 0.24.4.
 */
export function findDefaultModel({ groups, values, environment, chosen }: ModelChoice): ModelRef | undefined {
  if (chosen !== null) return chosen;
  const named = values.model?.name;
  const baseUrl = values.model?.baseUrl === undefined ? undefined : usableUrl(values.model.baseUrl);
  const holders = groups.filter((group) => group.entries.some((entry) => entry.id === named));
  const selected = (group: ProviderGroup) => isSelected(group.protocol, values);
  const holder = holders.find((group) => group.baseUrl === baseUrl) ?? holders.find(selected) ?? holders[0];
  if (holder !== undefined && named !== undefined) return { providerId: holder.id, modelId: named };
  const ranked = [...groups.filter(selected), ...groups.filter((group) => !selected(group))];
  for (const protocol of ENVIRONMENT_PROTOCOLS.toSorted((a, b) => Number(isSelected(b, values)) - Number(isSelected(a, values)))) {
    const modelId = protocolFacts(protocol)
      .modelVariables.map((name) => environment[name])
      .find((value) => value);
    const own = ranked.find((group) => group.entries.some((entry) => entry.id === modelId));
    if (own !== undefined && modelId) return { providerId: own.id, modelId };
  }
  const first = (values.security?.auth?.selectedType === undefined ? groups : ranked).find((group) => group.entries.length > 0);
  const entry = first?.entries[0];
  return first === undefined || entry === undefined ? undefined : { providerId: first.id, modelId: entry.id };
}

/**
 * Finds the model that a request means. A bare id is looked up at the default's provider, then at all providers, then assumed to
 * be at the environment's provider, whose models are not listed anywhere. If the provider is no longer configured, the same model of
 * another one is meant. Pure. Errors: no_model, model_unknown.
 */
export function chooseModel(
  choice: ModelChoice,
  wanted: { readonly providerId?: ProviderId; readonly modelId: string } | undefined,
  { acceptsAny = false }: ResolveOptions = {},
): ModelRef {
  const fallback = findDefaultModel(choice);
  if (wanted === undefined) {
    if (fallback !== undefined) return fallback;
    if (choice.onlyProtocol !== undefined) throw noneOfProtocol(choice.onlyProtocol);
    throw new EngineError(
      'no_model',
      'No model is configured yet. Add a provider under Settings, Models, or set OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.',
    );
  }
  const { groups } = choice;
  const { modelId } = wanted;
  if (wanted.providerId !== undefined) {
    if (isDemo(wanted.providerId, modelId)) return { providerId: DEMO_PROVIDER_ID, modelId };
    const group = groups.find((candidate) => candidate.id === wanted.providerId);
    if (group !== undefined && (acceptsAny || offers(group, modelId))) return { providerId: group.id, modelId };
    // A provider is known by its address: after a move, the same model is at another one.
    if (group !== undefined || !isOfferedElsewhere(choice, modelId)) throw unknownModel(modelId, groups);
  }
  if (modelId === DEMO_MODEL_ID) return { providerId: DEMO_PROVIDER_ID, modelId };
  const holders = groups.filter((group) => group.entries.some((entry) => entry.id === modelId));
  const holder = holders.find((group) => group.id === fallback?.providerId) ?? holders[0] ?? environmentGroup(groups, modelId);
  if (holder === undefined && acceptsAny && fallback !== undefined) return { providerId: fallback.providerId, modelId };
  if (holder === undefined) {
    if (groups.length === 0 && choice.onlyProtocol !== undefined) throw noneOfProtocol(choice.onlyProtocol);
    if (groups.length === 0)
      throw new EngineError('no_model', `No configured provider can have the model ${modelId}. Add one under Settings, Models.`);
    throw unknownModel(modelId, groups);
  }
  return { providerId: holder.id, modelId };
}

/** Whether an entry of the settings or the default is this model; an environment's provider alone would take any name. */
function isOfferedElsewhere(choice: ModelChoice, modelId: string): boolean {
  const isListed = choice.groups.some((group) => group.entries.some((entry) => entry.id === modelId));
  return isListed || findDefaultModel(choice)?.modelId === modelId;
}

function noneOfProtocol(protocol: WireProtocol): EngineError {
  const { keyVariable, modelVariables, listKey } = protocolFacts(protocol);
  return new EngineError(
    'no_model',
    `No model of the protocol ${protocol} is configured. Set ${keyVariable} and ${modelVariables[0] ?? 'a model'}, or add a model to modelProviders.${listKey} in the settings.`,
  );
}

/**
 * The environment's provider that the model's name points to; any OpenAI-compatible server may have a name that points to none.
 */
function environmentGroup(groups: readonly ProviderGroup[], modelId: string): ProviderGroup | undefined {
  const own = groups.filter((group) => group.scope === 'builtin');
  const wanted = signerOfModel(modelId)?.protocol ?? 'openai';
  return own.find((group) => group.protocol === wanted) ?? own.find((group) => group.protocol === 'openai') ?? own[0];
}

function isDemo(providerId: ProviderId, modelId: string): boolean {
  return providerId === DEMO_PROVIDER_ID && modelId === DEMO_MODEL_ID;
}

function offers(group: ProviderGroup, modelId: string): boolean {
  return group.scope === 'builtin' || group.entries.some((entry) => entry.id === modelId);
}

function unknownModel(modelId: string, groups: readonly ProviderGroup[]): EngineError {
  const known = [...new Set(groups.flatMap((group) => group.entries.map((entry) => entry.id)))].slice(0, 10);
  const list = known.length === 0 ? '' : ` Configured models: ${known.join(', ')}.`;
  return new EngineError(
    'model_unknown',
    `The model ${modelId} is not configured.${list} Choose another, or add it under Settings, Models.`,
    { data: { modelId } },
  );
}
