/**
 * Keeps the output files of a project within 5 GiB and 30 days. The oldest finished commands are removed first; running ones,
 * including those of other processes, are never removed.
 *
 * Shape: `<root>/<session>/shell-<id>.{raw,output,status,screen}`, the layout of Qwen Code. Other files are not touched.
 * Errors: none; a file that cannot be read or removed is tried again next time.
 */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../lib/regular-file.ts';
import type { Clock, Logger } from '../ports.ts';

export const KEPT_BYTES = 5 * 1024 ** 3;
export const KEPT_MS = 30 * 24 * 3_600_000;
/** A project is checked when its first command starts, then at most this often. Unit: ms. */
const INTERVAL_MS = 3_600_000;
const NAME = /^shell-(bg_[0-9a-f]{8})\.(?:raw|output|status|screen)$/;

interface Kept {
  readonly taskId: string;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** Returns a function that prunes the folder of one project, unless it was checked recently. */
export function createPruner(options: {
  clock: Clock;
  logger: Logger;
  isRunning: (taskId: string) => boolean;
}): (root: string) => Promise<void> {
  const checkedAt = new Map<string, number>();
  return async (root) => {
    const now = options.clock.now();
    if (now - (checkedAt.get(root) ?? -Infinity) < INTERVAL_MS) return;
    checkedAt.set(root, now);
    try {
      const kept = await listKept(root);
      for (const files of findExpired(kept, now)) {
        if (options.isRunning(files.taskId) || (await isRunningElsewhere(files))) continue;
        for (const path of files.paths) await rm(path, { force: true });
        await rmdir(files.folder).catch(() => undefined); // it still contains other files
      }
    } catch (error) {
      options.logger.warn('old output files could not be removed', { error: String(error) });
    }
  };
}

/** Pure: the files that are too old, and the oldest files that exceed the size limit. */
export function findExpired<T extends { readonly bytes: number; readonly usedAtMs: number }>(
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
      if (facts.length === 0) continue; // they were deleted in between: the session is in use
      const usedAtMs = Math.max(...facts.map((fact) => fact.mtimeMs));
      kept.push({ taskId, folder, paths, bytes: facts.reduce((sum, fact) => sum + fact.size, 0), usedAtMs });
    }
  }
  return kept;
}

/** Checks the status file and whether its pid exists. A reused pid only keeps the files, which is harmless. */
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
