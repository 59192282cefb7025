/** Writes a provider to the user's settings.json, where a provider is only a list of entries. Pure. */
import { defined, type ProviderDraft, type ProviderId } from '../../../../preload/contract/index.ts';
import type { SettingsEdit } from '../../settings/index.ts';
import { isLoopback } from '../../http/loopback.ts';
import { getModalities } from '../media.ts';
import { protocolFacts } from '../protocol-facts.ts';
import { getContextWindow } from './context-windows.ts';
import { LOCAL_KEY } from './provider-groups.ts';

type Plain = Readonly<Record<string, unknown>>;

/** The provider that an entry belongs to, read from the entry as written; undefined if it is not a provider entry. */
export type Identify = (listKey: string, entry: unknown) => ProviderId | undefined;

interface Placed {
  readonly listKey: string;
  readonly index: number;
  readonly entry: Plain;
}

/**
 * Returns the edits that make the entries of `target` match the draft. An entry that stays keeps its position, its comments and
 * all fields that the draft does not mention.
 */
export function planSave(current: Plain, draft: ProviderDraft, target: ProviderId, identify: Identify): readonly SettingsEdit[] {
  const placed = findEntries(current, target, identify);
  const listKey = placed[0]?.listKey ?? protocolFacts(draft.protocol).listKey;
  const kept = new Set<Placed>();
  const edits: SettingsEdit[] = [];
  for (const model of draft.models) {
    const old = placed.find((place) => place.entry['id'] === model.id && !kept.has(place));
    if (old === undefined) continue;
    kept.add(old);
    edits.push(...changedFields(old, draft, model));
  }
  const added = draft.models.filter(
    (model, index) => !placed.some((place) => place.entry['id'] === model.id) && isFirst(draft, model.id, index),
  );
  const list = getLists(current)[listKey];
  const isUsable = list === undefined || Array.isArray(list);
  if (!isUsable && added.length > 0) edits.push({ path: ['modelProviders', listKey], value: [] });
  let end = Array.isArray(list) ? list.length : 0;
  for (const model of added) {
    edits.push({ path: ['modelProviders', listKey, end], value: newEntry(draft, model), insert: true });
    end += 1;
  }
  return [...edits, ...removals(placed.filter((place) => !kept.has(place)))];
}

/** A server on this machine gets the variable that Qwen Code requires for it. */
export function withLocalKey(draft: ProviderDraft): ProviderDraft {
  return draft.envKey === undefined && isLoopback(draft.baseUrl) ? { ...draft, envKey: LOCAL_KEY.variable } : draft;
}

/** The value of that variable, unless the file has one. */
export function planLocalKey(current: Plain, draft: ProviderDraft): readonly SettingsEdit[] {
  const env = current['env'];
  const isSet = isPlain(env) && Object.hasOwn(env, LOCAL_KEY.variable);
  if (draft.envKey !== LOCAL_KEY.variable || draft.models.length === 0 || isSet) return [];
  return [{ path: ['env', LOCAL_KEY.variable], value: LOCAL_KEY.value }];
}

/**
 * What Qwen Code needs besides the entry to start with it if no model is named yet. Without a selected type and a name it asks,
 * although there is only one choice.
 */
export function planFirstChoice(draft: ProviderDraft): readonly SettingsEdit[] {
  const [model] = draft.models;
  if (model === undefined) return [];
  return [
    { path: ['model', 'name'], value: model.id },
    { path: ['security', 'auth', 'selectedType'], value: protocolFacts(draft.protocol).listKey },
  ];
}

export function planRemoval(current: Plain, target: ProviderId, identify: Identify): readonly SettingsEdit[] {
  return removals(findEntries(current, target, identify));
}

function findEntries(current: Plain, target: ProviderId, identify: Identify): readonly Placed[] {
  return Object.entries(getLists(current)).flatMap(([listKey, list]) =>
    Array.isArray(list)
      ? list.flatMap((entry: unknown, index) => (isPlain(entry) && identify(listKey, entry) === target ? [{ listKey, index, entry }] : []))
      : [],
  );
}

/** From last to first, so that no index shifts before it is used. */
function removals(placed: readonly Placed[]): readonly SettingsEdit[] {
  return placed
    .toSorted((a, b) => b.index - a.index)
    .map((place) => ({ path: ['modelProviders', place.listKey, place.index], value: undefined }));
}

function changedFields(
  { listKey, index, entry }: Placed,
  draft: ProviderDraft,
  model: ProviderDraft['models'][number],
): readonly SettingsEdit[] {
  const at = (...path: string[]) => ['modelProviders', listKey, index, ...path];
  const generation = entry['generationConfig'];
  const window = isPlain(generation) ? generation['contextWindowSize'] : undefined;
  const modalities = isPlain(generation) && isPlain(generation['modalities']) ? generation['modalities'] : {};
  return [
    ...(entry['baseUrl'] === draft.baseUrl ? [] : [{ path: at('baseUrl'), value: draft.baseUrl }]),
    ...(entry['envKey'] === draft.envKey ? [] : [{ path: at('envKey'), value: draft.envKey }]),
    ...(model.name === undefined || entry['name'] === model.name ? [] : [{ path: at('name'), value: model.name }]),
    ...(model.contextWindowTokens === undefined || model.contextWindowTokens === (window ?? getContextWindow(model.id))
      ? []
      : [{ path: at('generationConfig', 'contextWindowSize'), value: model.contextWindowTokens }]),
    ...(model.takesImages === undefined || model.takesImages === (modalities['image'] ?? getModalities(model.id, undefined).image)
      ? []
      : [{ path: at('generationConfig', 'modalities', 'image'), value: model.takesImages }]),
  ];
}

function newEntry(draft: ProviderDraft, model: ProviderDraft['models'][number]): Plain {
  return {
    id: model.id,
    ...defined({ name: model.name, envKey: draft.envKey }),
    baseUrl: draft.baseUrl,
    ...(draft.protocol === 'openai-responses' ? { wireApi: 'responses' } : {}),
    ...newGeneration(model),
  };
}

/** What is only inferred from the model's name is shown, but not written when the form is saved. */
function newGeneration({ id, contextWindowTokens, takesImages }: ProviderDraft['models'][number]): Plain {
  const generation = {
    ...(contextWindowTokens === getContextWindow(id) ? {} : defined({ contextWindowSize: contextWindowTokens })),
    ...(takesImages === undefined || takesImages === getModalities(id, undefined).image ? {} : { modalities: { image: takesImages } }),
  };
  return Object.keys(generation).length === 0 ? {} : { generationConfig: generation };
}

function isFirst(draft: ProviderDraft, id: string, index: number): boolean {
  return draft.models.findIndex((model) => model.id === id) === index;
}

function getLists(current: Plain): Plain {
  const lists = current['modelProviders'];
  return isPlain(lists) ? lists : {};
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
