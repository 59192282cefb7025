import { isLoopbackHost } from '../../../preload/contract/index.ts';
import type {
  ConnectionTest,
  KeySource,
  KeyState,
  ModelSummary,
  ProviderDraft,
  ProviderPreset,
  ProviderSummary,
} from '../../../preload/contract/index.ts';
import type { Tone } from '../../ui/index.ts';
import { settingsStrings } from './settings-strings.ts';

/** Text of provider rows and the editing of drafts. Pure. */

export interface KeyChip {
  readonly text: string;
  readonly tone: Tone;
}

const text = settingsStrings.key;

/** The state of a provider's key in one chip; `test` is the latest connection test of this window, if any. */
export function keyChip(provider: ProviderSummary, test?: ConnectionTest): KeyChip {
  if (provider.protocol === 'demo') return { text: text.chip.builtIn, tone: 'plain' };
  if (test?.outcome === 'key') return { text: text.chip.refused, tone: 'err' };
  const { key } = provider;
  switch (key.source) {
    case 'none_needed':
      return { text: text.chip.noneNeeded, tone: 'plain' };
    case 'missing':
      return { text: text.chip.missing, tone: 'warn' };
    case 'keyring':
      return { text: text.chip.inKeyring(key.last4), tone: 'ok' };
    case 'file':
      return { text: text.chip.inFile(key.last4), tone: 'ok' };
    default:
      return { text: text.chip.elsewhere(whence(key.source, provider.envKey)), tone: key.shadowed === undefined ? 'plain' : 'warn' };
  }
}

/** Where a key is, as the end of a sentence that begins with "The key"; empty where there is none. */
export function whence(source: KeySource, envKey: string | undefined): string {
  if (source === 'none_needed' || source === 'missing') return '';
  if (source === 'environment' || source === 'dotenv') return text.whence[source](envKey);
  return text.whence[source];
}

/** What hides what, or undefined when nothing is hidden. */
export function shadowWarning(key: KeyState, envKey: string | undefined): string | undefined {
  if (key.shadowed === undefined) return undefined;
  return text.shadowed(whence(key.source, envKey), whence(key.shadowed, envKey));
}

export function providerSubtitle(provider: ProviderSummary): string {
  const { demo, openAiCompatible, protocols, modelCount, scopes } = settingsStrings.provider;
  if (provider.protocol === 'demo') return demo;
  const spoken = provider.protocol === 'openai' ? openAiCompatible : protocols[provider.protocol];
  return [isThisMachine(provider.baseUrl) ? provider.baseUrl : spoken, modelCount(provider.models.length), scopes[provider.scope]].join(
    ' · ',
  );
}

function isThisMachine(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** "qwen3-max · 256 K", "· 1 M"; a K is 1,000 for round numbers, else 1,024, as providers use both. */
export function modelLabel(model: ModelSummary): string {
  const tokens = model.contextWindowTokens;
  if (tokens === undefined) return model.name ?? model.id;
  const short =
    tokens >= 1_000_000 ? `${Math.round(tokens / 1_000_000)} M` : `${Math.round(tokens / (tokens % 1000 === 0 ? 1000 : 1024))} K`;
  return `${model.name ?? model.id} · ${short}`;
}

/** The head and the rest of a test's result. */
export function testSentence(test: ConnectionTest): { readonly head: string; readonly rest: string } {
  const { classes, listed, answered, works } = settingsStrings.test;
  if (test.outcome !== 'works') {
    return { head: classes[test.outcome], rest: [test.message, test.remedy ?? ''].filter((part) => part !== '').join(' ') };
  }
  const facts = [
    test.listedModels === undefined ? '' : listed(test.listedModels.length),
    test.testedModel === undefined || test.answerMs === undefined ? '' : answered(test.testedModel, Math.round(test.answerMs)),
  ].filter((part) => part !== '');
  return { head: works, rest: facts.length === 0 ? test.message : `${facts.join(', ')}.` };
}

/** What the form holds: strings as typed. */
export interface DraftForm {
  readonly protocol: ProviderDraft['protocol'];
  readonly name: string;
  readonly baseUrl: string;
  readonly envKey: string;
  readonly models: readonly ModelSummary[];
}

export function formOf(source: ProviderSummary | ProviderPreset | undefined): DraftForm {
  if (source === undefined) return { protocol: 'openai', name: '', baseUrl: 'https://', envKey: '', models: [] };
  const { protocol = 'openai' } = source;
  return {
    protocol: protocol === 'demo' ? 'openai' : protocol,
    name: source.name,
    baseUrl: source.baseUrl,
    envKey: source.envKey ?? '',
    models: 'models' in source ? source.models : source.suggestedModels,
  };
}

/** The draft as the contract wants it, unchecked: `ProviderDraft.safeParse` says what is wrong with it. */
export function draftOf(form: DraftForm): ProviderDraft {
  const envKey = form.envKey.trim();
  return {
    name: form.name.trim(),
    protocol: form.protocol,
    baseUrl: form.baseUrl.trim(),
    ...(envKey === '' ? {} : { envKey }),
    models: form.models.map(({ id, name, contextWindowTokens }) => ({
      id,
      ...(name === undefined ? {} : { name }),
      ...(contextWindowTokens === undefined ? {} : { contextWindowTokens }),
    })),
  };
}

export function isSameForm(a: DraftForm, b: DraftForm): boolean {
  return JSON.stringify(draftOf(a)) === JSON.stringify(draftOf(b));
}

/** Found servers that are not among the providers yet. */
export function newlyFound(found: readonly ProviderPreset[], providers: readonly ProviderSummary[]): readonly ProviderPreset[] {
  const plain = (url: string) => url.replace(/\/+$/, '').replace('//localhost', '//127.0.0.1');
  const held = new Set(providers.map((provider) => plain(provider.baseUrl)));
  return found.filter((preset) => !held.has(plain(preset.baseUrl)));
}

/** A path below the user's home with ~ in its place. */
export function shortPath(path: string, homePath: string | undefined): string {
  const below = homePath !== undefined && homePath !== '' && (path.startsWith(`${homePath}/`) || path.startsWith(`${homePath}\\`));
  return below ? `~${path.slice(homePath.length)}` : path;
}
