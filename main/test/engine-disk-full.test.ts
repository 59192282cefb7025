/** A full disk under the session file: each turn ends normally and reports it, and the session continues once there is space. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, type ScriptedAnswer, says } from './support/scripted-model.ts';
import { createSmallDisk } from './support/small-disk.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function setUp(options: FixtureOptions = {}) {
  const disk = createSmallDisk();
  const fixture = await createEngineFixture({ ...options, disk });
  open.push(fixture);
  const id = await newSession(fixture, { mode: 'yolo' });
  const message = `There is no space left on the disk that holds ${fixture.sessionFile(id)}. Free some space, then try again.`;
  return {
    fixture,
    id,
    fill: () => void (disk.bytesLeft = 10),
    free: () => void (disk.bytesLeft = Number.POSITIVE_INFINITY),
    error: { code: 'disk_full', message },
  };
}

/** Acts before it answers. */
const after = (act: () => void | Promise<void>, answer: ScriptedAnswer): ScriptedAnswer =>
  async function* acted(request, signal) {
    await act();
    yield* typeof answer === 'function' ? answer(request, signal) : answer;
  };

const count = (fixture: EngineFixture, name: string) => fixture.events.filter(({ event }) => event === name).length;
const errors = async (fixture: EngineFixture, id: SessionId) =>
  (await fixture.items(id)).filter((item) => item.kind === 'notice' && item.level === 'error');
const rolesOf = (fixture: EngineFixture) => fixture.model.requests.at(-1)?.messages.map(({ role }) => role);

/** Checks the file: each record has the previous one as its parent, and no call has two results. */
function checkRecords(fixture: EngineFixture, id: SessionId) {
  const records = fixture.records(id);
  const seen = new Set<unknown>([null]);
  const results: unknown[] = [];
  for (const { uuid, parentUuid, message } of records) {
    expect(seen).toContain(parentUuid);
    seen.add(uuid);
    const parts = (message as { parts?: { functionResponse?: { id?: string } }[] } | undefined)?.parts ?? []; // as Qwen Code writes it
    for (const { functionResponse } of parts) if (functionResponse !== undefined) results.push(functionResponse.id);
  }
  expect(new Set(results).size).toBe(results.length);
  return records;
}

test.each([
  ['without hooks', {}],
  ['with a hook that reads the answer', { MessageDisplay: [{ hooks: [{ type: 'command', command: 'true' }] }] }],
])('an answer that cannot be written ends its turn, and a retry requests it again (%s)', async (_name, hooks) => {
  const { fixture, id, fill, free, error } = await setUp({ files: { '.qwen/settings.json': JSON.stringify({ hooks }) } });
  fixture.model.push(after(fill, says('lost')), says('kept'));
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', error });
  expect(count(fixture, 'turn.ended')).toBe(1);
  expect(await errors(fixture, id)).toMatchObject([{ text: error.message, code: error.code, action: 'retry' }]);
  free();
  fixture.engine.sessions.get(id).work.retryNow();
  await fixture.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(rolesOf(fixture)).toEqual(['user']);
  expect((await fixture.items(id)).map((item) => ('text' in item ? item.text : item.kind))).toEqual(['go', 'kept']);
  checkRecords(fixture, id);
});

test('a result that cannot be written ends the turn and its running calls; no call gets two results', async () => {
  const { fixture, id, fill, free, error } = await setUp({ files: { 'a.txt': 'a', 'b.txt': 'b' } });
  const read = (name: string) => ({ id: name, name: 'read_file', input: { file_path: join(fixture.root, name) } });
  fixture.model.push(
    calls(read('a.txt'), { id: 'block', name: 'run_shell_command', input: { command: 'rm -rf kept; mkdir kept' } }, read('b.txt')),
    says('fine'),
  );
  fixture.engine.subscribe((event) => {
    if (
      event.event === 'item.changed' &&
      event.data.item.id === 'block' &&
      event.data.item.kind === 'tool' &&
      event.data.item.status === 'running'
    )
      fill();
  });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', error });
  const rows = (await fixture.items(id)).flatMap((item) => (item.kind === 'tool' ? [`${item.id} ${item.status}`] : []));
  expect(rows).toEqual(['a.txt success', 'block success', 'b.txt cancelled']);
  free();
  fixture.engine.sessions.get(id).work.retryNow();
  await fixture.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(rolesOf(fixture)).toEqual(['user', 'assistant', 'tool']);
  checkRecords(fixture, id);
});

