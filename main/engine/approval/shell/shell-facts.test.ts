import { expect, test } from 'vitest';
import { EngineError } from '../../errors.ts';
import { lookAtCommand } from './shell-facts.ts';
import { judgeShell } from './shell-judge.ts';

const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Files by their path; folders are what paths lie in. */
function look(command: string, files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') {
  const isFolder = (path: string) => Object.keys(files).some((name) => name.startsWith(`${path === '/' ? '' : path}/`));
  const fs = {
    realPath: async (path: string) => path,
    stat: async (path: string) => {
      const text = files[path];
      if (text === undefined && !isFolder(path)) return undefined;
      return { sizeBytes: text?.length ?? 0, mtimeMs: 0, isDirectory: text === undefined, isFile: text !== undefined };
    },
    list: async (path: string) => {
      const names = new Set(
        Object.keys(files).flatMap((name) => (name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0] ?? ''] : [])),
      );
      return [...names].map((name) => ({
        name,
        isDirectory: isFolder(`${path}/${name}`),
        isFile: !isFolder(`${path}/${name}`),
        isSymlink: false,
      }));
    },
    readBytes: async (path: string) => {
      const text = files[path];
      if (text === undefined) throw new EngineError('file_not_found', path);
      return new TextEncoder().encode(text);
    },
  };
  const roots = ['/p'];
  return lookAtCommand(command, { cwd: '/p', home: '/home/me', roots, readableRoots: roots, fs, logger, platform });
}

test.each([
  ['plain settings', '[core]\n\tbare = false\n[remote "o"]\n\turl = x\n', undefined],
  ['a program for the file system watch', '[core]\n\tfsmonitor = ./x\n', 'make git run a program'],
  ['the built-in watch', '[core]\n\tfsmonitor = true\n', undefined],
  ['an external diff', '[diff]\n\texternal = ./x\n', 'make git run a program'],
  ['a filter', '[filter "f"]\n\tclean = ./x\n', 'make git run a program'],
  ['other hooks', '[core]\n\thooksPath = .githooks\n', 'make git run a program'],
  ['a key behind its section', '[core] fsmonitor = ./x\n', 'make git run a program'],
  ['a program whose folder is called 1', '[core]\n\tfsmonitor = 1/x\n', 'make git run a program'],
  ['a pager of one command', '[pager]\n\tlog = ./x\n', 'make git run a program'],
  ['objects that are fetched when they are needed', '[remote "o"]\n\tpromisor = true\n\tuploadpack = ./x\n', 'make git run a program'],
  ['settings too long to look through', `[core]\n${'#'.repeat(300_000)}\n`, 'make git run a program'],
  ['settings of another file', '[include]\n\tpath = ../x\n', 'make git run a program'],
])('git with %s in the repository', async (_name, config, why) => {
  const facts = await look('git status', { '/p/.git/config': config, '/p/.git/HEAD': 'x' });
  expect(facts.readsOnly).toBe(true);
  if (why === undefined) expect(facts.gitRuns).toBeUndefined();
  else expect(facts.gitRuns).toContain(why);
});

test('a hook that runs when git only looks is told', async () => {
  const facts = await look('git status', { '/p/.git/config': '', '/p/.git/HEAD': 'x', '/p/.git/hooks/post-index-change': 'x' });
  expect(facts.gitRuns).toContain('post-index-change');
});

test('a bare repository among the files is not trusted', async () => {
  const facts = await look('cd sub && git log', {
    '/p/sub/HEAD': 'x',
    '/p/sub/objects/a': '',
    '/p/sub/config': '[core]\nfsmonitor = ./x\n',
  });
  expect(facts.gitRuns).toContain('bare repository');
});

test('reading a folder whole finds the protected file in it', async () => {
  const hidden = (facts: Awaited<ReturnType<typeof look>>) => facts.parts.flatMap((part) => part.touches).map((touch) => touch.hides);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/deep/.env': 'x', '/p/sub/a': '' }))).toEqual(['/p/sub/deep/.env']);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/a': '', '/p/.env': '' }))).toEqual([undefined]);
  expect(hidden(await look('ls *', { '/p/.env': '' }))).toEqual([undefined]);
});

test('of a folder that a pattern is about, only the names that match count', async () => {
  const hidden = async (command: string, files: readonly string[]) =>
    (await look(command, Object.fromEntries(files.map((name) => [`/p/${name}`, ''])))).parts
      .flatMap((part) => part.touches)
      .map((touch) => touch.hides ?? (touch.facts.isInside ? '' : 'outside'));
  expect(await hidden('cat *.md', ['.env', 'a.md', 'deep/x.key'])).toEqual(['']);
  expect(await hidden('cat *', ['.env', 'a.md'])).toEqual(['']);
  expect(await hidden('cat *.k?y', ['a.md', '\u{1f600}.KEY'])).toEqual(['/p/\u{1f600}.KEY']);
  expect(await hidden('cat ?.key', ['\u{1f600}.key'])).toEqual(['/p/\u{1f600}.key']);
  expect(await hidden('cat d*/*.key', ['deep/x.key', 'other/y.key'])).toEqual(['/p/deep/x.key']);
  expect(await hidden('cat d*/[x].key', ['deep/x.key'])).toEqual(['/p/deep/x.key']);
  expect(await hidden('cat .*', ['a.md'])).toEqual(['outside']);
  const many = Array.from({ length: 60 }, (_, at) => Array.from({ length: 60 }, (_unused, file) => `d${at}/${file}.txt`)).flat();
  expect(await hidden('cat */*.txt', many)).toEqual(['something in this large folder']);
});

test('without the grammar, and on Windows, where another shell reads the text, no command only reads', async () => {
  for (const command of ['cat a.txt & rem', 'whoami', 'ls', 'true']) {
    expect((await look(command, { '/p/a.txt': '' }, 'win32')).readsOnly).toBe(false);
    expect(judgeShell(command, undefined, { cwd: '/p', home: undefined })).toMatchObject({ readsOnly: false, isOpaque: true });
  }
});
