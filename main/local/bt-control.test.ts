/** Promotes, stops and watches real commands at the wrong moment, and checks what remains afterwards. */
import { readdirSync, readlinkSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { TaskId, ViewerId } from '../../preload/contract/index.ts';
import { isGroupAlive } from '../pty-host/process/process-group.ts';
import { loadPtySpawner } from '../pty-host/process/spawn-pty.ts';
import { openHost } from '../pty-host/testing/host.fixture.ts';
import { ended, openLive, printed } from '../test/support/live-waits.ts';
import { isAlive, SESSION, watch } from './live-tasks.fixture.ts';

const coded = (code: string) => expect.objectContaining({ code });

test('BT-14: a second promotion, promoting an ended or unknown task, and stopping an ended task are refused and change nothing', async () => {
  const live = openLive();
  const { tasks } = live;
  const foreground = live.start('exit 7', { placement: 'foreground' });
  await foreground.outcome;
  const background = live.start('exit 0');
  await ended(live, background.id);
  const running = live.start('echo up; read line; echo went on', { placement: 'foreground' });
  await printed(live, running.id, 'up');
  tasks.promote(running.id);
  await running.outcome;
  const before = [foreground.id, background.id, running.id].map((id) => tasks.get(id));

  expect(() => tasks.promote(running.id)).toThrow(coded('task_not_promotable'));
  for (const id of [foreground.id, background.id]) {
    expect(() => tasks.promote(id)).toThrow(coded('task_ended'));
    for (const force of [false, true]) expect(() => tasks.stop(id, { force, by: 'user' })).toThrow(coded('task_ended'));
  }
  const unknown = TaskId.parse('bg_00000000');
  expect(() => tasks.promote(unknown)).toThrow(coded('task_unknown'));
  expect(() => tasks.stop(unknown, { force: true, by: 'agent' })).toThrow(coded('task_unknown'));

  expect([foreground.id, background.id, running.id].map((id) => tasks.get(id))).toEqual(before);
  tasks.write(running.id, '\n');
  expect(await ended(live, running.id)).toMatchObject({ status: 'completed', exitCode: 0 });
  expect(live.output(running.id)).toContain('went on');
});

test('BT-13: a stop that races with the end has one status, cancelled only when the stop came first', async () => {
  const live = openLive();
  const asked: boolean[] = [];
  for (let i = 0; i < 12; i++) {
    const task = live.start('read line');
    await task.outcome;
    live.tasks.write(task.id, '\n');
    // The first three stops come before the end can be known, the last three after it; the others race.
    if (i >= 9) await ended(live, task.id);
    else for (let turns = i - 2; turns > 0; turns--) await new Promise((next) => setImmediate(next));
    let wasAsked = false;
    try {
      live.tasks.stop(task.id, { force: i % 2 === 1, by: 'user' });
      wasAsked = true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'task_ended' });
    }
    asked.push(wasAsked);
    expect((await ended(live, task.id))?.status).toBe(wasAsked ? 'cancelled' : 'completed');
  }
  expect(asked.slice(0, 3)).toEqual([true, true, true]);
  expect(asked.slice(9)).toEqual([false, false, false]);
});

test('BT-17: an abort reaches a real foreground command but not a promoted one', async () => {
  const live = openLive();
  const turn = new AbortController();
  const moved = live.start('echo up; read line', { placement: 'foreground' }, turn.signal);
  const left = live.start("trap '' HUP; echo up; read line", { placement: 'foreground' }, turn.signal);
  await printed(live, moved.id, 'up');
  await printed(live, left.id, 'up');
  live.tasks.promote(moved.id);
  const pid = live.tasks.get(left.id)?.pid ?? 0;
  turn.abort();
  expect((await left.outcome).task.status).toBe('cancelled');
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(live.tasks.get(moved.id)?.status).toBe('running');
  expect(isAlive(live.tasks.get(moved.id)?.pid ?? 0)).toBe(true);
});

test('BT-21: a viewer that throws at every frame costs neither the command nor the other viewers a byte', async () => {
  const live = openLive();
  const task = live.start('read line; seq 1 5000; exit 3');
  await task.outcome;
  live.tasks.attach({ taskId: task.id, cols: 80, rows: 24, focused: true }, () => {
    throw new Error('a viewer');
  });
  const other = watch(live, task.id);
  await expect.poll(() => other.replays()).toBe(1);
  live.tasks.write(task.id, '\n');
  expect(await ended(live, task.id)).toMatchObject({ status: 'failed', exitCode: 3, droppedBytes: 0 });
  await expect.poll(() => other.bytes().toString()).toContain('\r\n5000\r\n');
  expect(live.logged.some((line) => line.includes('a viewer'))).toBe(true);
  expect((await live.start('echo next', { placement: 'foreground' }).outcome).text.head).toBe('next\n');
});

