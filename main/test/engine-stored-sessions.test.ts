/** Sessions as files, through the engine's interface: pages, search, branch, rewind, delete and undo, export, inspection. */
import { appendFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defined, type Cursor, ItemId, SessionId, type SessionHit } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(...answers: string[]): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ answers: answers.map((text) => says(text)) });
  open.push(fixture);
  return fixture;
}

/** A session with these prompts, answered from the script of the fixture. */
async function talk(fixture: EngineFixture, ...prompts: string[]): Promise<SessionId> {
  const id = await newSession(fixture);
  for (const prompt of prompts) await fixture.run(id, prompt);
  return id;
}

async function promptIds(fixture: EngineFixture, id: SessionId): Promise<ItemId[]> {
  return (await fixture.items(id)).flatMap((item) => (item.kind === 'user' ? [item.id] : []));
}

const texts = async (fixture: EngineFixture, id: SessionId) =>
  (await fixture.items(id)).map((item) => (item.kind === 'tool' ? item.name : item.text));

async function readExport(fixture: EngineFixture, exportId: string): Promise<string> {
  let text = '';
  for (let offsetBytes = 0; ; ) {
    const piece = await fixture.engine.sessions.readExport(exportId, { offsetBytes, maxBytes: 64 });
    text += piece.text;
    offsetBytes = piece.nextOffsetBytes;
    if (offsetBytes >= piece.totalBytes) return text;
  }
}

test('a list comes in pages, and can be filtered by a part of the title', async () => {
  const fixture = await setUp('1', '2', '3');
  const ids = [await talk(fixture, 'Alpha'), await talk(fixture, 'Beta'), await talk(fixture, 'alphabet')];
  ids.forEach((id, index) => utimesSync(fixture.sessionFile(id), 1000 + index, 1000 + index));
  const other = await fixture.second();
  open.push(other);
  const { sessions } = other.engine;
  const first = await sessions.page(other.project.id, { limit: 2 });
  expect(first.sessions.map(({ title }) => title)).toEqual(['alphabet', 'Beta']);
  expect(first.total).toBe(3);
  const second = await sessions.page(other.project.id, { limit: 2, cursor: first.next as Cursor });
  expect([second.sessions.map(({ title }) => title), second.next]).toEqual([['Alpha'], undefined]);
  const picked = await sessions.page(other.project.id, { titleContains: 'ALPHA' });
  expect(picked.sessions.map(({ title }) => title)).toEqual(['alphabet', 'Alpha']);
  expect((await sessions.find(other.project.id, String(ids[1]).slice(0, 8))).map(({ id }) => id)).toEqual([ids[1]]);
  expect((await sessions.find(other.project.id, 'Beta')).map(({ id }) => id)).toEqual([ids[1]]);
});

test('a search finds messages of all sessions with their rows, and continues where a page ended', async () => {
  const fixture = await setUp('The word is "Zebra"\nhere', 'nothing', 'zebra again');
  const one = await talk(fixture, 'What is the word?');
  const two = await talk(fixture, 'No animal', 'Say it');
  const hits: SessionHit[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await fixture.engine.sessions.search({ query: 'ZEBRA', limit: 1, ...defined({ cursor }) });
    expect(page.hits.length).toBeLessThanOrEqual(1);
    expect(page.totalSessions).toBe(2);
    hits.push(...page.hits);
    cursor = page.next;
  } while (cursor !== undefined);
  expect(hits.map(({ sessionId, role }) => [sessionId, role])).toEqual([
    [two, 'assistant'],
    [one, 'assistant'],
  ]);
  const hit = hits[1];
  expect(hit?.snippet).toEqual({ before: 'The word is "', match: 'Zebra', after: '" here' });
  expect(hit?.projectId).toBe(fixture.project.id);
  expect((await fixture.items(one)).map((item) => item.id)).toContain(hit?.itemId);
});

test('a branch has the history before the chosen prompt, under a new id, and leaves the old session unchanged', async () => {
  const fixture = await setUp('one', 'two', 'three');
  const id = await talk(fixture, 'first', 'second');
  const before = readFileSync(fixture.sessionFile(id), 'utf8');
  const [, second] = await promptIds(fixture, id);
  const { session, promptText } = await fixture.engine.sessions.branch(
    fixture.project.id,
    id,
    second === undefined ? {} : { beforeItemId: second },
  );
  expect([promptText, session.title]).toEqual(['second', 'first (branch)']);
  expect(await texts(fixture, session.id)).toEqual(['first', 'one']);
  expect(fixture.records(session.id).every((record) => record['sessionId'] === session.id)).toBe(true);
  await fixture.run(session.id, 'otherwise');
  expect(await texts(fixture, session.id)).toEqual(['first', 'one', 'otherwise', 'three']);
  expect(readFileSync(fixture.sessionFile(id), 'utf8')).toBe(before);
  await expect(fixture.engine.sessions.branch(fixture.project.id, id, { beforeItemId: ItemId.parse('nothing') })).rejects.toMatchObject({
    code: 'item_unknown',
  });
});

