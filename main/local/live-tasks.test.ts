/** Tasks end to end: real shells, real terminals, the pty host as a process. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OutputFrame, TaskId } from '../../preload/contract/index.ts';
import { gridOf, newViewer } from '../pty-host/testing/grid.ts';
import { caughtUp, endOf } from '../test/support/live-waits.ts';
import { isAlive, type LiveTasks, openLiveTasks, SESSION, watch } from './live-tasks.fixture.ts';

let live: LiveTasks;

beforeEach(() => {
  live = openLiveTasks();
});
afterEach(() => live.close());

/** Generous for a loaded machine; only a hang takes longer. */

const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

async function ended(taskId: TaskId) {
  await expect.poll(() => live.tasks.get(taskId)?.endedAtMs, { interval: 10 }).toBeDefined();
  return live.tasks.get(taskId);
}

async function printed(taskId: TaskId, text: string): Promise<void> {
  await expect.poll(async () => (await live.tasks.readText(taskId)).head, { interval: 10 }).toContain(text);
}

test('BT-1: a promotion during a flood keeps every byte once and in order, in the file, the text and a viewer', async () => {
  const task = live.start('i=0; while [ $i -lt 40 ]; do seq $((i*5000)) $((i*5000+4999)); i=$((i+1)); done', { placement: 'foreground' });
  await printed(task.id, '100\n');
  const viewer = watch(live, task.id);
  live.tasks.promote(task.id);
  expect(await task.outcome).toMatchObject({ kind: 'in_background' });
  expect(await ended(task.id)).toMatchObject({ status: 'completed', exitCode: 0, droppedBytes: 0 });
  const numbers = Array.from({ length: 200_000 }, (_, i) => i);
  const expectedRaw = numbers.map((n) => `${n}\r\n`).join('');
  expect(hash(live.raw(task.id))).toBe(hash(expectedRaw));
  expect(hash(live.output(task.id))).toBe(hash(numbers.map((n) => `${n}\n`).join('')));
  await expect.poll(() => endOf(viewer.frames)).toBe(expectedRaw.length);
  for (const piece of runs(viewer.frames))
    expect(hash(piece.bytes)).toBe(hash(expectedRaw.slice(piece.offset, piece.offset + piece.bytes.length)));
});

/** Data after a replay, put together: each run must be contiguous. */
function runs(frames: readonly OutputFrame[]): { offset: number; bytes: Buffer }[] {
  const result: { offset: number; parts: Uint8Array[]; next: number }[] = [];
  for (const frame of frames) {
    if (frame.kind === 'replay') result.push({ offset: frame.offsetBytes, parts: [], next: frame.offsetBytes });
    const last = result.at(-1);
    if (frame.kind !== 'data' || last === undefined) continue;
    expect(frame.offsetBytes).toBe(last.next);
    last.parts.push(frame.bytes);
    last.next += frame.bytes.length;
  }
  return result.map((run) => ({ offset: run.offset, bytes: Buffer.concat(run.parts) }));
}

test('a viewer that acks at once and is attached from the start gets every byte without a second replay', async () => {
  const task = live.start('read line; for i in 1 2 3 4 5; do seq 1 2000; sleep 0.02; done');
  await task.outcome;
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  live.tasks.write(task.id, 'go\n');
  await ended(task.id);
  await caughtUp(live, task.id, viewer);
  expect(viewer.replays()).toBe(1);
  expect(hash(viewer.bytes())).toBe(hash(live.raw(task.id)));
});

test('BT-3: a character split by the process comes out whole in text and viewer', async () => {
  const task = live.start(
    "read line; printf '\\xe2\\x82'; sleep 0.01; printf '\\xac euro\\n'; printf '\\033[3'; sleep 0.01; printf '1mred\\033[0m\\n'",
  );
  await task.outcome;
  const viewer = watch(live, task.id);
  live.tasks.write(task.id, '\n');
  await ended(task.id);
  await caughtUp(live, task.id, viewer);
  expect(live.output(task.id)).toContain('€ euro\nred\n');
  for (const frame of viewer.frames) expect(Buffer.from(frame.bytes).toString('utf8')).not.toContain('\uFFFD');
});

test('BT-10: a death by signal is a failure although the terminal reports code 0', async () => {
  const task = live.start('kill -9 $$', { placement: 'foreground' });
  expect((await task.outcome).task).toMatchObject({ status: 'failed', signal: 9, error: 'Terminated by signal 9 (SIGKILL)' });
});

