import { readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { readFileTool } from './read-file.ts';
import { writeFileTool } from './write-file.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const write = (name: string, content: string) =>
  writeFileTool.execute({ file_path: workspace.path(name), content }, workspace.context, never);
const readFirst = (name: string) => readFileTool.execute({ file_path: workspace.path(name) }, workspace.context, never);

test('a new file is created with its folders and can be written again without reading', async () => {
  const result = await write('a/b.txt', 'one\ntwo\n');
  expect(result).toMatchObject({
    isError: false,
    summary: 'Created a/b.txt (+2 -0)',
    display: { kind: 'diff', path: 'a/b.txt', added: 2, removed: 0, isNewFile: true, truncated: false },
  });
  expect((await write('a/b.txt', 'three\n')).summary).toBe('Overwrote a/b.txt (+1 -2)');
  expect(await readFile(workspace.path('a/b.txt'), 'utf8')).toBe('three\n');
});

test('an existing file that was not read is neither offered nor written', async () => {
  await writeFile(workspace.path('a'), 'precious');
  const preview = await writeFileTool.preview({ file_path: workspace.path('a'), content: 'x' }, workspace.context);
  expect(preview).toMatchObject({ ok: false, refusal: expect.stringContaining('has not been read') });
  expect((await write('a', 'x')).isError).toBe(true);
  expect(await readFile(workspace.path('a'), 'utf8')).toBe('precious');
});

test('a file that changed after it was read is left alone', async () => {
  await writeFile(workspace.path('a'), 'one');
  await readFirst('a');
  await writeFile(workspace.path('a'), 'two');
  await utimes(workspace.path('a'), 1, 1);
  expect((await write('a', 'x')).text).toContain('has changed since it was read');
  expect(await readFile(workspace.path('a'), 'utf8')).toBe('two');
});

test('an empty file may be filled without reading it', async () => {
  await writeFile(workspace.path('a'), '');
  expect((await write('a', 'x')).isError).toBe(false);
});

test('line endings, byte order mark and encoding of the file stay', async () => {
  await writeFile(workspace.path('dos'), '\uFEFFone\r\ntwo\r\n');
  await writeFile(workspace.path('utf16'), Buffer.from('\uFEFFone\n', 'utf16le'));
  await writeFile(workspace.path('latin'), Buffer.from('grüße\nÄpfel und Öl für alle\n', 'latin1'));
  for (const name of ['dos', 'utf16', 'latin']) await readFirst(name);
  await write('dos', 'three\nfour\n');
  await write('utf16', 'größer\n');
  await write('latin', 'schön\n');
  expect(await readFile(workspace.path('dos'), 'utf8')).toBe('\uFEFFthree\r\nfour\r\n');
  expect(await readFile(workspace.path('utf16'))).toEqual(Buffer.from('\uFEFFgrößer\n', 'utf16le'));
  expect(await readFile(workspace.path('latin'))).toEqual(Buffer.from('schön\n', 'latin1'));
});

test('a character the encoding cannot hold is refused by name instead of written as a question mark', async () => {
  const bytes = Buffer.from('grüße\nÄpfel und Öl für alle\n', 'latin1');
  await writeFile(workspace.path('latin'), bytes);
  await readFirst('latin');
  expect((await write('latin', 'a 漢 b')).text).toContain('"漢" (U+6F22)');
  expect(await readFile(workspace.path('latin'))).toEqual(bytes);
});

test('the question shows the change and names both the link and its target', async () => {
  await symlink('target', workspace.path('link'));
  const preview = await writeFileTool.preview({ file_path: workspace.path('link'), content: 'x\n' }, workspace.context);
  expect(preview).toMatchObject({
    ok: true,
    action: { code: 'create', path: 'link' },
    touches: [workspace.path('target'), workspace.path('link')],
  });
  expect(preview.ok && preview.display.kind === 'diff' ? preview.display.patch : '').toContain('+x');
});

test('a folder is refused', async () => {
  expect((await write('.', 'x')).text).toContain('is a folder');
});

test('a call that was cancelled writes nothing', async () => {
  const input = { file_path: workspace.path('a'), content: 'x' };
  expect((await writeFileTool.execute(input, workspace.context, AbortSignal.abort())).isError).toBe(true);
  await expect(readFile(workspace.path('a'))).rejects.toThrow('ENOENT');
});

test('a file that appears while the change is prepared is not overwritten', async () => {
  const { fs } = workspace.context;
  let looks = 0;
  const context = {
    ...workspace.context,
    fs: {
      ...fs,
      stat: async (path: string) => {
        looks += 1;
        if (looks === 2) await writeFile(workspace.path('a'), 'mine');
        return await fs.stat(path);
      },
    },
  };
  const result = await writeFileTool.execute({ file_path: workspace.path('a'), content: 'x' }, context, never);
  expect(result.text).toContain('has changed');
  expect(await readFile(workspace.path('a'), 'utf8')).toBe('mine');
});

test('a byte order mark that the model writes itself is not written twice', async () => {
  await writeFile(workspace.path('a'), '\uFEFFone\n');
  await readFirst('a');
  await write('a', '\uFEFFtwo\n');
  expect(await readFile(workspace.path('a'), 'utf8')).toBe('\uFEFFtwo\n');
  await write('new', '\uFEFFkept\n');
  expect(await readFile(workspace.path('new'), 'utf8')).toBe('\uFEFFkept\n');
});
