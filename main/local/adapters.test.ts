import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Keyring } from './keyring.ts';
import { createLogger, silentLogger } from './logger.ts';
import { createNodeClock } from './node-clock.ts';
import { enginePathsOf } from './paths.ts';
import { createSecretStore } from './secret-store.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gantry-local-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function fakeKeyring(works = true): Keyring & { readonly kept: Map<string, string>; readonly calls: string[] } {
  const kept = new Map<string, string>();
  const calls: string[] = [];
  const answer = (name: string) => {
    calls.push(name);
    if (!works) throw new Error('no secret service');
  };
  return {
    kept,
    calls,
    get: async (account) => (answer('get'), kept.get(account)),
    set: async (account, value) => (answer('set'), void kept.set(account, value)),
    delete: async (account) => (answer('delete'), void kept.delete(account)),
    probe: async () => (calls.push('probe'), works ? { ok: true } : { ok: false, detail: 'no secret service' }),
  };
}

test('paths match those of Qwen Code and of Gantry, and each can be moved', () => {
  expect(enginePathsOf({}, '/home/me', 'linux')).toEqual({
    home: '/home/me',
    qwenHome: '/home/me/.qwen',
    qwenRuntime: '/home/me/.qwen',
    gantryHome: '/home/me/.gantry',
    systemSettings: '/etc/qwen-code/settings.json',
    systemDefaults: '/etc/qwen-code/system-defaults.json',
  });
  const moved = {
    QWEN_HOME: '/q',
    QWEN_RUNTIME_DIR: '~/run',
    GANTRY_HOME: 'g',
    QWEN_CODE_SYSTEM_SETTINGS_PATH: '/s/x.json',
    QWEN_CODE_SYSTEM_DEFAULTS_PATH: ' ',
  };
  expect(enginePathsOf(moved, '/home/me', 'linux')).toEqual({
    home: '/home/me',
    qwenHome: '/q',
    qwenRuntime: '/home/me/run',
    gantryHome: '/home/me/g',
    systemSettings: '/s/x.json',
    systemDefaults: '/s/system-defaults.json',
  });
  expect(enginePathsOf({ QWEN_HOME: '/q' }, '/home/me', 'darwin')).toMatchObject({
    qwenRuntime: '/q',
    systemSettings: '/Library/Application Support/QwenCode/settings.json',
  });
});

test('a key is in the keyring and leaves nothing on disk', async () => {
  const gantryHome = folder();
  const keyring = fakeKeyring();
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring });
  await store.set('A@https://x', 'secret', 'keyring');
  expect(await store.get('A@https://x')).toEqual({ value: 'secret', where: 'keyring' });
  expect(await store.get('A@https://y')).toBeUndefined();
  await store.delete('A@https://x');
  expect(keyring.kept.size).toBe(0);
  expect(existsSync(join(gantryHome, 'keys.json'))).toBe(false);
});

test('without a keyring saving fails with that reason, and a file needs consent first', async () => {
  const gantryHome = folder();
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring(false) });
  await expect(store.set('A@o', 'secret', 'keyring')).rejects.toMatchObject({ code: 'keyring_unavailable' });
  await expect(store.set('A@o', 'secret', 'file')).rejects.toMatchObject({ code: 'consent_required' });
  expect(existsSync(join(gantryHome, 'keys.json'))).toBe(false);
  expect(await store.describe()).toEqual({
    keyring: 'unavailable',
    keyringDetail: 'no secret service',
    fileAllowed: false,
    filePath: join(gantryHome, 'keys.json'),
    fileKeys: 0,
  });

  await store.allowFile(true);
  await store.set('A@o', 'secret', 'file');
  expect(await store.get('A@o')).toEqual({ value: 'secret', where: 'file' });
  expect(statSync(join(gantryHome, 'keys.json')).mode & 0o777).toBe(0o600);
  await store.allowFile(false);
  expect(await store.get('A@o')).toBeUndefined();
});

test('a key moved to the keyring leaves the file', async () => {
  const gantryHome = folder();
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring() });
  await store.allowFile(true);
  await store.set('A@o', 'old-secret', 'file');
  await store.set('A@o', 'new-secret', 'keyring');
  expect(readFileSync(join(gantryHome, 'keys.json'), 'utf8')).not.toContain('old-secret');
  expect(await store.get('A@o')).toEqual({ value: 'new-secret', where: 'keyring' });
});

test('after one failure the keyring is not queried at every request', async () => {
  const keyring = fakeKeyring(false);
  const store = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring });
  await store.get('A@o');
  await store.get('A@o');
  expect(keyring.calls).toEqual(['get']);
});

