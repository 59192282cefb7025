import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { realFiles } from '../../../../test/shell/shell-oracle.fixture.ts';
import { readWord } from './shell-word.ts';
import { resolveWord } from './resolve-words.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-words-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const NAMES = [
  'a.txt',
  'b.txt',
  'B.txt',
  '-opwned',
  '.hidden',
  'with space',
  "it's",
  'x[1]',
  'sub/c.txt',
  'sub/deep/d.txt',
  'other/e.ts',
  '*',
  'ä.txt',
  'line\nbreak',
  '{a,b}',
  '$(x)',
  '~',
];
for (const name of NAMES) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), '');
}
symlinkSync('sub', join(folder, 'link'));

async function resolve(raw: string): Promise<readonly string[] | string> {
  const place = { folder, fs: realFiles, locale: 'C.UTF-8', home: '/home/me', source: raw };
  const resolved = await resolveWord(readWord(raw, 0, raw.length), place);
  return resolved.ok ? resolved.words.map(({ notation }) => notation) : resolved.why;
}

function inBash(words: string): string {
  return execFileSync('bash', ['-c', `printf '%s\\0' ${words}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8', HOME: '/home/me', PATH: '/usr/bin:/bin' },
  });
}

test.each([
  ...[
    'a.txt',
    '*',
    '*.txt',
    '?.txt',
    '[ab].txt',
    '[!a].txt',
    '[a-b].txt',
    '[]x]*',
    'x[[]*',
    "'*'",
    '\\*',
    '"*"',
    '*/*.txt',
    'sub/*',
    'sub/*/',
    'l*/*.txt',
    '*/*/*',
  ],
  ...[
    'nothing*',
    './*.txt',
    's*/deep/d.txt',
    's*/none',
    '{a,b}.txt',
    '{a,c}.txt',
    '{b,a}*',
    'x{1..3}',
    '{3..1}',
    '{a..c}',
    'pre{a,}post',
    '{a}',
    "{'a',b}x",
  ],
  ...['~', '~/x', "'~'", 'a~', '"with"\\ space', "it\\'s", '$x', '"a b"c', "''", '*"t"', 'with*', '.h*', 'x\\[1\\]', '[[]', '*\\**'],
])('%s becomes what bash makes of it', async (raw) => {
  const words = await resolve(raw);
  if (typeof words === 'string') return expect([raw, words]).toEqual(["{'a',b}x", expect.stringContaining('braces')]);
  const ours = inBash(words.join(' '));
  // A name that begins with a dash is called by its folder.
  expect(ours.replaceAll('./-opwned', '-opwned')).toBe(inBash(raw));
});

test.each([
  '.*',
  '*/..',
  '*/../a.txt',
  '~root',
  '~+',
  '[[:alpha:]]*',
  '$GITHUB_TOKEN',
  '{a,b}$GITHUB_TOKEN',
  '*$x',
  '$(ls)',
  '`ls`',
  "$'x'",
  '${x:-y}',
  '$((1))',
  '{a,{b,c}}',
  'x=~/y',
])('%s is left to a person', async (raw) => {
  expect(typeof (await resolve(raw))).toBe('string');
});
