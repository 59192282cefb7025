import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { createGlobTool } from './glob.ts';
import { createGrepTool } from './grep-search.ts';
import { listDirectoryTool } from './list-directory.ts';
import { createRipgrep } from './ripgrep.ts';
import { defined } from '../../../../preload/contract/index.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const glob = (pattern: string, path?: string) =>
  createGlobTool(createRipgrep()).execute({ pattern, ...defined({ path }) }, workspace.context, never);
const grep = (pattern: string, more: { glob?: string; path?: string; limit?: number } = {}) =>
  createGrepTool(createRipgrep()).execute({ pattern, ...more }, workspace.context, never);

async function files(contents: Record<string, string>) {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(workspace.path(name)), { recursive: true });
    await writeFile(workspace.path(name), content);
  }
}

const namesIn = (text: string) => text.split('\n').slice(1);

test('glob finds newest first, in hidden folders too', async () => {
  await files({ 'a.ts': '', 'src/b.ts': '', '.github/c.ts': '', 'src/d.js': '' });
  await utimes(workspace.path('a.ts'), 100, 300);
  await utimes(workspace.path('src/b.ts'), 100, 100);
  await utimes(workspace.path('.github/c.ts'), 100, 200);
  expect(namesIn((await glob('*.ts')).text)).toEqual(['a.ts', '.github/c.ts', 'src/b.ts']);
  expect(namesIn((await glob('src/**')).text).sort()).toEqual(['src/b.ts', 'src/d.js']);
  expect(namesIn((await glob('*.ts', workspace.path('src'))).text)).toEqual(['src/b.ts']);
  expect(namesIn((await glob(`${workspace.root}/src/*.js`)).text)).toEqual(['src/d.js']);
});

test('glob and grep leave out what .gitignore and .qwenignore name, even where the pattern names it', async () => {
  await files({
    '.gitignore': 'dist/\n*.gen.ts\n',
    '.qwenignore': 'secret/\n/top.ts\n',
    'a.ts': 'needle',
    'a.gen.ts': 'needle',
    'top.ts': 'needle',
    'sub/top.ts': 'needle',
    'dist/b.ts': 'needle',
    'secret/c.ts': 'needle',
    '.git/config.ts': 'needle',
  });
  expect(namesIn((await glob('**/*.ts')).text).sort()).toEqual(['a.ts', 'sub/top.ts']);
  const found = ['a.ts', '1: needle', 'sub/top.ts', '1: needle'];
  expect(namesIn((await grep('needle')).text)).toEqual(found);
  expect(namesIn((await grep('needle', { glob: '*.ts' })).text)).toEqual(found);
  expect(namesIn((await grep('needle', { glob: '**/*.{gen.ts,ts}' })).text)).toEqual(found);
  expect(namesIn((await glob('*.ts', workspace.path('sub'))).text)).toEqual(['sub/top.ts']);
});

test('glob shows a hundred and counts the rest', async () => {
  await files(Object.fromEntries(Array.from({ length: 105 }, (_, at) => [`f${at}.txt`, ''])));
  const result = await glob('*.txt');
  expect(result.summary).toBe('Found 105 files in .');
  expect(namesIn(result.text)).toHaveLength(101);
  expect(result.text).toContain('[5 older files are not shown.');
});

test('glob does not follow a link out of the project, and says when nothing matches', async () => {
  await symlink('/etc', workspace.path('etc'));
  expect(await glob('**/hosts')).toMatchObject({ isError: false, summary: 'No file found' });
  expect((await glob('*', workspace.path('none'))).isError).toBe(true);
});

test('glob gives back a name with a newline in it', async () => {
  await files({ 'a\nb.txt': '' });
  expect((await glob('*.txt')).text).toContain('a\nb.txt');
});

test('a path that begins with a dash or lies outside is searched as a path', async () => {
  await files({ '-x/a.txt': 'needle' });
  expect(namesIn((await grep('needle', { path: workspace.path('-x') })).text)).toEqual(['-x/a.txt', '1: needle']);
  const other = await makeWorkspace();
  try {
    await writeFile(other.path('b.txt'), 'needle');
    expect(namesIn((await grep('needle', { path: other.root })).text)).toEqual([other.path('b.txt'), '1: needle']);
    expect(namesIn((await grep('needle', { path: other.path('b.txt') })).text)).toEqual([other.path('b.txt'), '1: needle']);
  } finally {
    await other.remove();
  }
});

