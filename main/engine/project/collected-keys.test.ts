import { expect, test } from 'vitest';
import type { SecretStore } from '../ports.ts';
import { collectingStore, createCollectedKeys } from './collected-keys.ts';

const environment = (given: Partial<Record<'process' | 'dotenv' | 'settings', Record<string, string>>>) => ({
  process: {},
  dotenv: {},
  dotenvPath: undefined,
  settings: {},
  all: {},
  ...given,
});

test('keys come from every source of variables that settings or services name, placeholders from none', () => {
  const keys = createCollectedKeys();
  keys.addFrom(
    environment({
      process: { OPENAI_API_KEY: 'from-process-1', PATH: '/usr/bin', HOME: '/home/ada' },
      dotenv: { MY_SERVICE: 'from-dotenv-1', OTHER: 'no key at all' },
      settings: { LOCAL_SERVER_KEY: 'not-needed', GEMINI_API_KEY: 'from-settings-1' },
    }),
    ['MY_SERVICE', 'LOCAL_SERVER_KEY', 'PATH'],
  );
  keys.add('the-token-of-the-server-1');
  keys.add(undefined);
  expect(keys.values()).toEqual(['from-process-1', 'from-dotenv-1', 'from-settings-1', 'the-token-of-the-server-1']);
});

test('what the keyring returns or receives is collected, of a sign-in only its secrets', async () => {
  const signIn = JSON.stringify({ tokens: { access_token: 'access-1', token_type: 'Bearer' }, client: { client_secret: 'secret-1' } });
  const store = {
    get: async (account: string) => ({ value: account === 'a' ? 'stored-key-1' : signIn, where: 'file' }),
    set: async () => undefined,
  } as unknown as SecretStore; // the test uses these two alone
  const keys = createCollectedKeys();
  const collecting = collectingStore(store, keys);
  await collecting.get('a');
  await collecting.get('oauth');
  await collecting.set('b', 'new-key-1', 'file');
  expect(keys.values()).toEqual(['stored-key-1', 'access-1', 'secret-1', 'new-key-1']);
});

test('a key that was replaced stays known, and only the oldest of very many are dropped', () => {
  const keys = createCollectedKeys();
  for (let at = 0; at < 501; at += 1) keys.add(`token-number-${at}`);
  expect(keys.values()).toHaveLength(500);
  expect(keys.values()).not.toContain('token-number-0');
});
