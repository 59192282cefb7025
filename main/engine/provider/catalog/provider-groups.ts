/**
 * Derives providers from settings and environment: groups of entries with the same protocol, base URL and key variable. Pure.
 * Qwen Code's settings have no providers, only entries, so the id is computed from the content of an entry. Source:
 * docs/formats.md 1.4.
 */
import { createHash } from 'node:crypto';
import { ProviderId } from '../../../../preload/contract/index.ts';
import type { Environment } from '../../ports.ts';
import { ModelEntry, type SettingsReading, type SettingsScope } from '../../settings/index.ts';
import { ENVIRONMENT_PROTOCOLS, protocolFacts } from '../protocol-facts.ts';
import type { WireProtocol } from '../provider.ts';
import { toWireProtocol } from '../signatures.ts';
import { PRESETS } from './presets.ts';

export interface ProviderGroup {
  readonly id: ProviderId;
  readonly protocol: WireProtocol;
  readonly baseUrl: string;
  /** Absent: the entry names none, so the protocol's own variable is used. */
  readonly envKey: string | undefined;
  readonly entries: readonly ModelEntry[];
  readonly scope: 'builtin' | 'user' | 'project' | 'system';
}

/**
 * Qwen Code does not start with an entry that has no key, even if the server needs none. So a server on this machine is written
 * with this variable and a value for it; Gantry never sends that value. Source: observed with 0.15.10 and 0.24.4.
 */
export const LOCAL_KEY = { variable: 'LOCAL_SERVER_KEY', value: 'not-needed' } as const;

/** The part of the settings that providers are derived from. */
export interface ProviderSource {
  readonly values: SettingsReading['values'];
  readonly providerScopes: Readonly<Record<string, SettingsScope>>;
  readonly environment: Environment;
}

/** All providers with a known protocol, in the order of the settings; the environment's providers come last. */
export function providerGroups(source: ProviderSource): readonly ProviderGroup[] {
  const groups = new Map<ProviderId, ProviderGroup>();
  const add = (entry: ModelEntry | undefined, identity: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey' | 'scope'>) => {
    const id = toProviderId(identity);
    const group = groups.get(id) ?? { id, ...identity, entries: [] };
    const isKnown = entry === undefined || group.entries.some((known) => known.id === entry.id); // the first one takes precedence
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
    // The Responses API has no variables of its own: they mean it if it is the selected type.
    const isResponses = protocol === 'openai' && source.values.security?.auth?.selectedType === 'openai-responses';
    add(modelId === undefined ? undefined : plainEntry(modelId, source.values), {
      ...identity,
      protocol: isResponses ? 'openai-responses' : protocol,
      scope: 'builtin',
    });
  }
  return [...groups.values()];
}

/** The protocol of an entry in the list `key`; undefined for an unknown protocol. */
export function entryProtocol(
  key: string,
  wireApi: string | undefined,
  { values }: Pick<ProviderSource, 'values'>,
): WireProtocol | undefined {
  const protocol = toWireProtocol(values.providerProtocol?.[key] ?? key);
  return protocol === 'openai' && wireApi === 'responses' ? 'openai-responses' : protocol;
}

/** A model without an entry. Only then does `model.generationConfig` apply; an entry is complete in itself. */
export function plainEntry(modelId: string, values: ProviderSource['values']): ModelEntry {
  return { ...ModelEntry.parse({ id: modelId }), generationConfig: values.model?.generationConfig };
}

/** `api.openai.com-1a2b3c4d`: readable, and the same in every host and after every restart. */
export function toProviderId({ protocol, baseUrl, envKey }: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey'>): ProviderId {
  const hash = createHash('sha256')
    .update(JSON.stringify([protocol, trimUrl(baseUrl), envKey ?? '']))
    .digest('hex')
    .slice(0, 8);
  return ProviderId.parse(`${new URL(baseUrl).host.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 100)}-${hash}`);
}

/** The variable that the key is stored under. */
export function keyVariable({ protocol, envKey }: Pick<ProviderGroup, 'protocol' | 'envKey'>): string {
  return envKey ?? protocolFacts(protocol).keyVariable;
}

/** The account that a key is stored under; another origin is another account. */
export function toKeyAccount(group: Pick<ProviderGroup, 'protocol' | 'baseUrl' | 'envKey'>): string {
  return `${keyVariable(group)}@${new URL(group.baseUrl).origin}`;
}

/** Removes the parts of an address that may be secret: credentials and query. */
export function shownUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  return trimUrl(`${url.origin}${url.pathname}`);
}

/** The name that the user gave, else a known name, else the host. */
export function groupName(group: ProviderGroup, given: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(given, group.id)) return given[group.id] ?? '';
  const known = PRESETS.find((preset) => trimUrl(preset.baseUrl) === trimUrl(group.baseUrl))?.name;
  const name = known ?? new URL(group.baseUrl).host;
  return group.scope === 'builtin' ? `${name} (environment)` : name;
}

/** The address that the protocol's own variable and, if the protocol is selected, `security.auth.apiKey` are meant for. */
export function protocolBaseUrl(protocol: WireProtocol, source: Pick<ProviderSource, 'values' | 'environment'>): string {
  const { baseUrlVariable, defaultBaseUrl } = protocolFacts(protocol);
  const fromEnvironment = baseUrlVariable === undefined ? undefined : source.environment[baseUrlVariable];
  const fromSettings = isSelected(protocol, source.values) ? source.values.security?.auth?.baseUrl : undefined;
  return fromEnvironment || fromSettings || defaultBaseUrl;
}

/** Whether `security.auth` applies to this protocol. Without a selected type it applies to OpenAI's. */
export function isSelected(protocol: WireProtocol, values: ProviderSource['values']): boolean {
  const selected = toWireProtocol(values.security?.auth?.selectedType) ?? 'openai';
  return selected === protocol || protocolFacts(selected) === protocolFacts(protocol);
}

/** Undefined for anything but an http(s) address, such as an undefined `$VAR`. */
export function usableUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? trimUrl(text) : undefined;
}

/** OPENAI_API_KEY and the like, without an entry in the settings; also Qwen Code's older `security.auth`. */
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
  // As in Qwen Code, a name in the settings takes precedence over the variables; it belongs to the selected protocol.
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
