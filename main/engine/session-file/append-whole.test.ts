import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSmallDisk } from '../../test/support/small-disk.ts';
import { readChain } from './session-file.ts';
import { createSessionLog, type OpenFile } from './session-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-append-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const user = (text: string) => ({ type: 'user' as const, message: { role: 'user', parts: [{ text }] } });

function openLog(openFile: OpenFile) {
  const path = join(folder, 'chats', 's.jsonl');
  const log = createSessionLog({
    path,
    sessionId: 's',
    cwd: '/p',
    version: '0',
    nowMs: () => 0,
    gitBranch: async () => undefined,
    openFile,
  });
  return { path, log };
}

const texts = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).message.parts[0].text);

test.each([
  ['ENOSPC', /^There is no space left on the disk that holds .*s\.jsonl\. Free some space, then try again\.$/],
  ['EDQUOT', /^Your quota on the disk that holds .*s\.jsonl is used up\. Free some space, then try again\.$/],
] as const)(
  '%s in the middle of a line takes the line back, names the file, and the next append follows the last record',
  async (code, message) => {
    const disk = createSmallDisk();
    disk.code = code;
    const { path, log } = openLog(disk.openFile);
    await log.append([user('one')]);
    const before = await readFile(path, 'utf8');
    disk.bytesLeft = 50;
    await expect(log.append([user('two'), user('three')])).rejects.toMatchObject({
      code: 'disk_full',
      data: { path },
      message: expect.stringMatching(message),
    });
    expect(await readFile(path, 'utf8')).toBe(before);
    disk.bytesLeft = Number.POSITIVE_INFINITY;
    expect((await log.append([user('four')])).foreign).toBe(false);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line));
    expect(records.map((record) => record.message.parts[0].text)).toEqual(['one', 'four']);
    expect(records[1].parentUuid).toBe(records[0].uuid);
  },
);

test('data that the system writes in parts is complete, even if it is longer than a piece', async () => {
  const disk = createSmallDisk();
  const { path, log } = openLog(disk.openFile);
  const long = 'Some words. '.repeat(200_000);
  disk.bytesPerWrite = 700_000;
  await log.append([user('one'), user(long), user('three')]);
  disk.bytesPerWrite = 7;
  await log.append([user('four'), user('five')]);
  expect((await texts(path)).map((text) => (text === long ? 'long' : text))).toEqual(['one', 'long', 'three', 'four', 'five']);
});

test('a long record that does not fit is removed again', async () => {
  const disk = createSmallDisk();
  const { path, log } = openLog(disk.openFile);
  await log.append([user('one')]);
  disk.bytesLeft = 1_500_000;
  await expect(log.append([user('x'.repeat(3_000_000))])).rejects.toMatchObject({ code: 'disk_full' });
  expect(await texts(path)).toEqual(['one']);
});

test('a first record that does not fit leaves no file', async () => {
  const disk = createSmallDisk();
  const { path, log } = openLog(disk.openFile);
  disk.bytesLeft = 10;
  await expect(log.append([user('one')])).rejects.toMatchObject({ code: 'disk_full' });
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  disk.bytesLeft = Number.POSITIVE_INFINITY;
  await log.append([user('two')]);
  expect(await texts(path)).toEqual(['two']);
});

test('data that another program has appended since is kept, and half a line before it affects no other record', async () => {
  const disk = createSmallDisk();
  const { path, log } = openLog(disk.openFile);
  await log.append([user('one')]);
  Object.assign(disk, {
    bytesLeft: 20,
    others: `\n${JSON.stringify({ uuid: 'u', parentUuid: null, sessionId: 's', ...user('theirs') })}\n`,
  });
  await expect(log.append([user('two')])).rejects.toMatchObject({ code: 'disk_full' });
  Object.assign(disk, { bytesLeft: Number.POSITIVE_INFINITY, others: '' });
  await log.append([user('three')]);
  const seen: unknown[] = [];
  await readChain(log.path, (record) => void seen.push(record.message?.parts[0]?.text));
  expect(seen).toContain('three');
  expect(await readFile(path, 'utf8')).toContain('theirs');
});

test('the error names the file in place of a folder and what to do', async () => {
  await writeFile(join(folder, 'chats'), 'a file');
  const { log } = openLog(createSmallDisk().openFile);
  const message = `Cannot write ${join(folder, 'chats', 's.jsonl')}: ${join(folder, 'chats')} is a file, but a folder is needed there. Rename or remove that file, then try again.`;
  await expect(log.append([user('one')])).rejects.toMatchObject({ code: 'file_unwritable', message });
});
