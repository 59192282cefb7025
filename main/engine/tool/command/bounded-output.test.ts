import { expect, test } from 'vitest';
import { makeText } from '../../../test/support/tool-workspace.ts';
import { outputForModel } from './bounded-output.ts';

test('short output is whole, wherever the digest has cut it', () => {
  expect(outputForModel(makeText('abc', { tail: 'def\n' }), '/out')).toBe('abcdef');
  expect(outputForModel(makeText('\n  \n'), '/out')).toBe('(no output)');
});

test('BT-26 long output keeps both ends, counts what is left out and names the file', () => {
  const text = outputForModel(makeText('h'.repeat(20_000), { tail: 't'.repeat(25_000), omittedChars: 100_000 }), '/out/file');
  const [head, middle, tail] = text.split('\n');
  expect(head).toBe('h'.repeat(10_000));
  expect(middle).toBe('[... 115,000 characters left out here. All of it is in /out/file. ...]');
  expect(tail).toBe('t'.repeat(20_000));
});

test('output that has no gap is cut as one text, and room one end does not need goes to the other', () => {
  const whole = `${'a'.repeat(15_000)}${'b'.repeat(30_000)}`;
  const [head, middle, tail] = outputForModel(makeText(whole.slice(0, 40_000), { tail: whole.slice(40_000) }), undefined).split('\n');
  expect([head?.length, middle, tail?.length]).toEqual([10_000, '[... 15,000 characters left out here. ...]', 20_000]);
  const uneven = outputForModel(makeText('h'.repeat(40_000), { tail: 'tail', omittedChars: 1 }), undefined).split('\n');
  expect([uneven[0]?.length, uneven[2]]).toEqual([29_996, 'tail']);
});

test('a cut does not split a character in two', () => {
  const text = outputForModel(makeText('😀'.repeat(100)), undefined, 31);
  expect(text).toBe(Buffer.from(text).toString());
  expect(text).toContain('left out');
});

test('BT-27 binary output is reported with its size', () => {
  expect(outputForModel(makeText('\0\x01', { isBinary: true, totalBytes: 123_456 }), '/out')).toBe(
    '[Binary output of 123,456 bytes, not shown. All of it is in /out.]',
  );
});

test('BT-7 bytes that could not be kept are counted', () => {
  expect(outputForModel(makeText('a\n', { droppedBytes: 1 }), '/out')).toBe('a\n[1 byte of output could not be kept.]');
});
