import { LLMock } from '@copilotkit/aimock';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defined, ProviderId } from '../../../../preload/contract/index.ts';
import { DEMO_MODEL_ID, DEMO_PROVIDER_ID } from '../demo/demo-script.ts';
import { ask, collect, sendEvents, serve, textOf } from '../openai/openai-provider.fixture.ts';
import { memorySecrets, openRegistry } from './registry.fixture.ts';

const X = 'https://x.test/v1';
const entry = (id: string, more: object = {}) => ({ id, baseUrl: X, envKey: 'X_KEY', ...more });
const draft = (name: string, ids: string[], baseUrl = X, envKey: string | undefined = 'X_KEY') => ({
  name,
  protocol: 'openai' as const,
  baseUrl,
  ...defined({ envKey }),
  models: ids.map((id) => ({ id })),
});
const signal = () => new AbortController().signal;
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

async function startMock(prepare: (mock: LLMock) => void): Promise<{ mock: LLMock; url: string }> {
  const mock = new LLMock({ port: 0 });
  prepare(mock);
  await mock.start();
  onTestFinished(() => mock.stop());
  return { mock, url: `${mock.url}/v1` };
}

test('without configuration there is only the demo, labelled, and no default', async () => {
  const { registry, openProject } = openRegistry();
  const { context } = await openProject({ trust: true });
  const { providers, presets } = await registry.list();
  expect(providers).toMatchObject([
    { id: 'demo', protocol: 'demo', name: 'Offline demo', scope: 'builtin', key: { source: 'none_needed' } },
  ]);
  expect(presets.map((preset) => preset.name)).toEqual(
    expect.arrayContaining(['OpenAI', 'OpenRouter', 'Ollama', 'ModelScope', 'Fireworks', 'vLLM', 'LM Studio']),
  );
  expect(await registry.defaultModel(context)).toBeUndefined();
  await expect(registry.resolve(context)).rejects.toMatchObject({ code: 'no_model' });
});

test('an address that would newly get a key of the environment is reported before it is saved', async () => {
  const { registry } = openRegistry({
    user: { modelProviders: { openai: [entry('a')] } },
    environment: { X_KEY: 'an-exported-key', OPENAI_API_KEY: 'another-exported-key' },
    keys: { 'STORED@https://y.test': 'a-stored-key' },
  });
  const leaving = (baseUrl: string, envKey: string) => registry.keyNewlySent(draft('new', [], baseUrl, envKey));
  expect(await leaving('https://evil.test/v1', 'X_KEY')).toEqual({ variable: 'X_KEY', origin: 'https://evil.test' });
  expect(await leaving('https://evil.test/v1', 'OPENAI_API_KEY')).toEqual({ variable: 'OPENAI_API_KEY', origin: 'https://evil.test' });
  expect(await leaving('https://x.test/other/path', 'X_KEY')).toBeUndefined();
  expect(await leaving('https://api.openai.com/v1', 'OPENAI_API_KEY')).toBeUndefined();
  expect(await leaving('https://y.test/v1', 'STORED')).toBeUndefined();
  expect(await leaving('https://evil.test/v1', 'NOT_SET')).toBeUndefined();
});

test('the stored keys of all known providers are read once, so that commands cannot print them', async () => {
  const { registry, secrets } = openRegistry({ user: { modelProviders: { openai: [entry('a'), entry('b', { envKey: 'Y_KEY' })] } } });
  await registry.readStoredKeys();
  await registry.readStoredKeys();
  expect(secrets.asked.toSorted()).toEqual(['X_KEY@https://x.test', 'Y_KEY@https://x.test']);
});

test('a provider is listed with its models and what is known about its key', async () => {
  const { registry } = openRegistry({
    user: { modelProviders: { openai: [entry('a', { name: 'A', generationConfig: { contextWindowSize: 5 } }), entry('qwen3-max')] } },
    keys: { 'X_KEY@https://x.test': 'a-long-saved-key' },
  });
  const { providers } = await registry.list();
  expect(providers[0]).toEqual({
    id: providers[0]?.id,
    protocol: 'openai',
    name: 'x.test',
    baseUrl: X,
    envKey: 'X_KEY',
    scope: 'user',
    endpointTrusted: true,
    models: [
      { id: 'a', name: 'A', contextWindowTokens: 5, takesImages: false, takesPdf: false },
      { id: 'qwen3-max', contextWindowTokens: 262_144, takesImages: false, takesPdf: false },
    ],
    key: { source: 'keyring', last4: '-key' },
  });
});