test('BT-10: exit codes are reported, 128 + n names the signal', async () => {
  expect((await live.start('exit 3', { placement: 'foreground' }).outcome).task).toMatchObject({
    exitCode: 3,
    error: 'Exited with code 3',
  });
  const killed = await live.start("sh -c 'kill -TERM $$'; exit $?", { placement: 'foreground' }).outcome;
  expect(killed.task).toMatchObject({ exitCode: 143, error: 'Exited with code 143 (128 + 15: SIGTERM)' });
});

test('BT-6: a reader that sees the end can read the last byte', async () => {
  for (let i = 0; i < 10; i++) {
    const task = live.start('seq 1 3000; printf last', { placement: 'foreground' });
    const { text } = await task.outcome;
    expect(text.tail + text.head).toContain('3000\nlast');
  }
  const kept = live.start('seq 1 20000; printf last', { placement: 'foreground' });
  await kept.outcome;
  expect(live.raw(kept.id).toString().endsWith('20000\r\nlast')).toBe(true);
  expect(live.output(kept.id).endsWith('20000\nlast')).toBe(true);
});

test('BT-12: a promotion that races with the exit has one end and no orphan in the list', async () => {
  for (let i = 0; i < 15; i++) {
    const task = live.start(`sleep 0.0${i % 10}; echo done`, { placement: 'foreground' });
    let isPromoted = false;
    while (!isPromoted && live.tasks.get(task.id)?.endedAtMs === undefined) {
      if (live.tasks.get(task.id)?.status === 'running') {
        live.tasks.promote(task.id);
        isPromoted = true;
      } else await new Promise((next) => setImmediate(next));
    }
    const outcome = await task.outcome;
    expect(outcome.kind).toBe(isPromoted ? 'in_background' : 'ended');
    expect((await ended(task.id))?.status).toBe('completed');
    const notices = live.tasks.takeEndedNotices(SESSION).length;
    expect(notices).toBe(outcome.kind === 'in_background' && outcome.task.endedAtMs === undefined ? 1 : 0);
  }
});

