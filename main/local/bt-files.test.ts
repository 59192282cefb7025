/** Commands whose files really fail: removed, stalled, on a full disk, without descriptors (BT-6, BT-7). */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { TaskId } from '../../preload/contract/index.ts';
import { openHost } from '../pty-host/testing/host.fixture.ts';
import { loadPtySpawner } from '../pty-host/process/spawn-pty.ts';
import { ended, openLive, printed } from '../test/support/live-waits.ts';
import { isAlive } from './live-tasks.fixture.ts';

/** A FIFO that accepts no bytes until a reader opens it, like a stalled disk. */
function makeFifo(): { path: string; openReader: () => number } {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-fifo-'));
  const path = join(folder, 'stalled');
  execFileSync('mkfifo', [path]);
  const openReader = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(openReader()); // a writer that still waits for a reader continues
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, openReader };
}

test('BT-6: the end is not reported before the file has taken the last byte', async () => {
  const fifo = makeFifo();
  const host = openHost({ spawnPty: await loadPtySpawner() });
  onTestFinished(() => host.close());
  const id = host.spawn('echo held; exit 3', {}, { rawPath: fifo.path });
  await expect.poll(() => host.groups.some((group) => group.startsWith('gone'))).toBe(true);
  expect(host.updates.map((update) => update.kind)).not.toContain('ended');
  const reader = await open(fifo.path, 'r');
  expect(await reader.readFile('utf8')).toBe('held\r\n');
  await reader.close();
  expect(await host.ended(id)).toMatchObject({ end: { exitCode: 3 }, outputBytes: 6, droppedBytes: 0 });
});

test('BT-6, BT-7: a flush that stalls (a FIFO in place of the file) holds the end back for a limited time, and its timer keeps no process alive', async () => {
  const fifo = makeFifo();
  const timers = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => timers.mockRestore());
  const host = openHost({ spawnPty: await loadPtySpawner(), limits: { flushMs: 317 } });
  onTestFinished(() => host.close());
  const id = host.spawn('echo stuck', {}, { rawPath: fifo.path });
  expect(await host.ended(id)).toMatchObject({
    end: { exitCode: 0 },
    outputBytes: 7,
    droppedBytes: 7,
    text: { head: 'stuck\n', droppedBytes: 7 },
  });
  const at = timers.mock.calls.findIndex(([, ms]) => ms === 317);
  const timer: unknown = timers.mock.results[at]?.value;
  expect(timer).toMatchObject({ hasRef: expect.any(Function) });
  expect(timer instanceof Object && 'hasRef' in timer && typeof timer.hasRef === 'function' && timer.hasRef()).toBe(false);
});

test('BT-7: the command waits while the disk accepts nothing, and no byte is missing afterwards', async () => {
  const fifo = makeFifo();
  const host = openHost({ spawnPty: await loadPtySpawner(), limits: { queueBytes: 9 * 1024 * 1024 } });
  onTestFinished(() => host.close());
  const id = host.spawn('yes "$(printf \'%0120d\' 7)" | head -n 100000', {}, { rawPath: fifo.path });
  const arrived = () => host.updates.findLast((update) => update.kind === 'progress')?.outputBytes ?? 0;
  await expect.poll(arrived).toBeGreaterThan(8 * 1024 * 1024);
  const reader = await open(fifo.path, 'r');
  const raw = await reader.readFile('latin1');
  await reader.close();
  expect(await host.ended(id)).toMatchObject({ end: { exitCode: 0 }, outputBytes: 12_200_000, droppedBytes: 0 });
  expect(raw === `${'7'.padStart(120, '0')}\r\n`.repeat(100_000)).toBe(true);
});

test('BT-7: a link that replaces the file is not followed; the command keeps running, and user and model are notified of what is missing', async () => {
  const live = openLive();
  const target = join(live.folder, 'of-the-user');
  writeFileSync(target, 'mine');
  const task = live.start('echo before; read line; echo after');
  symlinkSync(target, join(live.folder, `shell-${task.id}.raw`));
  await printed(live, task.id, 'before');
  live.tasks.write(task.id, '\n');
  const summary = await ended(live, task.id);
  expect(summary).toMatchObject({ status: 'completed', exitCode: 0 });
  expect(summary?.droppedBytes).toBe(summary?.outputBytes);
  expect(readFileSync(target, 'utf8')).toBe('mine');
});