test('saving, changing and removing a provider changes only its own entries in the settings', async () => {
  const { registry, settingsPath, secrets, events } = openRegistry();
  const id = await registry.save(draft('Mine', ['a', 'b']));
  await registry.setKey(id, '  the-secret-key  ', 'keyring');
  expect((await registry.list()).providers[0]).toMatchObject({
    id,
    name: 'Mine',
    models: [{ id: 'a' }, { id: 'b' }],
    key: { source: 'keyring', last4: '-key' },
  });
  expect([...secrets.keys]).toEqual([['X_KEY@https://x.test', 'the-secret-key']]);

  const moved = await registry.save(draft('Mine too', ['b', 'c'], 'https://y.test/v1'), id);
  const { providers } = await registry.list();
  expect(providers.map((provider) => [provider.id, provider.name, provider.key.source])).toEqual([
    [moved, 'Mine too', 'missing'],
    ['demo', 'Offline demo', 'none_needed'],
  ]);
  expect(readJson(settingsPath).modelProviders.openai.map((one: { id: string; baseUrl: string }) => [one.id, one.baseUrl])).toEqual([
    ['b', 'https://y.test/v1'],
    ['c', 'https://y.test/v1'],
  ]);

  await registry.delete(moved);
  expect((await registry.list()).providers.map((provider) => provider.id)).toEqual(['demo']);
  expect(events.every((event) => event.event === 'settings.changed')).toBe(true);
});

test('removing a provider removes its key, unless another one uses it', async () => {
  const { registry, secrets } = openRegistry({
    user: { modelProviders: { openai: [entry('a'), entry('b', { baseUrl: 'https://x.test/v2' })] } },
    keys: { 'X_KEY@https://x.test': 'key' },
  });
  const [first, second] = (await registry.list()).providers;
  if (first === undefined || second === undefined) throw new Error('two providers expected');
  await registry.delete(first.id);
  expect(secrets.keys.size).toBe(1);
  await registry.delete(second.id);
  expect(secrets.keys.size).toBe(0);
});

test('a provider is removed even if its key stays in the keyring, and every window is notified', async () => {
  const secrets = { ...memorySecrets({ 'X_KEY@https://x.test': 'key' }), delete: () => Promise.reject(new Error('still there')) };
  const { registry, events } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } }, more: { secrets } });
  const [only] = (await registry.list()).providers;
  if (only === undefined) throw new Error('a provider expected');
  const settled = () => events.filter((event) => event.event === 'settings.changed').length;
  await expect(registry.deleteKey(only.id)).rejects.toThrow('still there');
  const before = settled();
  expect(before).toBe(1);
  await expect(registry.delete(only.id)).rejects.toThrow('still there');
  expect(settled()).toBeGreaterThan(before);
  expect((await registry.list()).providers.map((provider) => provider.id)).toEqual(['demo']);
});

test('a provider without a model yet is remembered outside settings.json', async () => {
  const { registry, settingsPath } = openRegistry();
  const id = await registry.save(draft('Empty', []));
  expect((await registry.list()).providers[0]).toMatchObject({ id, name: 'Empty', models: [] });
  expect(existsSync(settingsPath)).toBe(false);
  await registry.save(draft('Filled', ['a']), id);
  expect((await registry.list()).providers.map((provider) => [provider.name, provider.models.length])).toEqual([
    ['Filled', 1],
    ['Offline demo', 1],
  ]);
});

test('a broken settings file is never written to', async () => {
  const { registry, settingsPath } = openRegistry({ user: '{ "modelProviders": [ }' });
  await expect(registry.save(draft('X', ['a']))).rejects.toMatchObject({ code: 'settings_broken', data: { path: settingsPath, line: 1 } });
  expect(readFileSync(settingsPath, 'utf8')).toBe('{ "modelProviders": [ }');
});

