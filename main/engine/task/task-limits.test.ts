/** The limits of the manager: what it keeps, refuses and ignores. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_MONITORS } from './monitor.ts';
import { SESSION, setUp, text } from './task-manager.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-tasks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const coded = (code: string) => expect.objectContaining({ code });
const monitor = { description: 'the log', maxEvents: 1000, idleTimeoutMs: 60_000 };

test('updates from a pty host about an ended task change nothing and are not published', async () => {
  const { tasks, host, begin, events } = setUp(folder);
  const { id } = await begin({ placement: 'background' });
  host.end(id, { exitCode: 0 });
  const before = [tasks.get(id), await tasks.readText(id), events.length];
  host.send({
    kind: 'progress',
    taskId: id,
    outputBytes: 999,
    droppedBytes: 9,
    lastLine: 'late',
    notice: { code: 'losing_output', reason: 'late' },
  });
  host.started(id, 1);
  host.end(id, { exitCode: 7 }, 'late\n');
  expect([tasks.get(id), await tasks.readText(id), events.length]).toEqual(before);
});

test('a single byte missing from the file is reported', async () => {
  const { tasks, host, begin } = setUp(folder);
  const [lost, whole] = [await begin({ placement: 'background' }), await begin({ placement: 'background' })];
  const end = { end: { exitCode: 0 }, outputBytes: 5, lastLine: 'done', text: text('done\n') };
  host.send({ kind: 'ended', taskId: lost.id, droppedBytes: 1, ...end });
  host.send({ kind: 'ended', taskId: whole.id, droppedBytes: 0, ...end });
  expect(tasks.get(lost.id)?.droppedBytes).toBe(1);
  expect(tasks.get(whole.id)?.droppedBytes).toBe(0);
});

test(`a session may have ${MAX_MONITORS} monitors at once; an ended monitor makes room`, async () => {
  const { tasks, host, begin, request } = setUp(folder);
  const begun = [];
  for (let i = 0; i < MAX_MONITORS; i += 1) begun.push(await begin({ placement: 'background', monitor }));
  const one = request({ placement: 'background', monitor });
  expect(() => tasks.start(one)).toThrow(coded('too_many_monitors'));
  expect(tasks.list(SESSION)).toHaveLength(MAX_MONITORS);
  host.end(begun[0]?.id ?? tasks.start(one).id, { exitCode: 0 });
  expect((await begin({ placement: 'background', monitor })).id).toBeDefined();
});

test('the last 200 ended commands are recognised as ended, an earlier one is unknown', async () => {
  const { tasks, host, begin } = setUp(folder);
  const first = await begin();
  host.end(first.id, { exitCode: 0 });
  for (let i = 1; i < 200; i += 1) host.end((await begin()).id, { exitCode: 0 });
  expect(() => tasks.promote(first.id)).toThrow(coded('task_ended'));
  host.end((await begin()).id, { exitCode: 0 });
  expect(() => tasks.promote(first.id)).toThrow(coded('task_unknown'));
});

test('a monitor that ends because its session was closed is never reported', async () => {
  const { tasks, begin } = setUp(folder);
  const { id } = await begin({ placement: 'background', monitor });
  await tasks.closeSession(SESSION);
  const status = () => JSON.parse(readFileSync(join(folder, `shell-${id}.status`), 'utf8'));
  await expect.poll(status).toMatchObject({ status: 'cancelled' });
  expect([tasks.takeMonitorNotices(SESSION), tasks.takeEndedNotices(SESSION)]).toEqual([[], []]);
});

test('a command that ends by itself within its time limit does not time out', async () => {
  const { host, begin, clock } = setUp(folder);
  const late = await begin({ timeoutMs: 1000 });
  clock.advance(999);
  host.end(late.id, { exitCode: 0 });
  clock.advance(10);
  expect(await late.outcome).toMatchObject({ kind: 'ended', timedOut: false, task: { status: 'completed' } });
  host.endsOnStop = false;
  const stopped = await begin({ timeoutMs: 1000 });
  clock.advance(1000);
  host.end(stopped.id, { exitCode: 0 }); // it catches the signal and ends normally
  expect(await stopped.outcome).toMatchObject({ kind: 'ended', timedOut: true, task: { status: 'failed', error: 'Timed out after 1 s' } });
});
