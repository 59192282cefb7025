import { defined, isLoopbackHost } from '../../../preload/contract/index.ts';
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
import { t } from './text.ts';

/** Text of provider rows, and the editing of drafts. Pure. */

export interface KeyChip {
  readonly text: string;
  readonly tone: Tone;
}

/** The state of a provider's key as one chip; `test` is the latest connection test in this window, if any. */
export function keyChip(provider: ProviderSummary, test?: ConnectionTest): KeyChip {
  if (provider.protocol === 'demo') return { text: t('settings.key.chip.builtIn'), tone: 'plain' };
  if (test?.outcome === 'key') return { text: t('settings.key.chip.refused'), tone: 'err' };
  const { key } = provider;
  switch (key.source) {
    case 'none_needed':
      return { text: t('settings.key.chip.noneNeeded'), tone: 'plain' };
    case 'missing':
      return { text: t('settings.key.chip.missing'), tone: 'warn' };
    case 'keyring':
      return {
        text: key.last4 === undefined ? t('settings.key.chip.inKeyring') : t('settings.key.chip.inKeyringLast4', { last4: key.last4 }),
        tone: 'ok',
      };
    case 'file':
      return {
        text: key.last4 === undefined ? t('settings.key.chip.inFile') : t('settings.key.chip.inFileLast4', { last4: key.last4 }),
        tone: 'ok',
      };
    default:
      return {
        text: t('settings.key.chip.elsewhere', { where: whence(key.source, provider.envKey) }),
        tone: key.shadowed === undefined ? 'plain' : 'warn',
      };
  }
}

/** Where a key is stored, as the end of a sentence that begins with "The key"; empty if there is none. */
export function whence(source: KeySource, envKey: string | undefined): string {
  if (source === 'none_needed' || source === 'missing') return '';
  if (source === 'environment')
    return envKey === undefined ? t('settings.key.whence.anyEnvironment') : t('settings.key.whence.environment', { variable: envKey });
  if (source === 'dotenv')
    return envKey === undefined ? t('settings.key.whence.anyDotenv') : t('settings.key.whence.dotenv', { variable: envKey });
  return t(`settings.key.whence.${source}`);
}

/** Which key hides which; undefined if none is hidden. */
export function shadowWarning(key: KeyState, envKey: string | undefined): string | undefined {
  if (key.shadowed === undefined) return undefined;
  return t('settings.key.shadowed', { used: whence(key.source, envKey), hidden: whence(key.shadowed, envKey) });
}

export function providerSubtitle(provider: ProviderSummary): string {
  if (provider.protocol === 'demo') return t('settings.provider.demo');
  const spoken =
    provider.protocol === 'openai' ? t('settings.provider.openAiCompatible') : t(`settings.provider.protocols.${provider.protocol}`);
  return [
    isThisMachine(provider.baseUrl) ? provider.baseUrl : spoken,
    t('settings.provider.modelCount', { count: provider.models.length }),
    t(`settings.provider.scopes.${provider.scope}`),
  ].join(' · ');
}

function isThisMachine(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** "qwen3-max · 256 K", "· 1 M"; a K is 1,000 for round numbers, else 1,024, because providers use both. */
export function modelLabel(model: ModelSummary): string {
  const tokens = model.contextWindowTokens;
  if (tokens === undefined) return model.name ?? model.id;
  return `${model.name ?? model.id} · ${windowText(tokens)}`;
}

export function windowText(tokens: number): string {
  return tokens >= 1_000_000
    ? t('unit.millionTokens', { count: Math.round(tokens / 1_000_000) })
    : t('unit.thousandTokens', { count: Math.round(tokens / (tokens % 1000 === 0 ? 1000 : 1024)) });
}

/** The heading and the details of a test's result. */
export function testSentence(test: ConnectionTest): { readonly head: string; readonly rest: string } {
  if (test.outcome !== 'works') {
    return {
      head: t(`settings.test.classes.${test.outcome}`),
      rest: [test.message, test.remedy ?? ''].filter((part) => part !== '').join(' '),
    };
  }
  const facts = [
    test.listedModels === undefined ? '' : t('settings.test.listed', { count: test.listedModels.length }),
    test.testedModel === undefined || test.answerMs === undefined
      ? ''
      : t('settings.test.answered', { model: test.testedModel, ms: Math.round(test.answerMs) }),
  ].filter((part) => part !== '');
  return { head: t('settings.test.works'), rest: facts.length === 0 ? test.message : `${facts.join(', ')}.` };
}

/** The values of the form: strings as typed. */
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

/** The draft for the contract, unchecked: `ProviderDraft.safeParse` reports errors. */
export function draftOf(form: DraftForm): ProviderDraft {
  const envKey = form.envKey.trim();
  return {
    name: form.name.trim(),
    protocol: form.protocol,
    baseUrl: form.baseUrl.trim(),
    ...(envKey === '' ? {} : { envKey }),
    models: form.models.map(({ id, name, contextWindowTokens }) => ({
      id,
      ...defined({ name, contextWindowTokens }),
    })),
  };
}

export function isSameForm(a: DraftForm, b: DraftForm): boolean {
  return JSON.stringify(draftOf(a)) === JSON.stringify(draftOf(b));
}

/** Found servers that are not providers yet. */
export function newlyFound(found: readonly ProviderPreset[], providers: readonly ProviderSummary[]): readonly ProviderPreset[] {
  const plain = (url: string) => url.replace(/\/+$/, '').replace('//localhost', '//127.0.0.1');
  const held = new Set(providers.map((provider) => plain(provider.baseUrl)));
  return found.filter((preset) => !held.has(plain(preset.baseUrl)));
}

/** A path below the user's home, shortened with ~. */
export function shortPath(path: string, homePath: string | undefined): string {
  const below = homePath !== undefined && homePath !== '' && (path.startsWith(`${homePath}/`) || path.startsWith(`${homePath}\\`));
  return below ? `~${path.slice(homePath.length)}` : path;
}
