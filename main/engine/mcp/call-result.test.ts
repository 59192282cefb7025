import { expect, test } from 'vitest';
import { callResultText, resourceText } from './call-result.ts';

const save = async (name: string) => `/out/${name}`;
const PNG = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const image = (bytes: Uint8Array, mimeType = 'image/png') => ({ type: 'image', data: base64(bytes), mimeType });

test('an image and a document are sent to the model unchanged, and saved as a file', async () => {
  const pdf = Buffer.from('%PDF-1.7 x');
  const blob = { type: 'resource', resource: { uri: 'demo://x', blob: base64(pdf), mimeType: 'application/pdf' } };
  const { text, media } = await callResultText({ content: [image(PNG), { type: 'text', text: 'seen' }, blob] }, save);
  expect(media.map(({ mimeType, data }) => [mimeType, data])).toEqual([
    ['image/png', base64(PNG)],
    ['application/pdf', base64(pdf)],
  ]);
  expect(text).toMatch(/^\[image: image\/png, 12 bytes, saved as \/out\/mcp_\w+\.png; it follows\]\nseen\n\[resource demo:\/\/x: /);
});

test('content with a false image type is only saved as a file, and so is content that is too large or too much', async () => {
  const lie = await callResultText({ content: [image(Buffer.from('<script>'), 'image/png')] }, save);
  expect([lie.media, lie.text]).toEqual([[], expect.stringContaining('read_file shows it')]);
  const huge = await callResultText({ content: [image(Buffer.concat([PNG, new Uint8Array(6 * 1024 * 1024)]))] }, save);
  expect(huge.media).toEqual([]);
  const many = await callResultText({ content: Array.from({ length: 20 }, () => image(PNG)) }, save);
  expect(many.media).toHaveLength(8);
});

test('a link names its target and how to read it; a resource without text is shown at the path where it was saved', async () => {
  const link = { type: 'resource_link', uri: 'demo://a', name: 'A', description: 'the first' };
  expect(await callResultText({ content: [link] }, save)).toEqual({
    text: '[resource demo://a (A: the first); read_mcp_resource reads it]',
    isError: false,
    media: [],
  });
  const contents = [{ uri: 'demo://b', blob: base64(PNG), mimeType: 'image/png' }];
  expect(await resourceText({ contents }, save)).toContain('read_file shows it');
});
