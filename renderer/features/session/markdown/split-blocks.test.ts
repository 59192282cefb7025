import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitBlocks } from './split-blocks.ts';

test('paragraphs are blocks', () => {
  expect(splitBlocks('one\nstill one\n\ntwo\n\n\nthree\n')).toEqual(['one\nstill one', 'two', 'three']);
});

test('a fence is one block with its blank lines, even while it is open', () => {
  expect(splitBlocks('a\n\n```ts\nx\n\ny\n```\n\nb')).toEqual(['a', '```ts\nx\n\ny\n```', 'b']);
  expect(splitBlocks('```\nx\n\ny')).toEqual(['```\nx\n\ny']);
});

test('a fence is closed only by one of the same kind and length', () => {
  expect(splitBlocks('````\n```\n\nx\n````\n\nb')).toEqual(['````\n```\n\nx\n````', 'b']);
  expect(splitBlocks('~~~\n```\n\nx\n~~~\n\nb')).toEqual(['~~~\n```\n\nx\n~~~', 'b']);
});

test('a list with blank lines between its items and inside them is one block', () => {
  expect(splitBlocks('1. one\n\n2. two\n\n   more of two\n\nafter')).toEqual(['1. one\n\n2. two\n\n   more of two', 'after']);
});

test('a fence inside a list item stays in it', () => {
  expect(splitBlocks('- a\n\n  ```\n  x\n\n  y\n  ```\n\n- b')).toHaveLength(1);
});

test('no line is lost, and complete blocks do not change when text is added', () => {
  const line = fc.constantFrom('text', '', '- item', '  indented', '```', '# head', '1. one', '> quote', '~~~');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(line, { maxLength: 10 }), (before, more) => {
      const blocks = splitBlocks(before.join('\n'));
      expect(blocks.join('\n').split('\n').filter(Boolean)).toEqual(before.filter(Boolean));
      const grown = splitBlocks([...before, ...more].join('\n'));
      expect(grown.slice(0, Math.max(0, blocks.length - 1))).toEqual(blocks.slice(0, -1));
    }),
  );
});
