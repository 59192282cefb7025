/** A line that is too long to be kept in memory: the session opens, and search, export, copy and view use the whole line. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ExportFormat, ItemId, SessionId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { MAX_LINE_BYTES } from '../transcript/long-line.ts';
import { readMessageText } from '../transcript/message-text.ts';
import { writeExport } from '../session-list/session-export.ts';
import { createSessionIndex } from '../session-list/session-index.ts';
import { searchSessions } from '../session-list/session-search.ts';
import { findLines } from './find-attachment.ts';
import { writeBranch } from './session-branch.ts';
import { openIfThere, readChain } from './session-file.ts';
import { inspectSession } from './session-inspect.ts';
import { createSessionLog } from './session-log.ts';
import { createSessionReader } from './session-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-huge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ID = SessionId.parse('11111111-1111-4111-8111-111111111111');
const KEY = 'sk-abcdefghijklmnopqrstuvwxyz';
const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;
const openLog = (path: string) =>
  createSessionLog({ path, sessionId: ID, cwd: '/p', version: '0', nowMs: () => 0, gitBranch: async () => undefined });

const LINE = 'A line of the answer with "quotes", a back\\slash, é and \u{1f600}.\n';
const HUGE = `${LINE.repeat(Math.ceil(MAX_LINE_BYTES / LINE.length))}The needle is here. ${KEY}\n`;
const THINKING = `${'Thought. '.repeat(20_000)}deep\nthought`;

const common = { sessionId: ID, timestamp: '2026-05-17T10:00:00.000Z', cwd: '/p' };
const prompt = (uuid: string, parentUuid: string | null, text: string) =>
  JSON.stringify({ uuid, parentUuid, ...common, type: 'user', message: { role: 'user', parts: [{ text }] } });
/** Its own fields come after its message. */
const answer = (uuid: string, parentUuid: string, parts: readonly object[]) =>
  JSON.stringify({ message: { parts, role: 'model' }, ...common, model: 'm', type: 'assistant', parentUuid, uuid });

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const lines = [
  prompt('u1', null, 'Begin'),
  answer('a1', 'u1', [{ text: THINKING, thought: true, thoughtSignature: 'signed' }, { text: HUGE }]),
  prompt('u2', 'a1', 'Go on'),
  answer('a2', 'u2', [{ text: 'The end.' }]),
];
const path = write(`${ID}.jsonl`, lines);
const sizes = (items: readonly TranscriptItem[]) => items.map((item) => (item.kind === 'tool' ? 0 : item.text.length));

test('it opens with the beginning of the message, and with the records before and after it', async () => {
  const loaded = await createSessionReader(openLog(path), '/p', describe).load();
  expect(loaded?.items.map(({ id }) => id)).toEqual(['u1', 'a1', 'u2', 'a2']);
  const [, huge] = loaded?.items ?? [];
  if (huge?.kind !== 'assistant') throw new Error('no answer');
  expect(HUGE.startsWith(huge.text)).toBe(true);
  expect(THINKING.startsWith(huge.thinking)).toBe(true);
  expect(huge.text.length).toBeGreaterThan(50_000);
  expect(Math.max(...sizes(loaded?.items ?? []))).toBeLessThanOrEqual(64 * 1024);
  expect(huge.omittedChars?.text).toBeGreaterThan(MAX_LINE_BYTES - 100_000);
  expect(huge.omittedChars?.thinking).toBeGreaterThan(100_000);
  const [, message] = loaded?.messages ?? [];
  if (message?.role !== 'assistant') throw new Error('no message');
  expect(message.text.length).toBeLessThan(70_000);
  expect(message.text).toMatch(/\n\n\[The rest, about \d+ bytes, is omitted because it is too long/);
  expect(message.thinkingSignature).toBeUndefined();
});

const huge = answer('h', 'u1', [{ text: HUGE }]);
const beside = huge.replace('"uuid":"h"', '"uuid":"left"');

test.each([
  ['last', [prompt('u1', null, 'One'), huge], ['u1', 'h']],
  ['first', [prompt('u1', null, HUGE), answer('a', 'u1', [{ text: 'two' }])], ['u1', 'a']],
  [
    'on another branch',
    [prompt('u1', null, 'One'), beside, beside.replace('"left"', '"gone"'), answer('a', 'u1', [{ text: 'two' }])],
    ['u1', 'a'],
  ],
])('where it is %s, the chain goes over it', async (name, all, ids) => {
  const file = write(`${name}.jsonl`, all);
  const loaded = await createSessionReader(openLog(file), '/p', describe).load();
  expect(loaded?.items.map(({ id }) => id)).toEqual(ids);
  const seen: string[] = [];
  await readChain(file, ({ uuid }) => void seen.push(uuid));
  expect(seen).toEqual(ids);
});

test('the next record is chained to it', async () => {
  const file = write('append.jsonl', lines.slice(0, 2));
  const log = openLog(file);
  await log.append([{ type: 'user', message: { role: 'user', parts: [{ text: 'next' }] } }]);
  expect(
    await createSessionReader(openLog(file), '/p', describe)
      .load()
      .then((loaded) => loaded?.items.map(({ id }) => id).slice(0, 2)),
  ).toEqual(['u1', 'a1']);
  const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ parentUuid: 'a1' });
});

