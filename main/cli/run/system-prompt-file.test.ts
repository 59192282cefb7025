import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSystemPrompt } from './system-prompt-file.ts';

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'gantry-system-md-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, '.qwen'));
  writeFileSync(join(root, '.qwen', 'system.md'), 'of the folder');
  writeFileSync(join(root, 'mine.md'), 'mine');
  return root;
}

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['0', undefined],
  ['FALSE', undefined],
  [' ', undefined],
  ['1', 'of the folder'],
  ['true', 'of the folder'],
  ['mine.md', 'mine'],
])('QWEN_SYSTEM_MD=%s gives %s', async (variable, expected) => {
  expect(await readSystemPrompt(variable, { root: folder(), isTrusted: true })).toBe(expected);
});

test("a folder's own file needs trust, a named file does not, and a missing file is an error", async () => {
  const place = { root: folder(), isTrusted: false };
  await expect(readSystemPrompt('1', place)).rejects.toMatchObject({ code: 'file_not_found', message: expect.stringContaining('--trust') });
  expect(await readSystemPrompt('mine.md', place)).toBe('mine');
  await expect(readSystemPrompt('none.md', place)).rejects.toMatchObject({ message: expect.stringContaining('none.md') });
});
