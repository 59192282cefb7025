/**
 * From settings and environment to providers: the groups of entries with one protocol, base URL and key variable. Pure.
 * Qwen Code's settings know no provider, only entries; the id is made of what an entry has. Source: docs/formats.md 1.4.
 */
import { createHash } from 'node:crypto';
import { ProviderId } from '../../../../preload/contract/index.ts';
import type { Environment } from '../../ports.ts';
import { ModelEntry, type SettingsReading, type SettingsScope } from '../../settings/index.ts';
import { ENVIRONMENT_PROTOCOLS, protocolFacts } from '../protocol-facts.ts';
import type { WireProtocol } from '../provider.ts';
import { wireProtocolOf } from '../signatures.ts';
import { PRESETS } from './presets.ts';

export interface ProviderGroup {
  readonly id: ProviderId;
  readonly protocol: WireProtocol;
  readonly baseUrl: string;
  /** Absent: the entry names none, and the protocol's own variable counts. */
  readonly envKey: string | undefined;
  readonly entries: readonly ModelEntry[];
  readonly scope: 'builtin' | 'user' | 'project' | 'system';
}

/**
 * Qwen Code starts with no entry that has no key, also where the server wants none. So a server on this machine is written
 * with this variable, and its value beside it; it is never sent by us. Source: observed with 0.15.10 and 0.24.4.
 */
export const LOCAL_KEY = { variable: 'LOCAL_SERVER_KEY', value: 'not-needed' } as const;

/** The part of a reading that providers are made of. */
export interface ProviderSource {
  readonly values: SettingsReading['values'];
  readonly providerScopes: Readonly<Record<string, SettingsScope>>;
  readonly environment: Environment;
}

/** Every provider whose protocol is known, in the order of the settings; the environment's come last. */
export function providerGroups(source: ProviderSource): readonly ProviderGroup[] {
  const groups = new Map<ProviderId, ProviderGroup>();
  const add = (entry: ModelEntry | undefined, identity: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey' | 'scope'>) => {
    const id = providerIdOf(identity);
    const group = groups.get(id) ?? { id, ...identity, entries: [] };
    const isKnown = entry === undefined || group.entries.some((known) => known.id === entry.id); // the first one wins
    groups.set(id, isKnown ? group : { ...group, entries: [...group.entries, entry] });
  };
  for (const [key, entries] of Object.entries(source.values.modelProviders ?? {})) {
    for (const raw of entries) {
      const entry = ModelEntry.safeParse(raw).data;
      const protocol = entryProtocol(key, entry?.wireApi, source);
      if (entry === undefined || protocol === undefined) continue;
      const baseUrl = usableUrl(entry.baseUrl ?? protocolBaseUrl(protocol, source));
      if (baseUrl === undefined) continue;
      add(entry, { protocol, baseUrl, envKey: entry.envKey, scope: shownScope(source.providerScopes[key]) });
    }
  }
  for (const protocol of ENVIRONMENT_PROTOCOLS) {
    const own = environmentProvider(protocol, source);
    if (own === undefined) continue;
    const { modelId, ...identity } = own;
    // The Responses API has no variables of its own: it is meant where it is the selected type.
    const isResponses = protocol === 'openai' && source.values.security?.auth?.selectedType === 'openai-responses';
    add(modelId === undefined ? undefined : plainEntry(modelId, source.values), {
      ...identity,
      protocol: isResponses ? 'openai-responses' : protocol,
      scope: 'builtin',
    });
  }
  return [...groups.values()];
}

/** What an entry of the list `key` speaks; undefined for a protocol that is not known here. */
export function entryProtocol(
  key: string,
  wireApi: string | undefined,
  { values }: Pick<ProviderSource, 'values'>,
): WireProtocol | undefined {
  const protocol = wireProtocolOf(values.providerProtocol?.[key] ?? key);
  return protocol === 'openai' && wireApi === 'responses' ? 'openai-responses' : protocol;
}

/** A model that no entry describes: only then does `model.generationConfig` count, an entry is sealed. */
export function plainEntry(modelId: string, values: ProviderSource['values']): ModelEntry {
  return { ...ModelEntry.parse({ id: modelId }), generationConfig: values.model?.generationConfig };
}

