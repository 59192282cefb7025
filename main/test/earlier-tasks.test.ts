import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { OutputFrame } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

/** A background task runs, the app closes normally, and is opened again. */
async function restarted() {
  const command = "printf '\\033[31mred\\033[0m and plain\\n'; sleep 60";
  const fixture = await createEngineFixture({
    answers: [calls({ id: 'c1', name: 'run_shell_command', input: { command, is_background: true } }), says('started')],
  });
  open.push(fixture);
  const sessionId = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(sessionId, 'go');
  const { task } = await fixture.until('task.changed', (data) => data.task.lastLine === 'red and plain');
  await fixture.engine.close();

  const second = await fixture.second(says('hello again'));
  open.push(second);
  return { command, sessionId, task, second };
}

test('after a restart a background task is listed with its end, and opens with its colours', async () => {
  const { command, sessionId, task, second } = await restarted();
  const { tasks } = await second.engine.sessions.open(second.project.id, sessionId);
  expect(tasks).toMatchObject([
    {
      id: task.id,
      status: 'interrupted',
      error: 'Ended with Gantry',
      command,
      ofEarlierRun: true,
      lastLine: 'red and plain',
      outputBytes: task.outputBytes,
    },
  ]);
  const frame = await new Promise<OutputFrame>((resolve) => {
    second.engine.tasks.attach({ taskId: task.id, cols: 80, rows: 24, focused: true }, resolve);
  });
  expect(frame.kind).toBe('replay');
  expect(new TextDecoder().decode(frame.bytes)).toContain('\x1b[31mred');
  await second.run(sessionId, 'and now?');
  expect(JSON.stringify(second.model.requests[0]?.messages)).not.toContain('task-notification');
});

test('BT-18 BT-25 a background task that ended by a kill is reported to the model once, with the next prompt', async () => {
  const { sessionId, task, second } = await restarted();
  await second.engine.close();
  // The state after a kill -9: the sidecar was not written again, and the process is gone.
  const path = task.outputPath?.replace(/output$/, 'status') ?? '';
  const killed = { ...JSON.parse(readFileSync(path, 'utf8')), status: 'running', endTime: undefined };
  writeFileSync(path, JSON.stringify(killed));

  const third = await second.second(says('so it is'), says('right'));
  open.push(third);
  const { tasks } = await third.engine.sessions.open(third.project.id, sessionId);
  expect(tasks).toMatchObject([{ id: task.id, status: 'interrupted', error: 'Ended with Gantry' }]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ id: task.id, status: 'failed', error: 'Ended with Gantry' });
  expect(third.model.requests).toEqual([]);
  await third.run(sessionId, 'and now?');
  await third.run(sessionId, 'and then?');
  const reported = third.model.requests.map(({ messages }) => JSON.stringify(messages).split('<task-notification>').length - 1);
  expect(reported).toEqual([1, 1]); // the second has the history of the first
  expect(JSON.stringify(third.model.requests[0]?.messages)).toContain('Ended with Gantry');
});
