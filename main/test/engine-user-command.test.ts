import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ToolItem, TranscriptItem } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const shell = (items: readonly TranscriptItem[]): ToolItem | undefined => items.find((item) => item.kind === 'tool');
const ended = (fixture: EngineFixture) => fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.status !== 'running');

test("the user's command runs without model or approval, is a row, and the model reads it with the next prompt", async () => {
  const fixture = await setUp({ answers: [says('I see it')] });
  const id = await newSession(fixture);
  const { taskId } = await fixture.engine.sessions.get(id).work.runCommand('echo from the shell; exit 3');
  await ended(fixture);
  expect(fixture.model.requests).toEqual([]);
  expect(fixture.events.some(({ event }) => event === 'approval.requested')).toBe(false);
  const row = shell(await fixture.items(id));
  expect(row).toMatchObject({
    verb: 'user_run',
    target: 'echo from the shell; exit 3',
    status: 'error',
    display: {
      kind: 'shell',
      outcome: 'failed',
      exitCode: 3,
      output: 'from the shell',
      summary: 'Exited with code 3',
      taskId,
      cwd: fixture.root,
    },
  });

  await fixture.run(id, 'what was that?');
  const reported = fixture.model.requests[0]?.messages;
  expect(reported).toMatchObject([{ role: 'user' }, { role: 'user', text: 'what was that?' }]);
  expect(reported?.[0]).toMatchObject({
    text: expect.stringMatching(/echo from the shell; exit 3[^]*\nfrom the shell\nExited with code 3\./),
  });
  expect(fixture.records(id)[1]).toMatchObject({
    type: 'user',
    message: { role: 'user' },
    systemPayload: { displayText: '!echo from the shell; exit 3' },
  });

  // The same row and the same history from the file.
  await fixture.engine.close();
  const second = await fixture.second(says('still'));
  open.push(second);
  const items = await second.items(id);
  expect(shell(items)).toEqual({ ...row, endedAtMs: expect.any(Number) });
  await second.run(id, 'and now?');
  expect(second.model.requests[0]?.messages[0]).toEqual(reported?.[0]);
  expect((await second.engine.sessions.list(second.project.id))[0]?.title).toBe('what was that?');
});

test('a session that ends with such a command was not interrupted', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  await fixture.engine.sessions.get(id).work.runCommand('true');
  await ended(fixture);
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect((await second.items(id)).map((item) => item.kind)).toEqual(['tool']);
});

test('it takes the place of a turn: another command is refused, and a prompt waits and is answered after a promotion', async () => {
  const fixture = await setUp({ answers: [says('on with it'), says('noted')] });
  const { sessions, tasks } = fixture.engine;
  const id = await newSession(fixture);
  const { taskId } = await sessions.get(id).work.runCommand('echo begun; read line; echo "got $line"');
  await fixture.until('task.changed', ({ task }) => task.lastLine === 'begun');
  expect(tasks.get(taskId)).toMatchObject({ placement: 'foreground', status: 'running' });
  expect(tasks.get(taskId)?.timeoutAtMs).toBeUndefined();
  await expect(sessions.get(id).work.runCommand('true')).rejects.toMatchObject({ code: 'session_busy' });
  expect(await sessions.get(id).prompt('go on', 'l1')).toEqual({});
  expect(fixture.model.requests).toEqual([]);

  tasks.promote(taskId);
  await fixture.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(shell(await fixture.items(id))).toMatchObject({ status: 'success', display: { outcome: 'promoted' } });
  const first = fixture.model.requests[0]?.messages[0];
  expect(first).toMatchObject({ text: expect.stringContaining(`background as task ${taskId}. Status now: running`) });

  // Its end is a row and a message of the history; no request is sent for it.
  tasks.write(taskId, 'it\n');
  await fixture.until('item.added', ({ item }) => item.kind === 'notice' && item.taskId === taskId);
  expect(fixture.model.requests).toHaveLength(1);
  await sessions.get(id).prompt('and?', 'l2'); // if the row is not written yet, it waits for that
  await fixture.until('message.delta', (data) => data.text === 'noted');
  expect(JSON.stringify(fixture.model.requests[1]?.messages)).toContain('got it');
  expect(fixture.records(id).filter((record) => record['subtype'] === 'notification')).toHaveLength(1);
});

