import { expect, test } from 'vitest';
import type { EnginePaths } from '../ports.ts';
import { dotenvCandidates, usableVariables } from './dotenv-search.ts';

const paths: EnginePaths = {
  home: '/home/me',
  qwenHome: '/home/me/.qwen',
  qwenRuntime: '/home/me/.qwen',
  gantryHome: '/home/me/.gantry',
  systemSettings: '/s',
  systemDefaults: '/d',
};

test("the search goes upwards from a trusted folder, then to the user's own files", () => {
  const found = dotenvCandidates(paths, { cwd: '/home/me/a/b', trusted: true });
  expect(found.map((candidate) => candidate.path)).toEqual([
    '/home/me/a/b/.qwen/.env',
    '/home/me/a/b/.env',
    '/home/me/a/.qwen/.env',
    '/home/me/a/.env',
    '/home/me/.qwen/.env',
    '/home/me/.env',
  ]);
  expect(found.map((candidate) => candidate.isProject)).toEqual([true, true, true, true, false, false]);
});

test('outside the home folder the search goes up to the root', () => {
  expect(dotenvCandidates(paths, { cwd: '/srv', trusted: true }).map((candidate) => candidate.path)).toEqual([
    '/srv/.qwen/.env',
    '/srv/.env',
    '/.qwen/.env',
    '/.env',
    '/home/me/.qwen/.env',
    '/home/me/.env',
  ]);
});

test('the .env of an untrusted folder is ignored', () => {
  expect(dotenvCandidates(paths, { cwd: '/home/me/a', trusted: false }).map((candidate) => candidate.path)).toEqual([
    '/home/me/.qwen/.env',
    '/home/me/.env',
  ]);
});

const project = { path: '/p/.env', isProject: true, isQwen: false };

test('a project file cannot set variables that load programs, and the excluded names are skipped', () => {
  const parsed = { KEY: 'k', NODE_OPTIONS: '-r x', LD_PRELOAD: 'x', QWEN_HOME: '/x', DEBUG: '1', MINE: '1' };
  expect(usableVariables(parsed, project, {}, undefined)).toEqual({ KEY: 'k', MINE: '1' });
  expect(usableVariables(parsed, project, {}, ['MINE'])).toEqual({ KEY: 'k', DEBUG: '1' });
});

test.each([
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_EXTRA_CA_CERTS',
  'QWEN_TLS_INSECURE',
  'QWEN_SERVER_TOKEN',
  'GANTRY_HOME',
  'GIT_SSH_COMMAND',
  'PATH',
  'Path',
  'BASH_ENV',
  'DYLD_INSERT_LIBRARIES',
])('no file of a project can set %s', (name) => {
  expect(usableVariables({ [name]: 'x' }, { ...project, isQwen: true }, {}, undefined)).toEqual({});
});

test('excluded names do not apply to a .env in .qwen or to the user’s own', () => {
  const parsed = { DEBUG: '1' };
  expect(usableVariables(parsed, { ...project, isQwen: true }, {}, undefined)).toEqual(parsed);
  expect(usableVariables(parsed, { ...project, isProject: false }, {}, undefined)).toEqual(parsed);
});

test('a variable of the process environment is never replaced, not even an empty one', () => {
  expect(usableVariables({ A: 'file', B: 'file' }, project, { A: '' }, undefined)).toEqual({ B: 'file' });
});
