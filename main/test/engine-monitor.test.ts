/** `monitor` through a whole engine, with commands on real terminals and a clock that the tests control. */
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { createManualClock, type ManualClock } from './support/manual-clock.ts';
import { calls, hangsAfter, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

interface Watched {
  readonly fixture: EngineFixture;
  readonly clock: ManualClock;
  readonly id: SessionId;
  /** The command echoes its input. */
  send(text: string): void;
  /** Resolves when the command has printed this much and the engine has its lines. */
  printed(line: string): Promise<void>;
  readonly reported: () => string;
}

async function watchCat(more: object = {}): Promise<Watched> {
  const clock = createManualClock();
  const fixture = await createEngineFixture({ clock });
  open.push(fixture);
  fixture.model.push(
    calls({ id: 'm', name: 'monitor', input: { command: 'stty -echo; echo ready; exec cat', ...more } }),
    says('watching'),
  );
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'watch it');
  const [task] = fixture.engine.tasks.list(id);
  if (task === undefined) throw new Error('there is no task');
  // Text typed before that is echoed, and so printed twice.
  const lastLine = () => {
    clock.advance(0);
    return fixture.engine.tasks.get(task.id)?.lastLine;
  };
  await expect.poll(lastLine, { interval: 10 }).toBe('ready');
  return {
    fixture,
    clock,
    id,
    send: (text) => fixture.engine.tasks.write(task.id, text),
    async printed(line) {
      // Lines leave the pty host before the progress message that counts the last of them.
      await expect.poll(lastLine, { interval: 10 }).toBe(line);
      await expect.poll(() => fixture.engine.tasks.monitorUpdates(id), { interval: 10 }).not.toBe('none');
    },
    reported() {
      const last = fixture.model.requests.at(-1)?.messages.at(-1);
      return last?.role === 'user' ? last.text : '';
    },
  };
}

const answered = (fixture: EngineFixture, text: string) => fixture.until('message.delta', (data) => data.text === text);
/** A report after the pause starts a moment after the test receives its cause, so the clock advances until it arrives. */
const answeredInTime = ({ fixture, clock }: Watched, text: string) =>
  expect
    .poll(
      () => {
        clock.advance(100);
        return fixture.events.some((event) => event.event === 'message.delta' && event.data.text === text);
      },
      { interval: 10 },
    )
    .toBe(true);

test('lines become one message of kind monitor, then none until the pause is over', async () => {
  const { fixture, clock, id, send, printed, reported } = await watchCat({ description: 'the cat' });
  await printed('ready');
  send('one <b>\ntwo\n');
  await printed('two');
  fixture.model.push(says('first'));
  clock.advance(500);
  await answered(fixture, 'first');
  expect(reported()).toContain('<kind>monitor</kind>\n<status>running</status>\n<summary>Monitor "the cat": 3 lines</summary>');
  expect(reported()).toContain('<result>ready\none &lt;b&gt;\ntwo</result>');
  await fixture.until('turn.ended', ({ result }) => result.modelRequests === 1 && result.end === 'completed');
  send('three\n');
  await printed('three');
  clock.advance(4000);
  expect(fixture.model.requests).toHaveLength(3);
  fixture.model.push(says('second'));
  clock.advance(1000);
  await answered(fixture, 'second');
  expect(reported()).toContain('<result>three</result>');
  expect((await fixture.items(id)).filter((item) => item.kind === 'notice').map((item) => item.text)).toEqual([
    'the cat: 3 lines',
    'the cat: 1 line',
  ]);
});

test('matching lines that arrive during a turn are reported after it', async () => {
  const watched = await watchCat({ pattern: '^ERROR' });
  const { fixture, clock, id, send, printed, reported } = watched;
  fixture.model.push(hangsAfter('busy'), says('noted'));
  const turn = fixture.run(id, 'work');
  await answered(fixture, 'busy');
  send('fine\nERROR 1\nok\nERROR 2\n');
  await printed('ERROR 2');
  clock.advance(20_000);
  expect((await fixture.items(id)).some((item) => item.kind === 'notice')).toBe(false);
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  await answeredInTime(watched, 'noted');
  expect(reported()).toContain('<result>ERROR 1\nERROR 2</result>');
});

