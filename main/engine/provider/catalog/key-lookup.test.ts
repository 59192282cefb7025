import { expect, test } from 'vitest';
import type { Environment } from '../../ports.ts';
import type { SettingsValues } from '../../settings/index.ts';
import { describeKey, findKey, type KeyLookup } from './key-lookup.ts';
import { type ProviderGroup, toProviderId } from './provider-groups.ts';
import { memorySecrets } from './registry.fixture.ts';

const X = 'https://x.test/v1';
const group = (baseUrl = X, envKey: string | undefined = 'K'): ProviderGroup => ({
  id: toProviderId({ protocol: 'openai', baseUrl, envKey }),
  protocol: 'openai',
  baseUrl,
  envKey,
  entries: [],
  scope: 'user',
});
const keyless = (baseUrl: string): ProviderGroup => ({ ...group(baseUrl), envKey: undefined });

function lookup(options: {
  process?: Environment;
  dotenv?: Environment;
  settings?: Environment;
  kept?: Record<string, string>;
  apiKey?: string;
  meant?: string;
}): KeyLookup & { warnings: string[] } {
  const { process = {}, dotenv = {}, settings = {} } = options;
  const warnings: string[] = [];
  const quiet = () => undefined;
  return {
    values: { security: { auth: { apiKey: options.apiKey } } } as SettingsValues, // treats absent and undefined members as equal
    environment: { process, dotenv, dotenvPath: undefined, settings, all: { ...settings, ...dotenv, ...process } },
    meantBaseUrl: () => options.meant ?? 'https://api.openai.com/v1',
    secrets: memorySecrets(options.kept ?? {}),
    logger: { debug: quiet, info: quiet, warn: (message) => void warnings.push(message), error: quiet },
    warnings,
  };
}

const all = { process: { K: 'exported' }, dotenv: { K: 'dotenv' }, settings: { K: 'settings' }, kept: { 'K@https://x.test': 'keyring' } };

test.each([
  ['environment', all, 'exported'],
  ['dotenv', { ...all, process: {} }, 'dotenv'],
  ['dotenv', { ...all, process: { K: '' } }, 'dotenv'],
  ['keyring', { ...all, process: {}, dotenv: {} }, 'keyring'],
  ['settings_env', { settings: all.settings }, 'settings'],
] as const)('the key comes from %s', async (source, given, value) => {
  expect(await findKey(group(), lookup(given))).toEqual({ source, value });
});

test('a saved key is never sent to another origin, port or scheme', async () => {
  const given = lookup({ kept: { 'K@https://x.test': 'keyring' } });
  for (const url of ['https://evil.test/v1', 'https://x.test:8443/v1', 'http://x.test/v1', 'https://x.test.evil.test/v1']) {
    expect(await findKey(group(url), given)).toBeUndefined();
  }
  expect(await findKey(group('https://x.test/other/path'), given)).toMatchObject({ value: 'keyring' });
});

test("the protocol's own variable is sent only to the address it is meant for", async () => {
  const process = { OPENAI_API_KEY: 'own' };
  expect(await findKey(group(), lookup({ process }))).toBeUndefined();
  expect(await findKey(group(), lookup({ process, meant: X }))).toEqual({ source: 'environment', value: 'own' });
  expect(await findKey(keyless(X), lookup({ process }))).toEqual({ source: 'environment', value: 'own' });
});

test('a local server that names no variable does not get the key of another service', async () => {
  const process = { OPENAI_API_KEY: 'own' };
  expect(await findKey(keyless('http://127.0.0.1:1234/v1'), lookup({ process }))).toBeUndefined();
  expect(await findKey(keyless('http://127.0.0.1:1234/v1'), lookup({ process, meant: 'http://127.0.0.1:1234/v1' }))).toMatchObject({
    value: 'own',
  });
});

test('security.auth.apiKey is the last resort, with a warning that does not show it', async () => {
  const given = lookup({ apiKey: 'canary-key', meant: X });
  expect(await findKey(group(), given)).toEqual({ source: 'auth_settings', value: 'canary-key' });
  expect(given.warnings.join()).toMatch(/security\.auth\.apiKey/);
  expect(given.warnings.join()).not.toContain('canary');
  expect(await findKey(group('https://y.test'), lookup({ apiKey: 'canary-key', meant: X }))).toBeUndefined();
});

test("the screen gets a key's source and its end, and whether it hides a saved key", async () => {
  expect(
    await describeKey(group(), lookup({ process: { K: '0123456789abcdef' }, kept: { 'K@https://x.test': 'saved-key-value' } })),
  ).toEqual({
    source: 'environment',
    last4: 'cdef',
    shadowed: 'keyring',
  });
  expect(await describeKey(group(), lookup({ process: { K: 'short' } }))).toEqual({ source: 'environment' });
  expect(await describeKey(group(), lookup({}))).toEqual({ source: 'missing' });
  expect(await describeKey(group('http://127.0.0.1:1/v1'), lookup({}))).toEqual({ source: 'none_needed' });
});

test('with a Google Cloud project Vertex AI needs no key; a project that a folder names does not count', async () => {
  const vertex = { ...group('https://aiplatform.googleapis.com'), protocol: 'vertex-ai' as const };
  expect(await describeKey(vertex, lookup({}), { GOOGLE_CLOUD_PROJECT: 'p' })).toEqual({ source: 'none_needed' });
  expect(await describeKey(vertex, lookup({}), {})).toEqual({ source: 'missing' });
});
