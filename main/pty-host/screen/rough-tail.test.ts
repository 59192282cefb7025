import { expect, test } from 'vitest';
import { ROUGH_BYTES, roughTail } from './rough-tail.ts';

const tail = (text: string, rows: number) => roughTail(Buffer.from(text), rows).toString();
const lines = (count: number) => Array.from({ length: count }, (_unused, at) => `line ${at}\n`).join('');

test('of many short lines two screens are looked at, whole ones', () => {
  expect(tail(lines(1000), 3)).toBe('line 994\nline 995\nline 996\nline 997\nline 998\nline 999\n');
  expect(tail(`${lines(1000)}begun`, 1)).toBe('line 998\nline 999\nbegun');
});

test('of long lines as many as are in a rough look, from the beginning of one', () => {
  const long = `${'x'.repeat(999)}\n`;
  expect(tail(long.repeat(100), 30)).toBe(long.repeat(24));
});

test('of what has no lines all that a rough look may have', () => {
  expect(tail('x'.repeat(100_000), 30)).toBe('x'.repeat(ROUGH_BYTES));
  expect(tail(`\n${'x'.repeat(100_000)}`, 30)).toBe('x'.repeat(ROUGH_BYTES));
  expect(tail(`${'x'.repeat(100_000)}\nend`, 30)).toBe('end');
});

test.each(['', 'x', '\n', 'a\nb'])('little is whole: %j', (text) => {
  expect(tail(text, 30)).toBe(text);
});
