import { expect, test } from 'vitest';
import { parsePatch } from './parse-patch.ts';

const PATCH = ['--- a/x', '+++ b/x', '@@ -1,3 +1,3 @@ fn', ' one', '-two', '+TWO', ' three', '@@ -9 +9,2 @@', ' nine', '+ten', ''].join(
  '\n',
);

test('rows carry the line numbers of both sides', () => {
  expect(parsePatch(PATCH).map(({ kind, text, oldLine, newLine }) => [kind, text, oldLine, newLine])).toEqual([
    ['hunk', 'fn', 1, 1],
    ['context', 'one', 1, 1],
    ['remove', 'two', 2, undefined],
    ['add', 'TWO', undefined, 2],
    ['context', 'three', 3, 3],
    ['hunk', '', 9, 9],
    ['context', 'nine', 9, 9],
    ['add', 'ten', undefined, 10],
  ]);
});

test('lines that look like headers inside a hunk are lines', () => {
  const patch = '@@ -1,2 +1,2 @@\n--- old comment\n+++ new comment\n @@ -1 +1 @@\n';
  expect(parsePatch(patch).map(({ kind, text }) => [kind, text])).toEqual([
    ['hunk', ''],
    ['remove', '-- old comment'],
    ['add', '++ new comment'],
    ['context', '@@ -1 +1 @@'],
  ]);
});

test('the note on a missing newline is not a line', () => {
  expect(parsePatch('@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file').map((row) => row.kind)).toEqual([
    'hunk',
    'remove',
    'add',
  ]);
});

test('text that is not a patch has no rows', () => {
  expect(parsePatch('hello\nworld')).toEqual([]);
});
