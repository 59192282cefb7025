/**
 * A command hook. It gets its event on standard input, no descriptor above 2, and a separate process group, which is ended with
 * it: at its time limit, when it is cancelled, and to end what it has left running.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { coverDescriptors } from '../../lib/cover-descriptors.ts';
import type { ProcessGroups } from '../ports.ts';
import type { HookEnd } from './hook-answer.ts';
import type { HookShell } from './hook-shell.ts';

/**
 * Kept from each stream; the rest is read and discarded, so that a flood neither fills memory nor blocks the hook. Unit: chars.
 */
const MAX_OUTPUT_CHARS = 1024 * 1024;
/** Between SIGTERM and SIGKILL, and for the pipes of a hook that has ended. Units: ms. */
const GRACE_MS = 200;
const CLOSE_MS = 500;

const SYSTEM_SHELL: HookShell =
  process.platform === 'win32' ? { path: 'cmd.exe', args: ['/d', '/s', '/c'] } : { path: '/bin/sh', args: ['-c'] };

export interface CommandRequest {
  readonly command: string;
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  readonly input: readonly Uint8Array[];
  readonly timeoutMs: number;
  /** Absent: the system's shell. */
  readonly shell?: HookShell;
  /** Ends the group when this process dies. */
  readonly groups: Pick<ProcessGroups, 'add' | 'remove'>;
}

/** Never rejects; resolves at once when aborted, while the hook may still be ending. */
export function runCommand(request: CommandRequest, signal: AbortSignal): Promise<HookEnd> {
  if (signal.aborted) return Promise.resolve({ kind: 'failed', message: 'It was cancelled.' });
  return new Promise((resolve) => {
    const { command, cwd, env, input, timeoutMs, groups, shell = SYSTEM_SHELL } = request;
    const taskId = `hook_${randomBytes(4).toString('hex')}`;
    const isWindows = process.platform === 'win32';
    const covered = coverDescriptors();
    const child: ChildProcess = spawn(shell.path, [...shell.args, command], {
      cwd,
      env: { ...env, GANTRY_TASK_ID: taskId },
      stdio: ['pipe', 'pipe', 'pipe', ...covered.stdio],
      detached: !isWindows,
      windowsHide: true,
    });
    covered.close();
    // First of all: without a listener a failed start would end this process.
    child.on('error', (error) => end({ kind: 'failed', message: `It could not be started: ${error.message}` }));
    const { pid } = child;
    if (pid !== undefined) groups.add({ pid, taskId, command, cwd, startedAtMs: Date.now() });
    let isOver = false;
    const timers: NodeJS.Timeout[] = [];
    const after = (ms: number, run: () => void) => void timers.push(setTimeout(run, ms));
    const end = (how: HookEnd) => {
      if (isOver) return;
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      killGroup(child, 'SIGKILL'); // processes that it left running
      if (pid !== undefined) groups.remove(pid);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      resolve(how);
    };
    const stop = (message: string) => {
      child.once('exit', () => end({ kind: 'failed', message }));
      after(GRACE_MS, () => end({ kind: 'failed', message }));
      killGroup(child, 'SIGTERM');
    };
    const onAbort = () => {
      stop('It was cancelled.');
      resolve({ kind: 'failed', message: 'It was cancelled.' }); // not awaited: a cancellation must return at once
    };
    signal.addEventListener('abort', onAbort, { once: true });
    after(timeoutMs, () => stop(`It took longer than ${timeoutMs / 1000} s and was ended.`));
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const finish = (code: number | null, killedBy: string | null) =>
      code === null
        ? end({ kind: 'failed', message: `It was ended by ${killedBy ?? 'a signal'}.` })
        : end({ kind: 'ended', exitCode: code, stdout: stdout(), stderr: stderr() });
    // A process it has left may hold the pipes open for ever.
    child.on('exit', (code, killedBy) => after(CLOSE_MS, () => finish(code, killedBy)));
    child.on('close', finish);
    child.stdin?.on('error', () => undefined); // the hook need not read its input
    for (const piece of input) child.stdin?.write(piece);
    child.stdin?.end();
  });
}

function collect(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_OUTPUT_CHARS) text = (text + chunk).slice(0, MAX_OUTPUT_CHARS);
  });
  stream?.on('error', () => undefined); // destroyed with the hook
  return () => text.toWellFormed();
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    const killer = spawn('taskkill', ['/pid', String(pid), '/f', '/t'], { stdio: 'ignore', windowsHide: true });
    killer.on('error', () => undefined); // without taskkill there is nothing else to try
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    return; // the group is already gone
  }
}
