import { applyPatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startCpuTimer } from '../../../test/support/cpu-time.ts';
import { diffDisplay } from './file-diff.ts';

const diff = (before: string | undefined, after: string) => diffDisplay({ path: 'f', before, after });
const lines = (count: number, text: (at: number) => string) => Array.from({ length: count }, (_, at) => `${text(at)}\n`).join('');

test('a change deep in a file keeps its line numbers and three lines of context', async () => {
  const before = lines(1000, (at) => `line ${at}`);
  const result = await diff(before, before.replace('line 500\n', 'changed\n'));
  expect(result.patch).toContain('@@ -498,7 +498,7 @@\n line 497\n line 498\n line 499\n-line 500\n+changed\n line 501');
  expect(result).toMatchObject({ added: 1, removed: 1, isNewFile: false, truncated: false });
});

test('the patch turns the old text into the new one, whatever they are', async () => {
  const text = fc.array(fc.constantFrom('a', 'b', '', '-x', '+y')).map((parts) => parts.join('\n'));
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const { patch } = await diff(before, after);
      expect(patch === '' ? before : applyPatch(before, patch)).toBe(after);
    }),
  );
});

test('a new file is all added, without the algorithm', async () => {
  const result = await diff(undefined, 'a\nb');
  expect(result.patch).toBe('--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n');
  expect(result).toMatchObject({ added: 2, removed: 0, isNewFile: true });
});

test('line endings alone are no change to look at', async () => {
  expect(await diff('a\r\nb\r\n', 'a\nb\n')).toMatchObject({ patch: '', added: 0, removed: 0 });
});

test('two large files with nothing in common are shown as one cut block, in no time', async () => {
  const cpuMs = startCpuTimer();
  const result = await diff(
    lines(100_000, (at) => `old ${at}`),
    lines(100_000, (at) => `new ${at}`),
  );
  // The quadratic algorithm would take minutes here.
  expect(cpuMs()).toBeLessThan(5_000);
  expect(result).toMatchObject({ added: 100_000, removed: 100_000, truncated: true });
  expect(result.patch.length).toBeLessThanOrEqual(200_000);
  expect(result.patch.endsWith('\n')).toBe(true);
});

test('one small change in a large file is still shown exactly', async () => {
  const before = lines(200_000, (at) => `line ${at}`);
  const result = await diff(before, before.replace('line 150000\n', ''));
  expect(result).toMatchObject({ added: 0, removed: 1, truncated: false });
  expect(result.patch).toContain('-line 150000\n');
});
