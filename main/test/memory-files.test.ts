import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createNodePorts } from '../local/node-ports.ts';
import { loadMemory, type MemoryRequest } from '../engine/memory/index.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-memory-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const { fs } = createNodePorts({ environment: {}, hostKind: 'cli', version: '0', trustedEndpoints: [], home: base });
let count = 0;

/** A home with these files; the project is `repo/app`, the repository `repo`. */
async function load(
  files: Readonly<Record<string, string>>,
  more: Partial<MemoryRequest> = {},
  links: readonly (readonly [string, string])[] = [],
) {
  count += 1;
  const home = join(base, `home-${count}`);
  mkdirSync(join(home, 'repo', 'app'), { recursive: true });
  mkdirSync(join(home, 'repo', '.git'));
  mkdirSync(join(home, '.qwen'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  for (const [from, to] of links) symlinkSync(join(home, to), join(home, from));
  const root = join(home, 'repo', 'app');
  const place = { fs, home, qwenHome: join(home, '.qwen'), root, isTrusted: true, extraFolders: [] };
  return await loadMemory({ ...place, ...more });
}

const texts = ({ files }: Awaited<ReturnType<typeof load>>) => files.map(({ label, text }) => `${label}: ${text}`);

test("from the user's file over the repository to the local one, nothing above the repository", async () => {
  const memory = await load({
    'QWEN.md': 'above the repository',
    '.qwen/QWEN.md': 'own',
    'repo/QWEN.md': 'repo',
    'repo/AGENTS.md': 'repo agents',
    'repo/app/QWEN.md': 'app',
    'repo/app/.qwen/QWEN.local.md': 'local',
  });
  expect(texts(memory)).toEqual([
    '~/.qwen/QWEN.md: own',
    '../QWEN.md: repo',
    '../AGENTS.md: repo agents',
    'QWEN.md: app',
    '.qwen/QWEN.local.md: local',
  ]);
});

test('the notes of Qwen Code are read in a trusted folder, and import nothing from other folders', async () => {
  const files = { '.qwen/QWEN.md': 'own', '.qwen/secret.md': 'a key', 'repo/app/QWEN.md': 'app' };
  const noted = {
    ...files,
    '.qwen/projects/p/memory/MEMORY.md': 'noted @more.md @../../../secret.md',
    '.qwen/projects/p/memory/more.md': 'more',
  };
  const managedFile = (at: number) => join(base, `home-${at}`, '.qwen/projects/p/memory/MEMORY.md');
  const read = texts(await load(noted, { managedFile: managedFile(count + 1) }));
  expect(read).toEqual([
    '~/.qwen/QWEN.md: own',
    expect.stringMatching(/^Qwen Code's notes on this project: noted .*more/s),
    'QWEN.md: app',
  ]);
  expect(read.join('\n')).not.toContain('a key');
  expect(texts(await load(noted, { managedFile: managedFile(count + 1), isTrusted: false }))).toEqual(['~/.qwen/QWEN.md: own']);
});

test('nothing is read from an untrusted folder', async () => {
  expect(texts(await load({ '.qwen/QWEN.md': 'own', 'repo/QWEN.md': 'repo', 'repo/app/QWEN.md': 'app' }, { isTrusted: false }))).toEqual([
    '~/.qwen/QWEN.md: own',
  ]);
});

test('other names replace the default ones, and one file with two names is read once', async () => {
  expect(texts(await load({ 'repo/app/RULES.md': 'rules', 'repo/app/QWEN.md': 'app' }, { names: ['RULES.md'] }))).toEqual([
    'RULES.md: rules',
  ]);
  expect(texts(await load({ 'repo/app/QWEN.md': 'one' }, {}, [['repo/app/AGENTS.md', 'repo/app/QWEN.md']]))).toEqual(['QWEN.md: one']);
});

test('an import is inserted at its position, relative to the file that names it', async () => {
  const memory = await load({
    'repo/app/QWEN.md': 'Style: @docs/style.md',
    'repo/app/docs/style.md': 'Tabs. @more.md',
    'repo/app/docs/more.md': 'And semicolons.',
  });
  expect(texts(memory)).toEqual([
    'QWEN.md: Style: [from docs/style.md]\nTabs. [from more.md]\nAnd semicolons.\n[end of more.md]\n[end of docs/style.md]',
  ]);
  expect(memory.leftOut).toEqual([]);
});

test('files that import each other are cut off, and this is reported', async () => {
  const memory = await load({ 'repo/app/QWEN.md': 'a @b.md', 'repo/app/b.md': 'b @QWEN.md' });
  expect(texts(memory)).toEqual(['QWEN.md: a [from b.md]\nb @QWEN.md\n[end of b.md]']);
  expect(memory.leftOut).toEqual([{ path: '@QWEN.md', reason: 'it imports itself' }]);
});

test('five levels deep, and no further', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 8 }, (_, at) => [`repo/app/${at === 0 ? 'QWEN' : `l${at}`}.md`, `level ${at} @l${at + 1}.md`]),
  );
  const memory = await load(files);
  expect(memory.files[0]?.text).toContain('level 5');
  expect(memory.files[0]?.text).not.toContain('level 6');
  expect(memory.leftOut).toEqual([{ path: '@l6.md', reason: 'it is more than 5 imports deep' }]);
});