test('a provider outside the user settings cannot be removed here', async () => {
  const { registry } = openRegistry({ environment: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: X, OPENAI_MODEL: 'm' } });
  const id = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
  await expect(registry.delete(id)).rejects.toMatchObject({ code: 'not_supported' });
});

test.each(['two words', 'line\nbreak', 'ümlaut'])(
  'a key with characters that a header forbids (%j) is refused without repeating it',
  async (key) => {
    const { registry } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } } });
    const id = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
    const error = await registry.setKey(id, key, 'keyring').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'bad_params', message: expect.not.stringContaining(key) });
  },
);

test('the default model is written so that Qwen Code uses the same one', async () => {
  const { registry, settingsPath, openProject } = openRegistry({
    user: {
      modelProviders: { openai: [entry('a'), entry('b')], mine: [entry('b', { baseUrl: 'https://z.test' })] },
      providerProtocol: { mine: 'openai' },
    },
  });
  const { providers } = await registry.list();
  const z = providers.find((provider) => provider.baseUrl === 'https://z.test');
  if (z === undefined) throw new Error('a provider at z.test expected');
  await registry.setDefaultModel({ providerId: z.id, modelId: 'b' });
  expect(readJson(settingsPath)).toMatchObject({
    model: { name: 'b', baseUrl: 'https://z.test' },
    security: { auth: { selectedType: 'openai' } }, // the protocol, also for a list with a name of its own
  });
  expect(await registry.defaultModelFor()).toEqual({ providerId: z.id, modelId: 'b' });

  const x = providers.find((provider) => provider.baseUrl === X);
  if (x === undefined) throw new Error('a provider at x.test expected');
  await registry.setDefaultModel({ providerId: x.id, modelId: 'a' });
  expect(readJson(settingsPath)).toMatchObject({ model: { name: 'a' }, security: { auth: { selectedType: 'openai' } } });
  expect(readJson(settingsPath).model).not.toHaveProperty('baseUrl');

  const { context } = await openProject({ trust: false });
  await registry.setDefaultModel({ providerId: DEMO_PROVIDER_ID, modelId: DEMO_MODEL_ID });
  expect((await registry.resolve(context)).ref).toEqual({ providerId: 'demo', modelId: DEMO_MODEL_ID });
  expect(readJson(settingsPath).model.name).toBe('a'); // the demo means nothing to Qwen Code
  await registry.setDefaultModel({ providerId: x.id, modelId: 'a' });
  expect(await registry.defaultModel(context)).toEqual({ providerId: x.id, modelId: 'a' });
});

test('a first provider is written with what Qwen Code needs to start with it, a second one changes no choice', async () => {
  const { registry, settingsPath } = openRegistry();
  await registry.save(draft('One', ['a', 'b']));
  expect(readJson(settingsPath)).toMatchObject({ model: { name: 'a' }, security: { auth: { selectedType: 'openai' } } });
  await registry.save(draft('Two', ['c'], 'https://y.test/v1', 'Y_KEY'));
  expect(readJson(settingsPath).model).toEqual({ name: 'a' });
});

test('a server on this machine is written so that Qwen Code starts with it, and still gets no key from Gantry', async () => {
  const { mock, url } = await startMock((m) => m.onMessage('hello', { content: 'Hi' }));
  const { registry, settingsPath, openProject } = openRegistry();
  await registry.save({ name: 'Here', protocol: 'openai', baseUrl: url, models: [{ id: 'm' }] });
  expect(readJson(settingsPath)).toMatchObject({
    modelProviders: { openai: [{ id: 'm', baseUrl: url, envKey: 'LOCAL_SERVER_KEY' }] },
    env: { LOCAL_SERVER_KEY: 'not-needed' },
  });
  const { providers } = await registry.list();
  expect(providers.map(({ name, key }) => [name, key])).toEqual([
    ['Here', { source: 'none_needed' }],
    ['Offline demo', { source: 'none_needed' }],
  ]);
  const { context } = await openProject({ trust: false });
  const { provider, modelId } = await registry.resolve(context);
  await collect(provider.stream(ask('hello', { modelId }), signal()));
  expect(mock.getLastRequest()?.headers).not.toHaveProperty('authorization');
});