test('after a result that could not be written, the next turn shows and sends only what the file contains', async () => {
  const { fixture, id, fill, free } = await setUp();
  fixture.model.push(calls({ id: 'c1', name: 'run_shell_command', input: { command: 'echo lost' } }), says('fine'));
  fixture.engine.subscribe((event) => {
    if (event.event === 'item.changed' && event.data.item.kind === 'tool' && event.data.item.status === 'running') fill();
  });
  expect((await fixture.run(id, 'go')).end).toBe('failed');
  free();
  fixture.engine.sessions.get(id).work.retryNow();
  await fixture.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages)).toContain('Its effect is unknown');
  const rowsOf = async (engine: EngineFixture) =>
    (await engine.items(id)).map((item) => [item.kind, item.kind === 'tool' ? item.status : 'text' in item ? item.text : '']);
  const shown = await rowsOf(fixture);
  expect(shown).toEqual([
    ['user', 'go'],
    ['tool', 'cancelled'],
    ['assistant', 'fine'],
  ]);
  const second = await fixture.second();
  open.push(second);
  expect(await rowsOf(second)).toEqual(shown);
  checkRecords(fixture, id);
});

test('a prompt that cannot be written is refused and leaves no trace; sent again it is answered', async () => {
  const { fixture, id, fill, free, error } = await setUp({ answers: [says('one'), says('two')] });
  fill();
  await expect(fixture.engine.sessions.get(id).prompt('go', 'l1')).rejects.toMatchObject(error);
  expect(await fixture.items(id)).toEqual([]);
  free();
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  fill();
  await expect(fixture.engine.sessions.get(id).prompt('more', 'l2')).rejects.toMatchObject(error);
  free();
  expect((await fixture.run(id, 'more')).end).toBe('completed');
  expect(rolesOf(fixture)).toEqual(['user', 'assistant', 'user']);
  checkRecords(fixture, id);
});

test('queued prompts are held, with one message, and are sent once there is space', async () => {
  const { fixture, id, fill, free, error } = await setUp();
  const { engine } = fixture;
  const act = async () => {
    await engine.sessions.get(id).prompt('second', 'q1');
    await engine.sessions.get(id).prompt('third', 'q2');
    fill();
  };
  fixture.model.push(after(act, says('lost')), says('2'), says('3'));
  expect(await fixture.run(id, 'first')).toMatchObject({ end: 'failed', error });
  const queue = async () => (await engine.sessions.open(fixture.project.id, id)).queue.map(({ text, isHeld }) => [text, isHeld]);
  expect(await queue()).toEqual([
    ['second', true],
    ['third', true],
  ]);
  expect(await errors(fixture, id)).toHaveLength(1);

  // Still full: it is held again.
  engine.sessions.get(id).work.sendQueued('q1');
  let notices = 0;
  await fixture.until('item.added', ({ item }) => item.kind === 'notice' && item.text === error.message && (notices += 1) === 2);
  await expect.poll(queue).toEqual([
    ['second', true],
    ['third', true],
  ]);
  free();
  engine.sessions.get(id).work.sendQueued('q1');
  await fixture.until('turn.ended', () => fixture.model.requests.length === 2);
  engine.sessions.get(id).work.sendQueued('q2');
  await fixture.until('turn.ended', () => fixture.model.requests.length === 3);
  const prompts = (await fixture.items(id)).flatMap((item) => (item.kind === 'user' ? [item.text] : []));
  expect(prompts).toEqual(['first', 'second', 'third']);
  checkRecords(fixture, id);
});

test('a message for the next step that cannot be written stays in the queue', async () => {
  const { fixture, id, fill, error } = await setUp();
  const { engine } = fixture;
  const send = async () => void (await engine.sessions.get(id).prompt('steer', 's1', { delivery: 'steer' }));
  fixture.model.push(after(send, calls({ id: 'c1', name: 'run_shell_command', input: { command: 'true' } })));
  engine.subscribe((event) => {
    if (event.event === 'item.changed' && event.data.item.kind === 'tool' && event.data.item.status === 'success') fill();
  });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', error });
  expect((await engine.sessions.open(fixture.project.id, id)).queue.map(({ text }) => text)).toEqual(['steer']);
});

test("the user's own command still runs, because it may free some space", async () => {
  const { fixture, id, fill, free, error } = await setUp({ answers: [says('seen')] });
  fill();
  await fixture.engine.sessions.get(id).work.runCommand('echo freed');
  await fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.status === 'success');
  expect(await errors(fixture, id)).toMatchObject([{ text: error.message }]);
  free();
  expect((await fixture.run(id, 'go')).end).toBe('completed');
});

test("the user's own command runs even if the lease cannot be written", async () => {
  const { fixture, id } = await setUp({ answers: [says('seen')] });
  const chats = dirname(fixture.sessionFile(id));
  mkdirSync(dirname(chats), { recursive: true });
  rmSync(chats, { recursive: true, force: true });
  writeFileSync(chats, 'a file in place of the folder');
  await fixture.engine.sessions.get(id).work.runCommand(`rm '${chats}'`);
  await fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.status === 'success');
  expect(await errors(fixture, id)).toEqual([]);
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  expect(rolesOf(fixture)).toEqual(['user', 'user']); // the command and the prompt
});
