import { expect, test } from 'vitest';
import { SECRET_PATHS } from './protected-names.ts';
import { classifyPath } from './protected-paths.ts';
import { SECRET_PATHSPECS } from './secret-pathspecs.ts';

/** As git matches them: `**` in front of a name, `*` and brackets in it; the case is ignored. */
const PATTERNS = SECRET_PATHSPECS.map((pathspec) => {
  const name = pathspec.replace(/^:\([^)]*\)\*\*\//, '');
  const source = name
    .split('/')
    .map((part) => (part === '**' ? '.*' : part.replace(/[.+]/g, '\\$&').replaceAll('[!', '[^').replaceAll('*', '[^/]*')))
    .join('/');
  return new RegExp(`(^|/)${source}$`, 'i');
});
const isExcluded = (path: string) => PATTERNS.some((pattern) => pattern.test(path));
const isSecret = (path: string) => classifyPath(`/p/${path}`, `/p/${path}`, ['/p']).protection === 'secret';

test('every protected path is left out, in every folder', () => {
  const paths = SECRET_PATHS.map((path) => (path.endsWith('/') ? `${path}x/y` : path));
  expect(paths.filter((path) => !isExcluded(path) || !isExcluded(`deep/er/${path.toUpperCase()}`))).toEqual([]);
});

test('every protected name among many is left out, and ordinary names stay', () => {
  const stems = [
    '',
    '.env',
    'env',
    'prod',
    'id_rsa',
    'deploy_ed25519',
    'mine_ecdsa',
    'server',
    '.netrc',
    'credentials',
    'secret',
    'secrets',
    'service-account',
    'client_secrets',
    '.bash_',
    '.x',
  ];
  const ends = [
    '',
    '.env',
    '.env.local',
    '.env-local',
    '.env1',
    '_sk',
    '_key',
    '.pub',
    '.pem',
    '.key',
    '.key.bak',
    '.p12.backup',
    '.ppk.old',
    '.local',
    '.production',
    '.json',
    '-dev.yml',
    '.a.toml',
    'history',
    '.history',
    '.bak',
    '.jks',
    '.txt',
    '.example',
    '.ts',
  ];
  const names = stems.flatMap((stem) => ends.map((end) => stem + end)).filter((name) => name !== '');
  const secret = names.filter(isSecret);
  expect(secret.length).toBeGreaterThan(60);
  expect(secret.filter((name) => !isExcluded(name) || !isExcluded(`deep/${name.toUpperCase()}`))).toEqual([]);
  for (const name of ['src/a.ts', 'README.md', 'src/environment.ts', 'package.json', 'keys.ts', 'src/rsa.ts', 'history.md'])
    expect(isExcluded(name)).toBe(false);
});
