import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ModelRef, type ProviderDraft } from '../../../preload/contract/index.ts';
import { ask, collect, sendEvents, serve } from './openai/openai-provider.fixture.ts';
import { openRegistry } from './catalog/registry.fixture.ts';

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const X = 'https://x.test/v1';
const draft = (more: Partial<ProviderDraft>): ProviderDraft => ({
  name: 'Mine',
  protocol: 'openai',
  baseUrl: X,
  envKey: 'X_KEY',
  models: [{ id: 'm' }],
  ...more,
});

test.each<[Partial<ProviderDraft>, object]>([
  [
    { protocol: 'anthropic' },
    { modelProviders: { anthropic: [{ id: 'm', baseUrl: X, envKey: 'X_KEY' }] }, security: { auth: { selectedType: 'anthropic' } } },
  ],
  [
    { protocol: 'gemini' },
    { modelProviders: { gemini: [{ id: 'm', baseUrl: X, envKey: 'X_KEY' }] }, security: { auth: { selectedType: 'gemini' } } },
  ],
  // A Qwen Code that does not know the Responses API reads this entry as chat completions.
  [
    { protocol: 'openai-responses' },
    {
      modelProviders: { openai: [{ id: 'm', baseUrl: X, envKey: 'X_KEY', wireApi: 'responses' }] },
      security: { auth: { selectedType: 'openai' } },
    },
  ],
])('a provider is written where Qwen Code looks for its protocol (%o), and read back', async (more, expected) => {
  const { registry, settingsPath } = openRegistry();
  const providerId = await registry.save(draft(more));
  expect(readJson(settingsPath)).toMatchObject(expected);
  const { providers } = await registry.list();
  expect(providers[0]).toMatchObject({ id: providerId, protocol: more.protocol, name: 'Mine', models: [{ id: 'm' }] });
});

test('a provider whose protocol is changed moves to the list of the new one', async () => {
  const { registry, settingsPath } = openRegistry();
  const chat = await registry.save(draft({}));
  const anthropic = await registry.save(draft({ protocol: 'anthropic' }), chat);
  expect(readJson(settingsPath)).toMatchObject({ modelProviders: { openai: [], anthropic: [{ id: 'm', baseUrl: X }] } });
  expect((await registry.list()).providers.map(({ id, protocol }) => [id, protocol])).toContainEqual([anthropic, 'anthropic']);
  await registry.save(draft({ protocol: 'openai-responses' }), anthropic);
  expect(readJson(settingsPath)).toMatchObject({ modelProviders: { openai: [{ wireApi: 'responses' }], anthropic: [] } });
});

test('one address with two protocols is two providers, and removing one leaves the other', async () => {
  const { registry, settingsPath } = openRegistry();
  const chat = await registry.save(draft({ models: [{ id: 'a' }] }));
  const responses = await registry.save(draft({ protocol: 'openai-responses', models: [{ id: 'b' }] }));
  expect(chat).not.toBe(responses);
  await registry.delete(responses);
  expect(readJson(settingsPath)).toMatchObject({ modelProviders: { openai: [{ id: 'a' }] } });
  await registry.delete(chat);
  expect(readJson(settingsPath)).toMatchObject({ modelProviders: { openai: [] } });
});

test('a provider without a model keeps its protocol', async () => {
  const { registry } = openRegistry();
  await registry.save(draft({ protocol: 'anthropic', models: [] }));
  expect((await registry.list()).providers[0]).toMatchObject({ protocol: 'anthropic', baseUrl: X });
});

const BOTH = {
  modelProviders: {
    openai: [{ id: 'same', baseUrl: X, envKey: 'X_KEY' }],
    anthropic: [{ id: 'same', baseUrl: 'https://a.test', envKey: 'A_KEY' }],
  },
  model: { name: 'same' },
};

