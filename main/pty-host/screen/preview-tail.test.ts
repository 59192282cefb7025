import { expect, test } from 'vitest';
import { PREVIEW_BYTES, previewTail } from './preview-tail.ts';

const tail = (text: string, rows: number) => previewTail(Buffer.from(text), rows).toString();
const lines = (count: number) => Array.from({ length: count }, (_unused, at) => `line ${at}\n`).join('');

test('a preview of many short lines is two screens of whole lines', () => {
  expect(tail(lines(1000), 3)).toBe('line 994\nline 995\nline 996\nline 997\nline 998\nline 999\n');
  expect(tail(`${lines(1000)}begun`, 1)).toBe('line 998\nline 999\nbegun');
});

test('a preview of long lines holds as many as fit, from the beginning of a line', () => {
  const long = `${'x'.repeat(999)}\n`;
  expect(tail(long.repeat(100), 30)).toBe(long.repeat(24));
});

test('a preview of output without lines uses the whole budget', () => {
  expect(tail('x'.repeat(100_000), 30)).toBe('x'.repeat(PREVIEW_BYTES));
  expect(tail(`\n${'x'.repeat(100_000)}`, 30)).toBe('x'.repeat(PREVIEW_BYTES));
  expect(tail(`${'x'.repeat(100_000)}\nend`, 30)).toBe('end');
});

test.each(['', 'x', '\n', 'a\nb'])('a short output is kept whole: %j', (text) => {
  expect(tail(text, 30)).toBe(text);
});
