import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createNodeFs } from '../local/node-fs.ts';
import type { Clock } from '../engine/ports.ts';
import { expandPrompt } from '../engine/mention/expand-prompt.ts';
import { createPathLists } from '../engine/mention/path-lists.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const clock: Clock = { now: () => 0, after: () => () => undefined };

function makePlace(files: Readonly<Record<string, string | Buffer>>) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-mention-')));
  folders.push(base);
  const root = join(base, 'project');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const fs = createNodeFs();
  const lists = createPathLists(clock);
  const read = new Map<string, { mtimeMs: number; sizeBytes: number }>();
  const search = { root, fs, childEnv: async () => ({ PATH: '/usr/bin:/bin' }) };
  const reads = {
    record: (path: string, state: { mtimeMs: number; sizeBytes: number }) => void read.set(path, state),
    get: () => undefined,
  };
  const isHidden = (path: string) => path.includes('kept-back');
  return { root, base, read, extraFolders: [], fs, reads, isHidden, list: (options?: { fresh: boolean }) => lists.list(search, options) };
}

test('a named file follows the text of the prompt, and counts as read', async () => {
  const place = makePlace({ 'src/a.ts': 'const a = 1;\n', 'My Notes/to do.md': 'buy milk' });
  const { attached, unread } = await expandPrompt('Explain @src/a.ts with @My\\ Notes/to\\ do.md, @missing/here and @ada', place);
  expect(attached).toBe('[Files named in this message]\n\n--- src/a.ts ---\nconst a = 1;\n\n\n--- My Notes/to do.md ---\nbuy milk');
  expect(unread).toEqual([]);
  expect([...place.read.keys()]).toEqual([join(place.root, 'src/a.ts'), join(place.root, 'My Notes/to do.md')]);
});

test('text without a mention is unchanged', async () => {
  const place = makePlace({ 'a.ts': '1' });
  expect(await expandPrompt('mail ada@a.ts and @Injectable()', place)).toEqual({ attached: '', media: [], unread: [] });
});

test('a long file is cut at a line, says how to continue, and does not count as read', async () => {
  const place = makePlace({ 'long.txt': 'x'.repeat(99).concat('\n').repeat(1000) });
  const { attached } = await expandPrompt('@long.txt', place);
  expect(attached.length).toBeLessThan(24_300);
  expect(attached).toContain(`Only the first 240 lines are shown. Continue with read_file on ${join(place.root, 'long.txt')}.`);
  expect(place.read.size).toBe(0);
});

test('all files of a prompt share one limit', async () => {
  const text = 'y'.repeat(23_000);
  const names = Array.from({ length: 8 }, (_, at) => `f${at}.txt`);
  const place = makePlace(Object.fromEntries(names.map((name) => [name, text])));
  const { attached, unread } = await expandPrompt(names.map((name) => `@${name}`).join(' '), place);
  expect(attached.length).toBeLessThan(125_000);
  expect(unread.map(({ path }) => path)).toEqual(['f6.txt', 'f7.txt']);
});

test('ignored, secret or outside files are not read, and the user and the model are informed', async () => {
  const place = makePlace({
    '.gitignore': 'dist/\n',
    '.qwenignore': 'private.md\n',
    'dist/out.js': 'SECRET-1',
    'private.md': 'SECRET-2',
    '.env': 'KEY=SECRET-3',
    'a.ts': '1',
  });
  writeFileSync(join(place.base, 'outside.txt'), 'SECRET-4');
  symlinkSync(join(place.base, 'outside.txt'), join(place.root, 'link.txt'));
  const named = ['dist/out.js', 'private.md', '.env', '../outside.txt', 'link.txt'];
  const { attached, unread } = await expandPrompt(named.map((path) => `@${path}`).join(' '), place);
  expect(attached).not.toMatch(/SECRET/);
  expect(attached).toContain('[@.env was not read: files like this contain keys or passwords.');
  expect(unread.map(({ path }) => path)).toEqual(named);
});

