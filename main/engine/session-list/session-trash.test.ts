import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { createSessionTrash } from './session-trash.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-trash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const DAY_MS = 24 * 3600 * 1000;
let count = 0;

function setUp() {
  const base = join(folder, String((count += 1)));
  const chats = join(base, 'chats');
  mkdirSync(chats, { recursive: true });
  const trash = createSessionTrash(join(base, 'gantry'), logger);
  const remove = async (name: string, nowMs: number, { cwd = '/p', more = [] as readonly string[] } = {}) => {
    const path = join(chats, `${name}.jsonl`);
    writeFileSync(path, name);
    const deleted = await trash.put({ sessionId: SessionId.parse(name), title: name, cwd, paths: [path, ...more], nowMs });
    return { ...deleted, path };
  };
  return { base, chats, trash, remove, kept: () => readdirSync(join(base, 'gantry', 'trash')) };
}

test('a deleted session is kept for 30 days and then removed', async () => {
  const { trash, remove, kept } = setUp();
  const first = await remove('first', 0);
  const second = await remove('second', DAY_MS);
  await trash.purge(DAY_MS);
  expect((await trash.list('/p')).map(({ title }) => title)).toEqual(['second', 'first']);
  expect(first.keptUntilMs).toBe(30 * DAY_MS);
  await trash.purge(30 * DAY_MS);
  expect(await trash.restore(first.token, '/p')).toBe('first');
  expect(readFileSync(first.path, 'utf8')).toBe('first');
  await trash.purge(31 * DAY_MS);
  expect(kept()).toEqual([second.token]);
  await trash.purge(31 * DAY_MS + 1);
  expect(kept()).toEqual([]);
  await expect(trash.restore(second.token, '/p')).rejects.toMatchObject({ code: 'session_unknown' });
});

test('a session of another folder is neither listed nor restored', async () => {
  const { trash, remove } = setUp();
  const { token, path } = await remove('theirs', 0, { cwd: '/other' });
  expect(await trash.list('/p')).toEqual([]);
  await expect(trash.restore(token, '/p')).rejects.toMatchObject({ code: 'session_unknown' });
  expect(existsSync(path)).toBe(false);
  expect(await trash.restore(token, '/other')).toBe('theirs');
});

test('a token that is a path is rejected', async () => {
  const { base, trash, remove } = setUp();
  const { token } = await remove('mine', 0);
  await expect(trash.restore(`../trash/${token}`, '/p')).rejects.toMatchObject({ code: 'session_unknown' });
  expect(existsSync(join(base, 'gantry', 'trash', token))).toBe(true);
});

test('files that cannot all be moved stay where they were, and leave nothing in the trash', async () => {
  const { base, chats, remove, kept } = setUp();
  await expect(remove('mine', 0, { more: [base] })).rejects.toThrow(); // the trash is inside it
  expect(readFileSync(join(chats, 'mine.jsonl'), 'utf8')).toBe('mine');
  expect(kept()).toEqual([]);
});

test('a session is not restored over an existing one, and none of its files move', async () => {
  const { chats, trash, remove } = setUp();
  const side = join(chats, 'mine.output');
  writeFileSync(side, 'side');
  const { token, path } = await remove('mine', 0, { more: [side, join(chats, 'missing')] });
  expect([existsSync(path), existsSync(side)]).toEqual([false, false]);
  writeFileSync(path, 'new');
  await expect(trash.restore(token, '/p')).rejects.toMatchObject({ code: 'session_busy' });
  expect([readFileSync(path, 'utf8'), existsSync(side)]).toEqual(['new', false]);
  rmSync(dirname(path), { recursive: true });
  expect(await trash.restore(token, '/p')).toBe('mine');
  expect([readFileSync(path, 'utf8'), readFileSync(side, 'utf8')]).toEqual(['mine', 'side']);
});

test('the session file is restored last, so that a session appears complete or not at all', async () => {
  const { base, trash, remove } = setUp();
  const outputs = join(base, 'outputs');
  mkdirSync(outputs);
  writeFileSync(join(outputs, 'a'), 'side');
  const { token, path } = await remove('mine', 0, { more: [join(outputs, 'a')] });
  rmSync(outputs, { recursive: true });
  writeFileSync(outputs, 'a file where its folder was');
  await expect(trash.restore(token, '/p')).rejects.toMatchObject({ code: 'file_unwritable' });
  expect(existsSync(path)).toBe(false);
  rmSync(outputs);
  expect(await trash.restore(token, '/p')).toBe('mine');
  expect([readFileSync(path, 'utf8'), readFileSync(join(outputs, 'a'), 'utf8')]).toEqual(['mine', 'side']);
});

test('an interrupted restore continues with the rest', async () => {
  const { base, chats, trash, remove } = setUp();
  const side = join(chats, 'mine.output');
  writeFileSync(side, 'side');
  const { token, path } = await remove('mine', 0, { more: [side] });
  renameSync(join(base, 'gantry', 'trash', token, '1-mine.output'), side);
  expect(await trash.restore(token, '/p')).toBe('mine');
  expect([readFileSync(path, 'utf8'), readFileSync(side, 'utf8')]).toEqual(['mine', 'side']);
});