test('its last event ends the command, and the model receives the reason with the event', async () => {
  const watched = await watchCat({ max_events: 2 });
  const { fixture, id, send, reported } = watched;
  fixture.model.push(says('noted'));
  send('more\n');
  const { task } = await fixture.until('task.changed', (data) => data.task.status === 'cancelled');
  expect(task.sessionId).toBe(id);
  await answeredInTime(watched, 'noted');
  expect(reported()).toContain('<status>cancelled</status>');
  expect(reported()).toContain('2 lines; stopped at its limit of 2 lines');
  expect(reported().match(/<task-notification>/g)).toHaveLength(1);
});

test('silence for the idle time ends it; output restarts that time', async () => {
  const watched = await watchCat({ idle_timeout_ms: 60_000, pattern: 'never' });
  const { fixture, clock, send, printed, reported } = watched;
  const [task] = fixture.engine.tasks.list();
  const isPrinted = (line: string) => expect.poll(() => task && fixture.engine.tasks.get(task.id)?.lastLine, { interval: 10 }).toBe(line);
  await isPrinted('ready');
  expect(printed).toBeTypeOf('function');
  clock.advance(59_000);
  send('a sign of life\n');
  await isPrinted('a sign of life');
  clock.advance(59_000);
  expect(fixture.engine.tasks.list()[0]?.status).toBe('running');
  fixture.model.push(says('noted'));
  clock.advance(1000);
  await fixture.until('task.changed', (data) => data.task.status === 'cancelled');
  await answeredInTime(watched, 'noted');
  expect(reported()).toContain('stopped after 60 s without output');
});

test('the end of the process is reported with its last lines', async () => {
  const watched = await watchCat();
  const { fixture, send, printed, reported } = watched;
  await printed('ready');
  send('bye\n\u0004');
  fixture.model.push(says('noted'));
  await fixture.until('task.changed', (data) => data.task.status === 'completed');
  await answeredInTime(watched, 'noted');
  expect(reported()).toContain('<status>completed</status>');
  expect(reported()).toContain('2 lines; ended: exited 0');
  expect(reported()).toContain('<exit-code>0</exit-code>\n<result>ready\nbye</result>');
});

test('a monitor that the agent stops reports nothing more, and the seventeenth is refused', async () => {
  const clock = createManualClock();
  const fixture = await createEngineFixture({ clock });
  open.push(fixture);
  const monitors = Array.from({ length: 17 }, (_unused, i) => ({
    id: `m${i}`,
    name: 'monitor',
    input: { command: `exec sleep ${600 + i}` },
  }));
  fixture.model.push(calls(...monitors), says('sixteen'));
  const id = await newSession(fixture, { mode: 'yolo' });
  await fixture.run(id, 'watch all');
  const tasks = fixture.engine.tasks.list(id);
  expect(tasks).toHaveLength(16);
  expect(JSON.stringify(fixture.model.requests.at(-1)?.messages)).toContain('16 monitors are running in this session');
  fixture.model.push(calls({ id: 's', name: 'task_stop', input: { task_id: tasks[0]?.id ?? '' } }), says('stopped'));
  await fixture.run(id, 'stop one');
  await fixture.until('task.changed', (data) => data.task.status === 'cancelled');
  clock.advance(10_000);
  expect(fixture.engine.tasks.monitorUpdates(id)).toBe('none');
  expect(fixture.model.requests).toHaveLength(4);
});

test('a monitor that ended with the app is listed as ended after the restart, and lines it had not reported are not sent', async () => {
  const { fixture, id, send, printed } = await watchCat({ pattern: '^hit' });
  send('hit 1\n');
  await printed('hit 1');
  await fixture.engine.close();

  const second = await fixture.second(says('thanks'));
  open.unshift(second);
  const { tasks } = await second.engine.sessions.open(second.project.id, id);
  expect(tasks).toMatchObject([{ status: 'interrupted', ofEarlierRun: true, lastLine: 'hit 1' }]);
  await second.run(id, 'what now?');
  expect(JSON.stringify(second.model.requests.at(-1)?.messages)).not.toContain('hit 1');
});
