import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { pathOfFileUrl, targetOf, targetOfArguments, userArguments } from './open-target.ts';

function folders(): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-arguments-')));
  onTestFinished(() => rmSync(base, { recursive: true }));
  for (const name of ['app', 'project', 'other', '-dashed']) mkdirSync(join(base, name));
  writeFileSync(join(base, 'project', 'file.txt'), '');
  return base;
}

test.each<[readonly string[], number, readonly string[]]>([
  [['electron', 'app', 'project'], 2, ['project']],
  [['electron', '--no-sandbox', 'app', '--inspect', 'project'], 2, ['project']],
  [['gantry', 'project', 'other'], 1, ['project', 'other']],
  [['gantry', '--', '-dashed', '--other'], 1, ['-dashed', '--other']],
  [['electron', '--flag', 'app', '--', '-dashed'], 2, ['-dashed']],
  [['electron', 'app'], 2, []],
])('the user’s arguments of %j after %d own ones are %j', (argv, skip, expected) => {
  expect(userArguments(argv, skip)).toEqual(expected);
});

test.each<[readonly string[], object | undefined]>([
  [['gantry', 'project', 'other'], { kind: 'folder', path: 'project' }],
  [['gantry', 'missing', 'other'], { kind: 'folder', path: 'other' }],
  [['gantry', 'missing', 'gone'], { kind: 'problem', problem: 'missing', path: 'missing' }],
  [['gantry', 'project/file.txt'], { kind: 'folder', path: 'project' }],
  [['gantry', '--', '-dashed'], { kind: 'folder', path: '-dashed' }],
  [['gantry', '--flag'], undefined],
])('%j opens %j', (argv, expected) => {
  const base = folders();
  const absolute = expected === undefined ? undefined : { ...expected, path: join(base, Reflect.get(expected, 'path') as string) };
  expect(targetOfArguments(argv, base, 1)).toEqual(absolute);
});

test('an absolute path does not depend on the current folder', () => {
  const path = join(folders(), 'project');
  expect(targetOf(path, '/')).toEqual({ kind: 'folder', path });
});

test('a file:// address opens its folder', () => {
  const base = folders();
  expect(targetOf(pathToFileURL(join(base, 'project')).href, '/')).toEqual({ kind: 'folder', path: join(base, 'project') });
  expect(targetOf(pathToFileURL(join(base, 'project', 'file.txt')).href, '/')).toEqual({ kind: 'folder', path: join(base, 'project') });
});

test('gantry://open opens the folder of its path', () => {
  const path = join(folders(), 'project');
  expect(targetOf(`gantry://open?path=${encodeURIComponent(path)}`, '/')).toEqual({ kind: 'folder', path });
  expect(targetOf(`gantry://open/?path=${encodeURIComponent(path)}`, '/')).toEqual({ kind: 'folder', path });
});

test.each([
  'gantry://open',
  'gantry://open?path=project',
  'gantry://open?path=//host/share',
  String.raw`gantry://open?path=\\host\share`,
  'gantry://open/elsewhere?path=/tmp',
  'gantry://run?path=/tmp&command=ls',
  'gantry://',
  'https://example.com/tmp',
  'file://host/share',
  'file:///a%2Fb',
])('the address %s opens nothing', (address) => {
  expect(targetOf(address, '/')).toEqual({ kind: 'problem', problem: 'link', path: address });
});

test.each<[string, string | undefined]>([
  ['file:///home/a%20b', '/home/a b'],
  ['file://elsewhere/share', undefined],
  ['file:///a%2Fb', undefined],
  ['https://example.com/', undefined],
])('the path of %s is %s', (url, expected) => {
  expect(pathOfFileUrl(url)).toBe(expected);
});
