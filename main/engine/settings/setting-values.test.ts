import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { READ_KEYS, settingValuesOf } from './setting-values.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';

test('of each value it is told where it stands and who is overruled, and no secret with it', async () => {
  const machine = createTestMachine();
  const user = machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    model: { name: 'mine' },
    security: { auth: { apiKey: 'canary-1', baseUrl: 'https://me:canary-2@x.test/v1?k=canary-3' } },
    env: { X_KEY: 'canary-4' },
    advanced: { excludedEnvVars: ['A'] },
  });
  const system = machine.write(machine.paths.systemSettings, { model: { name: 'theirs' }, advanced: { excludedEnvVars: ['B'] } });
  const { settings } = openTestSettings(machine, { OPENAI_API_KEY: 'canary-5', OPENAI_MODEL: 'exported' });
  const values = settingValuesOf(await settings.read());
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

test('every key that is read is in the table of the documentation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/settings.md'), 'utf8');
  expect(READ_KEYS.map(({ key }) => key).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});
