/** Tasks on a real pty host in its own process, for tests. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined, type OutputFrame, type TaskId } from '../../preload/contract/index.ts';
import { SessionId } from '../../preload/contract/index.ts';
import type { Clock, Logger, PtyHost } from '../engine/ports.ts';
import { createTasks, type StartTask, type Tasks } from '../engine/task/index.ts';
import { PTY_HOST_ENTRY } from './install-paths.ts';
import { createPtyClient, forkPtyHost } from './pty-client.ts';
import { createProcessGuard, type ProcessGuard } from './watchdog.ts';

export const SESSION = SessionId.parse('live');

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

export interface LiveTasks {
  readonly tasks: Tasks;
  readonly folder: string;
  readonly logged: string[];
  /** Pids of the pty hosts opened so far. */
  readonly hostPids: number[];
  start(command: string, more?: Partial<StartTask>, signal?: AbortSignal): ReturnType<Tasks['start']>;
  raw(taskId: TaskId): Buffer;
  output(taskId: TaskId): string;
  close(): Promise<void>;
}

/** `execPath` runs the pty host's Node, for a test that starts it under limits of its own; `guard` replaces the watchdog. */
export function openLiveTasks(options: { readonly execPath?: string; readonly guard?: ProcessGuard } = {}): LiveTasks {
  const { guard, ...fork } = options;
  // Old output is looked for in all folders beside it: here there are none.
  const base = mkdtempSync(join(tmpdir(), 'gantry-live-'));
  const folder = join(base, 'session');
  mkdirSync(folder);
  const logged: string[] = [];
  const hostPids: number[] = [];
  const log = (message: string, fields?: Record<string, unknown>) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: log, error: log };
  const openPtyHost = (): PtyHost => {
    const channel = forkPtyHost(PTY_HOST_ENTRY, { env: process.env, ...fork });
    if (channel.pid !== undefined) hostPids.push(channel.pid);
    return createPtyClient(channel, logger, guard ?? createProcessGuard({ logger }));
  };
  const tasks = createTasks({ openPtyHost, clock: systemClock, logger, emit: () => undefined });
  const file = (taskId: TaskId, kind: string) => readFileSync(join(folder, `shell-${taskId}.${kind}`));
  return {
    tasks,
    folder,
    logged,
    hostPids,
    start: (command, more = {}, signal) =>
      tasks.start(
        {
          sessionId: SESSION,
          outputDir: folder,
          command,
          cwd: folder,
          env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder },
          placement: 'background',
          ...more,
        },
        signal,
      ),
    raw: (taskId) => file(taskId, 'raw'),
    output: (taskId) => file(taskId, 'output').toString('utf8'),
    async close() {
      await tasks.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export interface LiveViewer {
  readonly frames: OutputFrame[];
  readonly bytes: () => Buffer;
  readonly replays: () => number;
  detach(): void;
  ack(): void;
}

/** Attaches; `acks: false` is a viewer that stops reading. */
export function watch(
  live: LiveTasks,
  taskId: TaskId,
  options: { acks?: boolean; historyBytes?: number; focused?: boolean; cols?: number; rows?: number } = {},
): LiveViewer {
  const frames: OutputFrame[] = [];
  let received = 0;
  const { viewerId } = live.tasks.attach(
    {
      taskId,
      cols: options.cols ?? 120,
      rows: options.rows ?? 40,
      focused: options.focused ?? false,
      ...defined({ historyBytes: options.historyBytes }),
    },
    (frame) => {
      frames.push(frame);
      received += frame.bytes.length;
      if (options.acks !== false) live.tasks.ack(viewerId, received);
    },
  );
  return {
    frames,
    bytes: () => Buffer.concat(frames.filter((frame) => frame.kind === 'data').map((frame) => frame.bytes)),
    replays: () => frames.filter((frame) => frame.kind === 'replay').length,
    detach: () => live.tasks.detach(viewerId),
    ack: () => live.tasks.ack(viewerId, received),
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie answers too; only its parent can reap it.
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