test('grep groups matches by file in order, honours glob, and ignores case for lower-case patterns only', async () => {
  await files({ 'b.ts': 'Foo\nbar\nfoo', 'a.js': 'foo', 'sub/c.ts': 'x\nfoo' });
  expect(namesIn((await grep('foo')).text)).toEqual(['a.js', '1: foo', 'b.ts', '1: Foo', '3: foo', 'sub/c.ts', '2: foo']);
  expect(namesIn((await grep('Foo')).text)).toEqual(['b.ts', '1: Foo']);
  expect(namesIn((await grep('foo', { glob: 'sub/**/*.ts' })).text)).toEqual(['sub/c.ts', '2: foo']);
  expect(namesIn((await grep('foo', { glob: 'sub/**' })).text)).toEqual(['sub/c.ts', '2: foo']);
});

test('grep shows as many as the limit and says that there are more', async () => {
  await files({ a: 'x\n'.repeat(50) });
  const result = await grep('x', { limit: 2 });
  expect(result.summary).toBe('50 matches');
  expect(namesIn(result.text)).toEqual(['a', '1: x', '2: x', expect.stringContaining('Only the first 2 are shown')]);
});

test('grep stops when there is more than anyone reads', async () => {
  await files({ a: 'x\n'.repeat(500_000) });
  expect((await grep('x', { limit: 1 })).summary).toBe('At least 2000 matches');
});

test('grep cuts a long line around the match', async () => {
  await files({ 'min.js': `${'a'.repeat(5000)}needle${'b'.repeat(5000)}` });
  const line = (await grep('needle')).text;
  expect(line).toContain('needle');
  expect(line).toContain('[line of 10006 characters]');
  expect(line.length).toBeLessThan(600);
});

test('grep leaves binary files out and reads lookaround and several lines', async () => {
  await files({ bin: 'needle\0', text: 'one\ntwo needle' });
  expect(namesIn((await grep('(?<=two )needle')).text)).toEqual(['text', '2: two needle']);
  expect(namesIn((await grep('one\\ntwo')).text)).toEqual(['text', '1: one', 'two needle']);
});

test('a broken pattern is reported in ripgrep’s words, and no match is not an error', async () => {
  await files({ a: 'x' });
  const broken = await grep('(');
  expect(broken).toMatchObject({ isError: true, text: expect.stringContaining('unclosed group') });
  expect(await grep('zzz')).toMatchObject({ isError: false, summary: 'No match' });
  expect(await grep('a\0b')).toMatchObject({ isError: true });
});

async function scripted(script: string) {
  const path = workspace.path('fake-rg');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return createRipgrep(async () => path);
}
const request = (overrides: { onRecord?: () => 'continue' | 'stop'; timeoutMs?: number } = {}) => ({
  args: ['--json'],
  target: workspace.root,
  separator: '\n' as const,
  timeoutMs: 10_000,
  onRecord: () => 'continue' as const,
  ...overrides,
});

async function inheritableDescriptors(): Promise<Set<string>> {
  const targets = new Set<string>();
  for (const descriptor of await readdir('/proc/self/fd')) {
    // It may be the listing's own and gone by now.
    const info = await readFile(`/proc/self/fdinfo/${descriptor}`, 'utf8').catch(() => '');
    const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '0', 8);
    if (Number(descriptor) > 2 && info !== '' && (flags & 0o2000000) === 0) targets.add(await readlink(`/proc/self/fd/${descriptor}`));
  }
  return targets;
}

test.runIf(process.platform === 'linux')('BT-31 ripgrep gets our environment and no descriptor above 2', async () => {
  const run = await scripted(`env > seen-env; exec > seen-fds; for fd in /proc/$$/fd/*; do readlink $fd; done`);
  expect((await run(request(), workspace.context, never)).kind).toBe('done');
  const env = await readFile(workspace.path('seen-env'), 'utf8');
  expect(env).toContain('MARK=ours');
  expect(env.replace(/^(PATH|HOME|MARK|PWD|SHLVL|_|OLDPWD)=.*$/gm, '').trim()).toBe('');
  // What this process was itself given without close-on-exec goes on to every child and is none of ours.
  const inherited = await inheritableDescriptors();
  const seen = (await readFile(workspace.path('seen-fds'), 'utf8')).trim().split('\n');
  expect(seen.filter((target) => !inherited.has(target) && target !== workspace.path('fake-rg'))).toHaveLength(3);
});

