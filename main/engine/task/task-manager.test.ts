import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionId, TaskId } from '../../../preload/contract/index.ts';
import type { BoundedText } from '../ports.ts';
import { createTasks } from './index.ts';
import { SESSION, setUp as setUpIn, silent, text } from './task-manager.fixture.ts';
import { taskIdForCall } from './task-id.ts';

const OTHER = SessionId.parse('s2');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-tasks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const setUp = () => setUpIn(folder);

test('a foreground command ends with its text, leaves the list and keeps no files', async () => {
  const { tasks, host, begin, statuses, events } = setUp();
  const task = await begin();
  host.end(task.id, { exitCode: 0 });
  const outcome = await task.outcome;
  expect(outcome).toMatchObject({ kind: 'ended', timedOut: false, task: { status: 'completed', exitCode: 0 }, text: { head: 'done\n' } });
  expect(outcome.task.outputPath).toBe(undefined);
  expect(statuses(task.id)).toEqual(['starting', 'running', 'completed']);
  expect(host.forgotten).toEqual([{ taskId: task.id, deleteFiles: true }]);
  expect(tasks.list()).toEqual([]);
  expect(events.at(-1)).toEqual({ event: 'task.removed', data: { taskId: task.id } });
});

test('a foreground command with 30,000 characters of output keeps its files', async () => {
  const { host, begin } = setUp();
  const task = await begin();
  host.end(task.id, { exitCode: 0 }, 'x'.repeat(30_000));
  expect((await task.outcome).task.outputPath).toBe(join(folder, `shell-${task.id}.output`));
  expect(host.forgotten).toEqual([{ taskId: task.id, deleteFiles: false }]);
});

test('ids and paths are those Qwen Code uses, and the environment gets the documented additions', async () => {
  const { host, begin } = setUp();
  const task = await begin();
  expect(task.id).toMatch(/^bg_[0-9a-f]{8}$/);
  expect(host.spawned[0]).toMatchObject({
    rawPath: join(folder, `shell-${task.id}.raw`),
    args: ['-c', 'true'],
    cols: 120,
    rows: 40,
    env: {
      PATH: '/usr/bin:/bin',
      SECRET_FREE: 'yes',
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      PAGER: 'cat',
      GIT_PAGER: 'cat',
      GIT_OPTIONAL_LOCKS: '0',
      QWEN_CODE: '1',
      GANTRY_TASK_ID: task.id,
    },
  });
  host.end(task.id, { exitCode: 0 });
});

test('a missing folder gives a failed task with a clear error, and nothing is spawned', async () => {
  const { tasks, request, hosts } = setUp();
  const outcome = await tasks.start(request({ cwd: join(folder, 'gone') })).outcome;
  expect(outcome.task).toMatchObject({
    status: 'failed',
    error: `cwd_not_found: the working directory does not exist: ${join(folder, 'gone')}`,
  });
  expect(hosts).toEqual([]);
});

test('a missing shell gives a failed task with a clear error', async () => {
  const { clock, request } = setUp();
  const tasks = createTasks({
    openPtyHost: () => expect.unreachable('nothing may be spawned'),
    clock,
    logger: silent,
    emit: () => undefined,
    shell: { path: '/no/such/shell', argsFor: () => [] },
  });
  const outcome = await tasks.start(request()).outcome;
  expect(outcome.task).toMatchObject({ status: 'failed', error: 'shell_not_found: no shell found (looked for /no/such/shell)' });
});

test('BT-15: an abort before the spawn spawns nothing', async () => {
  const { tasks, request, hosts } = setUp();
  const controller = new AbortController();
  controller.abort();
  const before = await tasks.start(request(), controller.signal).outcome;
  expect(before.task.status).toBe('cancelled');
  const late = new AbortController();
  const checking = tasks.start(request(), late.signal);
  late.abort(); // while shell and folder are being checked
  expect((await checking.outcome).task.status).toBe('cancelled');
  expect(hosts).toEqual([]);
});

