import fs, { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createFileSink } from './file-sink.ts';

let folder: string;
const MANY = { capBytes: 1024 ** 3, queueBytes: 64 * 1024 * 1024 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('BT-2: bytes that arrive while the file is being opened are written first and in order', async () => {
  const path = join(folder, 'deep', 'er', 'out.raw');
  const sink = createFileSink({ path, ...MANY });
  for (let i = 0; i < 100; i++) sink.push(Buffer.from(`early ${i}\n`));
  await sink.flushed();
  for (let i = 100; i < 2000; i++) sink.push(Buffer.from(`early ${i}\n`));
  await sink.close();
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 2000 }, (_, i) => `early ${i}\n`).join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(sink).toMatchObject({ droppedBytes: 0, isCurrent: true, trouble: undefined });
});

test('BT-7: when the folder cannot be created, the sink drops everything, settles and reports why', async () => {
  writeFileSync(join(folder, 'file'), '');
  const sink = createFileSink({ path: join(folder, 'file', 'out.raw'), ...MANY });
  sink.push(Buffer.from('lost'));
  await sink.close();
  expect(sink).toMatchObject({ droppedBytes: 4, isCurrent: false });
  expect(sink.trouble).toContain('its folder does not exist and could not be created');
});

test('BT-7: a folder below /proc does not loop for ever', async () => {
  const sink = createFileSink({ path: '/proc/nothing/here/out.raw', ...MANY });
  await sink.close();
  expect(sink.trouble).toContain('ENOENT');
});

test('BT-7: a full disk drops the rest, keeps memory bounded and settles', async () => {
  const sink = createFileSink({ path: '/dev/full', ...MANY });
  for (let i = 0; i < 50; i++) sink.push(Buffer.alloc(65_536));
  await sink.flushed();
  sink.push(Buffer.alloc(1000));
  expect(sink.queuedBytes).toBe(0);
  await sink.close();
  expect(sink.droppedBytes).toBe(50 * 65_536 + 1000);
  expect(sink.trouble).toContain('no space left on the disk (ENOSPC)');
});

test('BT-7: a folder in place of the file is reported, too', async () => {
  mkdirSync(join(folder, 'out.raw'));
  const sink = createFileSink({ path: join(folder, 'out.raw'), ...MANY });
  await sink.close();
  expect(sink.trouble).toContain('EISDIR');
});

test('a link is not followed', async () => {
  const { symlinkSync } = await import('node:fs');
  writeFileSync(join(folder, 'target'), 'safe');
  symlinkSync(join(folder, 'target'), join(folder, 'out.raw'));
  const sink = createFileSink({ path: join(folder, 'out.raw'), ...MANY });
  sink.push(Buffer.from('overwritten'));
  await sink.close();
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('safe');
  expect(sink.trouble).toContain('ELOOP');
});

test('bytes beyond the cap are counted and marked', async () => {
  const path = join(folder, 'out.raw');
  const sink = createFileSink({ path, capBytes: 10_240, queueBytes: 1_000_000 });
  sink.push(Buffer.alloc(10_000, 'a'));
  sink.push(Buffer.alloc(1000, 'b'));
  sink.push(Buffer.alloc(5, 'c'));
  await sink.close();
  expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(10_000)}${'b'.repeat(240)}\r\n[gantry: output beyond 10 KiB is not kept]\r\n`);
  expect(sink).toMatchObject({ droppedBytes: 765, isCurrent: false });
});

test('bytes that a slow disk cannot take are counted, and the gap is marked in its place', async () => {
  const path = join(folder, 'out.raw');
  const sink = createFileSink({ path, capBytes: 1024 ** 3, queueBytes: 1000 });
  sink.push(Buffer.alloc(900, 'a'));
  sink.push(Buffer.alloc(200, 'b'));
  expect(sink).toMatchObject({ droppedBytes: 200, isCurrent: false });
  await sink.flushed();
  sink.push(Buffer.from('after'));
  expect(sink.isCurrent).toBe(true);
  await sink.close();
  expect(readFileSync(path, 'utf8')).toBe(
    `${'a'.repeat(900)}\r\n[gantry: 200 bytes of output are missing here: the disk was too slow]\r\nafter`,
  );
  expect(sink.acceptedBytes).toBe(statSync(path).size);
});

test('a gap at the very end is marked when the file is closed', async () => {
  const path = join(folder, 'out.raw');
  const sink = createFileSink({ path, capBytes: 1024 ** 3, queueBytes: 1000 });
  sink.push(Buffer.alloc(900, 'a'));
  sink.push(Buffer.alloc(200, 'b'));
  await sink.close();
  expect(readFileSync(path, 'utf8')).toBe(
    `${'a'.repeat(900)}\r\n[gantry: 200 bytes of output are missing here: the disk was too slow]\r\n`,
  );
});

test('BT-2: a partial write is continued to its end', async () => {
  const { writev } = fs;
  const shortWrites = vi.spyOn(fs, 'writev').mockImplementation(((fd: number, buffers: Uint8Array[], position: null, done: never) => {
    const [first = Buffer.alloc(0)] = buffers;
    writev(fd, [first.subarray(0, Math.ceil(first.length / 2))], position, done);
  }) as typeof writev); // its overloads
  syncBuiltinESMExports();
  onTestFinished(() => {
    shortWrites.mockRestore();
    syncBuiltinESMExports();
  });
  const path = join(folder, 'out.raw');
  const sink = createFileSink({ path, ...MANY });
  for (let i = 0; i < 20; i++) sink.push(Buffer.from(`line ${i}\n`));
  await sink.close();
  expect(shortWrites.mock.calls.length).toBeGreaterThan(20);
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join(''));
  expect(sink).toMatchObject({ droppedBytes: 0, queuedBytes: 0, acceptedBytes: statSync(path).size });
});

test('BT-20: closing leaves no descriptor behind', async () => {
  const lowestFree = () => {
    const fd = openSync('/dev/null', 'r');
    closeSync(fd);
    return fd;
  };
  const before = lowestFree();
  const sinks = Array.from({ length: 20 }, (_, i) => createFileSink({ path: join(folder, `${i}`), ...MANY }));
  for (const sink of sinks) sink.push(Buffer.from('x'));
  await Promise.all(sinks.map((sink) => sink.close()));
  expect(lowestFree()).toBe(before);
});