test('during a turn a command is refused, and a stop ends the running command', async () => {
  const fixture = await setUp({ answers: [hangsAfter('busy')] });
  const { sessions } = fixture.engine;
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'work');
  await fixture.until('message.delta', (data) => data.text === 'busy');
  await expect(sessions.get(id).work.runCommand('true')).rejects.toMatchObject({ code: 'session_busy' });
  sessions.get(id).work.cancel();
  await turn;

  await sessions.get(id).work.runCommand('echo begun; sleep 60');
  await fixture.until('task.changed', ({ task }) => task.lastLine === 'begun');
  sessions.get(id).work.cancel();
  await ended(fixture);
  expect(shell(await fixture.items(id))).toMatchObject({
    status: 'cancelled',
    display: { outcome: 'cancelled', end: { code: 'stopped' } },
  });
  await expect.poll(async () => (await sessions.list(fixture.project.id))[0]?.state).toBe('idle');
});

test('a command interrupted by a kill of the app is shown as interrupted at the next start, and the session continues', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  await fixture.engine.sessions.get(id).work.runCommand('echo begun; sleep 60');
  await fixture.until('task.changed', ({ task }) => task.lastLine === 'begun');
  const left = readFileSync(fixture.sessionFile(id)); // the state of a kill at this moment
  await fixture.engine.close();
  writeFileSync(fixture.sessionFile(id), left);

  const second = await fixture.second(says('on'));
  open.push(second);
  expect(shell(await second.items(id))).toMatchObject({
    verb: 'user_run',
    target: 'echo begun; sleep 60',
    status: 'cancelled',
    error: 'Interrupted: Gantry ended before this finished.',
  });
  expect((await second.run(id, 'go on')).end).toBe('completed');
  expect(second.model.requests[0]?.messages).toMatchObject([{ role: 'user', text: 'go on' }]);
  const records = second.records(id).filter((record) => record['subtype'] !== 'ui_telemetry');
  expect(records.map((record) => record['type'])).toEqual(['system', 'user', 'assistant']);
});

test('closing the engine ends the command and keeps its output', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  await fixture.engine.sessions.get(id).work.runCommand('echo begun; sleep 60');
  await fixture.until('task.changed', ({ task }) => task.lastLine === 'begun');
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect(shell(await second.items(id))).toMatchObject({ status: 'cancelled', display: { output: 'begun' } });
});

test('an ended task is run again as a new background task without a call, and its whole text can be read', async () => {
  const fixture = await setUp();
  const { sessions, tasks } = fixture.engine;
  const id = await newSession(fixture);
  const { taskId } = await sessions.get(id).work.runCommand('cat big.txt; read line');
  writeFileSync(join(fixture.root, 'big.txt'), 'hello\n');
  tasks.promote(taskId);
  await expect(sessions.restartTask(taskId)).rejects.toMatchObject({ code: 'task_running' });
  tasks.stop(taskId, { force: true, by: 'user' });
  await fixture.until('task.changed', ({ task }) => task.id === taskId && task.status === 'cancelled');

  const again = await sessions.restartTask(taskId);
  expect(again).toMatchObject({ command: 'cat big.txt; read line', cwd: fixture.root, placement: 'background', sessionId: id });
  expect([again.id === taskId, again.toolCallId]).toEqual([false, undefined]);
  await fixture.until('task.changed', ({ task }) => task.id === again.id && task.lastLine === 'hello');
  tasks.write(again.id, '\n');
  await fixture.until('task.changed', ({ task }) => task.id === again.id && task.status === 'completed');
  expect(await tasks.readOutput(again.id, { offsetBytes: 0, maxBytes: 1024 })).toMatchObject({ text: expect.stringMatching(/^hello\n/) });
  expect(tasks.outputPath(again.id)).toContain(again.id);
  await fixture.until('item.added', ({ item }) => item.kind === 'notice' && item.taskId === again.id);

  // After a restart of the app it offers the same.
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  await second.items(id);
  expect(await second.engine.tasks.readOutput(again.id, { offsetBytes: 0, maxBytes: 1024 })).toMatchObject({
    text: expect.stringMatching(/^hello\n/),
  });
  const third = await second.engine.sessions.restartTask(again.id);
  await second.until('task.changed', ({ task }) => task.id === third.id && task.lastLine === 'hello');
});