test('a model named in the settings takes precedence over the variables, with model.generationConfig; an entry is complete in itself', async () => {
  const { mock, url } = await startMock((m) => m.onMessage('hello', { content: 'Hi' }));
  const askWith = async (user: object) => {
    const { registry, openProject } = openRegistry({
      user: { ...user },
      environment: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: url, OPENAI_MODEL: 'env-model' },
    });
    const { context } = await openProject({ trust: false });
    const resolved = await registry.resolve(context);
    await collect(resolved.provider.stream(ask('hello', { modelId: resolved.modelId }), signal()));
    return mock.getLastRequest()?.body;
  };
  const model = { name: 'named', generationConfig: { samplingParams: { temperature: 0.3 } } };
  expect(await askWith({ model })).toMatchObject({ model: 'named', temperature: 0.3 });
  const sealed = await askWith({ model, modelProviders: { openai: [{ id: 'named', baseUrl: url, envKey: 'OPENAI_API_KEY' }] } });
  expect(sealed).toMatchObject({ model: 'named' });
  expect(sealed).not.toHaveProperty('temperature');
});

test('the environment alone is enough to use a model', async () => {
  const { mock, url } = await startMock((m) => m.onMessage('hello', { content: 'Hi' }));
  const { registry, openProject } = openRegistry({
    environment: { OPENAI_API_KEY: 'sk-environment', OPENAI_BASE_URL: url, OPENAI_MODEL: 'env-model' },
  });
  const { context } = await openProject({ trust: false });
  const resolved = await registry.resolve(context);
  expect(resolved).toMatchObject({ modelId: 'env-model', contextWindowTokens: 131_072 });
  expect(textOf(await collect(resolved.provider.stream(ask('hello', { modelId: resolved.modelId }), signal())))).toBe('Hi');
  expect(mock.getLastRequest()?.body).toMatchObject({ model: 'env-model' });
});

test('without a key nothing is sent, and the error names the variable', async () => {
  const { registry, openProject } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } } });
  const { context } = await openProject({ trust: true });
  await expect(registry.resolve(context)).rejects.toMatchObject({
    code: 'missing_api_key',
    message: expect.stringContaining('X_KEY'),
    data: { envKey: 'X_KEY' },
  });
});

test('a model that is not configured is unknown', async () => {
  const { registry, openProject } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } }, environment: { X_KEY: 'k' } });
  const { context } = await openProject({ trust: true });
  await expect(registry.resolve(context, { modelId: 'nope' })).rejects.toMatchObject({ code: 'model_unknown' });
  await expect(registry.resolve(context, { providerId: ProviderId.parse('gone'), modelId: 'nope' })).rejects.toMatchObject({
    code: 'model_unknown',
  });
});

test('a model whose provider is gone is the same model of another provider, and never an unlisted one', async () => {
  const environment = { X_KEY: 'k', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://moved.test/v1', OPENAI_MODEL: 'ours' };
  const { registry, openProject } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } }, environment });
  const { context } = await openProject({ trust: true });
  const gone = ProviderId.parse('gone');
  const { providers } = await registry.list();
  const at = (baseUrl: string) => providers.find((provider) => provider.baseUrl === baseUrl)?.id;
  expect((await registry.resolve(context, { providerId: gone, modelId: 'a' })).ref).toEqual({ providerId: at(X), modelId: 'a' });
  await expect(registry.resolve(context, { providerId: gone, modelId: 'other' })).rejects.toMatchObject({ code: 'model_unknown' });
});

test('where any model is accepted, an unlisted one belongs to the wanted provider or to that of the default', async () => {
  const { registry, openProject } = openRegistry({ user: { modelProviders: { openai: [entry('a')] } }, environment: { X_KEY: 'k' } });
  const { context } = await openProject({ trust: true });
  const { ref } = await registry.resolve(context);
  const any = { acceptsAny: true };
  expect((await registry.resolve(context, { modelId: 'new' }, any)).ref).toEqual({ ...ref, modelId: 'new' });
  expect((await registry.resolve(context, { ...ref, modelId: 'new' }, any)).ref).toEqual({ ...ref, modelId: 'new' });
});

