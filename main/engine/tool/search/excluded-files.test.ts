import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { readFileTool } from '../file/read-file.ts';
import type { ToolContext } from '../tool.ts';
import { createGrepTool } from './grep-search.ts';

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await makeWorkspace();
  const files = {
    '.qwenignore': 'private/\n*.secret\n!shared.secret\n/top.ts\n',
    '.mine': 'notes.md\n',
    '.gitignore': 'built.js\n',
    ...{
      'private/deep/a.ts': 'x',
      'a.secret': 'x',
      'shared.secret': 'x',
      'top.ts': 'x',
      'sub/top.ts': 'x',
      'notes.md': 'x',
      'built.js': 'x',
    },
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(workspace.path(name)), { recursive: true });
    await writeFile(workspace.path(name), text);
  }
  await symlink(workspace.path('a.secret'), workspace.path('link.ts'));
});
afterEach(() => workspace.remove());

const previewOf = (name: string, context: ToolContext = workspace.context) =>
  readFileTool.preview({ file_path: workspace.path(name) }, context);

test.each(['private/deep/a.ts', 'a.secret', 'top.ts', 'link.ts', 'private/../a.secret'])(
  '%s is not read: .qwenignore excludes it',
  async (name) => {
    expect(await previewOf(name)).toMatchObject({ ok: false, refusal: expect.stringContaining('is excluded by .qwenignore') });
  },
);

test.each(['shared.secret', 'sub/top.ts', 'notes.md', 'built.js', '.qwenignore'])('%s can be read', async (name) => {
  expect(await previewOf(name)).toMatchObject({ ok: true });
});

test('a search refuses an excluded file or folder as its target', async () => {
  const grep = createGrepTool(() => Promise.reject(new Error('not called')));
  for (const name of ['a.secret', 'private', 'private/deep', 'link.ts'])
    expect(await grep.preview({ pattern: 'x', path: workspace.path(name) }, workspace.context)).toMatchObject({ ok: false });
  expect(await grep.preview({ pattern: 'x' }, workspace.context)).toMatchObject({ ok: true });
});

test('the settings turn .qwenignore off and name other files', async () => {
  const search = { respectGitIgnore: true, respectQwenIgnore: false, ignoreFiles: ['.mine'] };
  const context = {
    ...workspace.context,
    runSettings: () => Promise.resolve({ results: {}, search, shell: {} }),
  } as unknown as ToolContext;
  expect(await previewOf('a.secret', context)).toMatchObject({ ok: true });
  expect(await previewOf('notes.md', context)).toMatchObject({ ok: false, refusal: expect.stringContaining('.mine') });
});
