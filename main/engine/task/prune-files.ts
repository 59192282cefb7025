/**
 * Keeps the output files of a project within 5 GiB and 30 days: the oldest finished commands go first, running ones
 * never, not even those of another process.
 *
 * Shape: `<root>/<session>/shell-<id>.{raw,output,status,screen}`, as Qwen Code lays them out; nothing else is touched.
 * Errors: none; a file that cannot be read or removed is left for the next time.
 */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';
import type { Clock, Logger } from '../ports.ts';

export const KEPT_BYTES = 5 * 1024 ** 3;
export const KEPT_MS = 30 * 24 * 3_600_000;
/** A project is looked at when its first command starts, then at most this often. Unit: ms. */
const INTERVAL_MS = 3_600_000;
const NAME = /^shell-(bg_[0-9a-f]{8})\.(?:raw|output|status|screen)$/;

interface Kept {
  readonly taskId: string;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** Returns a function that looks after one project's folder, or does nothing when it was looked at lately. */
export function createPruner(options: {
  clock: Clock;
  logger: Logger;
  isRunning: (taskId: string) => boolean;
}): (root: string) => Promise<void> {
  const lookedAt = new Map<string, number>();
  return async (root) => {
    const now = options.clock.now();
    if (now - (lookedAt.get(root) ?? -Infinity) < INTERVAL_MS) return;
    lookedAt.set(root, now);
    try {
      const kept = await listKept(root);
      for (const files of chooseOld(kept, now)) {
        if (options.isRunning(files.taskId) || (await isRunningElsewhere(files))) continue;
        for (const path of files.paths) await rm(path, { force: true });
        await rmdir(files.folder).catch(() => undefined); // others are left in it
      }
    } catch (error) {
      options.logger.warn('old output files could not be removed', { error: String(error) });
    }
  };
}

/** Pure: what is too old, and the oldest of what is too much. */
export function chooseOld<T extends { readonly bytes: number; readonly usedAtMs: number }>(
  kept: readonly T[],
  nowMs: number,
): readonly T[] {
  let bytes = 0;
  return kept
    .toSorted((a, b) => b.usedAtMs - a.usedAtMs)
    .filter((files) => {
      bytes += files.bytes;
      return bytes > KEPT_BYTES || nowMs - files.usedAtMs > KEPT_MS;
    });
}

async function listKept(root: string): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const session of await readdir(root, { withFileTypes: true }).catch(() => [])) {
    if (!session.isDirectory()) continue;
    const folder = join(root, session.name);
    const byTask = Map.groupBy(await readdir(folder).catch(() => []), (name) => NAME.exec(name)?.[1]);
    for (const [taskId, names] of byTask) {
      if (taskId === undefined) continue;
      const paths = names.map((name) => join(folder, name));
      const facts = (await Promise.all(paths.map((path) => stat(path).catch(() => undefined)))).filter((fact) => fact !== undefined);
      const usedAtMs = Math.max(0, ...facts.map((fact) => fact.mtimeMs));
      kept.push({ taskId, folder, paths, bytes: facts.reduce((sum, fact) => sum + fact.size, 0), usedAtMs });
    }
  }
  return kept;
}

/** By its status file and a process of that number; a number that was reused keeps the files, which harms nobody. */
async function isRunningElsewhere(files: Kept): Promise<boolean> {
  const path = files.paths.find((candidate) => candidate.endsWith('.status'));
  if (path === undefined) return false;
  try {
    const status: unknown = JSON.parse(String(await readRegularFile(path)));
    if (typeof status !== 'object' || status === null) return false;
    const pid: unknown = Reflect.get(status, 'pid');
    if (Reflect.get(status, 'status') !== 'running' || typeof pid !== 'number' || pid <= 1) return false;
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process, or no readable status
  }
}
