import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { archiveFolder, moveSession } from './session-archive.ts';

let chats: string;
beforeEach(() => {
  chats = mkdtempSync(join(tmpdir(), 'gantry-archive-'));
});
afterEach(() => rmSync(chats, { recursive: true, force: true }));

const ID = SessionId.parse('11111111-1111-4111-8111-111111111111');
const OTHER = '11111111-1111-4111-8111-111111111112';

test('a session moves with its side files; files of the process that has it open and of other sessions stay', async () => {
  const own = ['.jsonl', '.notes.json', '.gantry-queue.json'].map((end) => `${ID}${end}`);
  const left = [`${ID}.gantry-lease.json`, `${ID}.gantry-lease.json.takeover`, `${ID}.runtime.json`, `${OTHER}.jsonl`, `${ID}-x.json`];
  for (const name of [...own, ...left]) writeFileSync(join(chats, name), name);
  await moveSession(chats, archiveFolder(chats), ID);
  expect(readdirSync(archiveFolder(chats)).sort()).toEqual(own.toSorted());
  expect(readdirSync(chats).sort()).toEqual(['archive', ...left].sort());
  await moveSession(archiveFolder(chats), chats, ID);
  expect(readdirSync(archiveFolder(chats))).toEqual([]);
});

test('a session with the same id is never overwritten, and nothing is moved', async () => {
  mkdirSync(archiveFolder(chats));
  writeFileSync(join(archiveFolder(chats), `${ID}.jsonl`), 'precious');
  for (const name of [`${ID}.jsonl`, `${ID}.notes.json`]) writeFileSync(join(chats, name), 'new');
  await expect(moveSession(chats, archiveFolder(chats), ID)).rejects.toMatchObject({ code: 'session_busy' });
  expect(readFileSync(join(archiveFolder(chats), `${ID}.jsonl`), 'utf8')).toBe('precious');
  expect(readdirSync(chats).sort()).toEqual([`${ID}.jsonl`, `${ID}.notes.json`, 'archive']);
  await expect(moveSession(chats, archiveFolder(chats), SessionId.parse(OTHER))).rejects.toMatchObject({ code: 'session_unknown' });
});
