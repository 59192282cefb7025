import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createReadAhead, readUnread, UNREAD_LIMIT_BYTES } from './read-ahead.ts';

/** A non-blocking pipe; the test holds both ends. */
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

test.skipIf(process.platform === 'win32')('bytes after a full read are returned with it, in order', () => {
  const { input, output } = openPipe();
  writeSync(input, numbered(20_000, 4096));
  expect(createReadAhead(output)(numbered(4096))).toEqual(numbered(24_096));
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('a block is never larger than 64 KiB, and the next block holds the rest', () => {
  const { input, output } = openPipe();
  const withMore = createReadAhead(output);
  writeSync(input, numbered(65_536, 4096));
  const first = withMore(numbered(4096));
  expect(first).toHaveLength(65_536);
  const second = withMore(numbered(4096));
  expect(second).toHaveLength(8192);
  expect([...first]).toEqual([...numbered(65_536)]); // later reads do not overwrite it
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('a short read is returned as it is, and later bytes wait for the next event', () => {
  const { input, output } = openPipe();
  writeSync(input, numbered(100));
  const echo = numbered(3);
  expect(createReadAhead(output)(echo)).toBe(echo);
  closeSync(input);
});

test.skipIf(process.platform === 'win32')('an end of file and a closed descriptor lose no bytes', () => {
  const { input, output } = openPipe();
  closeSync(input);
  const full = numbered(4096);
  expect(createReadAhead(output)(full)).toBe(full);
  expect(createReadAhead(-1)(full)).toBe(full);
});

test.skipIf(process.platform === 'win32')('unread bytes are read to the end, but only a part of an endless stream', () => {
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
    if (length > 2 * UNREAD_LIMIT_BYTES) throw new Error('the read does not end');
  });
  expect(length).toBe(UNREAD_LIMIT_BYTES);
  closeSync(zeros);
});