test('BT-17: an abort stops the foreground command and leaves background tasks running', async () => {
  const { tasks, host, begin } = setUp();
  const controller = new AbortController();
  const promoted = await begin({}, controller.signal);
  const background = await begin({ placement: 'background' }, controller.signal);
  const foreground = await begin({}, controller.signal);
  tasks.promote(promoted.id);
  controller.abort();
  expect(host.stops).toEqual([{ taskId: foreground.id, force: false }]);
  expect((await foreground.outcome).task.status).toBe('cancelled');
  expect(tasks.list().map((task) => [task.id, task.status])).toEqual([
    [promoted.id, 'running'],
    [background.id, 'running'],
  ]);
});

test('BT-15: a timeout stops a foreground command, is not a cancellation, and is cleared by a promotion', async () => {
  const { tasks, host, clock, begin } = setUp();
  const slow = await begin({ timeoutMs: 120_000 });
  const promoted = await begin({ timeoutMs: 120_000 });
  expect(tasks.get(slow.id)?.timeoutAtMs).toBe(clock.now() + 120_000);
  expect(tasks.promote(promoted.id).timeoutAtMs).toBe(undefined);
  clock.advance(120_000);
  expect(host.stops).toEqual([{ taskId: slow.id, force: false }]);
  expect(await slow.outcome).toMatchObject({ kind: 'ended', timedOut: true, task: { status: 'failed', error: 'Timed out after 120 s' } });
  expect(tasks.get(promoted.id)?.status).toBe('running');
});

test('BT-24: a promotion releases the caller with the output so far while the process continues', async () => {
  const { tasks, host, begin } = setUp();
  const task = await begin();
  const summary = tasks.promote(task.id);
  expect(summary).toMatchObject({ placement: 'background', wasBackground: true, status: 'running' });
  expect(await task.outcome).toMatchObject({ kind: 'in_background', task: { status: 'running' }, text: { head: 'so far' } });
  expect(host.stops).toEqual([]);
  host.end(task.id, { exitCode: 0 });
  expect(tasks.takeEndedNotices(SESSION).map((ended) => ended.task.id)).toEqual([task.id]);
  expect(tasks.takeEndedNotices(SESSION)).toEqual([]);
});

test('BT-12: when the process ends during its promotion, the final status is reported to the model only once', async () => {
  const { tasks, host, begin } = setUp();
  let answer: (text: BoundedText) => void = () => undefined;
  host.answer = new Promise((resolve) => {
    answer = resolve;
  });
  const task = await begin();
  tasks.promote(task.id);
  host.end(task.id, { exitCode: 3 }, 'last words\n');
  answer(text('so far'));
  expect(await task.outcome).toMatchObject({
    kind: 'in_background',
    task: { status: 'failed', exitCode: 3 },
    text: { head: 'last words\n' },
  });
  expect(tasks.takeEndedNotices(SESSION)).toEqual([]);
});

test('BT-12, BT-14: a promotion after the end, a second one and an unknown task are refused with a code', async () => {
  const { tasks, host, begin } = setUp();
  const ended = await begin();
  const running = await begin();
  host.end(ended.id, { exitCode: 0 });
  tasks.promote(running.id);
  expect(() => tasks.promote(ended.id)).toThrow(expect.objectContaining({ code: 'task_ended' }));
  expect(() => tasks.promote(running.id)).toThrow(expect.objectContaining({ code: 'task_not_promotable' }));
  expect(() => tasks.stop(ended.id, { force: false, by: 'user' })).toThrow(expect.objectContaining({ code: 'task_ended' }));
  expect(() => tasks.stop(TaskId.parse('bg_nothere'), { force: false, by: 'agent' })).toThrow(
    expect.objectContaining({ code: 'task_unknown', data: { knownTaskIds: [running.id] } }),
  );
});

