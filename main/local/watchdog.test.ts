import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { findSurvivors, openLedger, stopSurvivor } from './ledger.ts';
import { openInheritable } from '../test/support/inheritable-descriptor.ts';
import { missing } from '../test/support/live-waits.ts';
import { isAlive } from './live-tasks.fixture.ts';
import { createProcessGuard, startWatchdog } from './watchdog.ts';

const APP = fileURLToPath(new URL('./watchdog-app.fixture.ts', import.meta.url));
/** A command that ignores the hang-up and SIGTERM, as does its child. */
const STUBBORN =
  "trap '' HUP TERM; (trap '' HUP TERM; echo pid $BASHPID; touch up; while :; do sleep 0.2; done) & echo pid $$; while [ ! -e up ]; do sleep 0.05; done; echo ready; while :; do sleep 0.2; done";
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const noPerl = missing('perl');
const noSetsid = missing('setsid');

let folder: string;
let app: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-watchdog-'));
});
afterEach(() => {
  app?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly host: number;
  readonly taskId: string;
  readonly leader: number;
  readonly pids: readonly number[];
}

function startApp(command: string): Promise<Started> {
  const child = fork(APP, [folder, command], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  app = child;
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Started)); // written by watchdog-app.fixture.ts
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
  });
}

const survivors = (started: Started) => [started.host, started.leader, ...started.pids].filter(isAlive);

test.skipIf(process.platform !== 'linux')('the watchdog inherits no descriptor', async () => {
  const { path } = openInheritable();
  const watchdog = startWatchdog(logger);
  onTestFinished(() => watchdog.close());
  const fds = `/proc/${watchdog.pid}/fd`;
  const targets = () => readdirSync(fds).map((fd) => readlinkSync(join(fds, fd)));
  await expect.poll(() => readlinkSync(`/proc/${watchdog.pid}/exe`)).not.toBe(process.execPath); // until then it is this process's copy
  expect(targets()).not.toContain(path);
});

test('BT-18: after kill -9 of the app no command survives, not even one that ignores HUP and TERM', async () => {
  const started = await startApp(STUBBORN);
  expect(started.pids.length).toBe(2);
  app?.kill('SIGKILL');
  await expect.poll(() => survivors(started)).toEqual([]);
});

test('BT-18: after kill -9 of the pty host no command survives', async () => {
  const started = await startApp(STUBBORN);
  process.kill(started.host, 'SIGKILL');
  await expect.poll(() => survivors(started)).toEqual([]);
  expect(isAlive(app?.pid ?? 0)).toBe(true);
});

test('BT-18: after kill -9 of both no command survives', async () => {
  const started = await startApp(STUBBORN);
  process.kill(started.host, 'SIGKILL');
  app?.kill('SIGKILL');
  await expect.poll(() => survivors(started)).toEqual([]);
});

test.skipIf(noSetsid !== undefined)(
  `BT-18: the next start finds a process that called setsid through the ledger and can stop it ${noSetsid ?? ''}`,
  async () => {
    const started = await startApp(
      'setsid bash -c \'trap "" HUP TERM; echo pid $$; touch up; while :; do sleep 0.2; done\' & while [ ! -e up ]; do sleep 0.05; done; echo ready; sleep 100',
    );
    const [escaped = 0] = started.pids;
    expect(findSurvivors(join(folder, 'ledger'))).toEqual([]); // the app still runs
    process.kill(started.host, 'SIGKILL');
    app?.kill('SIGKILL');
    // The ledger of an app that still runs names no survivors.
    await expect.poll(() => [started.leader, app?.pid ?? 0].filter(isAlive)).toEqual([]);
    expect(isAlive(escaped)).toBe(true);
    const [survivor, ...more] = findSurvivors(join(folder, 'ledger'));
    expect(more).toEqual([]);
    expect(survivor).toMatchObject({
      taskId: started.taskId,
      command: expect.stringContaining('setsid bash'),
      cwd: folder,
      isInGroup: false,
    });
    expect(Math.abs(Date.now() - (survivor?.startedAtMs ?? 0))).toBeLessThan(60_000);
    expect(survivor?.processes.map((facts) => facts.pid)).toContain(escaped);
    if (survivor !== undefined) await stopSurvivor(survivor);
    await expect.poll(() => isAlive(escaped)).toBe(false);
    await expect.poll(() => findSurvivors(join(folder, 'ledger'))).toEqual([]);
    expect(readdirSync(join(folder, 'ledger'))).toEqual([]);
  },
);

test.skipIf(noSetsid !== undefined)(
  `BT-18: a process that called setsid is found although its command ended before the app ${noSetsid ?? ''}`,
  async () => {
    const started = await startApp(
      'setsid bash -c \'trap "" HUP; echo pid $$; touch up; while :; do sleep 0.2; done\' & while [ ! -e up ]; do sleep 0.05; done; echo ready',
    );
    await expect.poll(() => isAlive(started.leader)).toBe(false);
    app?.kill('SIGKILL');
    await expect.poll(() => survivors(started)).toEqual(started.pids);
    const found = findSurvivors(join(folder, 'ledger'));
    expect(found.map((survivor) => survivor.taskId)).toEqual([started.taskId]);
    for (const survivor of found) await stopSurvivor(survivor);
    await expect.poll(() => survivors(started)).toEqual([]);
  },
);