test("a rewind removes the prompt and what followed from the session and from the model's history", async () => {
  const fixture = await setUp('one', 'two', 'three');
  const id = await talk(fixture, 'first', 'second');
  const [, second] = await promptIds(fixture, id);
  if (second === undefined) throw new Error('no second prompt');
  expect(await fixture.engine.sessions.get(id).rewind(second)).toEqual({ promptText: 'second' });
  expect(await texts(fixture, id)).toEqual(['first', 'one']);
  await fixture.run(id, 'instead');
  expect(fixture.model.requests[2]?.messages.map((message) => (message.role === 'tool' ? '' : message.text))).toEqual([
    'first',
    'one',
    'instead',
  ]);
  const other = await fixture.second();
  open.push(other);
  expect(await texts(other, id)).toEqual(['first', 'one', 'instead', 'three']);
  expect(fixture.records(id).filter((record) => record['subtype'] === 'rewind')).toHaveLength(1);
  const found = async (query: string) => (await fixture.engine.sessions.search({ query })).hits.map(({ snippet }) => snippet.match);
  expect([await found('second'), await found('two'), await found('instead')]).toEqual([[], [], ['instead']]);
});

test('a copy names its original session, of Gantry and of Qwen Code', async () => {
  const fixture = await setUp('one', 'two');
  const id = await talk(fixture, 'first');
  const { session } = await fixture.engine.sessions.branch(fixture.project.id, id);
  const snapshotOf = (one: SessionId) => fixture.engine.sessions.open(fixture.project.id, one);
  expect((await snapshotOf(session.id)).branchedFrom).toEqual({ sessionId: id, title: 'first' });
  expect(await snapshotOf(id)).not.toHaveProperty('branchedFrom');
  const { session: second } = await fixture.engine.sessions.branch(fixture.project.id, session.id);
  expect((await snapshotOf(second.id)).branchedFrom).toEqual({ sessionId: session.id, title: 'first (branch)' });

  const theirs = SessionId.parse('11111111-2222-4333-8444-555555555555');
  const forked = fixture
    .records(id)
    .map((record) => JSON.stringify({ ...record, sessionId: theirs, forkedFrom: { sessionId: id, messageUuid: record['uuid'] } }));
  writeFileSync(fixture.sessionFile(theirs), `${forked.join('\n')}\n`);
  expect((await snapshotOf(theirs)).branchedFrom).toEqual({ sessionId: id });
});

test('a branch has only its own title, and one original session', async () => {
  const fixture = await setUp('one');
  const id = await talk(fixture, 'first');
  await fixture.engine.sessions.rename(fixture.project.id, id, 'Named');
  const { session } = await fixture.engine.sessions.branch(fixture.project.id, id);
  const { session: second } = await fixture.engine.sessions.branch(fixture.project.id, session.id);
  const own = (subtype: string) =>
    fixture.records(second.id).flatMap((record) => (record['subtype'] === subtype ? [record['systemPayload']] : []));
  expect(own('custom_title')).toEqual([{ customTitle: 'Named (branch) (branch)', titleSource: 'manual' }]);
  expect(own('gantry_branch')).toMatchObject([{ parentSessionId: session.id, parentTitle: 'Named (branch)' }]);
});

test('records that announce a prompt go with it, in a rewind and in a branch', async () => {
  const fixture = await setUp('one', 'two', 'three');
  writeFileSync(join(fixture.root, 'notes.txt'), 'of the file');
  const id = await talk(fixture, 'first', 'read @notes.txt');
  const records = fixture.records(id);
  const at = records.findIndex((record) => record['subtype'] === 'at_command');
  expect(records[at]).toMatchObject({ systemPayload: { status: 'success', userText: 'read @notes.txt' } });
  expect(records[at + 1]).toMatchObject({
    type: 'user',
    parentUuid: records[at]?.['uuid'],
    message: { parts: [{ text: 'read @notes.txt' }, {}] },
  });
  const [, second] = await promptIds(fixture, id);
  if (second === undefined) throw new Error('no second prompt');
  const { session } = await fixture.engine.sessions.branch(fixture.project.id, id, { beforeItemId: second });
  expect(fixture.records(session.id).map((record) => record['subtype'])).not.toContain('at_command');
  const whole = await fixture.engine.sessions.branch(fixture.project.id, id);
  expect(fixture.records(whole.session.id).map((record) => record['subtype'])).toContain('at_command');
  await fixture.engine.sessions.get(id).rewind(second);
  expect(fixture.records(id).at(-1)).toMatchObject({ subtype: 'rewind', parentUuid: records[at]?.['parentUuid'] });
});