test('BT-13: a stop requested before the end makes the task cancelled, whatever the exit code', async () => {
  const { tasks, host, begin } = setUp();
  host.endsOnStop = false;
  const task = await begin({ placement: 'background' });
  expect(tasks.stop(task.id, { force: false, by: 'user' }).status).toBe('stopping');
  host.end(task.id, { exitCode: 0 });
  host.end(task.id, { signal: 15 });
  expect(tasks.get(task.id)).toMatchObject({ status: 'cancelled', exitCode: 0 });
});

test('BT-11: when the pty host dies its tasks fail, and the next command opens a new one', async () => {
  const { tasks, host, hosts, begin } = setUp();
  const background = await begin({ placement: 'background' });
  const foreground = await begin();
  host.send({ kind: 'lost', message: 'The process that runs the terminals has ended (SIGKILL).' });
  expect((await foreground.outcome).task).toMatchObject({
    status: 'failed',
    error: 'The process that runs the terminals has ended (SIGKILL).',
  });
  expect(tasks.get(background.id)?.status).toBe('failed');
  const next = tasks.start({ sessionId: SESSION, outputDir: folder, command: 'true', cwd: folder, env: {}, placement: 'foreground' });
  await expect.poll(() => hosts.length).toBe(2);
  await expect.poll(() => hosts[1]?.spawned.length).toBe(1);
  hosts[1]?.end(next.id, { exitCode: 0 });
  expect((await next.outcome).task.status).toBe('completed');
});

test('BT-11: a viewer whose pty host dies gets a replay from the next one, once', async () => {
  const { tasks, host, hosts, begin } = setUp();
  const task = await begin({ placement: 'background' });
  const { viewerId } = tasks.attach({ taskId: task.id, cols: 80, rows: 24, focused: false }, () => undefined);
  host.send({ kind: 'lost', message: 'gone' });
  expect(hosts[1]?.views).toEqual([expect.objectContaining({ viewerId, taskId: task.id, rawPath: host.spawned[0]?.rawPath })]);
  tasks.ack(viewerId, 7);
  expect([host.acks, hosts[1]?.acks]).toEqual([[], [7]]);
  hosts[1]?.send({ kind: 'lost', message: 'gone' });
  expect(hosts).toHaveLength(2);
  tasks.detach(viewerId);
});

test('BT-11: output of a foreground command before its pty host died stays in its file, and the path is reported', async () => {
  const { host, begin } = setUp();
  const silentOne = await begin();
  const task = await begin();
  host.send({ kind: 'progress', taskId: task.id, outputBytes: 10, droppedBytes: 0, lastLine: 'so far' });
  host.send({ kind: 'lost', message: 'gone' });
  expect((await task.outcome).task.outputPath).toBe(host.spawned[1]?.textPath);
  expect((await silentOne.outcome).task.outputPath).toBeUndefined();
});

test('a foreground command keeps its files after its pty host died only if it had printed something', async () => {
  const { host, begin } = setUp();
  await begin();
  await begin();
  const [empty, printed] = host.spawned;
  for (const spawned of [empty, printed]) {
    for (const path of [spawned?.rawPath, spawned?.textPath]) writeFileSync(path ?? '', spawned === printed ? 'last words' : '');
  }
  host.send({ kind: 'lost', message: 'gone' });
  await expect
    .poll(() => readdirSync(folder).toSorted())
    .toEqual([printed?.rawPath, printed?.textPath].map((path) => basename(path ?? '')).toSorted());
});

test('without viewers, a pty host that dies is not replaced', async () => {
  const { tasks, host, hosts, begin } = setUp();
  const task = await begin({ placement: 'background' });
  tasks.detach(tasks.attach({ taskId: task.id, cols: 80, rows: 24, focused: false }, () => undefined).viewerId);
  host.send({ kind: 'lost', message: 'gone' });
  expect(hosts).toHaveLength(1);
});

test('a pty host that cannot be opened gives a failed task', async () => {
  const { clock, request } = setUp();
  const tasks = createTasks({
    openPtyHost: () => {
      throw new Error('no such file');
    },
    clock,
    logger: silent,
    emit: () => undefined,
  });
  expect((await tasks.start(request()).outcome).task.error).toBe('spawn_failed: the terminal process could not be started: no such file');
});