test('a folder adds its names at any depth and its contents, without ignored and secret files', async () => {
  const place = makePlace({
    '.gitignore': '*.log\n',
    'lib/a.ts': 'AAA',
    'lib/deep/b.ts': 'BBB',
    'lib/x.log': 'LOG',
    'lib/.env': 'KEY=1',
    'c.ts': 'CCC',
  });
  const { attached } = await expandPrompt('@lib/', place);
  expect(attached).toContain('--- lib/ (folder, 3 files) ---\n.env\na.ts\ndeep/b.ts');
  expect(attached).toContain('--- lib/deep/b.ts ---\nBBB');
  expect(attached).not.toMatch(/LOG|KEY=1|CCC/);
});

test('a file that is newer than the list is found', async () => {
  const place = makePlace({ 'a.ts': '1' });
  await place.list();
  writeFileSync(join(place.root, 'new.ts'), 'new');
  expect((await expandPrompt('@new.ts', place)).attached).toContain('--- new.ts ---\nnew');
});

test('images and documents are attached as media, other binary files are named with their type', async () => {
  const place = makePlace({ 'shot.png': PNG, 'paper.pdf': '%PDF-1.7\n', 'a.zip': Buffer.from('PK\x03\x04\0\0\0\0') });
  const { media, unread, attached } = await expandPrompt('@shot.png @paper.pdf @a.zip', place);
  expect(media).toEqual([
    { mimeType: 'image/png', data: PNG.toString('base64'), name: 'shot.png' },
    { mimeType: 'application/pdf', data: Buffer.from('%PDF-1.7\n').toString('base64'), name: 'paper.pdf' },
  ]);
  expect(attached).toContain('--- shot.png (image/png, attached) ---');
  expect(unread[0]?.why).toContain('a ZIP archive');
});

test('a link to a file that the rules hide is not read, nor is one in a folder', async () => {
  const place = makePlace({ 'kept-back.txt': 'SECRET', 'lib/kept-back.md': 'SECRET', 'lib/a.md': 'A' });
  symlinkSync(join(place.root, 'kept-back.txt'), join(place.root, 'plain.txt'));
  const { attached, unread } = await expandPrompt('@plain.txt @lib', place);
  expect(unread).toEqual([{ path: 'plain.txt', why: 'your permission rules deny it, or require approval.', cause: { code: 'denied' } }]);
  expect(attached).toContain('(folder, 1 file)');
  expect(attached).not.toContain('SECRET');
});

test('files of Git are not read', async () => {
  const { unread, attached } = await expandPrompt('@.git @.git/config', makePlace({ '.git/config': 'SECRET', '.gitignored': '1' }));
  expect(unread.map(({ why }) => why)).toEqual(['it belongs to Git.', 'it belongs to Git.']);
  expect(attached).not.toContain('SECRET');
});

test('fifty files of a prompt are read, and small ones leave room for all of them', async () => {
  const names = Array.from({ length: 52 }, (_, at) => `f${at}.txt`);
  const place = makePlace(Object.fromEntries(names.map((name) => [name, 'z'])));
  const { attached } = await expandPrompt(names.map((name) => `@${name}`).join(' '), place);
  expect(attached.match(/^--- /gm)).toHaveLength(50);
});

test('an image is attached whole, up to 10 MB; one in a folder is only named', async () => {
  const large = Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024 - PNG.length)]);
  const place = makePlace({ 'a.png': large, 'b.png': Buffer.concat([large, PNG]), 'lib/c.png': PNG });
  const { media, unread, attached } = await expandPrompt('@a.png @b.png @lib', place);
  expect(media.map(({ data }) => Buffer.from(data, 'base64').length)).toEqual([large.length]);
  expect(unread).toMatchObject([{ path: 'b.png', why: 'it is larger than 10 MB.' }]);
  expect(attached).toContain('c.png');
  expect(attached).not.toContain('lib/c.png (image/png, attached)');
});

test('a folder names files near the top before deeper ones', async () => {
  const { attached } = await expandPrompt('@lib', makePlace({ 'lib/a/b.ts': '1', 'lib/z.ts': '2' }));
  expect(attached).toContain('2 files) ---\nz.ts\na/b.ts');
});