test('an effort replaces that of the settings, and thinking that is turned off stays off', async () => {
  const bodies: Record<string, unknown>[] = [];
  const url = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      sendEvents(response, ['{"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}']);
    });
  });
  const model = (id: string, reasoning: unknown) => ({ id, baseUrl: `${url}/v1`, generationConfig: { reasoning } });
  const { registry, openProject } = openRegistry({
    user: { modelProviders: { openai: [model('a', { effort: 'low' }), model('off', false)] } },
  });
  const { context } = await openProject({ trust: true });
  const send = async (modelId: string) => {
    const { provider, thinksNot } = await registry.resolve(context, { modelId }, { effort: 'high' });
    await collect(provider.stream({ ...ask('x'), modelId }, signal()));
    return thinksNot;
  };
  expect([await send('a'), bodies[0]?.['reasoning_effort']]).toEqual([undefined, 'high']);
  expect([await send('off'), JSON.stringify(bodies[1]).includes('high')]).toEqual([true, false]);
});

test('a changed key is used from the next request on', async () => {
  const sent: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    sent.push(request.headers.authorization);
    sendEvents(response, ['{"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}']);
  });
  const { registry, openProject, secrets } = openRegistry({
    user: { modelProviders: { openai: [{ id: 'a', baseUrl: `${url}/v1`, envKey: 'L_KEY' }] } },
  });
  const { context } = await openProject({ trust: true });
  const { provider } = await registry.resolve(context);
  await collect(provider.stream(ask('x'), signal()));
  secrets.keys.set(`L_KEY@${url}`, 'first-key-value');
  await collect(provider.stream(ask('x'), signal()));
  secrets.keys.set(`L_KEY@${url}`, 'second-key-value');
  await collect(provider.stream(ask('x'), signal()));
  expect(sent).toEqual([undefined, 'Bearer first-key-value', 'Bearer second-key-value']);
});

const projectSettings = {
  modelProviders: { openai: [{ id: 'evil', baseUrl: 'https://evil.test/v1', envKey: 'X_KEY' }] },
  model: { name: 'evil' },
};

test("a folder's own address needs consent first, also in a trusted folder, and the answer is kept", async () => {
  const { registry, openProject } = openRegistry({
    user: { modelProviders: { openai: [entry('a')] } },
    environment: { X_KEY: 'canary-key' },
  });
  const { id, context } = await openProject({ trust: true, settings: projectSettings });
  const refused = {
    code: 'endpoint_untrusted',
    message: expect.stringContaining('--trust-endpoint https://evil.test'),
    data: { origin: 'https://evil.test', envKey: 'X_KEY' },
  };
  await expect(registry.resolve(context)).rejects.toMatchObject(refused);
  const [provider] = (await registry.list(id)).providers;
  expect(provider).toMatchObject({ baseUrl: 'https://evil.test/v1', scope: 'project', endpointTrusted: false });
  const providerId = provider?.id ?? DEMO_PROVIDER_ID;
  expect(await registry.test({ providerId, projectId: id })).toMatchObject({ outcome: 'url', code: 'endpoint_untrusted' });

  await registry.trustEndpoint(providerId, id);
  expect((await registry.resolve(context)).ref.modelId).toBe('evil');
  expect((await registry.list(id)).providers[0]?.endpointTrusted).toBe(true);
});

