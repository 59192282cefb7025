import { expect, test } from 'vitest';
import { EngineError } from '../../errors.ts';
import { lookAtCommand } from './shell-facts.ts';
import { classifyShell } from './classify-shell.ts';

const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

interface Place {
  readonly cwd?: string;
  readonly platform?: NodeJS.Platform;
  /** The target of a link, by its path. */
  readonly links?: Readonly<Record<string, string>>;
}

/** Files by their path; the folders follow from the paths. */
function look(command: string, files: Readonly<Record<string, string>>, { cwd = '/p', platform = 'linux', links = {} }: Place = {}) {
  const followed = (path: string) => {
    const link = Object.keys(links).find((name) => path === name || path.startsWith(`${name}/`));
    return link === undefined ? path : `${links[link] ?? ''}${path.slice(link.length)}`;
  };
  const folders = new Set(Object.keys(files).flatMap((name) => name.split('/').map((_, at, names) => names.slice(0, at).join('/') || '/')));
  const isFolder = (path: string) => folders.has(path);
  const fs = {
    realPath: async (path: string) => followed(path),
    stat: async (path: string) => {
      const text = files[path];
      if (text === undefined && !isFolder(path)) return undefined;
      return { sizeBytes: text?.length ?? 0, mtimeMs: 0, isDirectory: text === undefined, isFile: text !== undefined };
    },
    list: async (called: string) => {
      const path = followed(called);
      const names = new Set(
        [...Object.keys(files), ...Object.keys(links)].flatMap((name) =>
          name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0] ?? ''] : [],
        ),
      );
      return [...names].map((name) => ({
        name,
        isDirectory: isFolder(`${path}/${name}`),
        isFile: !isFolder(`${path}/${name}`) && links[`${path}/${name}`] === undefined,
        isSymlink: links[`${path}/${name}`] !== undefined,
      }));
    },
    readBytes: async (path: string) => {
      const text = files[path];
      if (text === undefined) throw new EngineError('file_not_found', path);
      return new TextEncoder().encode(text);
    },
  };
  const roots = ['/p'];
  return lookAtCommand(command, { cwd, home: '/home/me', roots, readableRoots: roots, fs, logger, platform });
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
  ['objects that another repository holds', '[remote "o"]\n\tpromisor = true\n', 'make git run a program'],
  ['a helper for a remote', '[remote "o"]\n\tvcs = x\n', 'make git run a program'],
  ['settings too long to look through', `[core]\n${'#'.repeat(300_000)}\n`, 'make git run a program'],
  ['settings of another file', '[include]\n\tpath = ../x\n', 'make git run a program'],
])('git with %s in the repository', async (_name, config, why) => {
  const facts = await look('git status', { '/p/.git/config': config, '/p/.git/HEAD': 'x' });
  expect(facts.readsOnly).toBe(true);
  if (why === undefined) expect(facts.gitRuns).toBeUndefined();
  else expect(facts.gitRuns).toContain(why);
});

test('a hook that runs while git only reads is reported', async () => {
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

test('reading a whole folder finds the protected file in it', async () => {
  const hidden = (facts: Awaited<ReturnType<typeof look>>) => facts.parts.flatMap((part) => part.touches).map((touch) => touch.hides);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/deep/.env': 'x', '/p/sub/a': '' }))).toEqual(['/p/sub/deep/.env']);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/a': '', '/p/.env': '' }))).toEqual([undefined]);
  expect(hidden(await look('ls *', { '/p/.env': '' }))).toEqual([undefined]);
});