test('a ripgrep that hangs is ended by the time limit or by the cancelled turn', async () => {
  const run = await scripted('echo $$ > pid; echo ready; exec sleep 100');
  expect(await run(request({ timeoutMs: 300 }), workspace.context, never)).toEqual({ kind: 'timed_out' });
  const turn = new AbortController();
  const onRecord = () => {
    turn.abort();
    return 'continue' as const;
  };
  expect(await run(request({ onRecord }), workspace.context, turn.signal)).toEqual({ kind: 'cancelled' });
  const pid = (await readFile(workspace.path('pid'), 'utf8')).trim();
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
});

test.skipIf(process.platform === 'win32').each(['.gitignore', '.ignore'])(
  'a named pipe in place of the %s of a folder ends the search and is named',
  async (name) => {
    await files({ 'a.ts': 'needle', 'deep/down/b.ts': 'needle' });
    const pipe = workspace.path(`deep/down/${name}`);
    execFileSync('mkfifo', [pipe]);
    const message = `The search cannot read ${pipe}: it is not a regular file. Move it away, then try again.`;
    expect(await grep('needle')).toMatchObject({ isError: true, text: expect.stringContaining(message) });
    expect(await glob('*.ts', workspace.path('deep/down'))).toMatchObject({ isError: true, text: expect.stringContaining(message) });
  },
);

test('a named pipe above the folder that is searched ends the search as well', async () => {
  await files({ 'deep/down/b.ts': 'needle' });
  execFileSync('mkfifo', [workspace.path('deep/.ignore')]);
  expect(await grep('needle', { path: workspace.path('deep/down') })).toMatchObject({
    isError: true,
    text: expect.stringContaining(workspace.path('deep/.ignore')),
  });
});

test('ripgrep that stops early, dies, fails or is missing ends with its own result', async () => {
  const stop = () => 'stop' as const;
  expect(await (await scripted('echo 1; exec sleep 100'))(request({ onRecord: stop }), workspace.context, never)).toEqual({
    kind: 'stopped',
  });
  expect(await (await scripted('kill -9 $$'))(request(), workspace.context, never)).toMatchObject({ kind: 'failed' });
  expect(await (await scripted('echo oops >&2; exit 2'))(request(), workspace.context, never)).toMatchObject({
    exitCode: 2,
    stderr: 'oops',
  });
  const missing = createRipgrep(async () => workspace.path('nothing'));
  expect(await missing(request(), workspace.context, never)).toMatchObject({ kind: 'failed' });
  const unresolved = createRipgrep(() => Promise.reject(new Error('no package')));
  expect(await unresolved(request(), workspace.context, never)).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('no package'),
  });
});

test('a throw while reading the results is this call’s failure and ends the child', async () => {
  const run = await scripted('echo 1; exec sleep 100');
  const onRecord = () => {
    throw new Error('bug');
  };
  await expect(run(request({ onRecord }), workspace.context, never)).rejects.toThrow('bug');
});

test('a record of many megabytes is skipped and counted', async () => {
  const run = await scripted(`head -c 6000000 /dev/zero | tr '\\0' x; echo; echo short`);
  const seen: string[] = [];
  const end = await run({ ...request(), onRecord: (record) => (seen.push(record), 'continue') }, workspace.context, never);
  expect(end).toMatchObject({ kind: 'done', tooLongRecords: 1 });
  expect(seen).toEqual(['short']);
});

test('a listing has folders first, sizes, and leaves out what ignore names', async () => {
  await files({ 'b.txt': '123', 'a/x': '', 'c.log': '', '.hidden': '' });
  await symlink('a', workspace.path('link'));
  const result = await listDirectoryTool.execute({ path: workspace.root, ignore: ['*.log'] }, workspace.context, never);
  expect(result.text.split('\n')).toEqual([
    `${workspace.root}:`,
    'a/',
    'link/ (link)',
    '.hidden 0 bytes',
    'b.txt 3 bytes',
    '[1 entry left out by ignore.]',
  ]);
});

test('a listing of a file, of nothing and of an empty folder says so', async () => {
  await files({ file: '' });
  await mkdir(workspace.path('empty'));
  const list = (name: string) => listDirectoryTool.execute({ path: workspace.path(name) }, workspace.context, never);
  expect((await list('file')).text).toContain('is a file');
  expect((await list('none')).text).toContain('There is no folder');
  expect((await list('empty')).text).toContain('The folder is empty.');
});