test('trusting one address keeps the earlier trusted ones, in this folder and in others', async () => {
  const { registry, openProject, machine } = openRegistry({ environment: { X_KEY: 'k' } });
  const trustFile = join(machine.paths.gantryHome, 'trust.json');
  machine.write(trustFile, { endpoints: { '/elsewhere': ['https://before.test/v1'] } });
  const entry = (host: string) => ({ id: host, baseUrl: `https://${host}/v1`, envKey: 'X_KEY' });
  const { id } = await openProject({
    trust: true,
    settings: { modelProviders: { openai: [entry('one.test'), entry('two.test')] } },
  });
  const agreed = async () =>
    (await registry.list(id)).providers.filter(({ id: own }) => own !== DEMO_PROVIDER_ID).map(({ endpointTrusted }) => endpointTrusted);
  const [one, two] = (await registry.list(id)).providers;
  await registry.trustEndpoint(one?.id ?? DEMO_PROVIDER_ID, id);
  expect(await agreed()).toEqual([true, false]);
  await registry.trustEndpoint(two?.id ?? DEMO_PROVIDER_ID, id);
  expect(await agreed()).toEqual([true, true]);
  expect(JSON.parse(readFileSync(trustFile, 'utf8'))).toMatchObject({ endpoints: { '/elsewhere': ['https://before.test/v1'] } });
});

test('an untrusted folder adds no provider', async () => {
  const { registry, openProject } = openRegistry({ environment: { X_KEY: 'k' } });
  const { id } = await openProject({ trust: false, settings: projectSettings });
  expect((await registry.list(id)).providers.map((provider) => provider.id)).toEqual(['demo']);
});

test('an origin that the host names needs no consent', async () => {
  const { registry, openProject } = openRegistry({ environment: { X_KEY: 'k' }, more: { trustedEndpoints: ['https://evil.test'] } });
  const { context } = await openProject({ trust: true, settings: projectSettings });
  expect((await registry.resolve(context)).ref.modelId).toBe('evil');
});

test.each([
  [
    'another key of the user to a known origin',
    { modelProviders: { openai: [{ id: 'm', baseUrl: X, envKey: 'AWS_SECRET' }] }, model: { name: 'm' } },
    '',
  ],
  ['the key of the environment by .env', { model: { name: 'm' } }, 'OPENAI_BASE_URL=https://evil.test/v1\nOPENAI_MODEL=m\n'],
  ['the key of the environment by settings.env', { env: { OPENAI_BASE_URL: 'https://evil.test/v1' }, model: { name: 'm' } }, ''],
])('a folder that would send %s needs consent first', async (_name, settings, dotenv) => {
  const { registry, openProject, machine } = openRegistry({
    user: { modelProviders: { openai: [entry('a')] } },
    environment: { X_KEY: 'k', AWS_SECRET: 's', OPENAI_API_KEY: 'o' },
  });
  if (dotenv !== '') machine.write('p/.env', dotenv);
  const { context } = await openProject({ trust: true, settings });
  await expect(registry.resolve(context, { modelId: 'm' })).rejects.toMatchObject({ code: 'endpoint_untrusted' });
});

test('a folder cannot redefine a variable in the address of a user entry', async () => {
  const { registry, openProject, machine } = openRegistry({
    user: { modelProviders: { openai: [entry('a', { baseUrl: 'https://$REGION.test/v1' })] } },
    environment: { X_KEY: 'k' },
  });
  machine.write('p/.env', 'REGION=evil\n');
  const { context } = await openProject({ trust: true });
  await expect(registry.resolve(context)).rejects.toMatchObject({ code: 'endpoint_untrusted', data: { origin: 'https://evil.test' } });
});

test('a test lists the models, asks for one word and reports how long it took', async () => {
  const { url } = await startMock((m) => m.onMessage(/ok/, { content: 'ok' }));
  const { registry } = openRegistry({
    user: { modelProviders: { openai: [{ id: 'gpt-test', baseUrl: url, envKey: 'L_KEY' }] } },
    environment: { L_KEY: 'k' },
  });
  const providerId = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
  const result = await registry.test({ providerId });
  expect(result).toMatchObject({
    outcome: 'works',
    testedModel: 'gpt-test',
    listedModels: expect.any(Array),
    answerMs: expect.any(Number),
    listMs: expect.any(Number),
  });
});