test('BT-23: 32 finished background tasks are kept per session, the oldest dropped first, running ones never', async () => {
  const { tasks, host, clock, begin, events } = setUp();
  const running = await begin({ placement: 'background' });
  const other = await begin({ placement: 'background', sessionId: OTHER });
  host.end(other.id, { exitCode: 0 });
  const ids: TaskId[] = [];
  for (let i = 0; i < 34; i++) {
    const task = await begin({ placement: 'background' });
    clock.advance(1);
    host.end(task.id, { exitCode: 0 });
    ids.push(task.id);
  }
  const listed = tasks.list(SESSION).map((task) => task.id);
  expect(listed).toEqual([running.id, ...ids.slice(2)]);
  expect(tasks.list(OTHER).map((task) => task.id)).toEqual([other.id]);
  const removed = events.flatMap((event) => (event.event === 'task.removed' ? [event.data.taskId] : []));
  expect(removed).toEqual(ids.slice(0, 2));
});

test('BT-25: tasks that the agent stopped, and tasks of another session, are not among the notices', async () => {
  const { tasks, host, begin } = setUp();
  const stopped = await begin({ placement: 'background' });
  const other = await begin({ placement: 'background', sessionId: OTHER });
  const failed = await begin({ placement: 'background' });
  for (const task of [stopped, other, failed]) await task.outcome;
  tasks.stop(stopped.id, { force: false, by: 'agent' });
  host.end(other.id, { exitCode: 0 });
  host.end(failed.id, { exitCode: 1 });
  expect(tasks.takeEndedNotices(SESSION).map((ended) => ended.task.id)).toEqual([failed.id]);
});

test('progress is emitted at most four times a second, a change of status at once', async () => {
  const { host, clock, begin, events } = setUp();
  const task = await begin();
  const emitted = () => events.filter((event) => event.event === 'task.changed').length;
  const before = emitted();
  for (let i = 1; i <= 10; i++) {
    clock.advance(100);
    host.send({ kind: 'progress', taskId: task.id, outputBytes: i * 10, droppedBytes: 0, lastLine: `line ${i}` });
  }
  expect(emitted() - before).toBeLessThanOrEqual(4);
  expect(emitted() - before).toBeGreaterThanOrEqual(3);
  host.end(task.id, { exitCode: 0 });
  expect(events.at(-2)).toMatchObject({ event: 'task.changed', data: { task: { status: 'completed' } } });
  expect(clock.timers).toBe(0);
});

test('revisions grow by one with every event', async () => {
  const { tasks, host, begin, events } = setUp();
  const task = await begin();
  tasks.promote(task.id);
  host.end(task.id, { exitCode: 0 });
  expect(events.flatMap((event) => (event.event === 'task.changed' ? [event.data.task.rev] : []))).toEqual([1, 2, 3, 4]);
});

test('BT-21: a listener that throws breaks nothing', async () => {
  const { clock, host, request } = setUp();
  const tasks = createTasks({
    openPtyHost: () => host,
    clock,
    logger: silent,
    emit: () => {
      throw new Error('listener');
    },
  });
  const spawned = host.nextSpawn();
  const task = tasks.start(request());
  await spawned;
  host.end(task.id, { exitCode: 0 });
  expect((await task.outcome).task.status).toBe('completed');
});

test('the status file has the fields Qwen Code reads', async () => {
  const { tasks, host, begin } = setUp();
  const task = await begin({ placement: 'background', command: 'npm run dev' });
  host.end(task.id, { exitCode: 2 });
  await tasks.close();
  const status: unknown = JSON.parse(readFileSync(join(folder, `shell-${task.id}.status`), 'utf8'));
  expect(status).toMatchObject({
    id: task.id,
    status: 'failed',
    command: 'npm run dev',
    cwd: folder,
    pid: 4242,
    exitCode: 2,
    error: 'Exited with code 2',
  });
});

