import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

/** Waits for a line on its standard input, so that the test determines its end. */
const waiting = (id: string) => ({
  id,
  name: 'run_shell_command',
  input: { command: `read line; echo "${id} got $line"`, is_background: true },
});

async function startWaiting(fixture: EngineFixture, ...ids: string[]) {
  fixture.model.push(calls(...ids.map(waiting)), says('started'));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'start');
  return { id, tasks: fixture.engine.tasks.list(id) };
}

test('tasks that end together are reported in one message (BT-25)', async () => {
  const fixture = await setUp();
  const { id, tasks } = await startWaiting(fixture, 'a', 'b');
  fixture.model.push(says('both noted'));
  for (const task of tasks) fixture.engine.tasks.write(task.id, 'go\n');
  await fixture.until('message.delta', (data) => data.text === 'both noted');
  const reported = fixture.model.requests.at(-1)?.messages.at(-1);
  const text = reported?.role === 'user' ? reported.text : '';
  expect(text.match(/<task-notification>/g)).toHaveLength(2);
  expect(text).toContain('a got go');
  expect(text).toContain('b got go');
  expect((await fixture.items(id)).filter((item) => item.kind === 'notice')).toHaveLength(1);
});

test('a task that ends during a turn is reported once, after the turn', async () => {
  const fixture = await setUp();
  const { id, tasks } = await startWaiting(fixture, 'a');
  fixture.model.push(hangsAfter('busy'), says('noted'));
  const turn = fixture.run(id, 'work');
  await fixture.until('message.delta', (data) => data.text === 'busy');
  for (const task of tasks) fixture.engine.tasks.write(task.id, 'go\n');
  await fixture.until('task.changed', (data) => data.task.status === 'completed');
  expect((await fixture.items(id)).some((item) => item.kind === 'notice')).toBe(false);
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await fixture.until('message.delta', (data) => data.text === 'noted');
  expect(fixture.records(id).filter((record) => record['subtype'] === 'notification')).toHaveLength(1);
});

test('a waiting prompt is answered together with the notice, in one turn', async () => {
  const fixture = await setUp();
  const { id, tasks } = await startWaiting(fixture, 'a');
  fixture.model.push(hangsAfter('busy'), says('both answered'));
  const turn = fixture.run(id, 'work');
  await fixture.until('message.delta', (data) => data.text === 'busy');
  await fixture.engine.sessions.get(id).prompt('and then', 'q1');
  for (const task of tasks) fixture.engine.tasks.write(task.id, 'go\n');
  await fixture.until('task.changed', (data) => data.task.status === 'completed');
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await fixture.until('message.delta', (data) => data.text === 'both answered');
  const messages = fixture.model.requests.at(-1)?.messages ?? [];
  expect(messages.slice(-2)).toMatchObject([
    { role: 'user', text: expect.stringContaining('<task-notification>') },
    { role: 'user', text: 'and then' },
  ]);
});

test('a task that the user stopped is reported as stopped', async () => {
  const fixture = await setUp();
  const { tasks } = await startWaiting(fixture, 'a');
  fixture.model.push(says('noted'));
  for (const task of tasks) fixture.engine.tasks.stop(task.id, { force: true, by: 'user' });
  const { item } = await fixture.until('item.added', (data) => data.item.kind === 'notice');
  expect(item).toMatchObject({ text: expect.stringContaining('ended: stopped') });
  await fixture.until('message.delta', (data) => data.text === 'noted');
  expect(fixture.model.requests.at(-1)?.messages.at(-1)).toMatchObject({ text: expect.stringContaining('<status>cancelled</status>') });
});

test('after the engine was closed, the tasks it stopped are not reported', async () => {
  const fixture = await setUp();
  const { id } = await startWaiting(fixture, 'a');
  await fixture.engine.close();
  expect(fixture.records(id).some((record) => record['subtype'] === 'notification')).toBe(false);
  expect(fixture.model.requests).toHaveLength(2);
});

test('a notice that cannot be reported now waits for the next turn, and is not retried in a loop', async () => {
  const fixture = await setUp();
  const { id, tasks } = await startWaiting(fixture, 'a');
  const { EngineError } = await import('../engine/index.ts');
  const { resolve } = fixture.model.registry;
  let tries = 0;
  fixture.model.registry.resolve = async () => {
    tries += 1;
    throw new EngineError('no_model', 'Choose a model.');
  };
  for (const task of tasks) fixture.engine.tasks.write(task.id, 'go\n');
  const { item } = await fixture.until('item.added', (data) => data.item.kind === 'notice');
  expect(item).toMatchObject({ level: 'error', code: 'no_model' });
  await fixture.until('session.changed', (data) => data.summary.state === 'idle' && tries === 1);
  fixture.model.registry.resolve = resolve;
  fixture.model.push(says('noted'));
  await fixture.run(id, 'go on');
  expect(tries).toBe(1);
  expect(fixture.model.requests.at(-1)?.messages.slice(-2)).toMatchObject([
    { text: expect.stringContaining('a got go') },
    { text: 'go on' },
  ]);
});
