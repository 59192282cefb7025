/** The status and every byte of a command arrive, whatever the command does with its terminal before it ends. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { TaskId } from '../../../preload/contract/index.ts';
import type { ProcessEnding } from '../protocol.ts';
import type { Child, Spawner } from './child-process.ts';
import { spawnPipe } from './spawn-pipe.ts';
import { loadPtySpawner } from './spawn-pty.ts';
import { createUnixTerminal } from './unix-terminal.ts';

const isUnix = process.platform !== 'win32';
const folder = mkdtempSync(join(tmpdir(), 'gantry-status-'));
let spawnPty: Spawner;

beforeAll(async () => {
  spawnPty = await loadPtySpawner();
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly child: Child;
  /** The bytes that have arrived so far. */
  text(): string;
  readonly ended: Promise<ProcessEnding>;
}

function start(command: string, spawner: Spawner = spawnPty): Run {
  const chunks: Uint8Array[] = [];
  const end = Promise.withResolvers<ProcessEnding>();
  const request = {
    taskId: TaskId.parse('bg_00000001'),
    shell: '/bin/bash',
    args: ['-c', command],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    rawPath: '',
    textPath: '',
    screenPath: '',
    cols: 80,
    rows: 24,
  };
  const child = spawner(request, { onData: (bytes) => void chunks.push(new Uint8Array(bytes)), onEnd: end.resolve });
  return { child, text: () => Buffer.concat(chunks).toString(), ended: end.promise };
}

const at = (name: string) => join(folder, name);
const content = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
const CLOSED = 'exec <&- >&- 2>&-';

test.runIf(isUnix)('BT-10: a command that is silent and replaces its shell completes', async () => {
  for (let i = 0; i < 20; i++) expect(await start('touch silent').ended).toEqual({ exitCode: 0 });
});

test.runIf(isUnix)('BT-10: a command that closes its terminal keeps running, and its own status is reported', async () => {
  expect(await start(`${CLOSED}; sleep 0.1; echo x >> done; exit 5`).ended).toEqual({ exitCode: 5 });
  expect(content('done')).toBe('x\n');
});

test.runIf(isUnix)('BT-10: SIGTERM ends a command that has closed its terminal, and SIGTERM is the reported signal', async () => {
  const run = start(`${CLOSED}; echo $$ > closed; exec sleep 100`);
  await expect.poll(() => content('closed')).toBe(`${run.child.pid}\n`);
  process.kill(run.child.pid, 'SIGTERM');
  expect(await run.ended).toEqual({ signal: 15 });
});

test.runIf(isUnix).each(['HUP', 'INT', 'TERM', 'KILL'])('BT-10: the end of a command by SIG%s is reported as that signal', async (name) => {
  const signal = constants.signals[`SIG${name}` as NodeJS.Signals];
  expect(await start(`kill -${name} $$`).ended).toEqual({ signal });
  expect(await start(`${CLOSED}; kill -${name} $$`).ended).toEqual({ signal });
});

function blockUntil(isDone: () => boolean): void {
  const limit = performance.now() + 5000;
  while (!isDone() && performance.now() < limit);
}

const UNREAD = "head -c 3000 /dev/zero | tr '\\0' x";

test.runIf(isUnix).each(['pty', 'pipe'])('BT-5: unread output of a paused command that ends is not lost (%s)', async (backend) => {
  const run = start(`${UNREAD}; exit 4`, backend === 'pty' ? spawnPty : spawnPipe);
  run.child.pause();
  expect(await run.ended).toEqual({ exitCode: 4 });
  expect(run.text()).toBe('x'.repeat(3000));
});

test.runIf(isUnix).each(['pty', 'pipe'])('BT-5: unread output is not lost while the loop is blocked (%s)', async (backend) => {
  const run = start(`${UNREAD}; touch ${backend}-blocked; exit 4`, backend === 'pty' ? spawnPty : spawnPipe);
  blockUntil(() => existsSync(at(`${backend}-blocked`)));
  expect(await run.ended).toEqual({ exitCode: 4 });
  expect(run.text()).toBe('x'.repeat(3000));
});

test.runIf(isUnix)('BT-5: on pipes, a silence that passes while the loop is blocked does not end a command with late output', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const run = start('(until [ -e late ]; do sleep 0.01; done; echo late; touch wrote) & exit 4', spawnPipe);
  let isEnded = false;
  void run.ended.then(() => (isEnded = true));
  await expect.poll(() => vi.getTimerCount()).toBe(2); // it has exited, and the silence is being measured
  run.child.pause(); // a pause would count as silence
  writeFileSync(at('late'), '');
  blockUntil(() => existsSync(at('wrote')));
  await expect
    .poll(() => {
      vi.advanceTimersByTime(250);
      return isEnded;
    })
    .toBe(true);
  expect(run.text()).toBe('late\n');
});

test.runIf(isUnix)('BT-5: a background process that keeps running does not delay the end', async () => {
  const run = start("(trap '' HUP; echo $BASHPID > stays; exec sleep 100) & until [ -s stays ]; do sleep 0.01; done; echo last; exit 3");
  expect(await run.ended).toEqual({ exitCode: 3 });
  expect(run.text()).toBe('last\r\n');
  process.kill(Number(content('stays')), 'SIGKILL');
});

test.runIf(isUnix)('BT-5: input waits, in order, until the command reads it', async () => {
  const run = start('stty raw -echo; echo ready; until [ -e go ]; do sleep 0.01; done; head -c 200000 > input');
  await expect.poll(run.text).toContain('ready');
  const lines = Array.from({ length: 40_000 }, (_, i) => `${10_000 + (i % 10_000)}`);
  for (let i = 0; i < 4; i++) run.child.write(lines.slice(i * 10_000, (i + 1) * 10_000).join(''));
  await start('touch go').ended;
  expect(await run.ended).toEqual({ exitCode: 0 });
  expect(content('input')).toBe(lines.join(''));
});

test.runIf(isUnix)('BT-19: a process whose terminal cannot be held open is killed, and its end is an error', async () => {
  const sleeper = spawn('sleep', ['100']);
  onTestFinished(() => void sleeper.kill('SIGKILL'));
  const end = Promise.withResolvers<ProcessEnding>();
  const terminal = createUnixTerminal(
    { fd: openSync('/dev/null', 'r'), pid: sleeper.pid ?? 0, path: at('no/such/terminal'), resize: () => undefined },
    { onData: () => undefined, onEnd: end.resolve },
  );
  const signal = await new Promise((done) => void sleeper.once('exit', (_code, name) => done(name)));
  expect(signal).toBe('SIGKILL');
  terminal.onExit(0, 9);
  expect(await end.promise).toEqual({ signal: 9, error: 'the terminal could not be opened (ENOENT)' });
});