test.each([
  ['Could not access the storage: the unlock prompt was dismissed', true],
  ['The collection is locked', true],
  ['The operation was aborted due to timeout', true],
  ['The name org.freedesktop.secrets was not provided by any .service files', false],
])('a keyring that fails with "%s" is called locked: %s', async (detail, isLocked) => {
  const fail = () => Promise.reject(new Error(detail));
  const keyring = { get: fail, set: fail, delete: fail, probe: async () => ({ ok: false, detail }) as const };
  const store = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring });
  expect(store.isLocked()).toBe(false); // nothing was read yet
  expect(await store.get('A@o')).toBeUndefined();
  expect(store.isLocked()).toBe(isLocked);
  expect(await store.describe()).toMatchObject({ keyring: isLocked ? 'locked' : 'unavailable', keyringDetail: detail });
});

test('a keyring that was unlocked is used in the same run: after a while, and at once after it was asked about', async () => {
  const keyring = fakeKeyring();
  keyring.kept.set('A@o', 'secret');
  let isLocked = true;
  let now = 0;
  const get = (account: string) => (isLocked ? Promise.reject(new Error('locked')) : keyring.get(account));
  const store = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring: { ...keyring, get }, nowMs: () => now });
  expect(await store.get('A@o')).toBeUndefined();
  isLocked = false;
  now = 29_999;
  expect(await store.get('A@o')).toBeUndefined();
  now = 30_000;
  expect(await store.get('A@o')).toEqual({ value: 'secret', where: 'keyring' });
  expect(store.isLocked()).toBe(false);

  isLocked = true;
  await store.get('A@o');
  isLocked = false;
  await store.describe();
  expect(await store.get('A@o')).toEqual({ value: 'secret', where: 'keyring' });
});

test('all keys of the file move to the keyring, and the file is deleted', async () => {
  const gantryHome = folder();
  const keyring = fakeKeyring();
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring });
  await store.allowFile(true);
  await store.set('A@o', 'one', 'file');
  await store.set('B@o', 'two', 'file');
  expect(await store.describe()).toMatchObject({ keyring: 'available', fileKeys: 2 });
  await store.moveAll();
  expect([...keyring.kept]).toEqual([
    ['A@o', 'one'],
    ['B@o', 'two'],
  ]);
  expect(existsSync(join(gantryHome, 'keys.json'))).toBe(false);
  expect(await store.describe()).toMatchObject({ fileAllowed: false, fileKeys: 0 });
});

test('a key that the keyring refuses stays in the file', async () => {
  const gantryHome = folder();
  const keyring = fakeKeyring();
  const set = (account: string, value: string) => (account === 'B@o' ? Promise.reject(new Error('locked')) : keyring.set(account, value));
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring: { ...keyring, set } });
  await store.allowFile(true);
  await store.set('A@o', 'one', 'file');
  await store.set('B@o', 'two', 'file');
  await expect(store.moveAll()).rejects.toMatchObject({ code: 'keyring_unavailable' });
  expect(await store.get('A@o')).toEqual({ value: 'one', where: 'keyring' });
  expect(await store.get('B@o')).toEqual({ value: 'two', where: 'file' });
  const without = createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring(false) });
  await expect(without.moveAll()).rejects.toMatchObject({ code: 'keyring_unavailable' });
});

test('a failed deletion in a working keyring is reported; without a keyring nothing is reported', async () => {
  const keyring = fakeKeyring();
  keyring.kept.set('A@o', 'secret');
  const locked = { ...keyring, get: () => Promise.reject(new Error('locked')), delete: () => Promise.reject(new Error('locked')) };
  const store = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring: locked });
  await store.get('A@o');
  await expect(store.delete('A@o')).rejects.toMatchObject({ code: 'keyring_unavailable', message: expect.stringContaining('still in') });
  const none = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring: fakeKeyring(false) });
  await none.get('A@o');
  await expect(none.delete('A@o')).resolves.toBeUndefined();
});

test('a key is deleted from a keyring that was locked when it was read', async () => {
  const keyring = fakeKeyring();
  keyring.kept.set('A@o', 'secret');
  const store = createSecretStore({
    gantryHome: folder(),
    logger: silentLogger,
    keyring: { ...keyring, get: () => Promise.reject(new Error('locked')) },
  });
  await store.get('A@o');
  await store.delete('A@o');
  expect(keyring.kept.size).toBe(0);
});

