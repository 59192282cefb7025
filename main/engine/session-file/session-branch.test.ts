import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ItemId, SessionId } from '../../../preload/contract/index.ts';
import { rewindDraft, writeBranch } from './session-branch.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-branch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const OLD = SessionId.parse('11111111-1111-4111-8111-111111111111');
const NEW = SessionId.parse('22222222-2222-4222-8222-222222222222');
const path = (id: SessionId) => join(folder, `${id}.jsonl`);

type Fields = Readonly<Record<string, unknown>>;
const said = (role: string, text: string) => ({ message: { role, parts: [{ text }] } });

/** A chain of records, each the child of the one before it. */
function write(...records: readonly Fields[]): void {
  let parentUuid: unknown = null;
  const lines = records.map((fields) => {
    const record = { parentUuid, sessionId: OLD, timestamp: '2026-05-17T10:00:00.000Z', cwd: '/p', version: '0.15.10', ...fields };
    parentUuid = fields['uuid'];
    return `${JSON.stringify(record)}\n`;
  });
  writeFileSync(path(OLD), lines.join(''));
}

const read = (id: SessionId): Fields[] =>
  readFileSync(path(id), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const TALK: readonly Fields[] = [
  { uuid: 'u1', type: 'user', ...said('user', 'one'), extra: { kept: true } },
  { uuid: 'a1', type: 'assistant', ...said('model', 'One.') },
  { uuid: 't1', type: 'system', subtype: 'turn_result', systemPayload: {} },
  { uuid: 'n1', type: 'user', subtype: 'notification', ...said('user', 'A task has ended.') },
  { uuid: 'u2', type: 'user', ...said('user', 'two') },
  { uuid: 'a2', type: 'assistant', ...said('model', 'Two.') },
  { uuid: 'u3', type: 'user', ...said('user', 'three') },
];

const branch = (beforeItemId?: string) =>
  writeBranch({
    from: { path: path(OLD), sessionId: OLD, title: 'Old' },
    to: { path: path(NEW), sessionId: NEW, cwd: '/p', version: '9.9.9' },
    title: 'Old (branch)',
    nowMs: Date.UTC(2026, 4, 18),
    ...(beforeItemId === undefined ? {} : { beforeItemId: ItemId.parse(beforeItemId) }),
  });

test('a copy skips omitted records in its chain, keeps all fields, and names the original of each record', async () => {
  write(...TALK);
  expect(await branch('u3')).toEqual({ promptText: 'three' });
  const copied = read(NEW);
  expect(copied.map(({ uuid, parentUuid }) => [uuid, parentUuid]).slice(0, 5)).toEqual([
    ['u1', null],
    ['a1', 'u1'],
    ['n1', 'a1'],
    ['u2', 'n1'],
    ['a2', 'u2'],
  ]);
  expect(copied[0]).toMatchObject({ extra: { kept: true }, version: '0.15.10', forkedFrom: { sessionId: OLD, messageUuid: 'u1' } });
  expect(new Set(copied.map(({ sessionId }) => sessionId))).toEqual(new Set([NEW]));
  const [origin, title, ...more] = copied.slice(5);
  expect(origin).toMatchObject({ parentUuid: 'a2', systemPayload: { parentSessionId: OLD, parentTitle: 'Old', beforeUuid: 'u3' } });
  expect(title).toMatchObject({ parentUuid: origin?.['uuid'], subtype: 'custom_title', systemPayload: { customTitle: 'Old (branch)' } });
  expect(more).toEqual([]);
  expect(read(OLD)).toHaveLength(TALK.length);
});

test('a copy larger than one write is complete', async () => {
  const long = 'x'.repeat(400_000);
  write(...TALK.map((record) => ({ ...record, ...(record['type'] === 'assistant' ? said('model', long) : {}) })), {
    uuid: 'a3',
    type: 'assistant',
    ...said('model', long),
  });
  await branch();
  const uuids = read(NEW).map(({ uuid }) => uuid);
  expect(uuids.slice(0, 7)).toEqual(['u1', 'a1', 'n1', 'u2', 'a2', 'u3', 'a3']);
});

test('an existing file is never overwritten', async () => {
  write(...TALK);
  writeFileSync(path(NEW), 'precious');
  await expect(branch()).rejects.toMatchObject({ code: 'file_unwritable', message: expect.stringContaining('exists already') });
  expect(readFileSync(path(NEW), 'utf8')).toBe('precious');
});

test.each(['a1', 'n1', 'nothing'])('%s is not a prompt to go back to, and no file is created', async (id) => {
  write(...TALK);
  await expect(branch(id)).rejects.toMatchObject({ code: 'item_unknown' });
  await expect(rewindDraft(path(OLD), ItemId.parse(id))).rejects.toMatchObject({ code: 'item_unknown' });
  expect(() => readFileSync(path(NEW))).toThrow('ENOENT');
});

test('a rewind follows the record before its prompt and counts the remaining prompts, but not the notifications between them', async () => {
  write(...TALK);
  expect(await rewindDraft(path(OLD), ItemId.parse('u3'))).toEqual({
    draft: { type: 'system', subtype: 'rewind', parentUuid: 'a2', systemPayload: { targetTurnIndex: 2 } },
    promptText: 'three',
    atMs: Date.UTC(2026, 4, 17, 10),
  });
  expect((await rewindDraft(path(OLD), ItemId.parse('u1'))).draft).toMatchObject({
    parentUuid: null,
    systemPayload: { targetTurnIndex: 0 },
  });
});
