import { symlink, writeFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { readFileTool } from './read-file.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

async function read(content: string | Uint8Array, options: { offset?: number; limit?: number } = {}) {
  await writeFile(workspace.path('file'), content);
  return await readFileTool.execute({ file_path: workspace.path('file'), ...options }, workspace.context, never);
}

test('a short file is returned unchanged and counts as read', async () => {
  const result = await read('one\r\ntwo\r\n');
  expect(result).toMatchObject({ text: 'one\ntwo', isError: false, summary: 'Read file: 2 lines' });
  expect(workspace.context.reads.get(workspace.path('file'))).toMatchObject({ sizeBytes: 10 });
});

test('a page states its lines, their total and the next offset', async () => {
  const lines = Array.from({ length: 3000 }, (_, at) => `${at}`).join('\n');
  expect((await read(lines)).text).toMatch(/^\[Showing lines 1-2000 of 3000 lines\. Continue with offset 2000\.\]\n0\n1\n/);
  expect((await read(lines, { limit: 2500 })).text).toContain('Showing lines 1-2000 of 3000');
  expect((await read(lines, { offset: 2998, limit: 5 })).text).toBe('[Showing lines 2999-3000 of 3000 lines.]\n2998\n2999');
  expect((await read(lines, { offset: 3000 })).isError).toBe(true);
});

test('a page of long lines ends at a whole line, so that the next page can continue', async () => {
  const result = await read(Array.from({ length: 100 }, (_, at) => `${at}`.padEnd(1000, '.')).join('\n'));
  expect(result.text.length).toBeLessThan(25_000);
  expect(result.text).toContain('Showing lines 1-24 of 100 lines. Continue with offset 24.');
  expect(result.text.split('\n').at(-1)).toHaveLength(1000);
});

test('an overlong line is cut, with the number of omitted characters', async () => {
  expect((await read('x'.repeat(2500))).text).toBe(`${'x'.repeat(2000)}... [line cut, 500 more characters]`);
});

test('an empty file is reported as empty', async () => {
  expect((await read('')).text).toBe('file is empty.');
});

test.each([
  ['utf8 with a mark', Buffer.from('\uFEFFgrüße', 'utf8')],
  ['utf16le with a mark', Buffer.from('\uFEFFgrüße', 'utf16le')],
  ['utf16be with a mark', Buffer.from('\uFEFFgrüße', 'utf16le').swap16()],
  ['utf16le without one', Buffer.from('grüße', 'utf16le')],
  ['latin1', Buffer.from('grüße', 'latin1')],
])('text in %s is decoded', async (_name, bytes) => {
  expect((await read(bytes)).text).toBe('grüße');
});

test('text in Shift_JIS is recognised', async () => {
  const text = 'これは日本語の文章です。文字コードの判定を確認します。';
  expect((await read(iconv.encode(text, 'shift_jis'))).text).toBe(text);
});

test.each([
  ['a PNG image', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0', 'latin1'), Buffer.alloc(5 * 1024 * 1024)]), '5 MB'],
  ['an icon', Buffer.from('\0\0\x01\0\x01\0', 'latin1'), 'models do not read'],
  ['an ELF executable', Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), 'not text'],
  ['a binary file', Buffer.from([1, 2, 3, 0, 5, 6]), '6 bytes'],
  ['a binary file', Buffer.from(Array.from({ length: 256 }, (_, at) => (at * 7 + 1) % 256 || 1)), 'not text'],
])('%s is refused with its kind and its size', async (name, bytes, reason) => {
  const result = await read(bytes);
  expect(result.isError).toBe(true);
  expect(result.text).toContain(name);
  expect(result.text).toContain(reason);
  expect(workspace.context.reads.get(workspace.path('file'))).toBeUndefined();
});

test.each([
  ['a PNG image', 'image/png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')],
  ['a PDF document', 'application/pdf', Buffer.from('%PDF-1.7\nplain')],
])('%s is shown to the model', async (name, mimeType, bytes) => {
  const result = await read(bytes);
  expect(result).toMatchObject({ isError: false, text: expect.stringContaining(name) });
  expect(result.media).toEqual([{ mimeType, data: bytes.toString('base64'), name: 'file' }]);
});

test('the beginning of a huge file is read, with advice for the rest', async () => {
  const result = await read(Buffer.alloc(33 * 1024 * 1024, 'abc\n'), { limit: 2 });
  expect(result.text).toMatch(/^\[Showing lines 1-2 of more than \d+ lines\. Continue with offset 2\. Only the first \d+ bytes/);
  expect(workspace.context.reads.get(workspace.path('file'))?.hash).toBeUndefined(); // what was not read may change unseen
  await read('short');
  expect(workspace.context.reads.get(workspace.path('file'))?.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('a missing file and a folder are reported', async () => {
  const run = (path: string) => readFileTool.execute({ file_path: path }, workspace.context, never);
  expect((await run(workspace.path('none'))).text).toContain('There is no file');
  expect((await run(workspace.root)).text).toContain('is a folder');
});

test('the approval receives the target of a link', async () => {
  await symlink('/etc/hostname', workspace.path('link'));
  const preview = await readFileTool.preview({ file_path: workspace.path('link') }, workspace.context);
  expect(preview).toMatchObject({ ok: true, action: { code: 'read', path: 'link' }, touches: ['/etc/hostname', workspace.path('link')] });
});

test('a relative path is resolved against the project', () => {
  expect(readFileTool.describe({ file_path: 'src/a.ts' }, workspace.context)).toEqual({ verb: 'read', target: 'src/a.ts' });
  expect(readFileTool.describe({ file_path: '/etc/hosts' }, workspace.context).target).toBe('/etc/hosts');
});

test('single pages are refused, with an alternative', async () => {
  await writeFile(workspace.path('a.pdf'), '%PDF-1.4');
  const result = await readFileTool.execute({ file_path: workspace.path('a.pdf'), pages: '1-2' }, workspace.context, never);
  expect(result).toMatchObject({ isError: true, text: expect.stringContaining('Leave `pages` away') });
});
