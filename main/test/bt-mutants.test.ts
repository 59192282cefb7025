/** The patches that `npm run test:mutants` tries: one for each case, none of them rotten. Running them takes minutes, this a second. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PATCHES = join(import.meta.dirname, 'mutants');
const CASES = Array.from({ length: 32 }, (_, i) => i + 1);
const fileOf = (number: number) => `BT-${String(number).padStart(2, '0')}.patch`;
const hasGit = spawnSync('git', ['--version']).status === 0;

test('there is one patch for each case of the background tasks, and no other', () => {
  expect(readdirSync(PATCHES).toSorted()).toEqual(CASES.map(fileOf));
});

test.each(CASES)('the patch of case %i says what it breaks and names a test of that number', (number) => {
  const [head = ''] = readFileSync(join(PATCHES, fileOf(number)), 'utf8').split('diff --git', 1);
  expect(head).toMatch(/^Breaks: .{10,}$/m);
  const files = (/^Tests: (.+)$/m.exec(head)?.[1] ?? '').split(' ');
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(
    files.some((file) => new RegExp(`^\\s*(?:test|\\]\\)|for).*\\bBT-${number}\\b`, 'm').test(readFileSync(join(ROOT, file), 'utf8'))),
  ).toBe(true);
});

test.runIf(hasGit).each(CASES)('the patch of case %i applies', (number) => {
  const { status, stderr } = spawnSync('git', ['apply', '--check', join(PATCHES, fileOf(number))], { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
