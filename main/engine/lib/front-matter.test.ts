import { expect, test } from 'vitest';
import { parseFrontMatter } from './front-matter.ts';

test('fields are between two lines of dashes, the rest is the body', async () => {
  expect(await parseFrontMatter('---\nname: a\ntools:\n  - x\n---\n\nDo it.\n')).toEqual({
    ok: true,
    fields: { name: 'a', tools: ['x'] },
    body: 'Do it.',
  });
});

test('a byte order mark and Windows line ends change nothing', async () => {
  expect(await parseFrontMatter('\uFEFF---\r\nname: a\r\n---\r\nDo\r\nit.')).toEqual({ ok: true, fields: { name: 'a' }, body: 'Do\nit.' });
});

test('a text without front matter is all body, also with a rule in its middle', async () => {
  expect(await parseFrontMatter('Do it.\n---\nnow')).toEqual({ ok: true, fields: {}, body: 'Do it.\n---\nnow' });
  expect(await parseFrontMatter('---\n---\nDo it.')).toEqual({ ok: true, fields: {}, body: 'Do it.' });
});

test('an error is reported with its line in the file', async () => {
  expect(await parseFrontMatter('---\nname: a\nbroken: [1\n---\nx')).toMatchObject({ ok: false, line: 4 });
  expect(await parseFrontMatter('---\nname: a\n')).toMatchObject({ ok: false, line: 1 });
  expect(await parseFrontMatter('---\n- a\n---\nx')).toMatchObject({ ok: false, line: 2 });
});

test('endlessly growing aliases are refused', async () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n += 1) lines.push(`a${n}: &a${n} [${Array.from({ length: 8 }, () => `*a${n - 1}`).join(', ')}]`);
  expect(await parseFrontMatter(`---\n${lines.join('\n')}\n---\nx`)).toMatchObject({ ok: false });
});
