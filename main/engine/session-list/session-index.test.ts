import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { titleFromPrompt } from '../transcript/title.ts';
import { createIndexCache } from './index-cache.ts';
import { createSessionIndex } from './session-index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ID = (digit: number) => `${digit}0000000-0000-4000-8000-000000000000`;
const user = (text: string, cwd = '/p') =>
  JSON.stringify({
    uuid: 'u',
    parentUuid: null,
    timestamp: '2026-05-17T10:00:00.000Z',
    type: 'user',
    cwd,
    message: { role: 'user', parts: [{ text }] },
  });
const title = (customTitle: string) =>
  JSON.stringify({ uuid: 't', parentUuid: 'u', type: 'system', subtype: 'custom_title', systemPayload: { customTitle } });

function write(digit: number, ...lines: string[]): string {
  const path = join(folder, `${ID(digit)}.jsonl`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  utimesSync(path, digit * 1000, digit * 1000);
  return path;
}

test('sessions of this folder, newest first, with their title or first prompt', async () => {
  write(1, user('  \n First words  \nmore'));
  write(2, user('x'), title('Old name'), title('New name'));
  write(3, user('elsewhere', '/other'));
  write(
    4,
    JSON.stringify({ uuid: 's', type: 'system', subtype: 'x', cwd: '/p' }),
    JSON.stringify({ uuid: 'n', type: 'user', subtype: 'notification', cwd: '/p', message: { parts: [{ text: 'no' }] } }),
    user('Real prompt'),
  );
  write(5, 'nothing that is a record');
  writeFileSync(join(folder, 'notes.jsonl'), user('not a session id'));
  writeFileSync(join(folder, `${ID(6)}.jsonl`), '');
  const list = await createSessionIndex().list(folder, '/p');
  expect(list.map(({ id, title: shown }) => [id, shown])).toEqual([
    [ID(4), 'Real prompt'],
    [ID(2), 'New name'],
    [ID(1), 'First words'],
  ]);
  expect(list[2]).toMatchObject({ createdAtMs: Date.parse('2026-05-17T10:00:00.000Z'), updatedAtMs: 1_000_000 });
});

test('a first prompt longer than one read still gives the title, and a later title takes precedence', async () => {
  const long = `Long prompt\n${'x'.repeat(200_000)}`;
  write(7, user(long));
  write(8, user(long), ...Array.from({ length: 20 }, () => user('y'.repeat(10_000))), title('Late name'));
  const list = await createSessionIndex().list(folder, '/p');
  expect(list.slice(0, 2).map((entry) => entry.title)).toEqual(['Late name', 'Long prompt']);
});

test('an unchanged file is not read again, a changed one is', async () => {
  const index = createSessionIndex();
  const path = write(9, user('before'));
  const titles = async () => (await index.list(folder, '/p')).find((entry) => entry.id === ID(9))?.title;
  expect(await titles()).toBe('before');
  writeFileSync(path, `${user('beyond')}\n`); // same size
  utimesSync(path, 9000, 9000); // same time
  expect(await titles()).toBe('before');
  utimesSync(path, 9001, 9001);
  expect(await titles()).toBe('beyond');
});

test('a file of another size and the same time is read again', async () => {
  const chats = mkdtempSync(join(folder, 'size-'));
  const index = createSessionIndex();
  const titleOf = async (text: string) => {
    const path = join(chats, `${ID(1)}.jsonl`);
    writeFileSync(path, `${user(text)}\n`);
    utimesSync(path, 9000, 9000);
    return (await index.list(chats, '/p'))[0]?.title;
  };
  expect([await titleOf('before'), await titleOf('before that')]).toEqual(['before', 'before that']);
});

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

test('the index is kept across restarts, checked against the files, and rebuilt if it is damaged', async () => {
  const chats = mkdtempSync(join(folder, 'many-'));
  const kept = join(folder, 'kept');
  const path = (at: number) => join(chats, `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000.jsonl`);
  for (let at = 0; at < 40; at += 1) {
    writeFileSync(path(at), `${user(`prompt ${at}`)}\n`);
    utimesSync(path(at), 1000 + at, 1000 + at);
  }
  const first = createSessionIndex(createIndexCache(kept, silent));
  const titles = (list: readonly { title: string }[]) => list.map(({ title: shown }) => shown);
  const expected = titles(await first.list(chats, '/p'));
  expect(expected).toHaveLength(40);
  await first.flush();
  const [cacheFile = ''] = readdirSync(kept);
  // Same size, same time, other text: only the cache can return the old title.
  writeFileSync(path(7), `${user('PROMPT 7')}\n`);
  utimesSync(path(7), 1007, 1007);
  rmSync(path(8));
  const second = titles(await createSessionIndex(createIndexCache(kept, silent)).list(chats, '/p'));
  expect(second).toEqual(expected.filter((title) => title !== 'prompt 8'));
  const row = [basename(path(7)), statSync(path(7)).size, 1_007_000, 1, '/p', 7, null, null];
  const wrong = JSON.stringify({ version: 3, chatsDir: chats, sessions: [row, row.slice(0, 3), 'x'] });
  for (const damage of ['', '{"version":1', '{"version":2,"sessions":{}}', '[]', wrong]) {
    writeFileSync(join(kept, cacheFile), damage);
    const third = titles(await createSessionIndex(createIndexCache(kept, silent)).list(chats, '/p'));
    expect(third).toContain('PROMPT 7');
    expect(third).toHaveLength(39);
  }
});

test('a folder without sessions gives an empty list', async () => {
  expect(await createSessionIndex().list(join(folder, 'missing'), '/p')).toEqual([]);
});

test.each([
  ['', ''],
  ['one', 'one'],
  ['\n\n  two \nthree', 'two'],
  ['z'.repeat(500), 'z'.repeat(200)],
])('the title of %j', (text, expected) => {
  expect(titleFromPrompt(text)).toBe(expected);
});

test('a named session keeps its first prompt, and each session has its last model', async () => {
  const answer = (model: string) =>
    JSON.stringify({ uuid: model, type: 'assistant', cwd: '/p', model, message: { parts: [{ text: 'yes' }] } });
  write(1, user('Fix the login'), answer('old-model'), answer('new-model'), user('quoting \\"type\\":\\"assistant\\"'), title('Login'));
  write(2, user('Fix the logout'));
  const list = await createSessionIndex().list(folder, '/p');
  expect(list.find(({ id }) => id === ID(1))).toMatchObject({ title: 'Login', firstPrompt: 'Fix the login', modelId: 'new-model' });
  const plain = list.find(({ id }) => id === ID(2));
  expect([plain?.title, plain?.firstPrompt, plain?.modelId]).toEqual(['Fix the logout', undefined, undefined]);
});
