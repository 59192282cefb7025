/**
 * The `.status` file beside a background task's output, in the form Qwen Code writes (docs/formats.md 5.1).
 * Owns: its content and that it is replaced atomically, in order. A file that cannot be written is reported once.
 */
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { isTerminalStatus } from '../../../preload/contract/index.ts';
import type { MonitorRecord } from './monitor-record.ts';

export interface StatusFile {
  /** `monitor`: ours, other readers pass over it. */
  write(task: TaskSummary, nowMs: number, monitor?: MonitorRecord): void;
  /** Sets the file's modification time: after a crash it is the last moment at which the task was known to run. */
  touch(nowMs: number): void;
  /** Resolves when the last write is done. */
  settled(): Promise<void>;
}

export function createStatusFile(path: string, onError: (error: unknown) => void): StatusFile {
  let last: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const replace = async (text: string) => {
    await makeFolder(dirname(path));
    await writeFile(`${path}.tmp`, text, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  };
  const inOrder = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => {
      if (!hasFailed) onError(error);
      hasFailed = true;
    });
  };
  return {
    write: (task, nowMs, monitor) =>
      inOrder(() => replace(`${JSON.stringify({ ...statusOf(task, nowMs), ...(monitor === undefined ? {} : { monitor }) })}\n`)),
    touch: (nowMs) => inOrder(() => utimes(path, nowMs / 1000, nowMs / 1000)),
    settled: () => last,
  };
}

/** Not `recursive`: Node loops for ever where a parent can never be made, as in /proc. The write shows what failed. */
async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o700 }).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
  if ((await make()) !== 'ENOENT' || dirname(path) === path) return;
  await makeFolder(dirname(path));
  await make();
}

/**
 * Qwen Code knows running and three ends. To it a task that ended with the app has failed; `error` says how. `byUser` is
 * ours; other readers ignore it.
 */
function statusOf(task: TaskSummary, nowMs: number): Record<string, unknown> {
  return {
    id: task.id,
    status: task.status === 'interrupted' ? 'failed' : isTerminalStatus(task.status) ? task.status : 'running',
    command: task.command,
    cwd: task.cwd,
    startTime: new Date(task.startedAtMs).toISOString(),
    updatedAt: new Date(nowMs).toISOString(),
    ...(task.pid === undefined ? {} : { pid: task.pid }),
    ...(task.endedAtMs === undefined ? {} : { endTime: new Date(task.endedAtMs).toISOString() }),
    ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
    ...(task.error === undefined ? {} : { error: task.error }),
    ...(task.byUser === undefined ? {} : { byUser: task.byUser }),
  };
}