test('BT-23: ended foreground commands are not in the list, however many there are', async () => {
  const live = openLive();
  const kept = live.start('exit 0');
  await ended(live, kept.id);
  await Promise.all(Array.from({ length: 40 }, () => live.start('exit 0', { placement: 'foreground' }).outcome));
  expect(live.tasks.list(SESSION).map((task) => task.id)).toEqual([kept.id]);
});

test('BT-8: a viewer attached and a line typed before the process exists are not lost', async () => {
  const live = openLive();
  const task = live.start('stty size; read line; echo "got $line"; read line');
  const early = watch(live, task.id, { focused: true, cols: 80, rows: 24 });
  const gone = watch(live, task.id);
  live.tasks.write(task.id, 'typed early\n');
  gone.detach();
  expect(live.tasks.get(task.id)?.status).toBe('starting');
  await expect.poll(() => early.frames.map((frame) => Buffer.from(frame.bytes).toString()).join('')).toContain('got typed early');
  expect(early.frames.at(-1)).toMatchObject({ cols: 80, rows: 24 });
  live.tasks.write(task.id, '\n');
  await ended(live, task.id);
  expect(gone.frames).toEqual([]);
});

test('BT-19: a command that cannot be registered with the watchdog is stopped, fails with a message, and leaves no file', async () => {
  const pids: number[] = [];
  let isBroken = true;
  const live = openLive({
    guard: {
      add({ pid }) {
        pids.push(pid);
        if (isBroken) throw new Error('no watchdog');
      },
      remove: () => undefined,
      endAll: () => Promise.resolve(),
      close: () => undefined,
    },
  });
  const refused = live.start("trap '' HUP TERM; while :; do sleep 0.2; done", { placement: 'foreground' });
  expect((await refused.outcome).task).toMatchObject({
    status: 'failed',
    error: 'spawn_failed: the command could not be registered, so that it was stopped: no watchdog',
  });
  await expect.poll(() => pids.map(isGroupAlive)).toEqual([false]);
  await expect.poll(() => readdirSync(live.folder)).toEqual([]);
  expect(openFilesOf(live.hostPids[0] ?? 0, live.folder)).toEqual([]);
  isBroken = false;
  expect((await live.start('echo next', { placement: 'foreground' }).outcome).text.head).toBe('next\n');
});

function openFilesOf(pid: number, folder: string): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    .filter((target) => target.startsWith(folder));
}

test('BT-20: after 300 tasks with viewers no descriptor, no timer and no memory of them remains', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const waiting = new Map<TaskId, (end: unknown) => void>();
  const host = openHost({
    spawnPty: await loadPtySpawner(),
    onPost: (message) => {
      if (message.t === 'update' && message.update.kind === 'ended') waiting.get(message.update.taskId)?.(message.update.end);
    },
  });
  onTestFinished(() => host.close());
  let viewer = 1;
  // Not `expect.poll`, which keeps its values until the test has ended.
  const runBatch = async (count: number) => {
    const ids = Array.from({ length: count }, () => host.spawn('', {}, { shell: '/bin/echo', args: ['x'.repeat(500)] }));
    const ends = ids.map((taskId) => new Promise((end) => waiting.set(taskId, end)));
    const viewerIds = ids.map((taskId) => {
      const viewerId = ViewerId.parse(viewer++);
      host.core.handle({ t: 'attach', view: { viewerId, taskId, cols: 80, rows: 24, focused: true } });
      return viewerId;
    });
    expect(new Set((await Promise.all(ends)).map((end) => JSON.stringify(end)))).toEqual(new Set(['{"exitCode":0}']));
    for (const viewerId of viewerIds) host.core.handle({ t: 'detach', viewerId });
    for (const taskId of ids) host.core.handle({ t: 'forget', taskId, deleteFiles: true });
    while (readdirSync(host.folder).length > 0) await new Promise((next) => setTimeout(next, 5));
    waiting.clear();
    for (const list of [host.updates, host.frames, host.groups]) list.length = 0; // frees the test's own memory
  };
  const measure = () => {
    if (typeof collect === 'function') for (let i = 0; i < 3; i++) collect();
    const { heapUsed, external } = process.memoryUsage();
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    return { bytes: heapUsed + external, timers, descriptors: readdirSync('/proc/self/fd').length };
  };
  for (let i = 0; i < 3; i++) await runBatch(30);
  let before = measure();
  await expect.poll(() => (before = measure()).bytes).toBeGreaterThan(0); // in a poll as below, whose own timer is then counted in both
  for (let i = 0; i < 7; i++) await runBatch(30);
  // Polled: a busy machine closes files, clears timers and finalizes objects later. What leaks never goes.
  const leaks = () => {
    const after = measure();
    const bytes = after.bytes - before.bytes;
    return {
      ...(bytes >= 1_000_000 && { bytes }),
      ...(after.timers > before.timers && { timers: after.timers - before.timers }),
      ...(after.descriptors > before.descriptors && { descriptors: after.descriptors - before.descriptors }),
    };
  };
  await expect.poll(leaks).toEqual({});
});
