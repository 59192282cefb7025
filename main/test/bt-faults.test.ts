/** Processes that are killed, suspended, unresponsive or left behind, and folders that accept no file, on real terminals. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { TaskId } from '../../preload/contract/index.ts';
import { isAlive, type LiveTasks } from '../local/live-tasks.fixture.ts';
import { ended, openLive, printed } from './support/live-waits.ts';

/** `name pid` in the output so far. */
async function pidOf(live: LiveTasks, taskId: TaskId, name: string): Promise<number> {
  await printed(live, taskId, `${name} `);
  return Number(new RegExp(`${name} (\\d+)`).exec((await live.tasks.readText(taskId)).head)?.[1]);
}

const stateOf = (pid: number) => /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

test('BT-10: kill -9 of the command alone is a failure by signal, and what it printed is kept', async () => {
  const live = openLive();
  const task = live.start('echo shell $$; echo before; sleep 100');
  const pid = await pidOf(live, task.id, 'shell');
  await printed(live, task.id, 'before');
  process.kill(pid, 'SIGKILL');
  expect(await ended(live, task.id)).toMatchObject({ status: 'failed', signal: 9, error: 'Terminated by signal 9 (SIGKILL)' });
  expect(live.output(task.id)).toContain('before');
});

test('BT-10: kill -9 of its whole group gives the same result, and no process is left', async () => {
  const live = openLive();
  const task = live.start('(while :; do sleep 1; done) & echo child $!; echo shell $$; wait');
  const [shell, child] = [await pidOf(live, task.id, 'shell'), await pidOf(live, task.id, 'child')];
  process.kill(-shell, 'SIGKILL');
  expect(await ended(live, task.id)).toMatchObject({ status: 'failed', signal: 9 });
  await expect.poll(() => [shell, child].filter(isAlive)).toEqual([]);
});

test('BT-10: a silent command, and one that has closed its terminal, end with their own status', async () => {
  const live = openLive();
  const run = (command: string) => live.start(command, { placement: 'foreground' }).outcome;
  for (let i = 0; i < 10; i++) expect((await run('exec touch silent')).task).toMatchObject({ status: 'completed', exitCode: 0 });
  const closed = await run('exec <&- >&- 2>&-; sleep 0.1; echo x >> done; exit 5');
  expect(closed.task).toMatchObject({ status: 'failed', exitCode: 5, error: 'Exited with code 5' });
  expect(readFileSync(join(live.folder, 'done'), 'utf8')).toBe('x\n');
});

test('BT-10: SIGTERM ends a background command that has closed its terminal, and is reported', async () => {
  const live = openLive();
  const task = live.start('exec <&- >&- 2>&-; echo $$ > closed; exec sleep 100');
  const pidFile = join(live.folder, 'closed');
  await expect.poll(() => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '')).toMatch(/^\d+\n$/);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  expect(await ended(live, task.id)).toMatchObject({ status: 'failed', signal: 15, error: 'Terminated by signal 15 (SIGTERM)' });
});

test('BT-28: a suspended command is alive and quiet, and stopping it lets it clean up and ends it', async () => {
  const live = openLive();
  const task = live.start('echo shell $$; trap "echo asked; exit 4" TERM; while :; do sleep 0.1; done');
  const pid = await pidOf(live, task.id, 'shell');
  process.kill(pid, 'SIGSTOP');
  if (existsSync('/proc')) await expect.poll(() => stateOf(pid)).toBe('T');
  const { outputBytes } = live.tasks.get(task.id) ?? {};
  expect(live.tasks.get(task.id)).toMatchObject({ status: 'running', outputBytes });
  expect((await live.tasks.readText(task.id)).head).toContain('shell'); // its state can be requested
  live.tasks.stop(task.id, { force: false, by: 'user' });
  expect(await ended(live, task.id)).toMatchObject({ status: 'cancelled', exitCode: 4 });
  expect(live.output(task.id)).toContain('asked');
  expect(isAlive(pid)).toBe(false);
});

test('BT-16: a command that ignores SIGTERM is shown as stopping until SIGKILL ends it, and is cancelled', async () => {
  const live = openLive();
  const task = live.start("trap 'echo not yet' TERM; echo shell $$; while :; do sleep 0.1; done");
  const pid = await pidOf(live, task.id, 'shell');
  expect(live.tasks.stop(task.id, { force: false, by: 'agent' }).status).toBe('stopping');
  await printed(live, task.id, 'not yet');
  expect(live.tasks.get(task.id)?.status).toBe('stopping');
  expect(await ended(live, task.id)).toMatchObject({ status: 'cancelled', signal: 9 });
  expect(isAlive(pid)).toBe(false);
});

test('BT-5, BT-18: a grandchild that keeps the terminal open does not delay the end, and closing ends it', async () => {
  const live = openLive();
  const task = live.start("(trap '' HUP TERM; echo child $BASHPID; while :; do sleep 0.2; done) & sleep 0.2; echo done; exit 6");
  const child = await pidOf(live, task.id, 'child');
  expect(await ended(live, task.id)).toMatchObject({ status: 'failed', exitCode: 6 });
  expect(isAlive(child)).toBe(true);
  expect(() => live.tasks.stop(task.id, { force: true, by: 'user' })).toThrow(expect.objectContaining({ code: 'task_ended' }));
  await live.tasks.close();
  await expect.poll(() => isAlive(child)).toBe(false);
});

/** A folder that no user can write, not even root: a disk mounted read-only if the test runs as root. */
function makeReadOnlyFolder(): string | { skip: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-read-only-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (process.getuid?.() !== 0) {
    mkdirSync(join(folder, 'inner'));
    chmodSync(join(folder, 'inner'), 0o500);
    onTestFinished(remove);
    return join(folder, 'inner');
  }
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'gantry-test', folder], { stdio: 'pipe' });
  } catch (error) {
    remove();
    return { skip: `root may write everywhere, and no read-only disk can be mounted here: ${String(error)}` };
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    remove();
  });
  return folder;
}

test('BT-7: if the folder accepts no file, the command runs to its end, foreground and background, and reports why nothing is kept', async (context) => {
  const outputDir = makeReadOnlyFolder();
  if (typeof outputDir !== 'string') return context.skip(outputDir.skip);
  const live = openLive();
  const background = live.start('echo one; read -s line; echo two; exit 3', { outputDir });
  await expect.poll(() => live.tasks.get(background.id)?.notice?.code).toBe('losing_output');
  expect(live.tasks.get(background.id)?.notice?.reason).toMatch(/EROFS|permission denied/);
  live.tasks.write(background.id, '\r');
  const summary = await ended(live, background.id);
  expect(summary).toMatchObject({ status: 'failed', exitCode: 3 });
  expect(summary?.droppedBytes).toBe(summary?.outputBytes);
  const { task, text } = await live.start('echo short', { outputDir, placement: 'foreground' }).outcome;
  expect(task.status).toBe('completed');
  expect(text).toMatchObject({ head: 'short\n', droppedBytes: 7 });
});
