import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { licencesOf, packageFolder } from './licences.ts';

function makePackage(folder: string, fields: object, text?: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.0.0', license: 'MIT', ...fields }));
  if (text !== undefined) writeFileSync(join(folder, 'LICENSE'), text);
  return folder;
}

test('the licences name the app, its production dependencies at any depth, and the packages that were bundled, each once', () => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-licences-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const modules = join(root, 'node_modules');
  makePackage(root, { name: 'app', license: 'Apache-2.0', dependencies: { a: '1' }, devDependencies: { tool: '1' } }, 'text of app');
  const a = makePackage(join(modules, 'a'), { name: 'a', dependencies: { b: '2' }, optionalDependencies: { absent: '1' } }, 'text of a');
  makePackage(join(a, 'node_modules/b'), { name: 'b', version: '2.0.0' }, 'text of inner b');
  makePackage(join(modules, 'b'), { name: 'b', license: undefined });
  makePackage(join(modules, 'tool'), { name: 'tool' }, 'text of tool');
  const page = makePackage(join(modules, '@scope/page'), { name: '@scope/page', license: 'ISC', dependencies: { b: '1' } }, 'text of page');

  const parts = licencesOf(root, [page, a]).split(/\n\n-{80}\n\n/);
  expect(parts).toEqual([
    'app 1.0.0 (Apache-2.0)\n\ntext of app',
    '@scope/page 1.0.0 (ISC)\n\ntext of page',
    'a 1.0.0 (MIT)\n\ntext of a',
    'b 1.0.0 (see its text)\n\nThe package holds no text of its licence.',
    'b 2.0.0 (MIT)\n\ntext of inner b',
  ]);
});

test.each([
  ['/app/node_modules/react/index.js', '/app/node_modules/react'],
  ['/app/node_modules/@scope/name/lib/a.js?commonjs', '/app/node_modules/@scope/name'],
  ['/app/node_modules/a/node_modules/b/b.js', '/app/node_modules/a/node_modules/b'],
  ['C:\\app\\node_modules\\react\\index.js', 'C:/app/node_modules/react'],
  ['/app/node_modules/.vite/deps/a.js', undefined],
  ['/app/renderer/main.tsx', undefined],
])('the package of %j is %j', (path, folder) => {
  expect(packageFolder(path)).toBe(folder);
});
