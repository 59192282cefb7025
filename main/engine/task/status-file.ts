/**
 * The `.status` file beside the output of a background task, in Qwen Code's format (docs/formats.md 5.1).
 * Owns: its content, and that it is replaced atomically and in order. A write failure is reported once.
 */
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defined, type TaskSummary } from '../../../preload/contract/index.ts';
import { isTerminalStatus } from '../../../preload/contract/index.ts';

export interface StatusFile {
  write(task: TaskSummary, nowMs: number): void;
  /** Sets the modification time of the file: after a crash it shows when the task was last known to run. */
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
  const enqueue = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => {
      if (!hasFailed) onError(error);
      hasFailed = true;
    });
  };
  return {
    write: (task, nowMs) => enqueue(() => replace(`${JSON.stringify(toStatus(task, nowMs))}\n`)),
    touch: (nowMs) => enqueue(() => utimes(path, nowMs / 1000, nowMs / 1000)),
    settled: () => last,
  };
}

/** Not `recursive`: Node loops forever if a parent can never be created, as in /proc. The write reports the failure. */
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
 * Qwen Code has one running status and three final ones. A task that ended with the app counts as failed there, and `error` says why.
 * `byUser` is ours; other programs ignore it.
 */
function toStatus(task: TaskSummary, nowMs: number): Record<string, unknown> {
  return {
    id: task.id,
    status: task.status === 'interrupted' ? 'failed' : isTerminalStatus(task.status) ? task.status : 'running',
    command: task.command,
    cwd: task.cwd,
    startTime: new Date(task.startedAtMs).toISOString(),
    updatedAt: new Date(nowMs).toISOString(),
    ...defined({ pid: task.pid }),
    ...(task.endedAtMs === undefined ? {} : { endTime: new Date(task.endedAtMs).toISOString() }),
    ...defined({ exitCode: task.exitCode, error: task.error, byUser: task.byUser }),
  };
}