test('BT-7: removing the folder while the command runs costs only its files, and the loss is counted', async () => {
  const live = openLive();
  const outputDir = join(live.folder, 'out');
  const task = live.start('echo before; read line; echo after; exit 5', { outputDir });
  await printed(live, task.id, 'before');
  await expect.poll(() => readFileSync(join(outputDir, `shell-${task.id}.raw`), 'utf8')).toContain('before');
  rmSync(outputDir, { recursive: true });
  live.tasks.write(task.id, '\n');
  const summary = await ended(live, task.id);
  expect(summary).toMatchObject({ status: 'failed', exitCode: 5 });
  const { head, droppedBytes } = await live.tasks.readText(task.id);
  expect(head).toContain('before');
  expect(head).toContain('after');
  expect(droppedBytes).toBe(summary?.outputBytes);
  expect(summary?.droppedBytes).toBe(summary?.outputBytes);
});

/** A mounted small disk with its cleanup, or the reason why there is none. */
function mountSmallDisk(): { folder: string; unmount: () => void } | string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'gantry-test', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return `no small disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`;
  }
  return {
    folder,
    unmount() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

test('BT-7: on a disk that becomes full the command keeps running, and file, user and model report how much is missing', async (context) => {
  const disk = mountSmallDisk();
  if (typeof disk === 'string') return context.skip(disk);
  onTestFinished(disk.unmount);
  const live = openLive();
  const filler = join(disk.folder, 'filler');
  writeFileSync(filler, Buffer.alloc(900 * 1024));
  const task = live.start('seq 1 50000; read line; echo done', { outputDir: join(disk.folder, 'out') });
  await expect.poll(() => live.tasks.get(task.id)?.notice?.reason).toContain('no space left on the disk');
  rmSync(filler); // room for the marker line, also if the text file has not failed yet and takes the rest of the output
  live.tasks.write(task.id, '\n');
  const summary = await ended(live, task.id);
  expect(summary).toMatchObject({ status: 'completed', exitCode: 0 });
  const raw = readFileSync(join(disk.folder, 'out', `shell-${task.id}.raw`), 'utf8');
  const [kept = '', marker = ''] = raw.split('\r\n[gantry: ');
  expect(summary?.droppedBytes).toBe((summary?.outputBytes ?? 0) - kept.length);
  expect(marker).toBe(`${summary?.droppedBytes} bytes of output are missing: no space left on the disk (ENOSPC)]\r\n`);
  const { tail, droppedBytes } = await live.tasks.readText(task.id);
  expect(tail).toContain('50000\n');
  expect(droppedBytes).toBe(summary?.droppedBytes);
});

test('BT-7: with no descriptor left commands fail with a message, and the next works when descriptors are free again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-limit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const execPath = join(folder, 'limited-node');
  writeFileSync(execPath, `#!/bin/bash\nulimit -n 60\nexec "${process.execPath}" "$@"\n`);
  chmodSync(execPath, 0o755);
  mkdirSync(join(folder, 'out'));
  const live = openLive({ execPath });
  const tasks = Array.from({ length: 40 }, () => live.start('echo ready; read line'));
  const isSettled = (id: TaskId) => live.tasks.get(id)?.endedAtMs !== undefined || live.tasks.get(id)?.lastLine === 'ready';
  await expect.poll(() => tasks.filter((task) => !isSettled(task.id)).length).toBe(0);
  const summaries = tasks.map((task) => live.tasks.get(task.id));
  const failed = summaries.filter((task) => task?.status === 'failed');
  const running = summaries.filter((task) => task?.status === 'running');
  expect(failed.length + running.length).toBe(40);
  expect(failed.length).toBeGreaterThan(0);
  expect(running.length).toBeGreaterThan(0);
  for (const task of failed) expect(task?.error).toMatch(/could not be started: .*(EMFILE|descriptor|open files)/i);
  for (const task of running) live.tasks.stop(task?.id ?? expect.unreachable(), { force: true, by: 'user' });
  for (const task of running) await ended(live, task?.id ?? expect.unreachable());
  expect(live.hostPids.filter(isAlive)).toHaveLength(1);
  const next = await live.start('echo again', { placement: 'foreground' }).outcome;
  expect(next).toMatchObject({ task: { status: 'completed', droppedBytes: 0 }, text: { head: 'again\n' } });
});
