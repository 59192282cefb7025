import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createReadAhead, readUnread, UNREAD_LIMIT_BYTES } from './read-ahead.ts';

/** A pipe that does not block, with both ends here. */
function openPipe(): { readonly input: number; readonly output: number } {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-ahead-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const output = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const input = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(output);
    rmSync(folder, { recursive: true });
  });
  return { input, output };
}

const numbered = (length: number, from = 0) => Uint8Array.from({ length }, (_, at) => (from + at) % 251);

test.skipIf(process.platform === 'win32')('what followed a full read comes with it, in order', () => {
  const { input, output } = openPipe();
  writeSync(input, numbered(20_000, 4096));
  expect(createReadAhead(output)(numbered(4096))).toEqual(numbered(24_096));
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('a block is never larger than 64 KiB, and the rest comes with the next', () => {
  const { input, output } = openPipe();
  const withMore = createReadAhead(output);
  writeSync(input, numbered(65_536, 4096));
  const first = withMore(numbered(4096));
  expect(first).toHaveLength(65_536);
  const second = withMore(numbered(4096));
  expect(second).toHaveLength(8192);
  expect([...first]).toEqual([...numbered(65_536)]); // not written over by what came later
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('a short read is handed on as it is, and what follows is left to the next event', () => {
  const { input, output } = openPipe();
  writeSync(input, numbered(100));
  const echo = numbered(3);
  expect(createReadAhead(output)(echo)).toBe(echo);
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('an end and a closed descriptor take nothing away', () => {
  const { input, output } = openPipe();
  closeSync(input);
  const full = numbered(4096);
  expect(createReadAhead(output)(full)).toBe(full);
  expect(createReadAhead(-1)(full)).toBe(full);
});

test.skipIf(process.platform === 'win32')('what is unread is taken to its end, of an endless stream only a part', () => {
  const { input, output } = openPipe();
  writeSync(input, numbered(50_000));
  const taken: Uint8Array[] = [];
  readUnread(output, (bytes) => void taken.push(bytes));
  expect(new Uint8Array(Buffer.concat(taken))).toEqual(numbered(50_000));
  closeSync(input);
  const zeros = openSync('/dev/zero', constants.O_RDONLY);
  let length = 0;
  readUnread(zeros, (bytes) => {
    length += bytes.length;
    if (length > 2 * UNREAD_LIMIT_BYTES) throw new Error('there is no end to it');
  });
  expect(length).toBe(UNREAD_LIMIT_BYTES);
  closeSync(zeros);
});
