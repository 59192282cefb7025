import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { readTail } from './chain-tail.ts';
import { scanLines, scanLinesBackward } from './line-file.ts';
import { rewindDraft } from './session-branch.ts';
import { readChain } from './session-file.ts';
import { createSessionLog } from './session-log.ts';
import { createSessionReader } from './session-reader.ts';
import { visitChain } from './visit-chain.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-long-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;
const openLog = (path: string) =>
  createSessionLog({ path, sessionId: 's', cwd: '/p', version: '0', nowMs: () => 0, gitBranch: async () => undefined });

function line(uuid: string, parentUuid: string | null, fields: object): string {
  return JSON.stringify({ uuid, parentUuid, timestamp: '2026-05-17T10:00:00.000Z', cwd: '/p', ...fields });
}

/** A prompt, a call, its result, an answer. */
function turn(at: number, chars: number): string[] {
  const call = { functionCall: { id: `c${at}`, name: 'read_file', args: {} } };
  const response = { functionResponse: { id: `c${at}`, name: 'read_file', response: { output: 'x'.repeat(chars) } } };
  return [
    line(`u${at}`, at === 0 ? null : `a${at - 1}`, { type: 'user', message: { parts: [{ text: `prompt ${at}` }] } }),
    line(`k${at}`, `u${at}`, { type: 'assistant', model: 'm', message: { role: 'model', parts: [call] } }),
    line(`r${at}`, `k${at}`, {
      type: 'tool_result',
      message: { parts: [response] },
      toolCallResult: { callId: `c${at}`, status: 'success', resultDisplay: 'Read' },
    }),
    line(`a${at}`, `r${at}`, { type: 'assistant', model: 'm', message: { role: 'model', parts: [{ text: `answer ${at} é` }] } }),
  ];
}

