import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TaskId } from '../../preload/contract/index.ts';
import { findSurvivors, openLedger, stopSurvivor } from './ledger.ts';
import { bootId, startTime } from './ledger-processes.ts';
import { createSurvivorsPort } from './ledger-survivors.ts';
import { isAlive } from './live-tasks.fixture.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const FIRST = TaskId.parse('bg_0000000a');
const SECOND = TaskId.parse('bg_0000000b');

let folder: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-survivors-'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process that carries a command's id but is in no group of the ledger, as after `setsid`. */
async function escaped(taskId: string, script = 'echo ready; sleep 60'): Promise<number> {
  const child = spawn('bash', ['-c', script], {
    detached: true,
    env: { PATH: process.env['PATH'], GANTRY_TASK_ID: taskId },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** Writes the ledger of an app that has ended, with ended groups. */
async function deadApp(...groups: { taskId: TaskId; command: string }[]): Promise<void> {
  const before = new Set(readdirSync(folder));
  const ledger = openLedger(folder, logger);
  for (const group of groups) {
    const leader = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    ledger.add({ pid: leader.pid ?? 0, cwd: '/p', startedAtMs: 5, ...group });
    leader.kill('SIGKILL');
    await once(leader, 'exit');
  }
  const [name = ''] = readdirSync(folder).filter((file) => !before.has(file));
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"owner":\{"pid":\d+/, '"owner":{"pid":2147483646'));
}

test('BT-18: a command that outlived its app is reported with command, folder, time and processes', async () => {
  const pid = await escaped(FIRST);
  await deadApp({ taskId: FIRST, command: 'setsid serve' });
  const [found, ...more] = await createSurvivorsPort(folder).find();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ taskId: FIRST, command: 'setsid serve', cwd: '/p', startedAtMs: 5 });
  expect(found?.processes.map((process) => process.pid)).toContain(pid);
});

test('a damaged ledger entry is skipped and the others are read', async () => {
  const noId = 'x'.repeat(201);
  await escaped(FIRST);
  await escaped(noId);
  await deadApp({ taskId: SECOND, command: 'b' }, { taskId: FIRST, command: 'a' });
  const [name = ''] = readdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(SECOND, noId));
  expect((await createSurvivorsPort(folder).find()).map((survivor) => survivor.command)).toEqual(['a']);
});

test('BT-18: one survivor is stopped with its children; the other and unrelated processes keep running', async () => {
  const stubborn = await escaped(FIRST, "trap '' TERM HUP; (trap '' TERM HUP; while :; do sleep 0.2; done) & echo ready; wait");
  const other = await escaped(SECOND);
  await deadApp({ taskId: FIRST, command: 'a' }, { taskId: SECOND, command: 'b' });
  const port = createSurvivorsPort(folder);
  const pids = (await port.find()).find((survivor) => survivor.taskId === FIRST)?.processes.map(({ pid }) => pid) ?? [];
  expect(pids.length).toBeGreaterThanOrEqual(2);
  await port.stop(FIRST);
  await expect.poll(() => [stubborn, ...pids].filter(isAlive)).toEqual([]);
  expect(isAlive(other)).toBe(true);
  expect((await port.find()).map((survivor) => survivor.taskId)).toEqual([SECOND]);
});

test('BT-18: a dismissed survivor keeps running and is not reported again', async () => {
  const pid = await escaped(FIRST);
  await escaped(SECOND);
  await deadApp({ taskId: FIRST, command: 'a' }, { taskId: SECOND, command: 'b' });
  const port = createSurvivorsPort(folder);
  await port.leave(FIRST);
  expect((await port.find()).map((survivor) => survivor.taskId)).toEqual([SECOND]);
  await port.leave(SECOND);
  expect(await port.find()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  expect(isAlive(pid)).toBe(true);
});

test('dismissing a survivor does not change the ledger of a running app', async () => {
  const ledger = openLedger(folder, logger);
  const leader = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  children.push(leader);
  ledger.add({ pid: leader.pid ?? 0, taskId: FIRST });
  await createSurvivorsPort(folder).leave(FIRST);
  expect(findSurvivors(folder)).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('BT-18: processes that the watchdog is about to end are not reported', async () => {
  const leader = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  children.push(leader);
  const ledger = openLedger(folder, logger);
  ledger.add({ pid: leader.pid ?? 0, taskId: FIRST });
  const [name = ''] = readdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"owner":\{"pid":\d+/, '"owner":{"pid":2147483646'));
  expect(findSurvivors(folder)).toMatchObject([{ taskId: FIRST, isInGroup: true }]);
  const found = createSurvivorsPort(folder).find();
  leader.kill('SIGKILL');
  expect(await found).toEqual([]);
});

test('a process is identified as a command by its id or its start time, and never by its pid alone', async () => {
  const port = createSurvivorsPort(folder);
  const pid = await escaped(FIRST);
  const now = Date.now();
  expect(port.isRunning({ taskId: FIRST, pid, startedAtMs: now })).toBe(true);
  expect(port.isRunning({ taskId: SECOND, pid, startedAtMs: now })).toBe(false);
  const plain = spawn('sleep', ['60'], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
  children.push(plain);
  await once(plain, 'spawn');
  expect(port.isRunning({ taskId: FIRST, pid: plain.pid ?? 0, startedAtMs: now })).toBe(true);
  expect(port.isRunning({ taskId: FIRST, pid: plain.pid ?? 0, startedAtMs: now - 3_600_000 })).toBe(false);
  expect(port.isRunning({ taskId: FIRST, pid: plain.pid ?? 0, startedAtMs: now + 3_600_000 })).toBe(false);
  plain.kill('SIGKILL');
  await once(plain, 'exit');
  expect(port.isRunning({ taskId: FIRST, pid: plain.pid ?? 0, startedAtMs: now })).toBe(false);
});

/** Writes a ledger as an ended app leaves it. */
function writeLedger(group: { pid: number; startTime: string }, boot = bootId()): void {
  const groups = [{ taskId: FIRST, command: 'a', ...group }];
  writeFileSync(join(folder, 'old.json'), JSON.stringify({ bootId: boot, owner: { pid: 2147483646, startTime: '1' }, groups }));
}

test('a process that reused the pid of a command, this app, and entries from before the last boot are not survivors', async () => {
  const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'] } });
  children.push(stranger);
  await once(stranger, 'spawn');
  const pid = stranger.pid ?? 0;
  writeLedger({ pid, startTime: '1' });
  expect(findSurvivors(folder)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);

  writeLedger({ pid: process.pid, startTime: startTime(process.pid) ?? '' });
  expect(findSurvivors(folder).flatMap(({ processes }) => processes.map((facts) => facts.pid))).not.toContain(process.pid);

  writeLedger({ pid, startTime: startTime(pid) ?? '' }, 'another boot');
  expect(findSurvivors(folder)).toEqual([]);
  writeLedger({ pid, startTime: startTime(pid) ?? '' });
  expect(findSurvivors(folder)).toMatchObject([{ taskId: FIRST, processes: [{ pid }] }]);
});

test('a process that reused the pid of a survivor is not stopped', async () => {
  const pid = await escaped(FIRST);
  await stopSurvivor({ processes: [{ pid, startTime: '1' }] });
  expect(isAlive(pid)).toBe(true);
});
