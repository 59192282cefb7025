import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

const write = (id: string, name: string, text: string) => ({ id, name: 'write_file', input: { file_path: name, content: text } });
const edit = { id: 'e1', name: 'edit', input: { file_path: 'a.txt', old_string: 'one', new_string: 'two' } };
const read = { id: 'r1', name: 'read_file', input: { file_path: 'a.txt' } };

/** Two prompts: the first edits a.txt, the second creates b.txt. */
async function worked(...more: Parameters<EngineFixture['second']>): Promise<{ fixture: EngineFixture; id: SessionId }> {
  const answers = [calls(read), calls(edit), says('1'), calls(write('w1', 'b.txt', 'new')), says('2'), ...more];
  const fixture = await createEngineFixture({ answers, files: { 'a.txt': 'one\n' } });
  open.push(fixture);
  const id = await newSession(fixture, { mode: 'auto-edit' });
  await fixture.run(id, 'first');
  await fixture.run(id, 'second');
  return { fixture, id };
}

const text = (fixture: EngineFixture, name: string) =>
  existsSync(join(fixture.root, name)) ? readFileSync(join(fixture.root, name), 'utf8') : undefined;

async function promptId(fixture: EngineFixture, id: SessionId, wanted: string) {
  const item = (await fixture.items(id)).find((one) => one.kind === 'user' && one.text === wanted);
  if (item === undefined) throw new Error('no such prompt');
  return item.id;
}

test('file changes by tools are listed under the prompts, compared and undone', async () => {
  const { fixture, id } = await worked();
  const { sessions } = fixture.engine;
  const { turns, files } = await sessions.get(id).changes.list();
  expect(turns.map(({ title, itemId, files: changed }) => [title, itemId, changed.map(({ shown }) => shown)])).toEqual([
    ['first', await promptId(fixture, id, 'first'), ['a.txt']],
    ['second', await promptId(fixture, id, 'second'), ['b.txt']],
  ]);
  expect(files).toHaveLength(2);
  expect(await sessions.get(id).changes.diff({ path: join(fixture.root, 'a.txt') })).toMatchObject({
    patch: expect.stringContaining('-one\n+two'),
  });
  await sessions.get(id).undoChanges({}, 'refuse');
  expect([text(fixture, 'a.txt'), text(fixture, 'b.txt')]).toEqual(['one\n', undefined]);
});

test('another process with the session has the same list, and nothing is undone during a turn', async () => {
  const { fixture, id } = await worked(hangsAfter('...'));
  const turn = fixture.run(id, 'third');
  await fixture.until('message.delta', ({ text: said }) => said === '...');
  await expect(fixture.engine.sessions.get(id).undoChanges({}, 'refuse')).rejects.toMatchObject({ code: 'session_busy' });
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await fixture.engine.sessions.close(id);
  const second = await fixture.second();
  open.push(second);
  await second.engine.sessions.open(second.project.id, id);
  expect((await second.engine.sessions.get(id).changes.list()).files.map(({ shown }) => shown)).toEqual(['a.txt', 'b.txt']);
});

test('a rewind undoes file changes on request, and keeps later changes by the user', async () => {
  const { fixture, id } = await worked();
  const { sessions } = fixture.engine;
  const back = await sessions.get(id).rewind(await promptId(fixture, id, 'second'), { files: true });
  expect(back).toEqual({ promptText: 'second', files: { undone: [join(fixture.root, 'b.txt')], problems: [] } });
  expect([text(fixture, 'a.txt'), text(fixture, 'b.txt')]).toEqual(['two\n', undefined]);
  writeFileSync(join(fixture.root, 'a.txt'), 'mine\n');
  const again = await sessions.get(id).rewind(await promptId(fixture, id, 'first'), { files: true });
  expect(again.files?.problems).toMatchObject([{ shown: 'a.txt', why: 'touched' }]);
  expect(text(fixture, 'a.txt')).toBe('mine\n');
});

test('a rewind without files leaves them unchanged', async () => {
  const { fixture, id } = await worked();
  expect(await fixture.engine.sessions.get(id).rewind(await promptId(fixture, id, 'first'))).toEqual({ promptText: 'first' });
  expect(text(fixture, 'b.txt')).toBe('new');
});

test('the session file records which files a turn has changed', async () => {
  const { fixture, id } = await worked();
  const records = fixture.records(id).filter(({ subtype }) => subtype === 'gantry_checkpoint');
  expect(records.map(({ systemPayload }) => systemPayload)).toEqual([
    { paths: [join(fixture.root, 'a.txt')] },
    { paths: [join(fixture.root, 'b.txt')] },
  ]);
});

test('a deleted session takes its checkpoints along, and a restore brings them back', async () => {
  const { fixture, id } = await worked();
  const { sessions } = fixture.engine;
  const { token } = await sessions.delete(fixture.project.id, id);
  await sessions.restore(fixture.project.id, token);
  await sessions.open(fixture.project.id, id);
  expect((await sessions.get(id).changes.list()).files).toHaveLength(2);
  const { token: again } = await sessions.delete(fixture.project.id, id);
  const session = await newSession(fixture, { sessionId: id });
  expect((await sessions.get(session).changes.list()).files).toEqual([]);
  expect(again).not.toBe(token);
});
