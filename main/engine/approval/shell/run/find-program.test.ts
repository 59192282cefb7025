import { expect, test } from 'vitest';
import { findProgram, foldersOutside } from './find-program.ts';

const LINKS: Readonly<Record<string, string>> = {
  '/opt/mine': '/p/tools',
  '/usr/local/bin/cat': '/p/cat',
  '/home/me/.local/bin/node': '/home/me/.local/share/mise/installs/shims/node',
  '/usr/local/bin/npm': '/usr/lib/node_modules/corepack/dist/npm.js',
};
const FILES = new Set([
  '/opt/mine/ls',
  '/usr/bin/ls',
  '/usr/local/bin/cat',
  '/home/me/.local/bin/node',
  '/usr/local/bin/npm',
  '/usr/bin/npm',
]);
const fs = {
  realPath: async (path: string) => LINKS[path] ?? path,
  stat: async (path: string) => (FILES.has(path) ? { sizeBytes: 1, mtimeMs: 0, isDirectory: false, isFile: true } : undefined),
};

test('folders of the workspace, relative ones, and links into it are left out of the PATH', async () => {
  const path = 'node_modules/.bin:/p/node_modules/.bin:/opt/mine:.::/usr/local/bin:/usr/bin:/usr/bin';
  expect(await foldersOutside(path, ['/p'], fs)).toEqual(['/usr/local/bin', '/usr/bin']);
});

test('a program is the first of its name, and one that the workspace holds or chooses asks', async () => {
  const find = (name: string, folders: readonly string[]) => findProgram(name, folders, ['/p'], fs);
  expect(await find('ls', ['/usr/local/bin', '/usr/bin'])).toEqual({ ok: true, path: '/usr/bin/ls' });
  expect(await find('cat', ['/usr/local/bin'])).toEqual({ ok: false, why: 'the program cat is part of the workspace' });
  expect(await find('node', ['/home/me/.local/bin'])).toMatchObject({ ok: false, why: expect.stringContaining('version manager') });
  expect(await find('npm', ['/usr/local/bin', '/usr/bin'])).toMatchObject({ ok: false });
  expect(await find('rg', ['/usr/bin'])).toEqual({ ok: false, why: 'there is no program rg outside the workspace' });
});
