import { expect, test } from 'vitest';
import { type EngineError } from '../../errors.ts';
import type { SettingsValues } from '../../settings/index.ts';
import { isLoopback } from '../../http/loopback.ts';
import { DEMO_MODEL_ID, DEMO_PROVIDER_ID } from '../demo/demo-script.ts';
import { chooseModel, findDefaultModel } from './default-model.ts';
import { toKeyAccount, groupName, providerGroups, toProviderId, shownUrl } from './provider-groups.ts';

const X = 'https://x.test/v1';
const idOf = (baseUrl: string, envKey: string | undefined) => toProviderId({ protocol: 'openai', baseUrl, envKey });
const values = (more: object) => more as SettingsValues; // treats absent and undefined members as equal
const groupsOf = (modelProviders: Record<string, unknown[]>, environment: Record<string, string> = {}, more: object = {}) =>
  providerGroups({ values: values({ modelProviders, ...more }), providerScopes: { openai: 'user' }, environment });

test('entries with the same address and variable are one provider, and the first of two with the same id counts', () => {
  const groups = groupsOf({
    openai: [
      { id: 'a', baseUrl: X, envKey: 'K' },
      { id: 'b', baseUrl: `${X}/`, envKey: 'K' },
      { id: 'a', baseUrl: X, envKey: 'K', name: 'second' },
      { id: 'a', baseUrl: X, envKey: 'OTHER' },
      { id: 'c', baseUrl: 'https://y.test/v1', envKey: 'K' },
    ],
  });
  expect(groups.map((group) => [toKeyAccount(group), group.entries.map((entry) => entry.id)])).toEqual([
    ['K@https://x.test', ['a', 'b']],
    ['OTHER@https://x.test', ['a']],
    ['K@https://y.test', ['c']],
  ]);
  expect(groups[0]?.entries[0]?.name).toBeUndefined();
});

test('each protocol is a separate provider; broken entries and unknown protocols are omitted', () => {
  const groups = groupsOf(
    {
      anthropic: [{ id: 'c' }],
      'vertex-ai': [{ id: 'v' }],
      'qwen-oauth': [{ id: 'q', baseUrl: X }],
      mine: [{ id: 'm', baseUrl: X }],
      openai: [{ id: 'r', baseUrl: X, wireApi: 'responses' }, { name: 'no id' }, 7, { id: 'v', baseUrl: '$NOWHERE' }],
    },
    {},
    { providerProtocol: { mine: 'openai' } },
  );
  expect(groups.map(({ protocol, baseUrl, entries }) => [protocol, baseUrl, entries.map((entry) => entry.id)])).toEqual([
    ['anthropic', 'https://api.anthropic.com', ['c']],
    ['vertex-ai', 'https://aiplatform.googleapis.com', ['v']],
    ['openai', X, ['m']],
    ['openai-responses', X, ['r']],
  ]);
});

test('an id is readable, stable, and different for another address or variable', () => {
  expect(idOf(X, 'K')).toMatch(/^x\.test-[0-9a-f]{8}$/);
  expect(idOf(`${X}/`, 'K')).toBe(idOf(X, 'K'));
  expect(new Set([idOf(X, 'K'), idOf(X, 'L'), idOf(X, undefined), idOf('https://x.test/v2', 'K')]).size).toBe(4);
});

test('each protocol has its own variables, and the selected type says which protocol the model of the settings belongs to', () => {
  const environment = { ANTHROPIC_API_KEY: 'a', ANTHROPIC_MODEL: 'claude-x', GEMINI_API_KEY: 'g', OPENAI_API_KEY: 'o' };
  const listed = (more: object) =>
    groupsOf({}, environment, more).map(({ protocol, entries }) => [protocol, entries.map((entry) => entry.id)]);
  expect(listed({})).toEqual([
    ['openai', []],
    ['anthropic', ['claude-x']],
    ['gemini', []],
  ]);
  expect(listed({ model: { name: 'n' }, security: { auth: { selectedType: 'gemini' } } })).toEqual([
    ['openai', []],
    ['anthropic', ['claude-x']],
    ['gemini', ['n']],
  ]);
});

test('the environment alone defines a provider', () => {
  const environment = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: X, OPENAI_MODEL: 'm' };
  const groups = groupsOf({}, environment);
  expect(groups).toMatchObject([{ baseUrl: X, envKey: 'OPENAI_API_KEY', scope: 'builtin', entries: [{ id: 'm' }] }]);
  expect(groups.map((group) => groupName(group, {}))).toEqual(['x.test (environment)']);
  expect(groupsOf({}, {})).toEqual([]);
});

