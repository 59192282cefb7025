import { expect, test } from 'vitest';
import { toPromptContent } from './prompt-content.ts';

const ROOT = '/home/ada/project';
const link = (uri: string, name = 'n') => ({ type: 'resource_link' as const, uri, name });
const say = (text: string) => ({ type: 'text' as const, text });
const PNG = 'iVBORw0KGgo=';

test.each([
  ['text', [say('one'), say('two')], 'one\ntwo'],
  ['a file of the folder', [say('See'), link('file:///home/ada/project/src/a.ts'), say('please')], 'See @src/a.ts please'],
  ['a file with special characters', [link('file:///home/ada/project/my%20file%20(1).txt')], '@my\\ file\\ \\(1\\).txt'],
  ['a place in a file', [link('file:///home/ada/project/a.ts#L3-9')], '@a.ts'],
  ['a file outside', [link('file:///etc/hosts')], '@/etc/hosts'],
  ['a path', [link('/home/ada/project/a.ts')], '@a.ts'],
  ['the folder itself', [link('file:///home/ada/project')], '@\\.'],
  ['a page', [link('https://example.com/x', 'Page')], '[Page](https://example.com/x)'],
  ["another machine's file", [link('file://server/share/x', 'x')], '[x](file://server/share/x)'],
])('%s', (_name, blocks, text) => {
  expect(toPromptContent(blocks, ROOT)).toEqual({ text, attachments: [] });
});

test('an embedded text follows the prompt, and an image is attached', () => {
  const blocks = [
    say('Explain'),
    { type: 'resource' as const, resource: { uri: 'file:///home/ada/project/a.ts', text: 'let a;', mimeType: 'text/plain' } },
    { type: 'image' as const, mimeType: 'image/png', data: PNG },
    { type: 'resource' as const, resource: { uri: 'file:///x/pic.png', blob: PNG, mimeType: 'image/png' } },
  ];
  expect(toPromptContent(blocks, ROOT)).toEqual({
    text: 'Explain file:///home/ada/project/a.ts\n\n<context ref="file:///home/ada/project/a.ts">\nlet a;\n</context>',
    attachments: [
      { name: 'image-3', mimeType: 'image/png', data: PNG },
      { name: 'pic.png', mimeType: 'image/png', data: PNG },
    ],
  });
});

test.each([
  ['sound', [{ type: 'audio' as const, mimeType: 'audio/wav', data: PNG }], /prompt\[0\].*no sound/],
  ['an image of another kind', [say('x'), { type: 'image' as const, mimeType: 'image/tiff', data: PNG }], /prompt\[1\].*image\/tiff/],
  ['nothing', [], /empty/],
  ['white space', [say(' \n')], /empty/],
  ['a text of a million characters and more', [say('x'.repeat(1_000_001))], /longer than 1000000/],
  ['eleven images', Array.from({ length: 11 }, () => ({ type: 'image' as const, mimeType: 'image/png', data: PNG })), /at most 10/],
])('%s is refused', (_name, blocks, message) => {
  expect(() => toPromptContent(blocks, ROOT)).toThrow(message);
});