test('a process with a reused pid is never reported as a survivor', async () => {
  const other = spawn('sleep', ['30'], { stdio: 'ignore', detached: true });
  const pid = other.pid ?? 0;
  const ledger = openLedger(folder, logger);
  ledger.add({ pid, taskId: 'bg_00000001' });
  const [name = ''] = readdirSync(folder);
  const { readFileSync, writeFileSync } = await import('node:fs');
  const written = readFileSync(join(folder, name), 'utf8');
  const asDead = written.replace(/"owner":\{"pid":\d+/, '"owner":{"pid":2147483646');
  writeFileSync(join(folder, name), asDead);
  expect(findSurvivors(folder).flatMap((survivor) => survivor.processes.map((facts) => facts.pid))).toEqual([pid]);
  const reused = asDead.replace(/("groups":\[\{.*?"startTime":")\d+/, '$11');
  expect(reused).not.toBe(asDead);
  writeFileSync(join(folder, name), reused);
  expect(findSurvivors(folder)).toEqual([]);
  expect(isAlive(pid)).toBe(true);
  await stopSurvivor({ processes: [{ pid, startTime: '1' }] });
  expect(isAlive(pid)).toBe(true);
  other.kill('SIGKILL');
});

test('a damaged ledger and one of an earlier boot are removed', async () => {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'broken.json'), '{"owner"');
  writeFileSync(
    join(folder, 'old.json'),
    JSON.stringify({ bootId: 'earlier', owner: { pid: 1, startTime: 'x' }, groups: [{ pid: process.pid, taskId: 'a', startTime: 'b' }] }),
  );
  expect(findSurvivors(folder)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('closing a guard leaves the groups running and ends its watchdog', async () => {
  const other = spawn('sleep', ['30'], { stdio: 'ignore', detached: true });
  const watchdog = startWatchdog(logger);
  watchdog.add(other.pid ?? 0);
  watchdog.close();
  await expect.poll(() => isAlive(watchdog.pid ?? 0)).toBe(false);
  expect(isAlive(other.pid ?? 0)).toBe(true);
  const guard = createProcessGuard({ logger });
  guard.add({ pid: other.pid ?? 0, taskId: 'bg_00000002' });
  await guard.endAll();
  await expect.poll(() => isAlive(other.pid ?? 0)).toBe(false);
  guard.close();
});

test.skipIf(noPerl !== undefined)(
  `BT-18: a command whose group does not exist yet when the pty host dies is ended anyway ${noPerl ?? ''}`,
  async () => {
    const late = spawn('perl', ['-e', 'select undef, undef, undef, 0.3; setpgrp; sleep 30'], { stdio: 'ignore' });
    const pid = late.pid ?? 0;
    const guard = createProcessGuard({ logger });
    guard.add({ pid, taskId: 'bg_00000003' });
    await guard.endAll();
    await expect.poll(() => isAlive(pid)).toBe(false);
    guard.close();
  },
);

test('BT-18: a watchdog runs before the first command; a killed one is replaced, and the new one knows all groups', async () => {
  const script = `
    const { createProcessGuard } = await import(process.argv[1]);
    const { execFileSync } = await import('node:child_process');
    const quiet = () => undefined;
    const guard = createProcessGuard({ logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
    const children = () => execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\\n');
    const watchdogs = () => children().filter((line) => line.includes('/bin/sh')).map((line) => parseInt(line, 10));
    const ask = async (isTrue) => { while (!isTrue()) await new Promise((next) => setTimeout(next, 20)); };
    await ask(() => watchdogs().length === 1);
    guard.add({ pid: +process.argv[2], taskId: 'bg_00000004' });
    const [first] = watchdogs();
    process.kill(first, 'SIGKILL');
    await ask(() => watchdogs().length === 0);
    await new Promise((next) => setTimeout(next, 50));
    guard.add({ pid: +process.argv[3], taskId: 'bg_00000005' });
    await ask(() => watchdogs().length === 1);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);`;
  const groups = [0, 1].map(() => spawn('sleep', ['30'], { stdio: 'ignore', detached: true }).pid ?? 0);
  const url = new URL('./watchdog.ts', import.meta.url).href;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script, url, ...groups.map(String)], { stdio: 'ignore' });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await expect.poll(() => groups.filter(isAlive)).toEqual([]);
});

test('without a free descriptor the missing watchdog is logged, and nothing is thrown', async () => {
  const script = `
    const { openSync } = await import('node:fs');
    const { startWatchdog } = await import(process.argv[1]);
    try { for (;;) openSync('/dev/null', 'r'); } catch {}
    let logged = '';
    const watchdog = startWatchdog({ error: (message) => (logged = message), warn: () => undefined });
    watchdog.add(1234567);
    await new Promise((next) => setImmediate(next));
    process.exitCode = watchdog.isGone && logged === 'the watchdog could not be started' ? 42 : 1;`;
  const url = new URL('./watchdog.ts', import.meta.url).href;
  const run = `ulimit -n 64; exec "${process.execPath}" --input-type=module -e "$0" "$1"`;
  const limited = spawn('bash', ['-c', run, script, url], { stdio: 'ignore' });
  expect(await new Promise((end) => limited.once('exit', end))).toBe(42);
});

test('a group removed from the watchdog is not ended', async () => {
  const kept = spawn('sleep', ['30'], { stdio: 'ignore', detached: true });
  const ended = spawn('sleep', ['30'], { stdio: 'ignore', detached: true });
  const script =
    "const { startWatchdog } = await import(process.argv[1]); const w = startWatchdog(console); w.add(+process.argv[2]); w.add(+process.argv[3]); w.remove(+process.argv[2]); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);";
  const url = new URL('./watchdog.ts', import.meta.url).href;
  spawn(process.execPath, ['--input-type=module', '-e', script, url, String(kept.pid), String(ended.pid)], { stdio: 'ignore' });
  await expect.poll(() => isAlive(ended.pid ?? 0)).toBe(false);
  expect(isAlive(kept.pid ?? 0)).toBe(true);
  kept.kill('SIGKILL');
});
