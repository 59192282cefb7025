import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import type { ToolContext } from '../tool.ts';
import { parseIgnore } from './ignore-files.ts';
import { listDirectoryTool } from './list-directory.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

async function given(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(workspace.path(name)), { recursive: true });
    await writeFile(workspace.path(name), text);
  }
}

async function names(folder = '.', context: ToolContext = workspace.context) {
  const { text } = await listDirectoryTool.execute({ path: workspace.path(folder) }, context, never);
  return text
    .split('\n')
    .slice(1)
    .filter((line) => !line.startsWith('['))
    .map((line) => line.replace(/ \d+ bytes$/, ''));
}

const FILES = {
  '.gitignore': '# built\ndist/\n*.log\n!keep.log\n/top.txt\nsub/deep.txt\n',
  '.qwenignore': 'secret*\n',
  'a.log': '',
  'keep.log': '',
  'top.txt': '',
  'secret.txt': '',
  'dist/out.js': '',
  'sub/.gitignore': '!a.log\nown.txt\n',
  'sub/a.log': '',
  'sub/b.log': '',
  'sub/top.txt': '',
  'sub/own.txt': '',
  'sub/deep.txt': '',
};

test('a listing leaves out what ignore files name, the inner ones winning, and says so', async () => {
  await given(FILES);
  expect(await names()).toEqual(['sub/', '.gitignore', '.qwenignore', 'keep.log']);
  expect(await names('sub')).toEqual(['.gitignore', 'a.log', 'top.txt']);
  const { text } = await listDirectoryTool.execute({ path: workspace.root }, workspace.context, never);
  expect(text).toContain('[4 entries left out by ignore files.]');
});

test('listing an ignored folder shows its contents', async () => {
  await given(FILES);
  expect(await names('dist')).toEqual(['out.js']);
});

test('the settings turn ignore files off and add others', async () => {
  await given({ ...FILES, '.mine': 'keep.log\n' });
  const search = { respectGitIgnore: false, respectQwenIgnore: false, ignoreFiles: ['.mine', '../outside'] };
  const context = { ...workspace.context, runSettings: async () => ({ results: {}, search, shell: {} }) };
  const shown = await names('.', context);
  expect(shown).toEqual(expect.arrayContaining(['dist/', 'a.log', 'secret.txt']));
  expect(shown).not.toContain('keep.log');
});

test.each([
  ['*.js', 'x/a.js', false, true],
  ['x/', 'x', false, false],
  ['x/', 'x', true, true],
  ['/x', 'y/x', false, false],
  ['a{b,c}', 'ab', false, false],
  ['a{b,c}', 'a{b,c}', false, true],
  ['\\#x', '#x', false, true],
  ['x ', 'x', false, true],
  ['**/y/z', 'a/b/y/z', false, true],
  ['', 'x', false, false],
  ['/', 'x', true, false],
])('the pattern %j on %s', (pattern, path, isFolder, expected) => {
  expect(parseIgnore(pattern).some((rule) => (isFolder || !rule.foldersOnly) && rule.matches(path))).toBe(expected);
});
