import { chmod, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { editTool } from './edit.ts';
import { readFileTool } from './read-file.ts';

let workspace: TestWorkspace;
const file = () => workspace.path('file');
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const edit = (old_string: string, new_string: string) =>
  editTool.execute({ file_path: file(), old_string, new_string }, workspace.context, never);

async function given(content: string | Uint8Array) {
  await writeFile(file(), content);
  await readFileTool.execute({ file_path: file() }, workspace.context, never);
}

test('a file with only a new timestamp is unchanged', async () => {
  await given('one\n');
  await utimes(file(), 1, 1);
  expect((await edit('one', 'two')).isError).toBe(false);
});

test('different content of the same size and time is a change', async () => {
  await given('one\n');
  const { atime, mtime } = await stat(file());
  await writeFile(file(), 'ONE\n');
  await utimes(file(), atime, mtime);
  expect(await edit('ONE', 'two')).toMatchObject({ isError: true, text: expect.stringContaining('has changed since it was read') });
  expect(await readFile(file(), 'utf8')).toBe('ONE\n');
});

test('a write with an identical timestamp is still the agent’s own', async () => {
  await given('one\n');
  await edit('one', 'two');
  expect((await edit('two', 'six')).isError).toBe(false);
  expect(await readFile(file(), 'utf8')).toBe('six\n');
});

test.each([
  ['utf-16le', '\uFEFFÄ one\r\nzwei\r\n'],
  ['utf-16be', '\uFEFFÄ one\r\nzwei\r\n'],
  ['gbk', '这是一个用来测试编码的中文文本文件，内容足够长，可以被识别出来。\n第二行 one\n我们希望它保持原来的编码。\n'],
  ['latin1', 'Die Größe der Bücher über Käse. one\nÄrger mit dem Schlüssel für die Tür.\n'],
  ['utf8', '\uFEFFone\r\ntwo\r\n'],
])('an edit keeps %s, with its mark and its line endings', async (encoding, text) => {
  const encode = (value: string) => iconv.encode(value, encoding, { addBOM: false });
  await given(encode(text));
  expect(await edit('one', 'drei')).toMatchObject({ isError: false });
  expect(await readFile(file())).toEqual(encode(text.replace('one', 'drei')));
});

test.skipIf(process.platform === 'win32')('an edit keeps the mode of the file', async () => {
  await given('#!/bin/sh\none\n');
  await chmod(file(), 0o755);
  await edit('one', 'two');
  expect(((await stat(file())).mode & 0o777).toString(8)).toBe('755');
});

test.each([
  ['time', { mtimeMs: 1 }],
  ['size', { sizeBytes: 1 }],
])('a file whose %s changes while the edit is prepared is left alone', async (_what, more) => {
  await given('one\n');
  const { fs } = workspace.context;
  let looks = 0;
  const changing: typeof fs.stat = async (path) => {
    looks += 1;
    const found = await fs.stat(path);
    if (found === undefined || looks === 1) return found;
    return { ...found, mtimeMs: found.mtimeMs + ('mtimeMs' in more ? 1 : 0), sizeBytes: found.sizeBytes + ('sizeBytes' in more ? 1 : 0) };
  };
  const context = { ...workspace.context, fs: { ...fs, stat: changing } };
  const result = await editTool.execute({ file_path: file(), old_string: 'one', new_string: 'two' }, context, never);
  expect(result).toMatchObject({ isError: true, text: expect.stringContaining('has changed since it was read') });
  expect(looks).toBe(2);
  expect(await readFile(file(), 'utf8')).toBe('one\n');
});

test('a file that was read only in part counts as changed once its timestamp changes', async () => {
  await writeFile(file(), 'one\n');
  const { mtimeMs, size } = await stat(file());
  workspace.context.reads.record(file(), { mtimeMs, sizeBytes: size });
  expect((await edit('one', 'two')).isError).toBe(false);
  const after = await stat(file());
  workspace.context.reads.record(file(), { mtimeMs: after.mtimeMs, sizeBytes: after.size });
  await utimes(file(), 1, 1);
  expect((await edit('two', 'one')).text).toContain('has changed since it was read');
});

test('the old content of a file is kept before the write, and the new state is noted after it', async () => {
  await given('one\n');
  const steps: string[] = [];
  const note = async (step: string) => void steps.push(`${step} ${await readFile(file(), 'utf8')}`);
  const changes = { before: () => note('before'), wrote: () => note('wrote') };
  await editTool.execute({ file_path: file(), old_string: 'one', new_string: 'two' }, { ...workspace.context, changes }, never);
  expect(steps).toEqual(['before one\n', 'wrote two\n']);
});