test('an entry without an address uses the one of the environment, else that of OpenAI', () => {
  expect(groupsOf({ openai: [{ id: 'm' }] })[0]?.baseUrl).toBe('https://api.openai.com/v1');
  expect(groupsOf({ openai: [{ id: 'm' }] }, { OPENAI_BASE_URL: X })[0]?.baseUrl).toBe(X);
  expect(groupsOf({ openai: [{ id: 'm' }] }, {}, { security: { auth: { baseUrl: X } } })[0]?.baseUrl).toBe(X);
});

test('a name comes from the user, from a known address, or is the host', () => {
  const [known, own] = groupsOf({
    openai: [
      { id: 'a', baseUrl: 'https://openrouter.ai/api/v1', envKey: 'K' },
      { id: 'b', baseUrl: X, envKey: 'K' },
    ],
  });
  if (known === undefined || own === undefined) throw new Error('two groups expected');
  expect([groupName(known, {}), groupName(own, {}), groupName(own, { [own.id]: 'Mine' })]).toEqual(['OpenRouter', 'x.test', 'Mine']);
});

test('an address is shown without credentials and query', () => {
  expect(shownUrl('https://me:secret@x.test/v1/?key=secret')).toBe('https://x.test/v1');
});

test.each([
  ['http://127.0.0.1:11434/v1', true],
  ['http://localhost/v1', true],
  ['http://[::1]:1/v1', true],
  ['http://app.localhost', true],
  ['http://127.0.0.1.evil.test', false],
  ['https://localhost.evil.test', false],
  ['http://10.0.0.1', false],
])('%s is this machine: %s', (url, expected) => {
  expect(isLoopback(url)).toBe(expected);
});

const choice = (more: Partial<Parameters<typeof findDefaultModel>[0]> = {}) => {
  const environment = { ...more.environment };
  const settings = more.values ?? values({});
  const groups = providerGroups({
    values: {
      ...settings,
      modelProviders: {
        openai: [
          { id: 'a', baseUrl: X, envKey: 'K' },
          { id: 'b', baseUrl: 'https://y.test', envKey: 'K' },
          { id: 'a', baseUrl: 'https://z.test', envKey: 'K' },
        ],
      },
    },
    providerScopes: { openai: 'user' },
    environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value ?? ''])),
  });
  return { groups, values: settings, environment, chosen: null, ...more };
};
const own = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://env.test', OPENAI_MODEL: 'e' };

test.each<[string, Parameters<typeof findDefaultModel>[0], string, string]>([
  ['the first entry', choice(), 'a', X],
  ['the model that the settings name', choice({ values: values({ model: { name: 'b' } }) }), 'b', 'https://y.test'],
  [
    'the model of the settings before the environment',
    choice({ values: values({ model: { name: 'b' } }), environment: own }),
    'b',
    'https://y.test',
  ],
  [
    'of two with the same name the one at the named address',
    choice({ values: values({ model: { name: 'a', baseUrl: 'https://z.test' } }) }),
    'a',
    'https://z.test',
  ],
  ['the environment before the first entry', choice({ environment: own }), 'e', 'https://env.test'],
])('the default is %s', (_name, given, modelId, baseUrl) => {
  const ref = findDefaultModel(given);
  expect([ref?.modelId, given.groups.find((group) => group.id === ref?.providerId)?.baseUrl]).toEqual([modelId, baseUrl]);
});

test('without configuration there is no default, and the demo only if it was chosen', () => {
  const nothing = { groups: [], values: values({}), environment: {}, chosen: null };
  expect(findDefaultModel(nothing)).toBeUndefined();
  expect(() => chooseModel(nothing, undefined)).toThrow(expect.objectContaining({ code: 'no_model' }));
  const demo = { providerId: DEMO_PROVIDER_ID, modelId: DEMO_MODEL_ID };
  expect(findDefaultModel({ ...nothing, chosen: demo })).toEqual(demo);
  expect(chooseModel(nothing, { modelId: DEMO_MODEL_ID })).toEqual(demo);
});

test('a bare name is looked up in the settings, then assumed at the environment, else unknown', () => {
  const given = choice();
  expect(given.groups.find((group) => group.id === chooseModel(given, { modelId: 'b' }).providerId)?.baseUrl).toBe('https://y.test');
  const withEnvironment = choice({ environment: own });
  expect(chooseModel(withEnvironment, { modelId: 'anything' }).modelId).toBe('anything');
  const unknown = (): EngineError | undefined => {
    try {
      chooseModel(given, { modelId: 'nope' });
      return undefined;
    } catch (error) {
      return error as EngineError; // the assertion below checks it
    }
  };
  expect(unknown()).toMatchObject({ code: 'model_unknown', message: expect.stringContaining('Configured models: a, b') });
});
