import { expect, test } from 'vitest';
import { replaceToken, tokenAt } from './composer-token.ts';

/** The bar marks the caret. */
const at = (marked: string) => tokenAt(marked.replace('|', ''), marked.indexOf('|'));

test('a mark at the beginning of a word offers files that match the text before the caret', () => {
  expect(at('see @src/a|b now')).toEqual({ kind: 'file', query: 'src/a', start: 4, end: 11 });
  expect(at('@|')).toEqual({ kind: 'file', query: '', start: 0, end: 1 });
  expect(at('(@x|)')?.query).toBe('x');
});

test('spaces after a backslash belong to the path', () => {
  expect(at('@My\\ No|')?.query).toBe('My No');
  expect(at('@My No|')).toBeUndefined();
  expect(at('@My|\\ No now')).toMatchObject({ query: 'My', end: 7 });
});

test('an e-mail address, a plain word and a caret after the word offer nothing', () => {
  expect([at('ada@ex|'), at('word|'), at('@a.ts |')]).toEqual([undefined, undefined, undefined]);
});

test('a slash offers commands only as the first character, and only in the first word', () => {
  expect(at('/he|lp me')).toEqual({ kind: 'command', query: 'he', start: 0, end: 5 });
  expect([at('/help m|'), at(' /he|'), at('a /he|'), at('|/help')]).toEqual([undefined, undefined, undefined, undefined]);
});

test('a chosen file is escaped and followed by a space, a chosen folder stays open', () => {
  const text = 'see @no now';
  const token = tokenAt(text, 7);
  if (token === undefined) throw new Error('no token');
  expect(replaceToken(text, token, 'my notes/(a).md')).toEqual({ text: 'see @my\\ notes/\\(a\\).md now', caret: 24 });
  expect(replaceToken(text, token, 'notes/')).toEqual({ text: 'see @notes/ now', caret: 11 });
});

test('a chosen command replaces the whole first word', () => {
  const token = tokenAt('/mo x', 3);
  if (token === undefined) throw new Error('no token');
  expect(replaceToken('/mo x', token, 'model')).toEqual({ text: '/model x', caret: 7 });
});
