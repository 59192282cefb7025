/** The queue survives the app: real files, a scripted model, another engine on the same folders. */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { hangsAfter, type ScriptedAnswer, says } from './support/scripted-model.ts';

/** A busy machine is slow. Unit: ms. */

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

const PICTURE = {
  name: 'dot.png',
  mimeType: 'image/png' as const,
  data: Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64'),
};

async function setUp(answers: readonly ScriptedAnswer[]): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ answers, hostKind: 'desktop', files: { 'notes.md': 'remember the lamp\n' } });
  open.push(fixture);
  return fixture;
}
async function restart(fixture: EngineFixture, ...answers: ScriptedAnswer[]): Promise<EngineFixture> {
  await fixture.engine.close();
  const second = await fixture.second(...answers);
  open.push(second);
  return second;
}
const keptFolder = (fixture: EngineFixture, id: SessionId) => join(dirname(fixture.root), '.gantry', 'queued', id);
const queueOf = async (fixture: EngineFixture, id: SessionId) => (await fixture.engine.sessions.open(fixture.project.id, id)).queue;

/** A turn runs, and two prompts are queued. */
async function waiting() {
  const fixture = await setUp([hangsAfter('working')]);
  const id = await newSession(fixture);
  const { sessions } = fixture.engine;
  await sessions.get(id).prompt('go', 'p0');
  await fixture.until('message.delta');
  await sessions.get(id).prompt('mind @notes.md', 'p1', { delivery: 'steer' });
  await sessions.get(id).prompt('then this', 'p2', { attachments: [PICTURE] });
  return { fixture, id };
}

test('a prompt that is queued when the app ends is held when the session is opened again, is not sent automatically, and is sent on request', async () => {
  const { fixture, id } = await waiting();
  const second = await restart(fixture, says('read it'), says('did that'));
  const held = [
    { localId: 'p1', text: 'mind @notes.md', delivery: 'steer', isHeld: true },
    { localId: 'p2', text: 'then this', isHeld: true, attachments: [{ name: 'dot.png', mimeType: 'image/png', sizeBytes: 12 }] },
  ];
  expect(await queueOf(second, id)).toEqual(held);
  expect(await queueOf(second, id)).toEqual(held); // attached again
  expect(second.model.requests).toEqual([]);

  second.engine.sessions.get(id).work.sendQueued('p2');
  const { result } = await second.until('turn.ended');
  expect(second.model.requests[0]?.messages.at(-1)).toMatchObject({ text: 'then this', media: [{ name: 'dot.png', data: PICTURE.data }] });
  expect(await queueOf(second, id)).toEqual(held.slice(0, 1)); // the end of a turn sends no other
  second.engine.sessions.get(id).work.sendQueued('p1');
  await second.until('turn.ended', (ended) => ended.result.turnId !== result.turnId);
  expect(await queueOf(second, id)).toEqual([]);
  const last = second.model.requests[1]?.messages.at(-1);
  expect(last?.role === 'user' ? last.text : '').toContain('remember the lamp');
  await vi.waitFor(() => expect(existsSync(keptFolder(second, id))).toBe(false));
});

test('a prompt that was written to the session just before a kill is not in the queue too', async () => {
  const { fixture, id } = await waiting();
  const second = await restart(fixture, says('did that'));
  await queueOf(second, id);
  const aside = join(dirname(fixture.root), 'aside');
  cpSync(keptFolder(second, id), aside, { recursive: true });
  second.engine.sessions.get(id).work.sendQueued('p2');
  await second.until('turn.ended');
  // The state of a kill between the two writes: both the record and the file of the queue exist.
  const third = await restart(second);
  cpSync(aside, keptFolder(third, id), { recursive: true });
  expect((await queueOf(third, id)).map(({ localId }) => localId)).toEqual(['p1']);
  expect(readdirSync(keptFolder(third, id))).toHaveLength(1);
});

test('a held prompt that is removed does not return, and another moves to the trash and back with its session', async () => {
  const { fixture, id } = await waiting();
  const second = await restart(fixture);
  await queueOf(second, id);
  await second.engine.sessions.get(id).work.unqueue('p1');
  const { token } = await second.engine.sessions.delete(second.project.id, id);
  expect(existsSync(keptFolder(second, id))).toBe(false);
  await second.engine.sessions.restore(second.project.id, token);
  expect((await queueOf(second, id)).map(({ localId }) => localId)).toEqual(['p2']);
});

test('a prompt whose turn could not start is held and not lost', async () => {
  const { fixture, id } = await waiting();
  const second = await restart(fixture, says('at last'));
  await queueOf(second, id);
  const { sessions } = second.engine;
  const other = await fixture.second(); // holds the session meanwhile
  open.push(other);
  sessions.release(id);
  await vi.waitFor(async () => expect((await other.engine.sessions.open(other.project.id, id)).heldBy).toBeUndefined());
  sessions.get(id).work.sendQueued('p1');
  await second.until('item.added', ({ item }) => item.kind === 'notice' && item.code === 'session_busy');
  await other.close();
  open.splice(open.indexOf(other), 1);
  await vi.waitFor(async () =>
    expect((await queueOf(second, id)).map(({ localId, isHeld }) => [localId, isHeld])).toContainEqual(['p1', true]),
  );
  sessions.get(id).work.sendQueued('p1');
  await second.until('turn.ended');
  expect(second.model.requests).toHaveLength(1);
});

test('a program that reads the output gets no held prompts, and they are kept for a window', async () => {
  const { fixture, id } = await waiting();
  const second = await restart(fixture);
  const snapshot = await second.engine.sessions.open(second.project.id, id, { unattended: true });
  expect(snapshot.queue).toEqual([]);
  expect(await queueOf(await restart(second), id)).toHaveLength(2);
});
