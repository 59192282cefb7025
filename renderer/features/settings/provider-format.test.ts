import { expect, test } from 'vitest';
import {
  defined,
  type ConnectionTest,
  type KeyState,
  ProviderId,
  type ProviderPreset,
  type ProviderSummary,
} from '../../../preload/contract/index.ts';
import {
  draftOf,
  formOf,
  isSameForm,
  keyChip,
  modelLabel,
  newlyFound,
  providerSubtitle,
  shadowWarning,
  shortPath,
  testSentence,
} from './provider-format.ts';

function provider(overrides: Partial<ProviderSummary> = {}): ProviderSummary {
  return {
    id: ProviderId.parse('p1'),
    protocol: 'openai',
    name: 'Example',
    baseUrl: 'https://api.example.com/v1',
    envKey: 'EXAMPLE_API_KEY',
    models: [{ id: 'a' }],
    scope: 'user',
    key: { source: 'missing' },
    endpointTrusted: true,
    ...overrides,
  };
}

const outcome = (value: ConnectionTest['outcome']): ConnectionTest => ({ outcome: value, message: 'said' });

test.each<[KeyState, string, string]>([
  [{ source: 'keyring', last4: 'f3a9' }, 'key …f3a9 in the keyring', 'ok'],
  [{ source: 'file', last4: 'f3a9' }, 'key …f3a9 in a file', 'ok'],
  [{ source: 'environment', last4: 'f3a9' }, 'key from EXAMPLE_API_KEY', 'plain'],
  [{ source: 'environment', shadowed: 'keyring' }, 'key from EXAMPLE_API_KEY', 'warn'],
  [{ source: 'dotenv' }, 'key from EXAMPLE_API_KEY in .env', 'plain'],
  [{ source: 'settings_env' }, 'key in settings.json', 'plain'],
  [{ source: 'auth_settings' }, 'key from the sign-in settings', 'plain'],
  [{ source: 'none_needed' }, 'no key needed', 'plain'],
  [{ source: 'missing' }, 'no key', 'warn'],
])('a key state %j is shown as "%s" in tone %s', (key, text, tone) => {
  expect(keyChip(provider({ key }))).toEqual({ text, tone });
});

test('a key that the last test refused shows it, wherever it is stored', () => {
  expect(keyChip(provider({ key: { source: 'keyring' } }), outcome('key'))).toEqual({ text: 'key refused', tone: 'err' });
  expect(keyChip(provider({ key: { source: 'keyring' } }), outcome('quota')).tone).toBe('ok');
});

test('the demo is built in and shows nothing about keys', () => {
  expect(keyChip(provider({ protocol: 'demo', scope: 'builtin' }))).toEqual({ text: 'built in', tone: 'plain' });
});

test('a hidden key is shown together with the one that hides it', () => {
  expect(shadowWarning({ source: 'environment', shadowed: 'keyring' }, 'EXAMPLE_API_KEY')).toBe(
    'The key from EXAMPLE_API_KEY is used. It overrides the key in the keyring.',
  );
  expect(shadowWarning({ source: 'keyring' }, 'EXAMPLE_API_KEY')).toBeUndefined();
});

test('the line below a name shows the address of a provider and its source', () => {
  expect(providerSubtitle(provider({ scope: 'project' }))).toBe('OpenAI-compatible · 1 model · project settings');
  expect(providerSubtitle(provider({ baseUrl: 'http://127.0.0.1:8000/v1' }))).toBe('http://127.0.0.1:8000/v1 · 1 model · user settings');
  expect(providerSubtitle(provider({ protocol: 'anthropic' }))).toBe('Anthropic Messages · 1 model · user settings');
});

test.each([
  [undefined, 'm'],
  [1_000_000, 'm · 1 M'],
  [1_048_576, 'm · 1 M'],
  [262_144, 'm · 256 K'],
  [128_000, 'm · 128 K'],
  [32_000, 'm · 32 K'],
])('a context window of %s tokens is shown as "%s"', (contextWindowTokens, label) => {
  expect(modelLabel({ id: 'm', ...defined({ contextWindowTokens }) })).toBe(label);
});

test('a successful test shows the number of models and the response time', () => {
  expect(
    testSentence({
      outcome: 'works',
      message: 'ok',
      listedModels: ['a', 'b'].map((id) => ({ id, chats: true })),
      answerMs: 640.4,
      testedModel: 'a',
    }),
  ).toEqual({
    head: 'Works.',
    rest: '2 models listed, a answered in 640 ms.',
  });
  expect(testSentence(outcome('works'))).toEqual({ head: 'Works.', rest: 'said' });
});

test('a failed test shows its class, the error, and the remedy', () => {
  expect(testSentence({ outcome: 'quota', message: 'No credit left.', remedy: 'Add credit.' })).toEqual({
    head: 'Quota used up.',
    rest: 'No credit left. Add credit.',
  });
});

test('a form becomes a draft without empty fields, and an equal draft is not a change', () => {
  const form = { ...formOf(provider()), name: ' Example ', envKey: ' ' };
  expect(draftOf(form)).toEqual({ name: 'Example', protocol: 'openai', baseUrl: 'https://api.example.com/v1', models: [{ id: 'a' }] });
  expect(isSameForm(form, formOf(provider()))).toBe(false);
  expect(isSameForm({ ...formOf(provider()), name: 'Example ' }, formOf(provider()))).toBe(true);
});

test('a found server is offered only while it is not a provider yet', () => {
  const preset = (baseUrl: string): ProviderPreset => ({ name: 'Ollama', baseUrl, suggestedModels: [] });
  const found = [preset('http://127.0.0.1:11434/v1'), preset('http://127.0.0.1:1234/v1')];
  expect(newlyFound(found, [provider({ baseUrl: 'http://localhost:11434/v1/' })])).toEqual([found[1]]);
});

test('a path below home is shortened, a sibling of home is not', () => {
  expect(shortPath('/home/ada/.qwen/settings.json', '/home/ada')).toBe('~/.qwen/settings.json');
  expect(shortPath('/home/adam/x', '/home/ada')).toBe('/home/adam/x');
});