test('after a failure the keyring is queried again once a key was saved in it', async () => {
  const keyring = fakeKeyring();
  let isLocked = true;
  const get = (account: string) => (isLocked ? Promise.reject(new Error('locked')) : keyring.get(account));
  const store = createSecretStore({ gantryHome: folder(), logger: silentLogger, keyring: { ...keyring, get } });
  expect(await store.get('A@o')).toBeUndefined();
  isLocked = false;
  await store.set('A@o', 'secret', 'keyring');
  expect(await store.get('A@o')).toEqual({ value: 'secret', where: 'keyring' });
});

test('an empty entry counts as absent, in the keyring and in the file', async () => {
  const gantryHome = folder();
  const keyring = fakeKeyring();
  keyring.kept.set('A@o', '');
  writeFileSync(join(gantryHome, 'keys.json'), JSON.stringify({ allowed: true, keys: { 'A@o': 'from the file', 'B@o': '' } }));
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring });
  expect(await store.get('A@o')).toEqual({ value: 'from the file', where: 'file' });
  expect(await store.get('B@o')).toBeUndefined();
});

test('two keys that are saved at once are both in the file, also after a change that failed', async () => {
  const gantryHome = folder();
  const path = join(gantryHome, 'keys.json');
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring(false) });
  writeFileSync(path, 'damaged');
  await expect(store.allowFile(true)).rejects.toMatchObject({ code: 'settings_broken' });
  writeFileSync(path, '{}', { mode: 0o644 });
  await store.allowFile(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await Promise.all([store.set('A@o', 'one', 'file'), store.set('B@o', 'two', 'file')]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ allowed: true, keys: { 'A@o': 'one', 'B@o': 'two' } });
});

test('a damaged key file reads as empty', async () => {
  const gantryHome = folder();
  writeFileSync(join(gantryHome, 'keys.json'), '{ "keys": ');
  expect(await createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring(false) }).get('A@o')).toBeUndefined();
});

test('a damaged key file is not overwritten: its keys may still be recovered by hand', async () => {
  const gantryHome = folder();
  const path = join(gantryHome, 'keys.json');
  writeFileSync(path, '{ "allowed": true, "keys": { "B@o": "other-secret" }');
  const store = createSecretStore({ gantryHome, logger: silentLogger, keyring: fakeKeyring(false) });
  await expect(store.allowFile(true)).rejects.toMatchObject({ code: 'settings_broken', data: { path } });
  expect(readFileSync(path, 'utf8')).toContain('other-secret');
  await store.allowFile(false);
  expect(existsSync(path)).toBe(false);
});

test('a log line is JSON, private and free of keys', () => {
  const logger = createLogger({ gantryHome: folder(), name: 'test', nowMs: () => 0 });
  logger.info('asked with Bearer canary-canary-canary', {
    apiKey: 'canary',
    level: 'fake',
    deep: { text: 'sk-canarycanarycanary' },
    error: new Error('boom'),
  });
  logger.debug('not written');
  const text = readFileSync(logger.path, 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    apiKey: '[redacted]',
    error: { message: 'boom' },
  });
  expect(text).not.toContain('canary');
  expect(statSync(logger.path).mode & 0o777).toBe(0o600);
});

test('a log is rotated by size and two older files are kept', () => {
  const logger = createLogger({ gantryHome: folder(), name: 'test', nowMs: () => 0, maxBytes: 200 });
  for (let line = 0; line < 20; line += 1) logger.info(`line ${line}`, { pad: 'x'.repeat(50) });
  expect(statSync(logger.path).size).toBeLessThanOrEqual(200);
  expect([existsSync(`${logger.path}.1`), existsSync(`${logger.path}.2`), existsSync(`${logger.path}.3`)]).toEqual([true, true, false]);
});

test('an unwritable log and a value that JSON cannot hold do not throw', () => {
  const gantryHome = folder();
  writeFileSync(join(gantryHome, 'logs'), 'a file in the way');
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  createLogger({ gantryHome, name: 'test', nowMs: () => 0 }).error('x', circular);
  const logger = createLogger({ gantryHome: folder(), name: 'test', nowMs: () => 0 });
  logger.error('round', circular);
  logger.error('big', { n: 1n });
  expect(
    readFileSync(logger.path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).message),
  ).toEqual(['round', 'big']);
});

test('a clock runs its timers and cancels them', async () => {
  const clock = createNodeClock();
  const ran: string[] = [];
  clock.after(1, () => ran.push('cancelled'))();
  const keepAlive = setInterval(() => undefined, 1000);
  await new Promise<void>((resolve) => void clock.after(5, () => (ran.push('ran'), resolve())));
  clearInterval(keepAlive);
  expect(ran).toEqual(['ran']);
});
