/**
 * The patches of `npm run test:mutants`: at least one for each case, and all apply. Running them takes minutes, this test a
 * second.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PATCHES = join(import.meta.dirname, 'mutants');
const CASES = Array.from({ length: 32 }, (_, i) => `BT-${String(i + 1).padStart(2, '0')}`);
/** `BT-10.patch`, and `BT-10b.patch` for another way to break the same promise. */
const FILES = readdirSync(PATCHES).toSorted();
const hasGit = spawnSync('git', ['--version']).status === 0;

test('there is a patch for each case of the background tasks, and no other', () => {
  expect(FILES.filter((file) => !/^BT-\d\d[b-z]?\.patch$/.test(file))).toEqual([]);
  expect([...new Set(FILES.map((file) => file.slice(0, 5)))]).toEqual(CASES);
  expect(CASES.filter((name) => !FILES.includes(`${name}.patch`))).toEqual([]);
});

test.each(FILES)('%s states what it breaks and names a test of that number', (patch) => {
  const number = Number(patch.slice(3, 5));
  const [head = ''] = readFileSync(join(PATCHES, patch), 'utf8').split('diff --git', 1);
  expect(head).toMatch(/^Breaks: .{10,}$/m);
  const files = (/^Tests: (.+)$/m.exec(head)?.[1] ?? '').split(' ');
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(
    files.some((file) => new RegExp(`^\\s*(?:test|\\]\\)|for).*\\bBT-${number}\\b`, 'm').test(readFileSync(join(ROOT, file), 'utf8'))),
  ).toBe(true);
});

test.runIf(hasGit).each(FILES)('%s applies', (patch) => {
  const { status, stderr } = spawnSync('git', ['apply', '--check', join(PATCHES, patch)], { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
