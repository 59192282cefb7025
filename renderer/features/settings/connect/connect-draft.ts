/** What the connect screen proposes from an address and what a user has chosen. Pure. */
import {
  defined,
  isLoopbackHost,
  type ListedModel,
  type ModelSummary,
  type ProviderDraft,
  type ProviderPreset,
  type ProviderSummary,
} from '../../../../preload/contract/index.ts';

/** A server that was found on this computer, a preset, or the user's own. */
export type ConnectChoice = { readonly kind: 'found' | 'preset'; readonly preset: ProviderPreset } | { readonly kind: 'custom' };

export interface ConnectForm {
  readonly url: string;
  /** Undefined while the proposed name is used. */
  readonly name: string | undefined;
}

export function presetOf(choice: ConnectChoice): ProviderPreset | undefined {
  return choice.kind === 'custom' ? undefined : choice.preset;
}

export function isSameChoice(a: ConnectChoice, b: ConnectChoice): boolean {
  const [first, second] = [presetOf(a), presetOf(b)];
  return a.kind === b.kind && first?.name === second?.name && first?.baseUrl === second?.baseUrl;
}

/** An address as it was pasted: `llm.example.com/v1` gets its `https://`, a loopback address `http://`. */
export function toUrl(typed: string): string {
  const text = typed.trim();
  if (text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const host = URL.canParse(`https://${text}`) ? new URL(`https://${text}`).hostname : '';
  return `${isLoopbackHost(host) ? 'http' : 'https'}://${text}`;
}

/** True for a text in the search that is an address rather than a name. */
export function looksLikeUrl(text: string): boolean {
  return /^(?:https?:\/\/\S+|[\w.-]+\.[a-z]{2,}(?::\d+)?(?:\/\S*)?|localhost(?::\d+)?(?:\/\S*)?|[\d.]{7,15}(?::\d+)?(?:\/\S*)?)$/i.test(
    text.trim(),
  );
}

const SECOND_LEVEL = new Set(['co', 'com', 'org', 'net', 'ac', 'edu', 'gov']);

/** "https://llm.northwind.dev/v1" is "Northwind"; an address without a domain name keeps its host and port. Empty: not an address. */
export function nameFromUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const { host, hostname } = new URL(url);
  const labels = hostname.split('.');
  if (labels.length < 2 || /^[\d.]+$/.test(hostname) || hostname.startsWith('[')) return host;
  const beforeTop = labels.slice(0, -1);
  const last = beforeTop.at(-1) ?? '';
  const name = SECOND_LEVEL.has(last) && beforeTop.length > 1 ? (beforeTop.at(-2) ?? last) : last;
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** The variable that other programs read the key of this address from: one for each server, so that no key reaches another. */
export function keyVariableFor(url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : '';
  const name = host
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return `${/^\d/.test(name) ? `HOST_${name}` : name}_API_KEY`;
}

/** The draft for the contract, unchecked: `ProviderDraft.safeParse` reports errors. A key that was typed or saved needs a variable. */
export function toDraft(choice: ConnectChoice, form: ConnectForm, hasKey: boolean, models: readonly ModelSummary[]): ProviderDraft {
  const preset = presetOf(choice);
  const baseUrl = toUrl(form.url);
  const isLocal = URL.canParse(baseUrl) && isLoopbackHost(new URL(baseUrl).hostname);
  const envKey = preset?.envKey ?? (hasKey || !isLocal ? keyVariableFor(baseUrl) : undefined);
  return {
    name: (form.name ?? preset?.name ?? nameFromUrl(baseUrl)).trim(),
    protocol: preset?.protocol ?? 'openai',
    baseUrl,
    ...defined({ envKey }),
    models: models.map(({ id, name, contextWindowTokens, takesImages }) => ({
      id,
      ...defined({ name, contextWindowTokens, takesImages }),
    })),
  };
}

/** The provider that this address and key belong to, if it is configured already. */
export function findExisting(providers: readonly ProviderSummary[], draft: ProviderDraft): ProviderSummary | undefined {
  const plain = (url: string) => url.replace(/\/+$/, '');
  return providers.find(
    (one) =>
      one.scope === 'user' && one.protocol === draft.protocol && one.envKey === draft.envKey && plain(one.baseUrl) === plain(draft.baseUrl),
  );
}

export interface ModelRow {
  readonly id: string;
  readonly chats: boolean;
  readonly isChosen: boolean;
  readonly contextWindowTokens: number | undefined;
  readonly takesImages: boolean;
}

/**
 * The listed models and the chosen ones that the list lacks: those that can chat first. What the user has set takes precedence, then
 * what the list states, then what the host assumes for a saved model.
 */
export function toRows(
  listed: readonly ListedModel[],
  chosen: readonly ModelSummary[],
  saved: readonly ModelSummary[] = [],
): readonly ModelRow[] {
  const ids = [...new Set([...chosen.map(({ id }) => id), ...listed.map(({ id }) => id)])];
  const inList = new Map(listed.map((model) => [model.id, model]));
  const inChosen = new Map(chosen.map((model) => [model.id, model]));
  const rows = ids.map((id) => {
    const own = inChosen.get(id);
    const stated = inList.get(id);
    const assumed = saved.find((model) => model.id === id);
    return {
      id,
      chats: own !== undefined || stated?.chats !== false,
      isChosen: own !== undefined,
      contextWindowTokens: own?.contextWindowTokens ?? stated?.contextWindowTokens ?? assumed?.contextWindowTokens,
      takesImages: own?.takesImages ?? stated?.takesImages ?? assumed?.takesImages ?? false,
    };
  });
  return [...rows.filter(({ chats }) => chats), ...rows.filter(({ chats }) => !chats)];
}

/** The chosen models after one was ticked or cleared; a new one brings what the list states about it. */
export function withModel(
  chosen: readonly ModelSummary[],
  listed: readonly ListedModel[],
  id: string,
  isChosen: boolean,
): readonly ModelSummary[] {
  if (!isChosen) return chosen.filter((model) => model.id !== id);
  if (chosen.some((model) => model.id === id)) return chosen;
  const stated = listed.find((model) => model.id === id);
  return [...chosen, { id, ...defined({ contextWindowTokens: stated?.contextWindowTokens, takesImages: stated?.takesImages }) }];
}
