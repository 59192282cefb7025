import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { archiveOf, moveSession } from './session-archive.ts';

let chats: string;
beforeEach(() => {
  chats = mkdtempSync(join(tmpdir(), 'gantry-archive-'));
});
afterEach(() => rmSync(chats, { recursive: true, force: true }));

const ID = SessionId.parse('11111111-1111-4111-8111-111111111111');
const OTHER = '11111111-1111-4111-8111-111111111112';

test('a session moves with its side files; what belongs to the process that has it open stays, and so do other sessions', async () => {
  const own = ['.jsonl', '.notes.json', '.gantry-queue.json'].map((end) => `${ID}${end}`);
  const left = [`${ID}.gantry-lease.json`, `${ID}.gantry-lease.json.takeover`, `${ID}.runtime.json`, `${OTHER}.jsonl`, `${ID}-x.json`];
  for (const name of [...own, ...left]) writeFileSync(join(chats, name), name);
  await moveSession(chats, archiveOf(chats), ID);
  expect(readdirSync(archiveOf(chats)).sort()).toEqual(own.toSorted());
  expect(readdirSync(chats).sort()).toEqual(['archive', ...left].sort());
  await moveSession(archiveOf(chats), chats, ID);
  expect(readdirSync(archiveOf(chats))).toEqual([]);
});

test('a session with the same id is never moved over, and nothing is moved', async () => {
  mkdirSync(archiveOf(chats));
  writeFileSync(join(archiveOf(chats), `${ID}.jsonl`), 'precious');
  for (const name of [`${ID}.jsonl`, `${ID}.notes.json`]) writeFileSync(join(chats, name), 'new');
  await expect(moveSession(chats, archiveOf(chats), ID)).rejects.toMatchObject({ code: 'session_busy' });
  expect(readFileSync(join(archiveOf(chats), `${ID}.jsonl`), 'utf8')).toBe('precious');
  expect(readdirSync(chats).sort()).toEqual([`${ID}.jsonl`, `${ID}.notes.json`, 'archive']);
  await expect(moveSession(chats, archiveOf(chats), SessionId.parse(OTHER))).rejects.toMatchObject({ code: 'session_unknown' });
});
