import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HostEvent, SessionId, TaskId, type TaskSummary, ViewerId } from '../../../preload/contract/index.ts';
import { createEarlierTasks } from './earlier-tasks.ts';
import { readInterruptedOutput } from './earlier-tasks-files.ts';
import { taskIdForCall } from './task-id.ts';
import type { RunTasks } from './task-manager.ts';
import { joinSources } from './tasks.ts';

const SESSION = SessionId.parse('s1');
const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
const idOf = (n: number) => TaskId.parse(`bg_${n.toString(16).padStart(8, '0')}`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-earlier-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The sidecar of a command that ended `n` seconds after the others, or that says it is running. */
function sidecar(n: number, more: Record<string, unknown> = {}): void {
  const startTime = new Date(NOW_MS - 3_600_000 + n * 1000).toISOString();
  const ended = { status: 'completed', endTime: startTime, exitCode: 0 };
  const value = { id: idOf(n), command: `command-${n}`, cwd: '/p', startTime, updatedAt: startTime, pid: 4000 + n, ...ended, ...more };
  const path = join(folder, `shell-${idOf(n)}.status`);
  writeFileSync(path, `${JSON.stringify(value)}\n`);
  utimesSync(path, NOW_MS / 1000, (NOW_MS - 3_600_000 + n * 1000) / 1000);
}
const running = (n: number, more: Record<string, unknown> = {}) =>
  sidecar(n, { status: 'running', endTime: undefined, exitCode: undefined, ...more });
const output = (n: number, text: string) => {
  writeFileSync(join(folder, `shell-${idOf(n)}.output`), text);
  writeFileSync(join(folder, `shell-${idOf(n)}.raw`), `\x1b[31m${text}`);
};
const statusOf = (n: number) => JSON.parse(readFileSync(join(folder, `shell-${idOf(n)}.status`), 'utf8'));

function setUp(options: { alive?: Set<number>; current?: TaskSummary[] } = {}) {
  const { alive = new Set(), current = [] } = options;
  const events: HostEvent[] = [];
  const timers: (() => void)[] = [];
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  const commands: Partial<RunTasks> = {
    get: (taskId) => current.find((task) => task.id === taskId),
    list: (sessionId) => current.filter((task) => sessionId === undefined || task.sessionId === sessionId),
    takeEndedNotices: () => [],
    takeMonitorNotices: () => [],
    clearEnded: note('clearEnded'),
    write: note('write'),
    attachToFiles(view, rawPath) {
      calls.push(['attachToFiles', view.taskId, rawPath]);
      return ViewerId.parse(7);
    },
  };
  const silent = () => undefined;
  const run = commands as RunTasks; // the members this test reaches
  const earlier = createEarlierTasks({
    run,
    survivors: { find: async () => [], stop: async () => {}, leave: async () => {}, isRunning: ({ pid }) => alive.has(pid) },
    clock: { now: () => NOW_MS, after: (_ms, work) => (timers.push(work), silent) },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    emit: (event) => void events.push(event),
  });
  const tasks = joinSources({ run, earlier });
  const recall = (isHeldElsewhere = false) => tasks.recall({ sessionId: SESSION, outputDir: folder, isHeldElsewhere });
  return { tasks, recall, events, timers, calls, alive, close: earlier.close };
}

test('tasks of earlier runs are listed with their status, their size and their last line', async () => {
  sidecar(1);
  sidecar(2, { status: 'failed', exitCode: 2, error: 'Exited with code 2' });
  sidecar(3, { status: 'cancelled', exitCode: undefined });
  output(2, 'one\ntwo\n\n');
  const { tasks, recall, events } = setUp();
  await recall();
  expect(tasks.list(SESSION).map(({ id, status }) => [id, status])).toEqual([
    [idOf(3), 'cancelled'],
    [idOf(2), 'failed'],
    [idOf(1), 'completed'],
  ]);
  expect(tasks.get(idOf(2))).toMatchObject({
    sessionId: SESSION,
    command: 'command-2',
    cwd: '/p',
    wasBackground: true,
    ofEarlierRun: true,
    exitCode: 2,
    error: 'Exited with code 2',
    outputBytes: 14,
    lastLine: 'two',
    outputPath: join(folder, `shell-${idOf(2)}.output`),
  });
  expect(tasks.get(idOf(1))?.outputPath).toBeUndefined();
  expect(events).toEqual([]);
});

test('BT-18: a task that was running when the app was killed ended with it, also on disk, and is reported to the model once', async () => {
  running(1);
  output(1, 'serving\n');
  const { tasks, recall } = setUp();
  await recall();
  const [task] = tasks.list(SESSION);
  expect(task).toMatchObject({ id: idOf(1), status: 'interrupted', error: 'Ended with Gantry', lastLine: 'serving' });
  expect(statusOf(1)).toMatchObject({ id: idOf(1), status: 'failed', error: 'Ended with Gantry', command: 'command-1', pid: 4001 });
  expect(tasks.takeEndedNotices(SESSION)).toMatchObject([{ task: { id: idOf(1) }, text: { head: 'serving\n' } }]);
  expect(tasks.takeEndedNotices(SESSION)).toEqual([]);
  const next = setUp();
  await next.recall();
  expect(next.tasks.get(idOf(1))).toMatchObject({ status: 'interrupted', error: 'Ended with Gantry', endedAtMs: task?.endedAtMs });
  expect(next.tasks.takeEndedNotices(SESSION)).toEqual([]);
});

test('the end of a task that ended with the app is when the app last touched its file, however old its output is', async () => {
  running(1);
  output(1, 'serving\n');
  for (const name of ['output', 'raw']) utimesSync(join(folder, `shell-${idOf(1)}.${name}`), NOW_MS / 1000, NOW_MS / 1000 - 3000);
  utimesSync(join(folder, `shell-${idOf(1)}.status`), NOW_MS / 1000, NOW_MS / 1000 - 2400);
  const { tasks, recall } = setUp();
  await recall();
  expect(tasks.get(idOf(1))).toMatchObject({ lastOutputAtMs: NOW_MS - 3_000_000, endedAtMs: NOW_MS - 2_400_000 });
  expect(statusOf(1)).toMatchObject({ endTime: new Date(NOW_MS - 2_400_000).toISOString() });
});

test('the output of an interrupted command is found by its call, and files older than the call are ignored', async () => {
  const call = { sessionId: SESSION, callId: 'call_1', sinceMs: NOW_MS };
  expect(await readInterruptedOutput(folder, call)).toBeUndefined();
  const taskId = taskIdForCall(SESSION, 'call_1');
  for (const name of ['output', 'raw']) writeFileSync(join(folder, `shell-${taskId}.${name}`), 'so far\n');
  const touch = (atMs: number) => utimesSync(join(folder, `shell-${taskId}.raw`), atMs / 1000, atMs / 1000);
  touch(NOW_MS + 60_000);
  expect(await readInterruptedOutput(folder, call)).toMatchObject({ taskId, text: { head: 'so far\n' }, endedAtMs: NOW_MS + 60_000 });
  touch(NOW_MS - 60_000);
  expect(await readInterruptedOutput(folder, call)).toBeUndefined();
});

test('BT-18: a task whose process is alive is neither listed nor touched; when it ends, an event is emitted', async () => {
  running(1);
  const { tasks, recall, events, timers, alive } = setUp({ alive: new Set([4001]) });
  await recall();
  expect(tasks.list(SESSION)).toEqual([]);
  expect(statusOf(1).status).toBe('running');
  alive.clear();
  expect(timers).toHaveLength(1);
  timers[0]?.();
  await recall();
  expect(events).toMatchObject([{ event: 'task.changed', data: { task: { id: idOf(1), status: 'interrupted', ofEarlierRun: true } } }]);
  expect(tasks.list(SESSION)).toHaveLength(1);
});

test('no sidecar is corrected while another app writes the session', async () => {
  running(1);
  const { tasks, recall } = setUp();
  await recall(true);
  expect(tasks.list(SESSION)).toEqual([]);
  expect(statusOf(1).status).toBe('running');
  await recall(false);
  expect(tasks.list(SESSION)).toMatchObject([{ status: 'interrupted' }]);
});

test('BT-23: the newest 32 finished tasks are listed, including those of this run; an older one that says running is found too', async () => {
  running(1);
  for (let n = 2; n < 60; n += 1) sidecar(n);
  const mine: TaskSummary = {
    id: idOf(500),
    sessionId: SESSION,
    command: 'mine',
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status: 'completed',
    startedAtMs: NOW_MS,
    endedAtMs: NOW_MS,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 3,
  };
  const { tasks, recall } = setUp({ current: [mine] });
  await recall();
  const listed = tasks.list(SESSION).map((task) => task.id);
  expect(listed).toHaveLength(32);
  expect(listed.slice(0, 2)).toEqual([idOf(500), idOf(59)]);
  expect(tasks.list()).toEqual(tasks.list(SESSION));
  expect(statusOf(1).status).toBe('failed');
  expect(tasks.get(idOf(1))?.error).toBe('Ended with Gantry');
});

test('invalid sidecars are skipped: damaged, a link, a FIFO, a folder, too large, with another name', async () => {
  sidecar(1);
  writeFileSync(join(folder, `shell-${idOf(2)}.status`), '{"status":"runn');
  writeFileSync(join(folder, `shell-${idOf(3)}.status`), JSON.stringify({ status: 'paused' }));
  symlinkSync(join(folder, `shell-${idOf(1)}.status`), join(folder, `shell-${idOf(4)}.status`));
  execFileSync('mkfifo', [join(folder, `shell-${idOf(5)}.status`)]);
  mkdirSync(join(folder, `shell-${idOf(6)}.status`));
  sidecar(7, { command: 'x'.repeat(300_000) });
  writeFileSync(join(folder, 'shell-other.status'), readFileSync(join(folder, `shell-${idOf(1)}.status`)));
  execFileSync('mkfifo', [join(folder, `shell-${idOf(1)}.output`)]);
  const { tasks, recall } = setUp();
  await recall();
  expect(tasks.list(SESSION).map((task) => task.id)).toEqual([idOf(1)]);
  await setUp().tasks.recall({ sessionId: SESSION, outputDir: join(folder, 'missing'), isHeldElsewhere: false });
});

test('an earlier task opens from its files, and stop, promote and keys have no effect on it', async () => {
  sidecar(1);
  output(1, 'text\n');
  const { tasks, recall, calls } = setUp();
  await recall();
  const opened = tasks.attach({ taskId: idOf(1), cols: 80, rows: 24, focused: true }, () => undefined);
  expect(opened).toMatchObject({ viewerId: 7, task: { id: idOf(1) } });
  expect(calls).toEqual([['attachToFiles', idOf(1), join(folder, `shell-${idOf(1)}.raw`)]]);
  expect(() => tasks.stop(idOf(1), { force: false, by: 'user' })).toThrow('already ended');
  expect(() => tasks.promote(idOf(1))).toThrow('already ended');
  tasks.write(idOf(1), 'x');
  expect(calls).toHaveLength(1);
});

test('the text of an earlier task is read at both ends, without partial characters', async () => {
  sidecar(1);
  sidecar(2);
  output(1, 'short\n');
  output(2, `begin${'é'.repeat(50_000)}end`);
  const { tasks, recall } = setUp();
  await recall();
  expect(await tasks.readText(idOf(1))).toMatchObject({ head: 'short\n', tail: '', omittedChars: 0, totalBytes: 6, isBinary: false });
  const long = await tasks.readText(idOf(2));
  expect([long.head.slice(0, 6), long.tail.slice(-4), long.head.includes('\uFFFD'), long.tail.includes('\uFFFD')]).toEqual([
    'begin\u00e9',
    '\u00e9end',
    false,
    false,
  ]);
  expect(long.omittedChars).toBe(100_008 - 30_000);
});

test('clearing ended tasks removes earlier ones from the list and keeps their files', async () => {
  sidecar(1);
  const { tasks, recall, events, close } = setUp();
  await recall();
  tasks.clearEnded(SESSION);
  expect(tasks.list(SESSION)).toEqual([]);
  expect(events).toEqual([{ event: 'task.removed', data: { taskId: idOf(1) } }]);
  await recall();
  expect(tasks.list(SESSION)).toEqual([]);
  expect(statusOf(1).status).toBe('completed');
  await close();
});

test('for ten seconds, a command without a process may still be starting in another app', async () => {
  const startedMs = (n: number) => NOW_MS - 3_600_000 + n * 1000;
  for (const n of [3590, 3591]) running(n, { pid: undefined });
  const { tasks, recall, timers } = setUp();
  await recall();
  expect(NOW_MS - startedMs(3590)).toBe(10_000);
  expect(tasks.list(SESSION).map(({ id }) => id)).toEqual([idOf(3590)]);
  expect(statusOf(3591)).toMatchObject({ status: 'running' });
  expect(timers).toHaveLength(1);
});

test('a cleared list stays cleared after a restart; tasks that ended later are listed', async () => {
  sidecar(1);
  const { tasks, recall, close } = setUp();
  await recall();
  tasks.clearEnded(SESSION);
  await close();
  expect(readFileSync(join(folder, 'gantry-cleared'), 'utf8')).toBe(String(NOW_MS));
  sidecar(2, { endTime: new Date(NOW_MS + 1000).toISOString() });
  sidecar(4, { endTime: new Date(NOW_MS).toISOString() });
  running(3);
  const again = setUp();
  await again.recall();
  expect(again.tasks.list(SESSION).map(({ id }) => id)).toEqual([idOf(2), idOf(3)]);
});

test('BT-18: a monitor that ended because the app was killed is listed as ended, and its end is reported once with its last output', async () => {
  running(1, { monitor: { description: 'errors', pattern: 'error', maxEvents: 1000, told: 1 } }); // as earlier versions wrote it
  output(1, 'error 1\nok\nerror 2\n');
  const { tasks, recall } = setUp();
  await recall();
  expect(tasks.list(SESSION)).toMatchObject([{ id: idOf(1), status: 'interrupted', error: 'Ended with Gantry' }]);
  expect(tasks.interrupted(SESSION).map(({ id }) => id)).toEqual([idOf(1)]);
  expect(tasks.takeEndedNotices(SESSION)).toMatchObject([{ task: { id: idOf(1) }, text: { head: 'error 1\nok\nerror 2\n' } }]);
  expect([...tasks.takeEndedNotices(SESSION), ...tasks.interrupted(SESSION)]).toEqual([]);
  expect(statusOf(1)).toMatchObject({ status: 'failed', error: 'Ended with Gantry' });
  const again = setUp();
  await again.recall();
  expect(again.tasks.takeEndedNotices(SESSION)).toEqual([]);
});
