import { expect, test } from 'vitest';
import { pathEntry, rankPaths } from './rank-paths.ts';

const rank = (paths: readonly string[], query: string, limit = 10) => rankPaths(paths.map(pathEntry), query, limit);

test('a match of the whole name ranks before its beginning, then its middle, then the folders above', () => {
  const paths = ['user/list.ts', 'src/superuser.ts', 'src/user-store.ts', 'lib/user', 'src/ur/sd/e/r.ts', 'src/other.ts'];
  expect(rank(paths, 'user')).toEqual(['lib/user', 'src/user-store.ts', 'src/superuser.ts', 'user/list.ts', 'src/ur/sd/e/r.ts']);
});

test('of two names with the same beginning the shorter one comes first, however deep it is', () => {
  expect(rank(['docs/delivery.md', 'src/webhooks/deliver.ts'], 'del')).toEqual(['src/webhooks/deliver.ts', 'docs/delivery.md']);
});

test('letters in their order are enough, close ones first, and case does not matter', () => {
  expect(rank(['src/SessionScreen.tsx', 'src/sets/screw-table.tsx', 'README.md'], 'sescr')).toEqual([
    'src/SessionScreen.tsx',
    'src/sets/screw-table.tsx',
  ]);
  expect(rank(['a/b.ts'], 'zz')).toEqual([]);
});

test('a folder is found by its name, with or without the slash', () => {
  expect(rank(['docs/', 'docs/a.md'], 'docs')).toEqual(['docs/', 'docs/a.md']);
  expect(rank(['docs/', 'docs/a.md'], 'docs/')).toEqual(['docs/', 'docs/a.md']);
});

test('typed spaces are ignored, and both slashes are equal', () => {
  expect(rank(['my notes/to do.md', 'src/a b.ts'], 'to do')).toEqual(['my notes/to do.md']);
  expect(rank(['src/web/a.ts'], 'web\\a')).toEqual(['src/web/a.ts']);
});

test('an empty query lists the top level: folders, files, hidden ones last', () => {
  expect(rank(['.github/', 'README.md', 'src/', 'src/a.ts', '.env'], '')).toEqual(['src/', 'README.md', '.github/', '.env']);
});

test('at most the requested number is returned, best first', () => {
  const many = Array.from({ length: 300 }, (_, at) => `src/deep/er/file-${at}.ts`);
  expect(rank([...many, 'file'], 'file', 2)).toEqual(['file', 'src/deep/er/file-0.ts']);
});

test('a folder with that name comes before a deeper file with that name', () => {
  expect(rank(['some/deep/docs', 'docs/'], 'docs')).toEqual(['docs/', 'some/deep/docs']);
});

test('letters close to each other win, wherever they begin', () => {
  expect(rank(['ab----c', 'xxxxxxa-c'], 'ac')).toEqual(['xxxxxxa-c', 'ab----c']);
});

test('a path that contains the query at the beginning of a folder comes before one that contains it in the middle', () => {
  expect(rank(['mylib/x.ts', 'src/lib/x.ts'], 'lib/x')).toEqual(['src/lib/x.ts', 'mylib/x.ts']);
});
