/** Operations on stored sessions: pins, the archive, their files, and the cleanup of exports. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defined, type SessionId } from '../../preload/contract/index.ts';
import type { SessionOptions } from '../engine/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(...prompts: string[]): Promise<{ fixture: EngineFixture; ids: SessionId[] }> {
  const fixture = await createEngineFixture({ answers: prompts.map((text) => says(`of ${text}`)) });
  open.push(fixture);
  const ids: SessionId[] = [];
  for (const prompt of prompts) {
    const id = await newSession(fixture);
    await fixture.run(id, prompt);
    ids.push(id);
  }
  return { fixture, ids };
}

const titles = (sessions: readonly { title: string }[]) => sessions.map(({ title }) => title).sort();

test('an archived session is in no list and no search, cannot be opened, and is restored whole', async () => {
  const { fixture, ids } = await setUp('keep', 'aside');
  const { sessions } = fixture.engine;
  const [, id] = ids;
  if (id === undefined) throw new Error('no session');
  const path = fixture.sessionFile(id);
  const text = readFileSync(path, 'utf8');
  const side = path.replace('.jsonl', '.pr.json');
  writeFileSync(side, '{}');
  await sessions.archive(fixture.project.id, id);
  const archived = join(dirname(path), 'archive');
  expect(readdirSync(archived).sort()).toEqual([basename(path), basename(side)]);
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(dirname(path)).filter((name) => name.startsWith(id))).toEqual([]);
  expect(titles((await sessions.page(fixture.project.id, {})).sessions)).toEqual(['keep']);
  expect(titles((await sessions.page(fixture.project.id, { archived: true })).sessions)).toEqual(['aside']);
  expect((await sessions.search({ query: 'of aside' })).hits).toEqual([]);
  await expect(sessions.open(fixture.project.id, id)).rejects.toMatchObject({ code: 'session_unknown' });

  writeFileSync(path, text);
  await expect(sessions.unarchive(fixture.project.id, id)).rejects.toMatchObject({ code: 'session_busy' });
  await sessions.delete(fixture.project.id, id);
  expect(await sessions.unarchive(fixture.project.id, id)).toMatchObject({ id, title: 'aside' });
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(existsSync(side)).toBe(true);
  await expect(sessions.unarchive(fixture.project.id, id)).rejects.toMatchObject({ code: 'session_unknown' });
});

test('a session that another process has open is not archived', async () => {
  const { fixture, ids } = await setUp('held');
  const [id] = ids;
  if (id === undefined) throw new Error('no session');
  const sidecar = fixture.sessionFile(id).replace('.jsonl', '.runtime.json');
  writeFileSync(sidecar, JSON.stringify({ pid: process.ppid, session_id: id }));
  await expect(fixture.engine.sessions.archive(fixture.project.id, id)).rejects.toMatchObject({
    code: 'session_busy',
    message: expect.stringContaining('before you archive it'),
  });
});

test('a session is not restored while another process has one with its id', async () => {
  const { fixture, ids } = await setUp('aside', 'gone');
  const { sessions } = fixture.engine;
  const [aside, gone] = ids;
  if (aside === undefined || gone === undefined) throw new Error('no session');
  const projectId = fixture.project.id;
  const holdings = (id: SessionId) => fixture.sessionFile(id).replace('.jsonl', '.runtime.json');
  await sessions.archive(projectId, aside);
  const { token } = await sessions.delete(projectId, gone);
  for (const id of ids) writeFileSync(holdings(id), JSON.stringify({ pid: process.ppid, session_id: id }));
  const busy = (what: string) => ({ code: 'session_busy', message: expect.stringContaining(`before you ${what} it`) });
  await expect(sessions.unarchive(projectId, aside)).rejects.toMatchObject(busy('unarchive'));
  await expect(sessions.restore(projectId, token)).rejects.toMatchObject(busy('restore'));
  for (const id of ids) expect(existsSync(fixture.sessionFile(id))).toBe(false);

  for (const id of ids) rmSync(holdings(id));
  expect(await sessions.unarchive(projectId, aside)).toMatchObject({ title: 'aside' });
  expect(await sessions.restore(projectId, token)).toMatchObject({ title: 'gone' });
  expect(readdirSync(dirname(fixture.sessionFile(aside))).filter((name) => name.includes('lease'))).toEqual([]);
});

test('a session that fails to open after it was read leaves no lease behind', async () => {
  const { fixture, ids } = await setUp('one');
  const [id] = ids;
  if (id === undefined) throw new Error('no session');
  const second = await fixture.second();
  open.push(second);
  await fixture.engine.close();
  let reads = 0;
  const options: SessionOptions = {
    get mode() {
      reads += 1;
      if (reads > 1) throw new Error('no mode'); // it is read again once the file is loaded
      return 'default' as const;
    },
  };
  await expect(second.engine.sessions.open(second.project.id, id, options)).rejects.toThrow('no mode');
  expect(readdirSync(dirname(fixture.sessionFile(id))).filter((name) => name.includes('lease'))).toEqual([]);
});

test('pins come with the first page, the latest first, and are in the file of Qwen Code with its other content', async () => {
  const { fixture, ids } = await setUp('one', 'two', 'three');
  const { sessions } = fixture.engine;
  const [one, two] = ids;
  if (one === undefined || two === undefined) throw new Error('no session');
  const file = join(dirname(dirname(fixture.sessionFile(one))), 'session-organization.v1.json');
  const group = { id: 'g', name: 'Work', color: 'red', order: 0, createdAt: 'x', updatedAt: 'x' };
  const theirs = { groupId: 'g', color: 'green', pinnedAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, groups: [group], sessions: { [one]: theirs }, later: true }));
  await sessions.pin(fixture.project.id, two, true);
  const reported = await fixture.until('session.changed', ({ summary }) => typeof summary.pinnedAtMs === 'number');
  expect(reported.summary.id).toBe(two);
  const page = await sessions.page(fixture.project.id, { limit: 1 });
  expect(page.pinned?.map(({ title }) => title)).toEqual(['two', 'one']);
  expect((await sessions.page(fixture.project.id, { limit: 1, ...defined({ cursor: page.next }) })).pinned).toBeUndefined();
  expect((await sessions.page(fixture.project.id, { titleContains: 'tw' })).pinned?.map(({ title }) => title)).toEqual(['two']);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    schemaVersion: 1,
    groups: [group],
    sessions: { [one]: theirs },
    later: true,
  });

  await sessions.pin(fixture.project.id, one, false);
  expect((await fixture.until('session.changed', ({ summary }) => summary.pinnedAtMs === null)).summary.id).toBe(one);
  const { pinnedAt: _gone, updatedAt: _changed, ...kept } = theirs;
  const written: { sessions: Record<string, unknown> } = JSON.parse(readFileSync(file, 'utf8'));
  expect(written.sessions[one]).toEqual({ ...kept, updatedAt: expect.any(String) });

  writeFileSync(file, '{ "schemaVersion": 2 }');
  await expect(sessions.pin(fixture.project.id, one, true)).rejects.toMatchObject({ code: 'file_unreadable' });
  expect(readFileSync(file, 'utf8')).toBe('{ "schemaVersion": 2 }');
  expect((await sessions.page(fixture.project.id, {})).pinned).toBeUndefined();
});

test('the path of a session file can be requested, and exports that a crash has left are removed at the next start', async () => {
  const { fixture, ids } = await setUp('one');
  const [id] = ids;
  if (id === undefined) throw new Error('no session');
  expect(await fixture.engine.sessions.locate(fixture.project.id, id)).toBe(fixture.sessionFile(id));
  const folder = join(fixture.root, '..', '.gantry', 'exports');
  mkdirSync(folder, { recursive: true });
  const [old, fresh, foreign] = [crypto.randomUUID(), crypto.randomUUID(), 'notes.txt'].map((name) => join(folder, name));
  if (old === undefined || fresh === undefined || foreign === undefined) throw new Error('no names');
  for (const path of [old, fresh, foreign]) writeFileSync(path, 'text');
  const longAgo = Date.now() / 1000 - 3600;
  for (const path of [old, foreign]) utimesSync(path, longAgo, longAgo);
  open.push(await fixture.second());
  await expect.poll(() => existsSync(old)).toBe(false);
  expect([existsSync(fresh), existsSync(foreign)]).toEqual([true, true]);
});