test('only the names that match a pattern count in its folder', async () => {
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

test('no command only reads if the grammar is missing, or on Windows, where another shell parses the text', async () => {
  for (const command of ['cat a.txt & rem', 'whoami', 'ls', 'true']) {
    expect((await look(command, { '/p/a.txt': '' }, { platform: 'win32' })).readsOnly).toBe(false);
    expect(classifyShell(command, undefined, { cwd: '/p', home: undefined })).toMatchObject({ readsOnly: false, isOpaque: true });
  }
});

test('links among the files of a folder count as their targets', async () => {
  const hidden = async (command: string, links: Readonly<Record<string, string>>) =>
    (await look(command, { '/p/deep/x.key': '', '/p/sub/a.md': '', '/etc/passwd': '' }, { links })).parts
      .flatMap((part) => part.touches)
      .map((touch) => touch.hides);
  expect(await hidden('cat l*/*.key', { '/p/link': '/p/deep' })).toEqual(['/p/link/x.key']);
  expect(await hidden('cat l*/*.md', { '/p/link': '/p/sub' })).toEqual([undefined]);
  expect(await hidden('grep -R x sub', { '/p/sub/link': '/etc/passwd' })).toEqual(['/p/sub/link']);
  expect(await hidden('cat sub/*', { '/p/sub/link': '/etc/passwd' })).toEqual(['/p/sub/link']);
});

test('a folder of more than 3000 names is not searched when it is read whole', async () => {
  const files = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`/p/sub/${at}.txt`, '']));
  const hides = async (count: number) => (await look('grep -rn x sub', files(count))).parts[0]?.touches[0]?.hides;
  expect(await hides(3000)).toBeUndefined();
  expect(await hides(3001)).toBe('something in this large folder');
});

test('a command that names more than 60 files does not count as only reading', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `f${at}`).join(' ');
  expect(await look(`cat ${names(60)}`, {})).toMatchObject({ readsOnly: true });
  expect(await look(`cat ${names(61)}`, {})).toMatchObject({ readsOnly: false });
});

test('git is classified in each folder it may run in', async () => {
  const facts = await look('cd sub && git status', {
    '/p/.git/config': '',
    '/p/.git/HEAD': 'x',
    '/p/sub/.git/config': '[core]\n\tfsmonitor = ./x\n',
    '/p/sub/.git/HEAD': 'x',
  });
  expect(facts.gitRuns).toContain('make git run a program');
});

const RUNS_PROGRAM = '[core]\n\tfsmonitor = ./x\n';

test.each<[string, Readonly<Record<string, string>>]>([
  ['of the repository', { '/p/.git/config': RUNS_PROGRAM }],
  ['of one worktree', { '/p/.git/HEAD': 'x', '/p/.git/config.worktree': RUNS_PROGRAM }],
  ['that a file names', { '/p/.git': 'gitdir: /r/.git/worktrees/p\n', '/r/.git/worktrees/p/config': RUNS_PROGRAM }],
  ['that a file names from its own folder', { '/p/.git': 'gitdir: .store/p\n', '/p/.store/p/config': RUNS_PROGRAM }],
  [
    'that worktrees share',
    { '/p/.git': 'gitdir: /r/.git/worktrees/p\n', '/r/.git/worktrees/p/commondir': '/r/.git\n', '/r/.git/config': RUNS_PROGRAM },
  ],
  [
    'that worktrees share, with a relative path',
    { '/p/.git': 'gitdir: /r/.git/worktrees/p\n', '/r/.git/worktrees/p/commondir': '../..\n', '/r/.git/config': RUNS_PROGRAM },
  ],
])('git runs a program because of the settings %s, in its folder and below', async (_name, files) => {
  const facts = await look('git status', { '/p/sub/a': '', ...files });
  expect(facts.gitRuns).toContain('make git run a program');
  expect((await look('git status', { '/p/sub/a': '', ...files }, { cwd: '/p/sub' })).gitRuns).toContain('make git run a program');
});

test('a hook of the shared repository counts in a worktree, and a .git file with an unknown target asks', async () => {
  const worktree = { '/p/.git': 'gitdir: /r/.git/worktrees/p\n', '/r/.git/worktrees/p/commondir': '../..\n', '/r/.git/config': '' };
  expect((await look('git status', worktree)).gitRuns).toBeUndefined();
  expect((await look('git status', { ...worktree, '/r/.git/hooks/post-index-change': 'x' })).gitRuns).toContain('post-index-change');
  expect((await look('git status', { '/p/.git': 'nothing' })).gitRuns).toContain('could not be read');
});
