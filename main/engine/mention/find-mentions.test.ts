import { expect, test } from 'vitest';
import { findMentions } from './find-mentions.ts';

const paths = (text: string) => findMentions(text).map(({ path }) => path);

test('a path ends where the sentence continues', () => {
  expect(paths('See @src/a.ts, @docs/ and (@b.md). Is it @c.txt?')).toEqual(['src/a.ts', 'docs/', 'b.md', 'c.txt']);
  expect(paths('Look at @README.')).toEqual(['README']);
  expect(paths('@a.ts: what is it?\n@b.ts')).toEqual(['a.ts', 'b.ts']);
});

test('a backslash keeps spaces and brackets in the path', () => {
  expect(paths('read @My\\ Notes/to\\ do\\ \\(old\\).md now')).toEqual(['My Notes/to do (old).md']);
  expect(paths('@odd\\.')).toEqual(['odd.']);
  expect(paths('@odd\\.md.')).toEqual(['odd.md']); // only the last dot is the sentence's
  expect(paths('@a\\\\b')).toEqual(['a\\b']);
});

test('folders above, the folder itself and Windows paths stay whole', () => {
  expect(paths('@. @.. @../x @src\\a.ts @.github/ci.yml')).toEqual(['.', '..', '../x', 'src\\a.ts', '.github/ci.yml']);
});

test('an email address or a lone mark names no file, and the same path counts once', () => {
  expect(paths('ada@example.com @ @@ @a.ts @a.ts')).toEqual(['@', 'a.ts']);
});