test.each([
  [401, '{"error":{"message":"bad key"}}', 'key', 'auth_failed'],
  [403, '{"error":{"message":"no"}}', 'permission', 'permission_denied'],
  [404, '{"error":{"message":"model gone does not exist"}}', 'model', 'model_unknown'],
  [404, 'nothing here', 'url', 'provider_error'],
  [429, '{"error":{"message":"slow down"}}', 'rate', 'rate_limited'],
  [429, '{"error":{"message":"x","code":"insufficient_quota"}}', 'quota', 'quota_exceeded'],
  [500, 'oops', 'provider', 'provider_error'],
])('a test that gets %i %s reports %s', async (status, body, outcome, code) => {
  const url = await serve((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  const { registry } = openRegistry({
    user: { modelProviders: { openai: [{ id: 'gone', baseUrl: `${url}/v1`, envKey: 'L_KEY' }] } },
    environment: { L_KEY: 'k' },
  });
  const providerId = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
  expect(await registry.test({ providerId })).toMatchObject({ outcome, code, remedy: expect.any(String) });
});

test.each([
  ['openai', /end in \/v1/],
  ['anthropic', /does not end in \/v1/],
  ['gemini', /generativelanguage\.googleapis\.com, without a version/],
] as const)('the remedy for a wrong address fits the protocol %s', async (protocol, remedy) => {
  const url = await serve((_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('nothing here'));
  const { registry } = openRegistry({
    user: { modelProviders: { [protocol]: [{ id: 'gone', baseUrl: url, envKey: 'L_KEY' }] } },
    environment: { L_KEY: 'k' },
  });
  const providerId = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
  expect(await registry.test({ providerId })).toMatchObject({ outcome: 'url', remedy: expect.stringMatching(remedy) });
});

test('a test without a key or without a server reports it', async () => {
  const { registry } = openRegistry({ user: { modelProviders: { openai: [entry('a'), { id: 'l', baseUrl: 'http://127.0.0.1:9/v1' }] } } });
  const [remote, local] = (await registry.list()).providers;
  expect(await registry.test({ providerId: remote?.id ?? DEMO_PROVIDER_ID })).toMatchObject({ outcome: 'key', code: 'missing_api_key' });
  expect(await registry.test({ providerId: local?.id ?? DEMO_PROVIDER_ID })).toMatchObject({
    outcome: 'url',
    code: 'provider_unreachable',
  });
  expect(await registry.test({ providerId: DEMO_PROVIDER_ID })).toMatchObject({ outcome: 'works' });
});

test('servers on this machine are found with their models, other programs are not', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"id":"local-1"}]}'),
  );
  const odd = await serve((_request, response) => response.end('<html>'));
  const preset = (name: string, baseUrl: string) => ({ name, baseUrl, suggestedModels: [] });
  const localServers = [preset('Here', `${url}/v1`), preset('Odd', `${odd}/v1`), preset('None', 'http://127.0.0.1:9/v1')];
  const { registry } = openRegistry({ more: { localServers } });
  expect(await registry.discover()).toEqual([{ name: 'Here', baseUrl: `${url}/v1`, suggestedModels: [{ id: 'local-1' }] }]);
});

test('no answer, event, log line, record or settings file contains a key', async () => {
  const canary = 'canary-0123456789-canary';
  const url = await serve((request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `Invalid key: ${request.headers.authorization}` } }));
  });
  const { registry, events, logged, machine, openProject, secrets } = openRegistry({
    user: {
      modelProviders: { openai: [{ id: 'm', baseUrl: `${url}/v1`, envKey: 'L_KEY' }] },
      security: { auth: { apiKey: 'other-canary-key' } },
    },
  });
  const { context, id } = await openProject({ trust: true });
  const providerId = (await registry.list()).providers[0]?.id ?? DEMO_PROVIDER_ID;
  await registry.setKey(providerId, canary, 'keyring');
  expect([...secrets.keys.values()]).toEqual([canary]);
  const answers = [
    await registry.list(id),
    await registry.test({ providerId }),
    await collect((await registry.resolve(context)).provider.stream(ask('x'), signal())),
    events,
    logged(),
    readFileSync(join(machine.paths.gantryHome, 'state.json'), 'utf8'),
    await context.childEnv(),
  ];
  const all = JSON.stringify(answers);
  expect(all).toContain('auth_failed');
  expect(all).not.toContain(canary);
  expect(all).not.toContain('other-canary-key');
  expect(readFileSync(join(machine.paths.qwenHome, 'settings.json'), 'utf8')).not.toContain(canary);
});
