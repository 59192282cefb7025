import { expect, test } from 'vitest';
import { pickAttachments } from './pick-attachments.ts';

const MB = 1024 * 1024;
const file = (name: string, type = 'image/png', size = 10) => ({ name, type, size });

test('images and PDF documents are accepted, other files are refused by name', () => {
  const { taken, refused } = pickAttachments([file('a.png'), file('b.pdf', 'application/pdf'), file('c.zip', 'application/zip')], []);
  expect(taken.map(({ file: { name }, mimeType }) => [name, mimeType])).toEqual([
    ['a.png', 'image/png'],
    ['b.pdf', 'application/pdf'],
  ]);
  expect(refused).toEqual([expect.stringContaining('c.zip is not an image')]);
});

test('attachments that are already there count; a smaller file after one that is too large is still accepted', () => {
  const { taken, refused } = pickAttachments([file('big.png', 'image/png', 3 * MB), file('small.png')], [{ sizeBytes: 2.5 * MB }]);
  expect(taken.map((one) => one.file.name)).toEqual(['small.png']);
  expect(refused[0]).toBe(
    'big.png (3.0 MB) is too large: the attachments of a message can have 5.0 MB in total. Put the file in the folder and mention it with @.',
  );
});

test('the limit is ten, with one message', () => {
  const many = Array.from({ length: 14 }, (_, at) => file(`${at}.png`));
  const { taken, refused } = pickAttachments(many, []);
  expect([taken.length, refused]).toEqual([10, ['A message can have 10 attachments. The others were not added.']]);
});
