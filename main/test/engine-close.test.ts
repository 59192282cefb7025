/** Closing a session: everything in it ends without a report, and it can be opened again. */
import { afterEach, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function setUp(): Promise<EngineFixture> {
  const fixture = await createEngineFixture();
  open.push(fixture);
  return fixture;
}

const background = (id: string, command: string) => ({ id, name: 'run_shell_command', input: { command, is_background: true } });
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('BT-18 BT-25: closing a session ends its turn and its commands before it resolves, sends the model nothing, and leaves other sessions alone', async () => {
  const fixture = await setUp();
  const { engine, model } = fixture;
  // The first ends at once, the second only by SIGKILL: between the two there is time for a notice.
  model.push(calls(background('a', 'sleep 600'), background('b', "trap '' TERM; echo up; sleep 600 & wait; sleep 600")), says('started'));
  const closed = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(closed, 'start');
  model.push(calls(background('c', 'sleep 600')), says('other started'));
  const other = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(other, 'start too');
  model.push(hangsAfter('busy'));
  const turn = fixture.run(closed, 'work on');
  await fixture.until('message.delta', ({ text }) => text === 'busy');
  await fixture.until('task.changed', ({ task }) => task.lastLine === 'up');
  const pids = engine.tasks.list(closed).map(({ pid }) => pid ?? 0);
  const asked = model.requests.length;

  await engine.sessions.close(closed);
  expect((await turn).end).toBe('cancelled');
  expect(pids.filter(isAlive)).toEqual([]);
  expect(engine.tasks.list(closed)).toEqual([]);
  expect(engine.tasks.list(other).map(({ status }) => status)).toEqual(['running']);
  expect(() => engine.sessions.get(closed)).toThrow(expect.objectContaining({ code: 'session_unknown' }));

  const snapshot = await engine.sessions.open(fixture.project.id, closed);
  expect(snapshot.summary.state).toBe('idle');
  expect(snapshot.tasks).toEqual([]);
  expect(model.requests).toHaveLength(asked);
});

test('closing a session that is not open does nothing; opening waits for a pending close', async () => {
  const fixture = await setUp();
  const { engine, model } = fixture;
  model.push(calls(background('a', 'sleep 600')), says('started'));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'start');
  const closing = engine.sessions.close(id);
  const reopened = engine.sessions.open(fixture.project.id, id);
  await engine.sessions.close(id);
  await closing;
  expect((await reopened).tasks.filter(({ endedAtMs }) => endedAtMs === undefined)).toEqual([]);
  model.push(says('still here'));
  expect((await fixture.run(id, 'and now?')).end).toBe('completed');
  await engine.sessions.close(id);
  await engine.sessions.close(id);
});
