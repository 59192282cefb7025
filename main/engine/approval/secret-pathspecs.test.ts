import { expect, test } from 'vitest';
import { classifyPath } from './protected-paths.ts';
import { SECRET_PATHSPECS } from './secret-pathspecs.ts';

/** As git matches `**` in front of a name and `*` in it; the case is ignored. */
function isExcluded(path: string): boolean {
  return SECRET_PATHSPECS.some((pathspec) => {
    const name = pathspec.replace(/^:\([^)]*\)\*\*\//, '');
    const source = name
      .split('/')
      .map((part) => (part === '**' ? '.*' : part.replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*')))
      .join('/');
    return new RegExp(`(^|/)${source}$`, 'i').test(path);
  });
}

test.each([
  ...[
    '.env',
    '.env.local',
    '.ENV',
    '.envrc',
    'prod.env',
    '.env-local',
    '.netrc',
    '.npmrc',
    '.pypirc',
    '.pgpass',
    '.git-credentials',
    '.htpasswd',
  ],
  ...[
    'id_rsa',
    'id_rsa.bak',
    'id_ecdsa',
    'id_ed25519',
    'id_ed25519_sk',
    'server.pem',
    'a.key',
    'a.p12',
    'a.pfx',
    'a.keystore',
    'a.jks',
    'a.ppk',
  ],
  ...['.ssh/config', '.gnupg/x', '.aws/credentials'],
])('git leaves out %s', (name) => {
  expect(isExcluded(name)).toBe(true);
  expect(isExcluded(`deep/er/${name}`)).toBe(true);
});

test('ordinary names stay, and every protected name among many is left out', () => {
  for (const name of ['src/a.ts', 'README.md', 'src/environment.ts', 'package.json', 'keys.ts']) expect(isExcluded(name)).toBe(false);
  const stems = ['.env', 'id_rsa', 'server', '.netrc', 'x'];
  const ends = ['', '.pem', '.key', '.env', '.local', '.pub', '.bak', '.jks', '.p12'];
  const names = stems.flatMap((stem) => ends.map((end) => stem + end));
  const secret = names.filter((name) => classifyPath(`/p/${name}`, `/p/${name}`, ['/p']).protection === 'secret');
  expect(secret.length).toBeGreaterThan(10);
  expect(secret.filter((name) => !isExcluded(name))).toEqual([]);
});
