import { expect, test } from 'vitest';
import type { SettingValue } from '../../../preload/contract/index.ts';
import { isOverruled, originSentence } from './origin-text.ts';

const user = { source: 'user', path: '/home/ada/.qwen/settings.json', line: 3, column: 5 } as const;
const project = { source: 'project', path: '/p/.qwen/settings.json', line: 2, column: 3 } as const;
const value = (origin: SettingValue['origin'], ...shadowed: SettingValue['shadowed']): SettingValue => ({
  key: 'k',
  text: 't',
  origin,
  shadowed,
});

test.each([
  ['a file', value(user), '~/.qwen/settings.json, line 3'],
  ['a file over others', value(project, user), '/p/.qwen/settings.json, line 2. Overrides ~/.qwen/settings.json, line 3'],
  [
    'files together',
    { ...value(project, user), adds: true },
    '/p/.qwen/settings.json, line 2, together with ~/.qwen/settings.json, line 3',
  ],
  ['the environment', value({ source: 'environment', variable: 'A' }), 'A in the environment'],
  ['.env', value({ source: 'dotenv', variable: 'A', path: '/p/.env' }), 'A in /p/.env'],
  ['default', value({ source: 'default' }), 'default value'],
])('a value from %s', (_name, given, expected) => {
  expect(originSentence(given, '/home/ada')).toBe(expected);
});

test('only a value of the user that another one hides is overruled', () => {
  expect(isOverruled(value(project, user))).toBe(true);
  expect(isOverruled(value(user, project))).toBe(false);
  expect(isOverruled({ ...value(project, user), adds: true })).toBe(false);
});
