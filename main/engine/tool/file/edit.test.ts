import { readFile, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { editTool } from './edit.ts';
import { readFileTool } from './read-file.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

async function given(content: string | Uint8Array) {
  await writeFile(workspace.path('file'), content);
  await readFileTool.execute({ file_path: workspace.path('file') }, workspace.context, never);
}
const inputOf = (old_string: string, new_string: string, replace_all = false) => ({
  file_path: workspace.path('file'),
  old_string,
  new_string,
  replace_all,
});
const edit = (old: string, next: string, all = false) => editTool.execute(inputOf(old, next, all), workspace.context, never);
const content = () => readFile(workspace.path('file'), 'utf8');

test('the one occurrence is replaced, literally', async () => {
  await given('a\nprice: 5\nb\n');
  const result = await edit('price: 5', "price: $& $1 $'");
  expect(result).toMatchObject({ isError: false, summary: 'Edited file at line 2 (+1 -1)' });
  expect(await content()).toBe("a\nprice: $& $1 $'\nb\n");
});

test('the approval shows exactly the change that is then made', async () => {
  await given('one\ntwo\nthree\n');
  const preview = await editTool.preview(inputOf('two', 'TWO'), workspace.context);
  const result = await edit('two', 'TWO');
  expect(preview).toMatchObject({
    ok: true,
    action: { code: 'edit', path: 'file' },
    display: result.display,
    touches: [workspace.path('file')],
  });
  expect(result.display).toMatchObject({
    patch: '--- a/file\n+++ b/file\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n',
    added: 1,
    removed: 1,
  });
});

test('a text that occurs twice is refused with its lines, or replaced everywhere when asked', async () => {
  await given('x\ny\nx\n');
  expect((await edit('x', 'z')).text).toContain('occurs 2 times in file (lines 1, 3)');
  expect(await content()).toBe('x\ny\nx\n');
  expect((await edit('x', 'z', true)).text).toContain('in 2 places, the first at line 1');
  expect(await content()).toBe('z\ny\nz\n');
});

test('a second edit does not need the file to be read again', async () => {
  await given('one two\n');
  await edit('one', '1');
  expect((await edit('two', '2')).isError).toBe(false);
  expect(await content()).toBe('1 2\n');
});

test('a file that was not read, or changed since, is refused before anything is asked', async () => {
  await writeFile(workspace.path('file'), 'one');
  expect(await editTool.preview(inputOf('one', 'two'), workspace.context)).toMatchObject({ ok: false });
  await given('one');
  const asked = await editTool.preview(inputOf('one', 'two'), workspace.context);
  await writeFile(workspace.path('file'), 'one and more');
  expect(asked.ok).toBe(true);
  expect((await edit('one', 'two')).text).toContain('has changed since it was read');
  expect(await content()).toBe('one and more');
});

test('an edit of a CRLF file written with LF matches and keeps CRLF', async () => {
  await given('\uFEFFone\r\ntwo\r\nthree\r\n');
  await edit('one\ntwo', 'uno\ndos\ntres');
  expect(await content()).toBe('\uFEFFuno\r\ndos\r\ntres\r\nthree\r\n');
});

test('a file of mixed line endings keeps those the edit does not touch, and the edited block its own', async () => {
  await given('a\r\nb\nc\r\nd\r\n');
  await edit('b\nc', 'B\nx\nC');
  expect(await content()).toBe('a\r\nB\nx\nC\r\nd\r\n');
});

test('every character of a multi-line old_string is literal in a CRLF file', async () => {
  const special = 'if (a || b) {\n  /^[x-z]+.*?$/.test(c\\d)';
  await given(`  b) {\r\n${special.replace('\n', '\r\n')}\r\nend\r\n`);
  expect((await edit(special, 'one\ntwo')).text).toContain('at line 2');
  expect(await content()).toBe('  b) {\r\none\r\ntwo\r\nend\r\n');
});

test('text pasted with CRLF fits a file with LF', async () => {
  await given('a\nb\n');
  await edit('a\r\nb', 'c\r\nd');
  expect(await content()).toBe('c\nd\n');
});

test('an empty old text creates a missing file and fills an empty one, but nothing else', async () => {
  expect((await edit('', 'new\n')).summary).toBe('Created file (+1 -0)');
  expect(await content()).toBe('new\n');
  expect((await edit('', 'more')).text).toContain('exists and is not empty');
  await writeFile(workspace.path('file'), '');
  expect((await edit('', 'filled\n')).isError).toBe(false);
  expect(await content()).toBe('filled\n');
});

test('a missing file is reported, with the way to create it', async () => {
  expect((await edit('a', 'b')).text).toContain('use an empty old_string');
});

test('an edit that changes nothing is refused', async () => {
  await given('a');
  expect((await edit('a', 'a')).text).toContain('nothing would change');
});

test('a miss names the nearest text and its line', async () => {
  await given('import x\n\nfunction total(items: Item[]) {\n  return items.length;\n}\n');
  const miss = await edit('function total(item: Item[]) {\n  return item.length;', 'x');
  expect(miss.text).toContain('The nearest text is at line 3:\nfunction total(items: Item[]) {\n  return items.length;');
  const indented = await edit('function total(items: Item[]) {\n    return items.length;', 'x');
  expect(indented.text).toContain('A match that differs only in white space is at line 3');
  expect((await edit('@@@@ %%%% 7777', 'x')).text).toContain('nor anything like it');
});

test('the bytes of another encoding around the edit stay as they were', async () => {
  const bytes = Buffer.from('Grüße aus Köln\nÄpfel und Öl für alle\n', 'latin1');
  await given(bytes);
  await edit('aus', 'nach');
  expect(await readFile(workspace.path('file'))).toEqual(Buffer.from('Grüße nach Köln\nÄpfel und Öl für alle\n', 'latin1'));
});

test('a file whose bytes would change when decoded and encoded again is refused', async () => {
  const broken = Buffer.concat([Buffer.from('\uFEFFname: value\n'), Buffer.from([0xff, 0xfe, 0x0a])]);
  await given(broken);
  expect((await edit('value', 'other')).text).toContain('would damage it');
  expect(await readFile(workspace.path('file'))).toEqual(broken);
});

test('an edit that is cancelled while it is prepared changes nothing', async () => {
  await given('one\n');
  const controller = new AbortController();
  const { fs } = workspace.context;
  const readBytes: typeof fs.readBytes = (...args) => {
    controller.abort();
    return fs.readBytes(...args);
  };
  const result = await editTool.execute(inputOf('one', 'two'), { ...workspace.context, fs: { ...fs, readBytes } }, controller.signal);
  expect(result).toMatchObject({ isError: true, text: expect.stringContaining('Cancelled') });
  expect(await content()).toBe('one\n');
});

test('a file of more than 10 MiB is refused by its size, one of just that is not', async () => {
  await writeFile(workspace.path('file'), '');
  await truncate(workspace.path('file'), 10 * 1024 * 1024);
  expect((await edit('a', 'b')).text).toContain('has not been read');
  await truncate(workspace.path('file'), 10 * 1024 * 1024 + 1);
  expect((await edit('a', 'b')).text).toContain('too many for this tool');
});
