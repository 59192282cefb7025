import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError } from '../engine/errors.ts';
import { createNodeFs } from './node-fs.ts';

const fs = createNodeFs();
let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'gantry-node-fs-')));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (read: Uint8Array) => new TextDecoder().decode(read);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EngineError)) throw new Error(`expected an EngineError, got ${String(error)}`);
  return error.code;
}

test('a file is read whole or up to the limit', async () => {
  await writeFile(join(folder, 'a'), 'hello world');
  expect(text(await fs.readBytes(join(folder, 'a'), 1000))).toBe('hello world');
  expect(text(await fs.readBytes(join(folder, 'a'), 5))).toBe('hello');
});

test.runIf(process.platform === 'linux')('a file whose size reads as zero is read to its end', async () => {
  expect(text(await fs.readBytes('/proc/self/status', 1_000_000))).toContain('Name:');
});

test('reading anything but a file fails with a code', async () => {
  expect(await codeOf(fs.readBytes(join(folder, 'missing'), 10))).toBe('file_not_found');
  expect(await codeOf(fs.readBytes(folder, 10))).toBe('file_unreadable');
  await writeFile(join(folder, 'file'), '');
  expect(await codeOf(fs.readBytes(join(folder, 'file', 'below'), 10))).toBe('file_not_found');
});

test.runIf(process.platform === 'linux')('a device is refused instead of read forever', async () => {
  expect(await codeOf(fs.readBytes('/dev/zero', 10))).toBe('file_unreadable');
});

test('a write creates missing folders and leaves no temporary file', async () => {
  await fs.writeBytes(join(folder, 'x', 'y', 'new.txt'), bytes('one'));
  expect(await readFile(join(folder, 'x', 'y', 'new.txt'), 'utf8')).toBe('one');
  expect(await readdir(join(folder, 'x', 'y'))).toEqual(['new.txt']);
});

test('a write keeps the mode of the file it replaces', async () => {
  const path = join(folder, 'run.sh');
  await writeFile(path, 'old');
  await chmod(path, 0o751);
  await fs.writeBytes(path, bytes('new'));
  expect((await stat(path)).mode & 0o777).toBe(0o751);
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a write replaces the file instead of writing into it, so a reader never sees half of it', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'old');
  const before = (await stat(path)).ino;
  await fs.writeBytes(path, bytes('new'));
  expect((await stat(path)).ino).not.toBe(before);
});

test('a write through a symbolic link changes its target and keeps the link', async () => {
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real', 'a'), 'old');
  await symlink(join('real', 'a'), join(folder, 'link'));
  await symlink(join('real', 'b'), join(folder, 'dangling'));
  await fs.writeBytes(join(folder, 'link'), bytes('new'));
  await fs.writeBytes(join(folder, 'dangling'), bytes('made'));
  expect(await readlink(join(folder, 'link'))).toBe(join('real', 'a'));
  expect(await readFile(join(folder, 'real', 'a'), 'utf8')).toBe('new');
  expect((await lstat(join(folder, 'dangling'))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(folder, 'real', 'b'), 'utf8')).toBe('made');
});

test('a failed write is an error with a code and leaves nothing behind', async () => {
  expect(await codeOf(fs.writeBytes(folder, bytes('x')))).toBe('file_unwritable');
  await writeFile(join(folder, 'file'), 'content');
  expect(await codeOf(fs.writeBytes(join(folder, 'file', 'below'), bytes('x')))).toBe('file_unwritable');
  expect(await readdir(folder)).toEqual(['file']);
});

test.skipIf(process.getuid?.() === 0)('a file without write permission is not replaced', async () => {
  const path = join(folder, 'locked');
  await writeFile(path, 'old');
  await chmod(path, 0o444);
  expect(await codeOf(fs.writeBytes(path, bytes('new')))).toBe('file_unwritable');
  expect(await readFile(path, 'utf8')).toBe('old');
});

test('stat distinguishes files, folders and missing paths', async () => {
  await writeFile(join(folder, 'a'), '123');
  expect(await fs.stat(join(folder, 'a'))).toMatchObject({ sizeBytes: 3, isFile: true, isDirectory: false });
  expect(await fs.stat(folder)).toMatchObject({ isFile: false, isDirectory: true });
  expect(await fs.stat(join(folder, 'missing'))).toBeUndefined();
  expect(await fs.stat(join(folder, 'a', 'below'))).toBeUndefined();
});

test('a listing is sorted and reports the target type of a link', async () => {
  await mkdir(join(folder, 'b'));
  await writeFile(join(folder, 'a'), '');
  await symlink('b', join(folder, 'to-b'));
  await symlink('nowhere', join(folder, 'to-nothing'));
  expect(await fs.list(folder)).toEqual([
    { name: 'a', isDirectory: false, isFile: true, isSymlink: false },
    { name: 'b', isDirectory: true, isFile: false, isSymlink: false },
    { name: 'to-b', isDirectory: true, isFile: false, isSymlink: true },
    { name: 'to-nothing', isDirectory: false, isFile: false, isSymlink: true },
  ]);
  expect(await codeOf(fs.list(join(folder, 'missing')))).toBe('file_not_found');
});

test('the real path of a missing file is based on its nearest existing parent', async () => {
  await mkdir(join(folder, 'real'));
  await symlink('real', join(folder, 'link'));
  expect(await fs.realPath(join(folder, 'link', 'new', 'file.txt'))).toBe(join(folder, 'real', 'new', 'file.txt'));
  expect(await fs.realPath(join(folder, 'link'))).toBe(join(folder, 'real'));
});

test('the real path of a dangling link is where a write would land', async () => {
  await symlink(join('..', 'outside', 'file'), join(folder, 'dangling'));
  expect(await fs.realPath(join(folder, 'dangling'))).toBe(join(folder, '..', 'outside', 'file'));
  await symlink('loop-b', join(folder, 'loop-a'));
  await symlink('loop-a', join(folder, 'loop-b'));
  expect(await codeOf(fs.realPath(join(folder, 'loop-a')))).toBe('file_unreadable');
});

test('a file is removed, a missing file is not an error, and a folder stays', async () => {
  await writeFile(join(folder, 'a'), 'x');
  await fs.removeFile(join(folder, 'a'));
  await fs.removeFile(join(folder, 'a'));
  expect(await fs.stat(join(folder, 'a'))).toBeUndefined();
  await mkdir(join(folder, 'b'));
  expect(await codeOf(fs.removeFile(join(folder, 'b')))).toBe('file_unwritable');
  expect((await fs.stat(join(folder, 'b')))?.isDirectory).toBe(true);
});