/** `api.openai.com-1a2b3c4d`: readable, and the same in every host and after every restart. */
export function providerIdOf({ protocol, baseUrl, envKey }: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey'>): ProviderId {
  const hash = createHash('sha256')
    .update(JSON.stringify([protocol, trimUrl(baseUrl), envKey ?? '']))
    .digest('hex')
    .slice(0, 8);
  return ProviderId.parse(`${new URL(baseUrl).host.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 100)}-${hash}`);
}

/** The variable its key is kept under. */
export function keyVariable({ protocol, envKey }: Pick<ProviderGroup, 'protocol' | 'envKey'>): string {
  return envKey ?? protocolFacts(protocol).keyVariable;
}

/** The account a key is kept under; another origin is another account. */
export function accountOf(group: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey'>): string {
  return `${keyVariable(group)}@${new URL(group.baseUrl).origin}`;
}

/** Without what may be secret in an address: credentials and query. */
export function shownUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  return trimUrl(`${url.origin}${url.pathname}`);
}

/** The name the user gave, a known one, or the host. */
export function groupName(group: ProviderGroup, given: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(given, group.id)) return given[group.id] ?? '';
  const known = PRESETS.find((preset) => trimUrl(preset.baseUrl) === trimUrl(group.baseUrl))?.name;
  const name = known ?? new URL(group.baseUrl).host;
  return group.scope === 'builtin' ? `${name} (environment)` : name;
}

/** Where the protocol's own variable and, if it is the selected one, `security.auth.apiKey` are meant to go. */
export function protocolBaseUrl(protocol: WireProtocol, source: Pick<ProviderSource, 'values' | 'environment'>): string {
  const { baseUrlVariable, defaultBaseUrl } = protocolFacts(protocol);
  const fromEnvironment = baseUrlVariable === undefined ? undefined : source.environment[baseUrlVariable];
  const fromSettings = isSelected(protocol, source.values) ? source.values.security?.auth?.baseUrl : undefined;
  return fromEnvironment || fromSettings || defaultBaseUrl;
}

/** Whether `security.auth` speaks of this protocol. Without a selected type it means OpenAI's, as it always did. */
export function isSelected(protocol: WireProtocol, values: ProviderSource['values']): boolean {
  const selected = wireProtocolOf(values.security?.auth?.selectedType) ?? 'openai';
  return selected === protocol || protocolFacts(selected) === protocolFacts(protocol);
}

/** Undefined for what is no http(s) address, such as a `$VAR` that nobody defined. */
export function usableUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? trimUrl(text) : undefined;
}

/** OPENAI_API_KEY and the like, without any entry in the settings; also Qwen Code's older `security.auth`. */
function environmentProvider(
  protocol: WireProtocol,
  source: ProviderSource,
): { baseUrl: string; envKey: string; modelId: string | undefined } | undefined {
  const { environment, values } = source;
  const facts = protocolFacts(protocol);
  const auth = isSelected(protocol, values) ? values.security?.auth : undefined;
  const givenUrl = facts.baseUrlVariable === undefined ? undefined : environment[facts.baseUrlVariable];
  const isNamed = environment[facts.keyVariable] || givenUrl || auth?.apiKey || auth?.baseUrl;
  const baseUrl = usableUrl(protocolBaseUrl(protocol, source));
  if (!isNamed || baseUrl === undefined) return undefined;
  const configured = Object.values(values.modelProviders ?? {})
    .flat()
    .some((entry) => ModelEntry.safeParse(entry).data?.id === values.model?.name);
  // A name in the settings comes before the variables, as in Qwen Code; it belongs to the protocol that is selected.
  const named = configured || !isSelected(protocol, values) ? undefined : values.model?.name;
  const fromEnvironment = facts.modelVariables.map((name) => environment[name]).find((value) => value);
  return { baseUrl, envKey: facts.keyVariable, modelId: named ?? (fromEnvironment || undefined) };
}

function shownScope(scope: SettingsScope | undefined): ProviderGroup['scope'] {
  return scope === 'project' || scope === 'user' ? scope : 'system';
}

function trimUrl(text: string): string {
  return text.trim().replace(/\/+$/, '');
}
