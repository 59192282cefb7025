/**
 * From settings and environment to providers: the groups of entries with one protocol, base URL and key variable. Pure.
 * Qwen Code's settings know no provider, only entries; the id is made of what an entry has. Source: engine.md "Identity".
 */
import { createHash } from 'node:crypto';
import { ProviderId } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import { ModelEntry, type SettingsReading, type SettingsScope } from '../settings/index.ts';
import { PRESETS } from './presets.ts';

export interface ProviderGroup {
  readonly id: ProviderId;
  readonly protocol: 'openai';
  readonly baseUrl: string;
  /** Absent: the entry names none, and the protocol's own variable counts. */
  readonly envKey: string | undefined;
  readonly entries: readonly ModelEntry[];
  readonly scope: 'builtin' | 'user' | 'project' | 'system';
}

export const PROTOCOL_KEY = 'OPENAI_API_KEY';
/**
 * Qwen Code starts with no entry that has no key, also where the server wants none. So a server on this machine is written
 * with this variable, and its value beside it; it is never sent by us. Source: observed with 0.15.10 and 0.24.4.
 */
export const LOCAL_KEY = { variable: 'LOCAL_SERVER_KEY', value: 'not-needed' } as const;
const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** The part of a reading that providers are made of. */
export interface ProviderSource {
  readonly values: SettingsReading['values'];
  readonly providerScopes: Readonly<Record<string, SettingsScope>>;
  readonly environment: Environment;
}

/** Every provider that speaks the OpenAI protocol, in the order of the settings; the environment's comes last. */
export function providerGroups(source: ProviderSource): readonly ProviderGroup[] {
  const groups = new Map<ProviderId, ProviderGroup>();
  const add = (entry: ModelEntry | undefined, identity: Pick<ProviderGroup, 'baseUrl' | 'envKey' | 'scope'>) => {
    const id = providerIdOf(identity.baseUrl, identity.envKey);
    const group = groups.get(id) ?? { id, protocol: 'openai', ...identity, entries: [] };
    const isKnown = entry === undefined || group.entries.some((known) => known.id === entry.id); // the first one wins
    groups.set(id, isKnown ? group : { ...group, entries: [...group.entries, entry] });
  };
  for (const [key, entries] of Object.entries(source.values.modelProviders ?? {})) {
    if (!speaksOpenAi(key, source)) continue;
    for (const raw of entries) {
      const entry = ModelEntry.safeParse(raw).data;
      const baseUrl = usableUrl(entry?.baseUrl ?? protocolBaseUrl(source));
      if (entry === undefined || baseUrl === undefined || entry.wireApi === 'responses') continue;
      add(entry, { baseUrl, envKey: entry.envKey, scope: shownScope(source.providerScopes[key]) });
    }
  }
  const own = environmentProvider(source);
  if (own !== undefined) add(own.modelId === undefined ? undefined : plainEntry(own.modelId, source.values), { ...own, scope: 'builtin' });
  return [...groups.values()];
}

/** A model that no entry describes: only then does `model.generationConfig` count, an entry is sealed. */
export function plainEntry(modelId: string, values: ProviderSource['values']): ModelEntry {
  return { ...ModelEntry.parse({ id: modelId }), generationConfig: values.model?.generationConfig };
}

/** `api.openai.com-1a2b3c4d`: readable, and the same in every host and after every restart. */
export function providerIdOf(baseUrl: string, envKey: string | undefined): ProviderId {
  const hash = createHash('sha256')
    .update(JSON.stringify(['openai', trimUrl(baseUrl), envKey ?? '']))
    .digest('hex')
    .slice(0, 8);
  return ProviderId.parse(`${new URL(baseUrl).host.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 100)}-${hash}`);
}

/** The account a key is kept under; another origin is another account. */
export function accountOf(group: Pick<ProviderGroup, 'baseUrl' | 'envKey'>): string {
  return `${group.envKey ?? PROTOCOL_KEY}@${new URL(group.baseUrl).origin}`;
}

/** Without what may be secret in an address: credentials and query. */
export function shownUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  return trimUrl(`${url.origin}${url.pathname}`);
}

export function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The name the user gave, a known one, or the host. */
export function groupName(group: ProviderGroup, given: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(given, group.id)) return given[group.id] ?? '';
  const known = PRESETS.find((preset) => trimUrl(preset.baseUrl) === trimUrl(group.baseUrl))?.name;
  const name = known ?? new URL(group.baseUrl).host;
  return group.scope === 'builtin' ? `${name} (environment)` : name;
}

/** Where `OPENAI_API_KEY` and `security.auth.apiKey` are meant to go. */
export function protocolBaseUrl(source: Pick<ProviderSource, 'values' | 'environment'>): string {
  return source.environment['OPENAI_BASE_URL'] || source.values.security?.auth?.baseUrl || DEFAULT_BASE_URL;
}

/** Undefined for what is no http(s) address, such as a `$VAR` that nobody defined. */
export function usableUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? trimUrl(text) : undefined;
}

export function speaksOpenAi(key: string, source: Pick<ProviderSource, 'values'>): boolean {
  return (source.values.providerProtocol?.[key] ?? key) === 'openai';
}

/** OPENAI_API_KEY and the like, without any entry in the settings; also Qwen Code's older `security.auth`. */
function environmentProvider(source: ProviderSource): { baseUrl: string; envKey: string; modelId: string | undefined } | undefined {
  const { environment, values } = source;
  const auth = values.security?.auth;
  const isNamed = environment[PROTOCOL_KEY] || environment['OPENAI_BASE_URL'] || auth?.apiKey || auth?.baseUrl;
  const baseUrl = usableUrl(protocolBaseUrl(source));
  if (!isNamed || baseUrl === undefined) return undefined;
  const configured = Object.values(values.modelProviders ?? {})
    .flat()
    .some((entry) => ModelEntry.safeParse(entry).data?.id === values.model?.name);
  const named = configured ? undefined : values.model?.name; // a name in the settings comes before the variables, as in Qwen Code
  const modelId = named ?? (environment['OPENAI_MODEL'] || environment['QWEN_MODEL'] || undefined);
  return { baseUrl, envKey: PROTOCOL_KEY, modelId };
}

function shownScope(scope: SettingsScope | undefined): ProviderGroup['scope'] {
  return scope === 'project' || scope === 'user' ? scope : 'system';
}

function trimUrl(text: string): string {
  return text.trim().replace(/\/+$/, '');
}