test('BT-16: stop reaches the whole group, and a member that ignores SIGTERM and SIGHUP dies by SIGKILL', async () => {
  const task = live.start("(trap '' TERM HUP; echo child $BASHPID; while :; do sleep 1; done) & echo parent $$; wait");
  const pidsIn = (text: string) => [...text.matchAll(/(?:child|parent) (\d+)\n/g)].map((match) => Number(match[1]));
  await expect.poll(async () => pidsIn((await live.tasks.readText(task.id)).head)).toHaveLength(2);
  const pids = pidsIn((await live.tasks.readText(task.id)).head);
  live.tasks.stop(task.id, { force: false, by: 'user' });
  expect((await ended(task.id))?.status).toBe('cancelled');
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test('force kills at once', async () => {
  const task = live.start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await printed(task.id, 'ready');
  live.tasks.stop(task.id, { force: true, by: 'user' });
  expect(await ended(task.id)).toMatchObject({ status: 'cancelled', signal: 9 });
});

test('a prompt can be answered, and Ctrl+C reaches the command', async () => {
  const task = live.start("printf 'name? '; read name; echo hello $name; trap 'echo caught; exit 5' INT; while :; do sleep 0.05; done");
  await printed(task.id, 'name? ');
  live.tasks.write(task.id, 'Ada\n');
  await printed(task.id, 'hello Ada');
  live.tasks.write(task.id, '\x03');
  expect(await ended(task.id)).toMatchObject({ exitCode: 5 });
  expect(live.output(task.id)).toContain('caught');
});

test('BT-8: a viewer that attaches in the middle sees the grid of a terminal that saw everything, then and later', async () => {
  const script = [
    "printf '\\033[2J\\033[3;10r\\033[5;5H\\033[31mmargins\\0337\\033[?25l'",
    'for i in $(seq 1 30); do printf "line %s \\033[4%sm \\033[0m\\r\\n" $i $((i % 8)); done',
    "printf '\\033[?1049h\\033[H\\033[44mfull screen\\033[0m'",
    'read line',
    "printf '\\0338saved\\r\\n'; for i in $(seq 1 20); do echo after $i; done; printf '\\033[?1049l'; echo end",
  ].join('; ');
  const task = live.start(script);
  await printed(task.id, 'full screen');
  const viewers = Array.from({ length: 10 }, () => watch(live, task.id));
  await expect.poll(() => viewers.every((viewer) => viewer.replays() === 1)).toBe(true);
  const middle = viewers[0]?.frames[0]?.offsetBytes ?? 0;
  const early = live.raw(task.id).subarray(0, middle);
  for (const viewer of viewers) expect(await gridFromFrames(viewer.frames.slice(0, 1))).toEqual(await gridFromBytes(early));
  live.tasks.write(task.id, '\n');
  await ended(task.id);
  const whole = live.raw(task.id);
  for (const viewer of viewers) {
    await expect.poll(() => endOf(viewer.frames)).toBe(whole.length);
    expect(await gridFromFrames(viewer.frames)).toEqual(await gridFromBytes(whole));
  }
});

async function gridFromFrames(frames: readonly OutputFrame[]) {
  const terminal = newViewer(120, 40);
  for (const frame of frames) {
    if (frame.kind === 'replay') terminal.reset();
    if (frame.kind !== 'data') terminal.resize(frame.cols, frame.rows);
    await new Promise<void>((done) => terminal.write(frame.bytes, done));
  }
  return gridOf(terminal);
}

const gridFromBytes = (bytes: Uint8Array) =>
  gridFromFrames([
    { t: 'output', kind: 'data', viewerId: 0 as OutputFrame['viewerId'], offsetBytes: 0, cols: 120, rows: 40, skipped: false, bytes },
  ]);

test('BT-22: a viewer that stops reading slows nothing and gets a fresh replay when it is back', async () => {
  const task = live.start('read line; seq 1 400000; echo the end; read line');
  await task.outcome;
  const asleep = watch(live, task.id, { acks: false });
  const awake = watch(live, task.id);
  await expect.poll(() => asleep.replays() + awake.replays()).toBe(2);
  live.tasks.write(task.id, '\n');
  await expect.poll(async () => (await live.tasks.readText(task.id)).tail).toContain('the end');
  const sent = asleep.frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  expect(sent).toBeLessThan(400 * 1024);
  asleep.ack();
  // At least one: a preview may come before the whole screen.
  await expect.poll(() => asleep.replays()).toBeGreaterThan(1);
  await caughtUp(live, task.id, asleep);
  const shown = await gridFromFrames(asleep.frames);
  expect(shown.lines.slice(-3, -1).join(' ')).toBe('399999 400000');
  live.tasks.write(task.id, '\n');
  expect(await ended(task.id)).toMatchObject({ status: 'completed', droppedBytes: 0 });
});

test('attach with history replays the end of the raw log from a line boundary, also after the end', async () => {
  const task = live.start('seq 1 20000; read line');
  await expect.poll(async () => (await live.tasks.readText(task.id)).tail).toContain('20000\n');
  const running = watch(live, task.id, { historyBytes: 1000 });
  await expect.poll(() => running.replays()).toBe(1);
  const [frame] = running.frames;
  expect(Buffer.from(frame?.bytes ?? []).toString()).toMatch(/^19\d{3}\r\n[\d\r\n]*20000\r\n$/);
  expect(frame).toMatchObject({ skipped: true, offsetBytes: live.raw(task.id).length });
  live.tasks.write(task.id, '\n');
  await ended(task.id);
  const late = watch(live, task.id, { historyBytes: 10_000_000 });
  await expect.poll(() => late.replays()).toBe(1);
  expect(Buffer.from(late.frames[0]?.bytes ?? []).equals(live.raw(task.id))).toBe(true);
  expect(late.frames[0]?.skipped).toBe(false);
});

test('an ended task shows its last screen again', async () => {
  const task = live.start("printf '\\033[31mred\\033[0m\\r\\nlast line'");
  await ended(task.id);
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  expect((await gridFromFrames(viewer.frames)).lines).toEqual((await gridFromBytes(live.raw(task.id))).lines);
});

test('the size is that of the most recently focused viewer', async () => {
  // It asks for the size again and again: bash loses a SIGWINCH that arrives while it runs the trap of the one before.
  const task = live.start('last=; while :; do now=$(stty size); [ "$now" = "$last" ] || echo "$now"; last=$now; sleep 0.05; done');
  await printed(task.id, '40 120');
  const first = watch(live, task.id, { focused: true, cols: 90, rows: 30 });
  await printed(task.id, '30 90');
  const second = watch(live, task.id, { focused: true, cols: 70, rows: 20 });
  await printed(task.id, '20 70');
  await expect.poll(() => first.frames.findLast((frame) => frame.kind === 'resize')?.cols).toBe(70);
  second.detach();
  await expect.poll(async () => (await live.tasks.readText(task.id)).head.trimEnd().endsWith('30 90')).toBe(true);
  live.tasks.stop(task.id, { force: true, by: 'user' });
  await ended(task.id);
});

test('BT-30: queries are answered once, in fixed forms, however many viewers there are', async () => {
  const task = live.start(
    "stty -echo -icanon; read -n1 x; printf '\\033[c\\033[5n\\033]11;?\\007\\033[2;3H\\033[6n'; timeout --foreground 0.7 cat -v",
  );
  await task.outcome;
  const viewers = Array.from({ length: 3 }, () => watch(live, task.id));
  await expect.poll(() => viewers.every((viewer) => viewer.replays() === 1)).toBe(true);
  live.tasks.write(task.id, 'x');
  await printed(task.id, 'R');
  const text = (await live.tasks.readText(task.id)).head;
  expect(text.split('^[[?1;2c').length).toBe(2);
  expect(text).toContain('^[[0n');
  expect(text).toContain('^[]11;rgb:1e1e/1e1e/1e1e^[\\');
  expect(text).toContain('^[[2;3R');
  for (const viewer of viewers) expect(viewer.bytes().includes(Buffer.from('\x1b[c'))).toBe(false);
  await ended(task.id);
});

test('BT-30: a clipboard write reaches no viewer and stays in the raw log', async () => {
  const task = live.start("read line; printf 'a\\033]52;c;c2VjcmV0\\007b\\n'");
  await task.outcome;
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  live.tasks.write(task.id, '\n');
  await ended(task.id);
  await caughtUp(live, task.id, viewer);
  expect(live.raw(task.id).includes('c2VjcmV0')).toBe(true);
  expect(viewer.bytes().includes('c2VjcmV0')).toBe(false);
  expect(live.output(task.id)).toContain('ab\n');
});

test('BT-27: binary output is reported as such, with its size', async () => {
  const { text, task } = await live.start('head -c 100000 /dev/urandom; true', { placement: 'foreground' }).outcome;
  expect(text).toMatchObject({ isBinary: true, head: '', tail: '' });
  expect(text.totalBytes).toBeGreaterThan(100_000);
  expect(task.lastLine).toBe('');
});

test('BT-7: when the files cannot be created the command keeps running, the status settles, and the loss is reported', async () => {
  const task = live.start('seq 1 1000; exit 4', { outputDir: '/proc/nothing/here' });
  const summary = await ended(task.id);
  expect(summary).toMatchObject({ status: 'failed', exitCode: 4 });
  expect(summary?.droppedBytes).toBe(summary?.outputBytes);
  expect((await live.tasks.readText(task.id)).head).toContain('1000\n');
});

test('BT-11: kill -9 of the pty host fails its tasks, leaves no child, and the next command works', async () => {
  const task = live.start("trap '' HUP TERM; echo pid $$; while :; do sleep 0.2; done");
  await printed(task.id, 'pid ');
  const pid = Number(/pid (\d+)/.exec((await live.tasks.readText(task.id)).head)?.[1]);
  expect(isAlive(pid)).toBe(true);
  const viewer = watch(live, task.id);
  await expect.poll(() => viewer.replays()).toBe(1);
  process.kill(live.hostPids[0] ?? 0, 'SIGKILL');
  expect(await ended(task.id)).toMatchObject({ status: 'failed', error: 'The process that runs the terminals has ended (SIGKILL).' });
  await expect.poll(() => isAlive(pid)).toBe(false);
  // A viewer gets the output in the files without a new request.
  await expect.poll(() => viewer.replays()).toBe(2);
  expect(Buffer.from(viewer.frames.at(-1)?.bytes ?? []).toString()).toContain(`pid ${pid}`);
  expect((await live.start('echo again', { placement: 'foreground' }).outcome).text.head).toBe('again\n');
  expect(live.hostPids.length).toBe(2);
});

test('BT-18: closing stops everything and leaves neither child nor pty host', async () => {
  const task = live.start("trap '' TERM; echo pid $$; (trap '' TERM HUP; sleep 100) & wait; sleep 100");
  await printed(task.id, 'pid ');
  const pid = Number(/pid (\d+)/.exec((await live.tasks.readText(task.id)).head)?.[1]);
  await live.tasks.close();
  expect(isAlive(pid)).toBe(false);
  await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH')); // init has reaped the member that lost its parent
  await expect.poll(() => live.hostPids.filter(isAlive)).toEqual([]);
});

test('BT-31: no command holds a descriptor of another terminal', async () => {
  const others = Array.from({ length: 6 }, () => live.start('echo ready; read line'));
  for (const other of others) await printed(other.id, 'ready');
  for (const other of others.slice(0, 3)) {
    live.tasks.write(other.id, '\n'); // leaves gaps among the pty host's descriptors
    await ended(other.id);
  }
  const third = live.start('echo ready; read line');
  await printed(third.id, 'ready');
  for (const id of [...others.slice(3).map((other) => other.id), third.id]) {
    const pid = live.tasks.get(id)?.pid ?? 0;
    const open = readdirSync(`/proc/${pid}/fd`)
      .map(Number)
      .filter((fd) => fd > 2 && fd !== 255);
    expect(open.map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual([]);
    live.tasks.stop(id, { force: true, by: 'user' });
  }
});

test('BT-20: after many tasks the pty host holds no more descriptors than before', async () => {
  await live.start('true', { placement: 'foreground' }).outcome;
  const host = live.hostPids[0] ?? 0;
  const count = () => readdirSync(`/proc/${host}/fd`).length;
  const before = count();
  for (let i = 0; i < 10; i++) {
    const batch = Array.from({ length: 6 }, () => live.start('seq 1 50', { placement: 'foreground' }));
    const outcomes = await Promise.all(batch.map((task) => task.outcome));
    expect(outcomes.every((outcome) => outcome.task.status === 'completed')).toBe(true);
  }
  await expect.poll(count).toBeLessThanOrEqual(before);
  await expect.poll(() => readdirSync(live.folder)).toEqual([]);
});

test('files are private, and a kept background task has raw, output and status', async () => {
  const task = live.start('echo hi');
  await ended(task.id);
  await expect
    .poll(() => readdirSync(live.folder).toSorted())
    .toEqual(['output', 'raw', 'status'].map((kind) => `shell-${task.id}.${kind}`));
  const { statSync } = await import('node:fs');
  for (const name of readdirSync(live.folder)) expect(statSync(join(live.folder, name)).mode & 0o777).toBe(0o600);
});

test('an unfinished line is written after a silence, so that a prompt can be read from the file', async () => {
  const task = live.start("printf 'Password: '; read line");
  await task.outcome;
  await expect.poll(() => existsSync(join(live.folder, `shell-${task.id}.output`)) && live.output(task.id)).toBe('Password: ');
  live.tasks.write(task.id, '\n');
  await ended(task.id);
});

test('a command that hangs up its own child ends instead of hanging', async () => {
  const task = live.start('sleep 100 & echo started', { placement: 'foreground' });
  expect((await task.outcome).task.status).toBe('completed');
});

test('BT-32: the pty host passes nothing of its own environment on', async () => {
  mkdirSync(join(live.folder, 'x'));
  const { text } = await live.start('env', { placement: 'foreground' }).outcome;
  const names = text.head
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => line.split('=')[0]);
  expect(new Set(names)).toEqual(
    new Set([
      'COLORTERM',
      'GANTRY_TASK_ID',
      'GIT_OPTIONAL_LOCKS',
      'GIT_PAGER',
      'HOME',
      'PAGER',
      'PATH',
      'PWD',
      'QWEN_CODE',
      'SHLVL',
      'TERM',
      '_',
    ]),
  );
  expect(names).toHaveLength(12);
});

test('raw bytes in the file are what the process wrote, escape sequences and all', async () => {
  const task = live.start("printf '\\033[31mred\\033[0m\\r\\n\\377\\376'");
  await ended(task.id);
  expect(readFileSync(join(live.folder, `shell-${task.id}.raw`)).equals(Buffer.from('\x1b[31mred\x1b[0m\r\r\n\xff\xfe', 'latin1'))).toBe(
    true,
  );
});
