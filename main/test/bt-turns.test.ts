/** Background tasks from the view of the model and the user: a whole engine, real terminals, a scripted model. */
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionId, TaskSummary } from '../../preload/contract/index.ts';
import type { ModelRequest } from '../engine/provider/provider.ts';
import { isAlive } from '../local/live-tasks.fixture.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

async function setUp(): Promise<{ fixture: EngineFixture; id: SessionId }> {
  const fixture = await createEngineFixture();
  onTestFinished(() => fixture.close());
  return { fixture, id: await newSession(fixture, { mode: 'yolo' }) };
}

const shell = (id: string, command: string, isBackground = false) => ({
  id,
  name: 'run_shell_command',
  input: { command, ...(isBackground ? { is_background: true } : {}) },
});
const tool = (id: string, name: string, input: Record<string, unknown> = {}) => ({ id, name, input });

/** The running task of this command, after its first output. */
async function running(fixture: EngineFixture, command: string): Promise<TaskSummary> {
  const { task } = await fixture.until(
    'task.changed',
    (data) => data.task.command === command && data.task.status === 'running' && data.task.lastLine !== '',
  );
  return task;
}

function lastResults(request: ModelRequest | undefined): readonly string[] {
  const last = request?.messages.at(-1);
  return last?.role === 'tool' ? last.results.map((result) => result.text) : [];
}

const notifications = (request: ModelRequest | undefined) =>
  JSON.stringify(request?.messages ?? []).split('<task-notification>').length - 1;

test('BT-17: a cancelled turn ends its foreground command and leaves background tasks running', async () => {
  const { fixture, id } = await setUp();
  const [promoted, started, foreground] = ["echo one; trap '' HUP; read line", 'echo two; read line', 'echo three; read line'];
  fixture.model.push(calls(shell('c1', promoted)), calls(shell('c2', started, true)), calls(shell('c3', foreground)));
  const turn = fixture.run(id, 'go');
  fixture.engine.tasks.promote((await running(fixture, promoted)).id);
  const third = await running(fixture, foreground);
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  await expect.poll(() => isAlive(third.pid ?? 0)).toBe(false);
  const left = fixture.engine.tasks.list(id);
  expect(new Map(left.map(({ command, status }) => [command, status]))).toEqual(
    new Map([
      [promoted, 'running'],
      [started, 'running'],
    ]),
  );
  expect(left.map(({ pid }) => isAlive(pid ?? 0))).toEqual([true, true]);
});

test('BT-24: after a promotion the model receives the command, the id, the status, the output so far, and how to continue', async () => {
  const { fixture, id } = await setUp();
  const command = 'echo built 3 of 9; read line; echo the rest';
  fixture.model.push(calls(shell('c1', command)), says('I go on.'));
  const turn = fixture.run(id, 'build');
  const task = await running(fixture, command);
  fixture.engine.tasks.promote(task.id);
  expect((await turn).end).toBe('completed');
  const [reported = ''] = lastResults(fixture.model.requests[1]);
  expect(reported).toContain(`Moved to the background by the user while it ran: ${command}`);
  expect(reported).toContain(`Task: ${task.id}\nStatus now: running`);
  expect(reported).toContain('Output so far:\nbuilt 3 of 9\n');
  expect(reported).toContain(`Further output goes to ${task.outputPath}`);
  expect(reported).toContain(`stop it with task_stop (task_id "${task.id}")`);
  fixture.model.push(says('noted'));
  fixture.engine.tasks.write(task.id, '\n');
  await fixture.until('message.delta', (data) => data.text === 'noted');
  expect(readFileSync(task.outputPath ?? '', 'utf8')).toContain('the rest\n');
});

test('BT-25: an end is reported once, after the turn in which it occurs, in the documented format, and not again after a restart', async () => {
  const { fixture, id } = await setUp();
  const background = 'echo begun; read line; echo <last & words>; exit 3';
  const waiting = 'echo waiting; read line';
  fixture.model.push(calls(shell('c1', background.replace('<last & words>', "'<last & words>'"), true)), says('started'));
  await fixture.run(id, 'start');
  const [task] = fixture.engine.tasks.list(id);
  if (task === undefined) throw new Error('the task was started above');

  fixture.model.push(calls(shell('c2', waiting)), says('worked'), says('noted'));
  const turn = fixture.run(id, 'work');
  const inTurn = await running(fixture, waiting);
  fixture.engine.tasks.write(task.id, '\n');
  await fixture.until('task.changed', (data) => data.task.id === task.id && data.task.status === 'failed');
  fixture.engine.tasks.write(inTurn.id, '\n');
  await turn;
  await fixture.until('message.delta', (data) => data.text === 'noted');
  expect(fixture.model.requests.map(notifications)).toEqual([0, 0, 0, 0, 1]);
  const reported = fixture.model.requests.at(-1)?.messages.at(-1);
  expect(reported).toMatchObject({ role: 'user' });
  const text = reported?.role === 'user' ? reported.text : '';
  for (const part of [
    `<task-id>${task.id}</task-id>`,
    '<kind>shell</kind>',
    '<status>failed</status>',
    '<exit-code>3</exit-code>',
    `<output-file>${task.outputPath}</output-file>`,
    '&lt;last &amp; words&gt;',
  ])
    expect(text).toContain(part);

  let turns = 0;
  await fixture.until('turn.ended', () => ++turns === 3); // one of them is the notification's
  fixture.model.push(says('and on'));
  await fixture.run(id, 'next');
  expect(notifications(fixture.model.requests.at(-1))).toBe(1);
  await fixture.engine.close();
  const second = await fixture.second(says('again'));
  onTestFinished(() => second.engine.close());
  await second.engine.sessions.open(second.project.id, id);
  await second.run(id, 'after the restart');
  expect(second.model.requests.map(notifications)).toEqual([1]);
});

test('BT-28: the task tools list and stop running tasks, and an unknown id gets the known ones', async () => {
  const { fixture, id } = await setUp();
  const command = 'echo serving; read line';
  fixture.model.push(calls(shell('c1', command, true)), says('started'));
  await fixture.run(id, 'start');
  const task = await running(fixture, command);
  fixture.model.push(
    calls(tool('c2', 'task_list')),
    calls(tool('c3', 'task_stop', { task_id: 'bg_ffffffff' })),
    calls(tool('c4', 'task_stop', { task_id: task.id })),
  );
  fixture.model.push(says('stopped'));
  await fixture.run(id, 'stop it');
  const [list, unknown, stopped] = fixture.model.requests.slice(-3).map((request) => lastResults(request)[0] ?? '');
  expect(list).toContain(`${task.id}: running`);
  expect(list).toContain(command);
  expect(unknown).toContain(`There is no background task "bg_ffffffff". Known tasks:\n${task.id} (running): ${command}`);
  expect(stopped).toContain(`Stopping ${task.id}`);
  await fixture.until('task.changed', (data) => data.task.id === task.id && data.task.status === 'cancelled');
  await expect.poll(() => isAlive(task.pid ?? 0)).toBe(false);
});
