import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffDisplay } from '../engine/tool/file/file-diff.ts';
import { diffTexts } from './diff-texts.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
  .chain((lines) => fc.constantFrom('', '\n').map((end) => (lines.length === 0 ? '' : lines.join('\n') + end)));

test('from either side, the other one is found', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const { patch } = await diffDisplay({ path: 'f', before, after });
      expect(diffTexts(patch, before, 'before')).toEqual({ oldText: before, newText: after });
      expect(diffTexts(patch, after, 'after')).toEqual({ oldText: before, newText: after });
    }),
  );
});

test('a file that has changed since, or that cannot be read, is shown by its changed parts', async () => {
  const { patch } = await diffDisplay({ path: 'f', before: 'one\ntwo\n', after: 'one\n2\n' });
  const parts = { oldText: 'one\ntwo\n', newText: 'one\n2\n' };
  expect(diffTexts(patch, 'something else\n', 'before')).toEqual(parts);
  expect(diffTexts(patch, undefined, 'after')).toEqual(parts);
});

test('a new file, and one with CRLF', async () => {
  const created = await diffDisplay({ path: 'f', before: undefined, after: 'x\n' });
  expect(diffTexts(created.patch, '', 'before')).toEqual({ oldText: '', newText: 'x\n' });
  const crlf = await diffDisplay({ path: 'f', before: 'a\r\nb\r\n', after: 'a\r\nc\r\n' });
  expect(diffTexts(crlf.patch, 'a\r\nb\r\n', 'before')).toEqual({ oldText: 'a\nb\n', newText: 'a\nc\n' });
});
