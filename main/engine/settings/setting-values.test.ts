import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { READ_KEYS, listSettingValues } from './setting-values.ts';
import { SettingsValues } from './settings-schema.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';

test('each value has its source and the overridden ones, and no secret', async () => {
  const machine = createTestMachine();
  const user = machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    model: { name: 'mine' },
    security: { auth: { apiKey: 'canary-1', baseUrl: 'https://me:canary-2@x.test/v1?k=canary-3' } },
    env: { X_KEY: 'canary-4' },
    advanced: { excludedEnvVars: ['A'] },
  });
  const system = machine.write(machine.paths.systemSettings, { model: { name: 'theirs' }, advanced: { excludedEnvVars: ['B'] } });
  const { settings } = openTestSettings(machine, { OPENAI_API_KEY: 'canary-5', OPENAI_MODEL: 'exported' });
  const values = listSettingValues(await settings.read());
  expect(JSON.stringify(values)).not.toContain('canary');
  expect(values.find(({ key }) => key === 'model.name')).toEqual({
    key: 'model.name',
    text: 'theirs',
    origin: { source: 'system', path: system, line: 3, column: 5 },
    shadowed: [
      { source: 'user', path: user, line: 3, column: 5 },
      { source: 'environment', variable: 'OPENAI_MODEL' },
    ],
  });
  expect(values.find(({ key }) => key === 'security.auth.apiKey')).toMatchObject({ text: 'set', origin: { source: 'environment' } });
  expect(values.find(({ key }) => key === 'security.auth.baseUrl')).toMatchObject({ text: 'https://x.test/v1' });
  expect(values.find(({ key }) => key === 'env')).toMatchObject({ text: 'X_KEY' });
  expect(values.find(({ key }) => key === 'advanced.excludedEnvVars')).toMatchObject({ text: 'A, B', adds: true });
  expect(values.find(({ key }) => key === 'tools.approvalMode')).toMatchObject({ text: 'default', origin: { source: 'default' } });
});

/** The keys of the schema: an object with known members is descended into, anything else is a key. */
function listKeys(schema: z.ZodType, path: readonly string[] = []): string[] {
  let inner: z.ZodType = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodCatch) inner = inner.unwrap() as z.ZodType; // as its type says for any schema
  if (!(inner instanceof z.ZodObject) || SHOWN_WHOLE.includes(path.join('.'))) return [path.join('.')];
  return Object.entries(inner.shape).flatMap(([key, part]) => listKeys(part, [...path, key]));
}

const SHOWN_WHOLE: readonly string[] = ['model.generationConfig'];

test('every key that is read is listed with its source', () => {
  const read = new Set(READ_KEYS.map(({ key }) => key));
  expect(listKeys(SettingsValues).filter((key) => !read.has(key))).toEqual([]);
});

test('a key that is set but has no effect here is listed without its value', async () => {
  const machine = createTestMachine();
  const user = machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    $version: 4,
    ui: { theme: 'canary-1' },
    telemetry: { otlpEndpoint: 'canary-2' },
    tools: { sandbox: 'canary-3', core: ['glob'], shell: { defaultTimeoutMs: 5, pager: 'less' } },
    modelProviders: { openai: [{ id: 'm' }] },
  });
  const { settings } = openTestSettings(machine);
  const values = listSettingValues(await settings.read());
  expect(JSON.stringify(values)).not.toContain('canary');
  expect(values.filter(({ text }) => text.startsWith('no effect here')).map(({ key, origin }) => [key, origin.path])).toEqual([
    ['ui', user],
    ['telemetry', user],
    ['tools.sandbox', user],
  ]);
});

test('servers, hooks and a proxy are listed with their source and nothing that may be secret', async () => {
  const machine = createTestMachine();
  const user = machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    mcpServers: { files: { command: 'x', env: { K: 'canary-1' } } },
    hooks: { Stop: [{ hooks: [{ type: 'command', command: 'canary-2' }] }] },
    permissions: { deny: ['Bash(rm *)'] },
  });
  const { settings } = openTestSettings(machine, { HTTPS_PROXY: 'http://me:canary-3@proxy.test:8080' });
  const values = listSettingValues(await settings.read());
  const findValue = (wanted: string) => values.find(({ key }) => key === wanted);
  expect(JSON.stringify(values)).not.toContain('canary');
  expect(findValue('mcpServers')).toMatchObject({ text: 'files', origin: { source: 'user', path: user, line: 2 } });
  expect(findValue('hooks')).toMatchObject({ text: 'Stop', origin: { source: 'user', path: user } });
  expect(findValue('permissions.deny')).toMatchObject({ text: 'Bash(rm *)', origin: { source: 'user', path: user } });
  expect(findValue('proxy')).toMatchObject({ text: 'http://proxy.test:8080', origin: { source: 'environment', variable: 'HTTPS_PROXY' } });
});

test('the table of the documentation has every key that is read', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/settings.md'), 'utf8');
  expect(READ_KEYS.map(({ key }) => key).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});
