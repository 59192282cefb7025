import { expect, test } from 'vitest';
import { startCpuTimer } from '../../test/support/cpu-time.ts';
import { compileGlob, expandBraces } from './glob-pattern.ts';

test.each([
  ['*.ts', 'a.ts', true],
  ['*.ts', 'deep/down/a.ts', true],
  ['./*.ts', 'deep/a.ts', false],
  ['./*.ts', 'a.ts', true],
  ['*.ts', 'a.tsx', false],
  ['src/*.ts', 'src/a.ts', true],
  ['src/*.ts', 'src/deep/a.ts', false],
  ['src/**/*.ts', 'src/a.ts', true],
  ['src/**/*.ts', 'src/x/y/a.ts', true],
  ['src/**', 'src/x/y', true],
  ['src/', 'src/x/y', true],
  ['**/test/**/a', 'test/a', true],
  ['**/test/**/a', 'x/test/y/z/a', true],
  ['**/test/**/a', 'x/tests/a', false],
  ['**/*.yml', '.github/workflows/ci.yml', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[]]x', ']x', true],
  ['[ab', '[ab', true],
  ['*.{ts,tsx}', 'x/a.tsx', true],
  ['{src,test}/**/*.{js,ts}', 'test/x/a.js', true],
  ['{src,test}/**/*.{js,ts}', 'lib/x/a.js', false],
  ['\\*.ts', '*.ts', true],
  ['\\*.ts', 'a.ts', false],
  ['a{b}c', 'a{b}c', true],
  ['数?.md', '数字.md', true],
  ['😀*', '😀x', true],
  ['?', '😀', true],
])('%s against %s is %s', (pattern, path, expected) => {
  expect(compileGlob(pattern)(path)).toBe(expected);
});

test('nested braces expand to every combination', () => {
  expect([...expandBraces('a{b,c{d,e}}f')].sort()).toEqual(['abf', 'acdf', 'acef']);
});

test('patterns that would backtrack and braces that would multiply end in time', () => {
  const cpuMs = startCpuTimer();
  expect(compileGlob(`${'*a'.repeat(40)}b`)('a'.repeat(250))).toBe(false);
  expect(compileGlob(`${'**/a/'.repeat(40)}b`)(`${'a/'.repeat(200)}c`)).toBe(false);
  expect(expandBraces('{a,b,c,d,e,f,g,h}'.repeat(20)).length).toBeLessThan(3_000);
  // Backtracking would take longer than the age of the universe.
  expect(cpuMs()).toBeLessThan(2_000);
});