test('imports from outside, with possible secrets or missing are left as written and reported', async () => {
  const memory = await load(
    { 'secret.md': 'outside', 'repo/app/.env': 'KEY=1', 'repo/app/QWEN.md': '@../../secret.md @link.md @./.env @missing.md @name' },
    {},
    [['repo/app/link.md', 'secret.md']],
  );
  expect(texts(memory)).toEqual(['QWEN.md: @../../secret.md @link.md @./.env @missing.md @name']);
  expect(memory.leftOut).toEqual([
    { path: '@../../secret.md', reason: 'it is outside the trusted folders' },
    { path: '@link.md', reason: 'it is outside the trusted folders' },
    { path: '@./.env', reason: 'it may hold secrets' },
    { path: '@missing.md', reason: 'the file does not exist' },
  ]);
});

test('beyond the total limit the farthest files are omitted', async () => {
  const big = (name: string) => `${name} ${'x'.repeat(30_000)}`;
  const memory = await load({
    '.qwen/QWEN.md': big('own'),
    'repo/QWEN.md': big('repo'),
    'repo/AGENTS.md': big('agents'),
    'repo/app/QWEN.md': big('app'),
    'repo/app/AGENTS.md': 'small',
  });
  expect(memory.files.map(({ label }) => label)).toEqual(['../QWEN.md', '../AGENTS.md', 'QWEN.md', 'AGENTS.md']);
  expect(memory.leftOut).toEqual([{ path: '~/.qwen/QWEN.md', reason: expect.stringContaining('all memory files together') }]);
});

test('an imported file is not read a second time, nor is a copy of one', async () => {
  expect(texts(await load({ 'repo/app/QWEN.md': 'First @AGENTS.md', 'repo/app/AGENTS.md': 'agents' }))).toEqual([
    'QWEN.md: First [from AGENTS.md]\nagents\n[end of AGENTS.md]',
  ]);
  expect(texts(await load({ 'repo/QWEN.md': 'same', 'repo/app/QWEN.md': 'same' }))).toEqual(['../QWEN.md: same']);
});

test('once a file does not fit, no farther one is read, however small', async () => {
  const big = (name: string) => `${name} ${'x'.repeat(30_000)}`;
  const files = { 'repo/QWEN.md': big('a'), 'repo/AGENTS.md': big('b'), 'repo/app/QWEN.md': big('c'), 'repo/app/AGENTS.md': big('d') };
  const memory = await load({ '.qwen/QWEN.md': 'small', ...files });
  expect(memory.leftOut.map(({ path }) => path)).toEqual(['../QWEN.md', '~/.qwen/QWEN.md']);
});

test('a binary file is omitted, and one over 32 KiB is cut with a line that says so', async () => {
  const memory = await load({ 'repo/app/QWEN.md': 'a\0b', 'repo/app/AGENTS.md': 'y'.repeat(32 * 1024 + 1) });
  expect(texts(memory)).toEqual([`AGENTS.md: ${'y'.repeat(32 * 1024)}\n[cut: the file has ${32 * 1024 + 1} bytes]`]);
});

test("the user's own file imports from its folder, a project's does not", async () => {
  const memory = await load({
    '.qwen/notes.md': 'private',
    '.qwen/QWEN.md': 'own @~/.qwen/notes.md',
    'repo/app/QWEN.md': 'app @../../.qwen/notes.md',
  });
  expect(texts(memory)).toEqual([
    '~/.qwen/QWEN.md: own [from ~/.qwen/notes.md]\nprivate\n[end of ~/.qwen/notes.md]',
    'QWEN.md: app @../../.qwen/notes.md',
  ]);
  expect(memory.leftOut).toEqual([{ path: '@../../.qwen/notes.md', reason: 'it is outside the trusted folders' }]);
});
