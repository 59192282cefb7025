import { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';
import { writeInSlices } from './write-in-slices.ts';
import { bufferText } from './xterm-text.ts';

test.each([
  [0, 1],
  [1, 1],
  [8192, 1],
  [8193, 2],
  [100_000, 13],
])('%d bytes become %d writes, complete and in order, with one `parsed` call after the last', (length, writes) => {
  const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
  const written: Uint8Array[] = [];
  const called: number[] = [];
  const terminal = {
    write(slice: Uint8Array, parsed?: () => void) {
      written.push(slice);
      parsed?.();
    },
  };
  writeInSlices(terminal, bytes, () => called.push(written.length));
  expect(called).toEqual([writes]);
  expect(new Uint8Array(written.flatMap((slice) => [...slice]))).toEqual(bytes);
});

test('a character split by a slice is intact, and wrapped lines are copied as one', async () => {
  const terminal = new Terminal({ cols: 10, rows: 4, scrollback: 2000, allowProposedApi: true });
  const text = `${'x'.repeat(8191)}\u{1F600}\r\nend`;
  await new Promise<void>((parsed) => writeInSlices(terminal, new TextEncoder().encode(text), parsed));
  expect(bufferText(terminal)).toBe(`${'x'.repeat(8191)}\u{1F600}\nend`);
  expect(bufferText(terminal, 1)).toBe('end');
  terminal.dispose();
});