test('the id of a command is derived from its call, so that a later run finds its files; a repeated call gets another id', async () => {
  const { tasks, request, begin, host } = setUp();
  const expected = taskIdForCall(SESSION, 'call_1');
  const first = await begin({ callId: 'call_1' });
  expect(first.id).toBe(expected);
  expect(tasks.start(request({ callId: 'call_1' })).id).not.toBe(expected);
  host.end(first.id, { exitCode: 0 });
  expect(tasks.start(request({ callId: 'call_1' })).id).not.toBe(expected); // this run remembers it
  writeFileSync(join(folder, `shell-${taskIdForCall(SESSION, 'call_2')}.raw`), '');
  expect(tasks.start(request({ callId: 'call_2' })).id).not.toBe(taskIdForCall(SESSION, 'call_2'));
  expect(tasks.start(request({ callId: 'call_3', sessionId: OTHER })).id).not.toBe(taskIdForCall(SESSION, 'call_3'));
});

test('for a foreground command, which has no status file, the output file is touched', async () => {
  const { clock, begin } = setUp();
  const task = await begin();
  const path = join(folder, `shell-${task.id}.raw`);
  writeFileSync(path, '');
  clock.advance(5000);
  await vi.waitFor(() => expect(statSync(path).mtimeMs).toBe(clock.now()));
});

test('the status file of a running background task is touched every 5 s, so that a kill of the app can be dated', async () => {
  const { tasks, clock, begin, host } = setUp();
  const task = await begin({ placement: 'background' });
  const path = join(folder, `shell-${task.id}.status`);
  await vi.waitFor(() => expect(existsSync(path)).toBe(true));
  for (let seconds = 5; seconds <= 20; seconds += 5) {
    clock.advance(5000);
    await vi.waitFor(() => expect(statSync(path).mtimeMs).toBe(clock.now()));
  }
  host.end(task.id, { exitCode: 0 });
  await vi.waitFor(() => expect(JSON.parse(readFileSync(path, 'utf8')).status).toBe('completed'));
  expect(tasks.get(task.id)?.status).toBe('completed');
  expect(clock.timers).toBe(0);
});

test('BT-18: closing a session stops its tasks and awaits them; closing all closes the pty host', async () => {
  const { tasks, host, begin } = setUp();
  const own = await begin({ placement: 'background' });
  const other = await begin({ placement: 'background', sessionId: OTHER });
  await tasks.closeSession(SESSION);
  expect(host.stops.map((stop) => stop.taskId)).toEqual([own.id]);
  expect(tasks.list().map((task) => task.id)).toEqual([other.id]);
  expect(tasks.takeEndedNotices(SESSION)).toEqual([]);
  await tasks.close();
  expect(host.isClosed).toBe(true);
  expect(host.stops.map((stop) => stop.taskId)).toEqual([own.id, other.id]);
});

test('a viewer is served by the pty host it was attached to, and an unknown viewer is refused', async () => {
  const { tasks, host, begin } = setUp();
  const task = await begin();
  const { viewerId } = tasks.attach({ taskId: task.id, cols: 80, rows: 24, focused: true }, () => undefined);
  tasks.ack(viewerId, 10);
  expect(host.views[0]).toMatchObject({ taskId: task.id, rawPath: join(folder, `shell-${task.id}.raw`) });
  expect(host.acks).toEqual([10]);
  tasks.detach(viewerId);
  tasks.ack(viewerId, 20);
  expect(host.acks).toEqual([10]);
  expect(() => tasks.detach(viewerId)).toThrow(expect.objectContaining({ code: 'viewer_unknown' }));
});

test('clearing removes ended background tasks only', async () => {
  const { tasks, host, begin } = setUp();
  const ended = await begin({ placement: 'background' });
  const running = await begin({ placement: 'background' });
  host.end(ended.id, { exitCode: 0 });
  tasks.clearEnded(SESSION);
  expect(tasks.list().map((task) => task.id)).toEqual([running.id]);
});
