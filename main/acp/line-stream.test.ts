import { expect, test } from 'vitest';
import { createLineStream, splitLines } from './line-stream.ts';

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test.each([
  ['in one piece', ['ab\ncd\n'], ['ab', 'cd']],
  ['across pieces', ['a', 'b\nc', 'd', '\n'], ['ab', 'cd']],
  ['without an end', ['ab\ncd'], ['ab', 'cd']],
  ['with empty ones', ['\n\nab\n'], ['', '', 'ab']],
  ['too long, in one piece', ['123456789\nab\n'], [undefined, 'ab']],
  ['too long, in many pieces', ['1234', '5678', '9', '0\nab\n'], [undefined, 'ab']],
  ['too long, without an end', ['ab\n', '12345', '6789'], ['ab', undefined]],
  ['with a character across pieces', ['é'], ['é']],
])('lines %s', async (_name, given, expected) => {
  expect(await collect(splitLines(chunksOf(...given), 8))).toEqual(expected);
});

test('a character may arrive in two pieces', async () => {
  const bytes = Buffer.from('é\n');
  async function* halves() {
    yield bytes.subarray(0, 1);
    yield bytes.subarray(1);
  }
  expect(await collect(splitLines(halves(), 8))).toEqual(['é']);
});

test('a line that is no message is answered and does not end the stream', async () => {
  const sent: { error: { code: number } }[] = [];
  const message = { jsonrpc: '2.0', method: 'x' };
  const lines = ['not json', '[1]', '12', 'null', '"text"', JSON.stringify(message)];
  const { readable } = createLineStream(chunksOf(`${lines.join('\n')}\n`), async (text) => void sent.push(JSON.parse(text)));
  expect(await collect(readable as AsyncIterable<unknown> & typeof readable)).toEqual([message]);
  expect(sent.map(({ error }) => error.code)).toEqual([-32700, -32600, -32600, -32600, -32600]);
});