test('a rewind to before the first prompt leaves an empty conversation', async () => {
  const fixture = await setUp('one', 'two');
  const id = await talk(fixture, 'first');
  const [first] = await promptIds(fixture, id);
  if (first === undefined) throw new Error('no prompt');
  await fixture.engine.sessions.get(id).rewind(first);
  expect(await texts(fixture, id)).toEqual([]);
  await fixture.run(id, 'anew');
  const other = await fixture.second();
  open.push(other);
  expect(await texts(other, id)).toEqual(['anew', 'two']);
});

test('a deleted session is removed with its side files, and restored whole', async () => {
  const fixture = await setUp('one');
  const id = await talk(fixture, 'first');
  const file = fixture.sessionFile(id);
  writeFileSync(join(dirname(file), `${id}.pr.json`), '{}');
  const deleted = await fixture.engine.sessions.delete(fixture.project.id, id);
  expect(deleted).toMatchObject({ sessionId: id, title: 'first' });
  expect(readdirSync(dirname(file))).toEqual([]);
  expect(await fixture.engine.sessions.list(fixture.project.id)).toEqual([]);
  expect(fixture.events.some(({ event }) => event === 'session.removed')).toBe(true);
  expect(await fixture.engine.sessions.listDeleted(fixture.project.id)).toEqual([deleted]);
  const restored = await fixture.engine.sessions.restore(fixture.project.id, deleted.token);
  expect(restored).toMatchObject({ id, title: 'first' });
  expect(existsSync(join(dirname(file), `${id}.pr.json`))).toBe(true);
  expect(await texts(fixture, id)).toEqual(['first', 'one']);
  await expect(fixture.engine.sessions.restore(fixture.project.id, deleted.token)).rejects.toMatchObject({ code: 'session_unknown' });
  await expect(fixture.engine.sessions.restore(fixture.project.id, '../../x')).rejects.toMatchObject({ code: 'session_unknown' });
});

test('a session that another process holds is not deleted', async () => {
  const fixture = await setUp('one');
  const id = await talk(fixture, 'first');
  const other = await fixture.second();
  open.push(other);
  await expect(other.engine.sessions.delete(other.project.id, id)).rejects.toMatchObject({ code: 'session_busy' });
  expect(existsSync(fixture.sessionFile(id))).toBe(true);
});

test.each(['markdown', 'html', 'json', 'jsonl'] as const)('an export as %s contains the texts, escaped, and no key', async (format) => {
  const fixture = await setUp('</pre><script>alert(1)</script> ```');
  const id = await talk(fixture, 'My key is sk-abcdefghijklmnopqrst & more');
  const { exportId, fileName, totalBytes } = await fixture.engine.sessions.export(fixture.project.id, id, format);
  const text = await readExport(fixture, exportId);
  expect(Buffer.byteLength(text)).toBe(totalBytes);
  expect(fileName).toMatch(/^my-key-is-redacted-more-[0-9a-f]{8}\.(md|html|json|jsonl)$/);
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('sk-abc');
  if (format === 'html') expect(text).not.toContain('<script');
  if (format === 'json')
    expect(JSON.parse(text)).toMatchObject({ format: 'gantry-session', sessionId: id, items: [{ kind: 'user' }, { kind: 'assistant' }] });
  if (format === 'jsonl')
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toContain('assistant');
});

test('an inspection names every line that cannot be read', async () => {
  const fixture = await setUp('one');
  const id = await talk(fixture, 'first');
  const lines = fixture.records(id).length;
  appendFileSync(fixture.sessionFile(id), '{"half":\n{"no":"record"}\n{"uuid":"torn');
  const report = await fixture.engine.sessions.inspect(fixture.project.id, id);
  expect(report.records).toBe(lines);
  expect(report.problems.map(({ kind, line }) => [kind, line - lines])).toEqual([
    ['not_json', 1],
    ['no_record', 2],
    ['torn', 3],
  ]);
  await expect(fixture.engine.sessions.inspect(fixture.project.id, SessionId.parse('../../etc/passwd'))).rejects.toMatchObject({
    code: 'session_unknown',
  });
});