test.each([
  ['anthropic', 'anthropic'],
  ['openai', 'openai'],
  [undefined, 'openai'],
])('for a model with two protocols the selected type (%s) decides: %s', async (selectedType, expected) => {
  const { registry, openProject } = openRegistry({
    user: { ...BOTH, ...(selectedType === undefined ? {} : { security: { auth: { selectedType } } }) },
  });
  const { context } = await openProject({ trust: false });
  const chosen = await registry.defaultModel(context);
  const { providers } = await registry.list();
  expect(providers.find((provider) => provider.id === chosen?.providerId)?.protocol).toBe(expected);
});

test('choosing a model selects its type too, so that Qwen Code starts with the same one', async () => {
  const { registry, settingsPath } = openRegistry({ user: BOTH });
  const { providers } = await registry.list();
  const anthropic = providers.find((provider) => provider.protocol === 'anthropic');
  await registry.setDefaultModel(ModelRef.parse({ providerId: anthropic?.id, modelId: 'same' }));
  expect(readJson(settingsPath)).toMatchObject({ security: { auth: { selectedType: 'anthropic' } }, model: { baseUrl: 'https://a.test' } });
});

test('with keys of several makers in the environment, a bare name goes to the maker it belongs to', async () => {
  const environment = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', GEMINI_API_KEY: 'g' };
  const { registry, openProject } = openRegistry({ environment });
  const { context } = await openProject({ trust: false });
  const { providers } = await registry.list();
  const protocolFor = async (modelId: string) => {
    const { ref } = await registry.resolve(context, { modelId });
    return providers.find((provider) => provider.id === ref.providerId)?.protocol;
  };
  expect([await protocolFor('claude-sonnet-4-5'), await protocolFor('gemini-2.5-pro'), await protocolFor('gpt-5')]).toEqual([
    'anthropic',
    'gemini',
    'openai',
  ]);
});

test('the key of one maker is never used as the key of another, whatever is configured', async () => {
  const environment = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a' };
  const user = {
    modelProviders: {
      anthropic: [{ id: 'c', baseUrl: 'https://elsewhere.test' }],
      openai: [{ id: 'o', baseUrl: 'https://other.test/v1', envKey: 'Z' }],
    },
  };
  const { registry } = openRegistry({ environment, user });
  const { providers } = await registry.list();
  const keys = providers.map(({ baseUrl, key }) => [baseUrl, key.source]);
  expect(keys).toContainEqual(['https://other.test/v1', 'missing']);
  // The entry names no variable, so its protocol's own applies; another protocol's never does.
  expect(keys).toContainEqual(['https://elsewhere.test', 'environment']);
});

test('Vertex AI needs no key if a Google Cloud project is named', async () => {
  const user = { modelProviders: { 'vertex-ai': [{ id: 'gemini-2.5-pro' }] } };
  const keyOf = async (environment: Record<string, string>) =>
    (await openRegistry({ user, environment }).registry.list()).providers[0]?.key;
  expect(await keyOf({})).toEqual({ source: 'missing' });
  expect(await keyOf({ GOOGLE_CLOUD_PROJECT: 'p' })).toEqual({ source: 'none_needed' });
});

test.each([
  ['high', {}, 'high'],
  ['high', { reasoning: { effort: 'low' } }, 'low'],
  ['none', {}, undefined],
])('how much to think: %s in the settings and %o in the entry gives %s', async (reasoningEffort, generationConfig, expected) => {
  const bodies: unknown[] = [];
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      sendEvents(response, ['{"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}']);
    });
  });
  const { registry, openProject } = openRegistry({
    user: { modelProviders: { openai: [{ id: 'm', baseUrl: `${url}/v1`, generationConfig }] }, model: { name: 'm', reasoningEffort } },
  });
  const { context } = await openProject({ trust: false });
  const { provider, modelId } = await registry.resolve(context);
  await collect(provider.stream(ask('hello', { modelId }), new AbortController().signal));
  expect(Reflect.get(Object(bodies[0]), 'reasoning_effort')).toBe(expected);
});
