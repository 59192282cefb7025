import { expect, test } from 'vitest';
import { EngineError } from '../../errors.ts';
import { lookAtCommand } from './shell-facts.ts';

const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

interface Place {
  readonly cwd?: string;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  /** The target of a link, by its path. */
  readonly links?: Readonly<Record<string, string>>;
}

/** Files by their path; the folders follow from the paths. */
function look(
  command: string,
  files: Readonly<Record<string, string>>,
  { cwd = '/p', platform = 'linux', home = '/home/me', links = {} }: Place = {},
) {
  const followed = (path: string) => {
    const link = Object.keys(links).find((name) => path === name || path.startsWith(`${name}/`));
    return link === undefined ? path : `${links[link] ?? ''}${path.slice(link.length)}`;
  };
  const folders = new Set(Object.keys(files).flatMap((name) => name.split('/').map((_, at, names) => names.slice(0, at).join('/') || '/')));
  const isFolder = (path: string) => folders.has(path);
  const fs = {
    realPath: async (path: string) => followed(path),
    stat: async (called: string) => {
      const path = followed(called);
      if (path.startsWith('/bin/')) return { sizeBytes: 1, mtimeMs: 0, isDirectory: false, isFile: true };
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
  return lookAtCommand(command, { cwd, home, env: { PATH: '/bin' }, roots, readableRoots: roots, fs, logger, platform, hasWall: true });
}

test('in a workspace that contains the home folder, its dot-folders are secret for a command also if HOME is a link', async () => {
  const files = { '/p/me/.config/tool/token': 'x', '/p/me/notes.txt': 'x' };
  const place = { home: '/h/me', links: { '/h/me': '/p/me' } };
  const protectionOf = async (command: string) =>
    (await look(command, files, place)).parts.flatMap((part) => part.touches).map((touch) => touch.facts.protection);
  expect(await protectionOf('cat me/.config/tool/token')).toEqual(['secret']);
  expect(await protectionOf('cat ~/.config/tool/token')).toEqual(['secret']);
  expect(await protectionOf('cat me/notes.txt')).toEqual(['none']);
});

test('reading a whole folder finds the protected file in it', async () => {
  const hidden = (facts: Awaited<ReturnType<typeof look>>) => facts.parts.flatMap((part) => part.touches).map((touch) => touch.hides);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/deep/.env': 'x', '/p/sub/a': '' }))).toEqual(['/p/sub/deep/.env']);
  expect(hidden(await look('grep -rn KEY sub', { '/p/sub/a': '', '/p/.env': '' }))).toEqual([undefined]);
});

test('a pattern counts as exactly the files that it matches, and its folder is listed', async () => {
  const touched = async (command: string, files: readonly string[]) =>
    (await look(command, Object.fromEntries(files.map((name) => [`/p/${name}`, ''])))).parts
      .flatMap((part) => part.touches)
      .map(({ kind, facts }) => `${kind} ${facts.path}${facts.protection === 'none' ? '' : ` ${facts.protection}`}`);
  expect(await touched('cat *.md', ['.env', 'a.md', 'deep/x.key'])).toEqual(['read /p/a.md', 'list /p']);
  expect(await touched('cat *', ['.env', 'a.md'])).toEqual(['read /p/a.md', 'list /p']);
  expect(await touched('cat ?.key', ['\u{1f600}.key'])).toEqual(['read /p/\u{1f600}.key secret', 'list /p']);
  expect(await touched('cat d*/*.key', ['deep/x.key', 'other/y.key'])).toEqual(['read /p/deep/x.key secret', 'list /p', 'list /p/deep']);
  expect(await touched('cat d*/[x].key', ['deep/x.key'])).toEqual(['read /p/deep/x.key secret', 'list /p', 'list /p/deep']);
  expect(await touched('cat *.none', ['a.md'])).toEqual(['read /p/*.none', 'list /p']);
  expect(await look('cat .*', { '/p/a.md': '' })).toMatchObject({ readsOnly: false, why: 'the pattern may match the folder above' });
});

test('no command only reads on Windows, where another shell parses the text', async () => {
  for (const command of ['cat a.txt & rem', 'whoami', 'ls', 'true']) {
    expect(await look(command, { '/p/a.txt': '' }, { platform: 'win32' })).toMatchObject({ readsOnly: false, isOpaque: true });
  }
});

test('links among the files of a folder count as their targets', async () => {
  const touched = async (command: string, links: Readonly<Record<string, string>>) =>
    (await look(command, { '/p/deep/x.key': '', '/p/sub/a.md': '', '/etc/passwd': '' }, { links })).parts
      .flatMap((part) => part.touches)
      .map(({ facts, hides }) => hides ?? facts.path);
  expect(await touched('cat l*/*.key', { '/p/link': '/p/deep' })).toContain('/p/deep/x.key');
  expect(await touched('grep -R x sub', { '/p/sub/link': '/etc/passwd' })).toEqual(['/p/sub/link']);
  expect(await touched('cat sub/*', { '/p/sub/link': '/etc/passwd' })).toContain('/etc/passwd');
});

test('a folder of more than 3000 names is not searched when it is read whole', async () => {
  const files = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`/p/sub/${at}.txt`, '']));
  const hides = async (count: number) => (await look('grep -rn x sub', files(count))).parts[0]?.touches[0]?.hides;
  expect(await hides(3000)).toBeUndefined();
  expect(await hides(3001)).toBe('something in this large folder');
});

test('a command that names more than 500 files does not count as only reading', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `f${at}`).join(' ');
  expect(await look(`cat ${names(500)}`, {})).toMatchObject({ readsOnly: true });
  expect(await look(`cat ${names(501)}`, {})).toMatchObject({ readsOnly: false });
});