test('a session whose first record is such a line is listed', async () => {
  const chats = mkdtempSync(join(folder, 'chats-'));
  writeFileSync(join(chats, `${ID}.jsonl`), `${prompt('u1', null, `First words\n${HUGE}`)}\n${answer('a', 'u1', [{ text: 'two' }])}\n`);
  const [entry] = await createSessionIndex().list(chats, '/p');
  expect(entry).toMatchObject({ id: ID, title: 'First words', cwd: '/p' });
});

test('its last word is found', async () => {
  const session = { id: ID, title: 't', createdAtMs: 0, updatedAtMs: 0, cwd: '/p', chatsDir: folder };
  for (const query of ['NEEDLE is here', 'deep\nthought']) {
    const { hits } = await searchSessions([session], { query, limit: 5 }, () => 0);
    expect(hits).toMatchObject([
      { itemId: 'a1', role: 'assistant', snippet: { match: query === 'NEEDLE is here' ? 'needle is here' : 'deep thought' } },
    ]);
  }
  expect((await searchSessions([session], { query: 'not anywhere', limit: 5 }, () => 0)).hits).toEqual([]);
});

const clean = HUGE.replace(KEY, '[redacted]');

async function exported(format: ExportFormat): Promise<string> {
  const targetPath = join(folder, `out.${format}`);
  const head = { sessionId: ID, title: 'T', cwd: '/p', createdAtMs: 0, exportedAtMs: 0 };
  expect(await writeExport({ sourcePath: path, targetPath, format, head, describe })).toBe(statSync(targetPath).size);
  return readFileSync(targetPath, 'utf8');
}

test('Markdown and HTML exports contain all of it, without keys', async () => {
  expect((await exported('markdown')).includes(`> ${THINKING.replace('\n', '\n> ')}\n\n${clean}\n\n## You`)).toBe(true);
  expect((await exported('html')).includes(clean.replaceAll('"', '&quot;'))).toBe(true);
});

test('JSON and JSONL exports contain all of it, without keys', async () => {
  const [, item] = JSON.parse(await exported('json')).items;
  expect([item.text === clean, item.thinking === THINKING, 'omittedChars' in item]).toEqual([true, true, false]);
  const records = (await exported('jsonl')).trimEnd().split('\n');
  expect(records.map((line) => JSON.parse(line).uuid)).toEqual(['u1', 'a1', 'u2', 'a2']);
  expect(records[1] === lines[1]?.replace(KEY, '[redacted]')).toBe(true);
});

test('a copy contains all of it', async () => {
  const copyId = SessionId.parse('22222222-2222-4222-8222-222222222222');
  const to = { path: join(folder, 'branch-copy.jsonl'), sessionId: copyId, cwd: '/p', version: '0' };
  await writeBranch({ from: { path, sessionId: ID, title: 'T' }, to, title: 'copy', nowMs: 0, beforeItemId: ItemId.parse('u2') });
  const copied = JSON.parse(readFileSync(to.path, 'utf8').split('\n')[1] ?? '');
  expect(copied.message.parts[1].text === HUGE).toBe(true);
  expect(copied).toMatchObject({ uuid: 'a1', parentUuid: 'u1', sessionId: copyId, forkedFrom: { messageUuid: 'a1' }, type: 'assistant' });
});

test('its whole text can be read, and the inspection finds no problems', async () => {
  const file = await openIfThere(path);
  if (file === undefined) throw new Error('no file');
  try {
    for (const [part, whole] of [['text', HUGE] as const, ['thinking', THINKING] as const]) {
      let text = '';
      let longest = 0;
      for await (const piece of readMessageText(file, await findLines(file, 'a1'), part)) {
        text += piece;
        longest = Math.max(longest, piece.length);
      }
      expect([text === whole, longest <= 256 * 1024]).toEqual([true, true]);
    }
  } finally {
    await file.close();
  }
  expect(await inspectSession(path, { sessionId: ID, cwd: '/p' })).toEqual({ records: 4, shown: 4, problemCount: 0, problems: [] });
});