function write(name: string, lines: readonly string[], end = '\n'): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}${end}`);
  return path;
}

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}

const TURNS = 400;

function writeLong(name: string): string {
  return write(name, Array.from({ length: TURNS }, (_, at) => turn(at, 50_000)).flat());
}

test('reading backward and forward gives the same lines, wherever windows end', async () => {
  const lengths = [0, 1, 5, 262_143, 262_144, 262_145, 3, 600_000, 0, 7];
  for (const end of ['\n', '']) {
    const path = write(
      `lines-${end.length}`,
      lengths.map((length, index) => String.fromCharCode(97 + index).repeat(length)),
      end,
    );
    const file = await open(path, 'r');
    const forward = await collect(scanLines(file));
    const backward = await collect(scanLinesBackward(file, (await file.stat()).size));
    await file.close();
    expect(backward.reverse().filter(({ length }) => length > 0)).toEqual(forward.filter(({ length }) => length > 0));
  }
});

test('a session of 20 MB shows its end, has its title and start time, and reads the rest as the user scrolls', async () => {
  const path = writeLong('long.jsonl');
  const session = createSessionReader(openLog(path), '/p', describe);
  const loaded = await session.load();
  if (loaded === undefined) throw new Error('it is not long');
  expect(loaded).toMatchObject({ title: 'prompt 0', earlierIsGuess: true, unanswered: [] });
  expect(loaded.items.at(-1)).toMatchObject({ kind: 'assistant', text: `answer ${TURNS - 1} é` });
  expect(loaded.items.length).toBeGreaterThan(290);
  expect(loaded.messages[0]).toMatchObject({ role: 'user' });
  const all: TranscriptItem[] = [...loaded.items];
  for (let earlier = loaded.earlierItems; earlier > 0; ) {
    const oldest = all[0];
    const page = oldest === undefined ? undefined : await session.earlier({ beforeItemId: oldest.id, limit: 100 });
    if (page === undefined) throw new Error('it is not long any more');
    expect(page.items.length).toBeGreaterThan(0);
    all.unshift(...page.items);
    earlier = page.earlierItems;
  }
  expect(all.map((item) => item.id)).toEqual(Array.from({ length: TURNS }, (_, at) => [`u${at}`, `c${at}`, `a${at}`]).flat());
  expect(all.every((item) => item.kind !== 'tool' || item.status === 'success')).toBe(true);
});

test('the rows before a row without a known position are found', async () => {
  const session = createSessionReader(openLog(writeLong('asked.jsonl')), '/p', describe);
  const page = await session.earlier({ beforeItemId: ItemId.parse('a100'), limit: 3 });
  expect(page?.items.map((item) => item.id)).toEqual(['a99', 'u100', 'c100']);
});

test('the rows before any row of a short file are found and counted, also before the second row of a record', async () => {
  const call = (id: string) => ({ functionCall: { id, name: 'read_file', args: {} } });
  const path = write('calls.jsonl', [
    ...Array.from({ length: 30 }, (_, at) => turn(at, 10)).flat(),
    line('k', 'a29', { type: 'assistant', model: 'm', message: { parts: [call('one'), call('two'), call('three')] } }),
  ]);
  const session = createSessionReader(openLog(path), '/p', describe);
  const before = async (id: string, limit: number) => {
    const page = await session.earlier({ beforeItemId: ItemId.parse(id), limit });
    return { ...page, items: page?.items.map((item) => item.id).slice(-2) };
  };
  expect(await before('three', 1)).toEqual({ items: ['one', 'two'], earlierItems: 89 });
  expect(await before('one', 2)).toEqual({ items: ['c29', 'a29'], earlierItems: 88 });
  expect(await before('u0', 2)).toEqual({ items: [], earlierItems: 0 });
});

test('the rows back to a distant row are one answer, up to its limit', async () => {
  const session = createSessionReader(openLog(writeLong('far.jsonl')), '/p', describe);
  const loaded = await session.load();
  const [oldest] = loaded?.items ?? [];
  if (oldest === undefined) throw new Error('nothing was loaded');
  const page = await session.earlier({ beforeItemId: oldest.id, limit: 10, untilItemId: ItemId.parse('u200') });
  const all = [...(page?.items ?? []), ...(loaded?.items ?? [])].map((item) => item.id);
  expect(all[0]).toBe('u200');
  expect(all).toEqual(Array.from({ length: TURNS - 200 }, (_, at) => [`u${at + 200}`, `c${at + 200}`, `a${at + 200}`]).flat());
  const none = await session.earlier({ beforeItemId: ItemId.parse('a100'), limit: 3, untilItemId: ItemId.parse('gone') });
  expect([none?.items.at(0)?.id, none?.earlierItems]).toEqual(['u0', 0]);
});

test('a long file is visited from its beginning, without rewound records, however many there are', async () => {
  const path = writeLong('whole.jsonl');
  const log = openLog(path);
  const uuids = async () => {
    const seen: string[] = [];
    await readChain(path, (record) => void seen.push(record.uuid));
    return seen;
  };
  const all = await uuids();
  expect(all.filter((uuid) => uuid.startsWith('u'))).toEqual(Array.from({ length: TURNS }, (_, at) => `u${at}`));
  // All but the first turn, which exceeds the usual search for a parent.
  const { draft } = await rewindDraft(path, ItemId.parse('u1'));
  await log.append([
    { uuid: 'back', ...draft },
    { uuid: 'anew', type: 'user', message: { role: 'user', parts: [{ text: 'anew' }] } },
  ]);
  expect(await uuids()).toEqual([...all.slice(0, all.indexOf('u1')), 'back', 'anew']);
});

test('lines of one record are one record, and an equal line adds nothing', async () => {
  const parts = [1, 2].map((part) =>
    line('a0', 'u0', { type: 'assistant', message: { role: 'model', parts: [{ text: `part ${part}` }] } }),
  );
  const path = write('parts.jsonl', [line('u0', null, { type: 'user', message: { parts: [{ text: 'x' }] } }), ...parts, parts[1] ?? '']);
  const found: [string, string, number][] = [];
  await readChain(path, (record, lines) => {
    found.push([record.uuid, (record.message?.parts ?? []).map(({ text }) => text).join(), lines.length]);
  });
  expect(found).toEqual([
    ['u0', 'x', 1],
    ['a0', 'part 1,part 2', 2],
  ]);
});

test('a damaged file shows what is left of the conversation, in order, and a notice', async () => {
  const lines = Array.from({ length: 30 }, (_, at) => turn(at, 100)).flat();
  // A branch cut off, a side record, a duplicate, a parent after its child, a damaged line, and a missing parent.
  const path = write('short.jsonl', [
    ...lines.slice(0, 60),
    line('dead', 'u3', { type: 'user', message: { parts: [{ text: 'dead' }] } }),
    line('side', null, { type: 'system', subtype: 'x' }),
    ...lines.slice(60, 80),
    lines[81] ?? '',
    lines[80] ?? '',
    lines[79] ?? '',
    '{"broken',
    ...lines.slice(82, 100),
    ...lines.slice(101),
  ]);
  const visited: string[] = [];
  const file = await open(path, 'r');
  expect(await visitChain(file, (record) => void visited.push(record.uuid))).toEqual({
    records: 119,
    damage: { lines: 1, firstLine: 86, gaps: 1 },
  });
  await file.close();
  expect(visited).toEqual(lines.map((text) => JSON.parse(text).uuid).filter((_, at) => at !== 100));
  const log = openLog(path);
  const loaded = await createSessionReader(log, '/p', describe).load();
  expect(loaded?.items.at(-1)).toMatchObject({
    kind: 'notice',
    text: "One line of this session's file could not be read and was skipped (it is line 86). A message is missing between two others.",
    content: { code: 'file_damaged', lines: 1, firstLine: 86, gaps: 1, foreign: 0 },
  });
});

test('an append to a long file follows its last record, and reads only the end', async () => {
  const path = writeLong('append.jsonl');
  const log = openLog(path);
  await log.append([{ uuid: 'new', type: 'user', message: { role: 'user', parts: [{ text: 'more' }] } }]);
  const file = await open(path, 'r');
  const [last] = (await readTail(file, { endOffset: (await file.stat()).size, wanted: undefined }, () => true)).records;
  await file.close();
  expect(last?.record).toMatchObject({ uuid: 'new', parentUuid: `a${TURNS - 1}` });
});
