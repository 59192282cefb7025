/** Qwen Code's marker of an open session, `<id>.runtime.json` beside it. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readRegularFile } from '../lib/regular-file.ts';
import { findProcess, type LeaseHolder, startTimeMs } from './lease-process.ts';

/** `started_at`: when the session was opened, in seconds since the epoch. Source: docs/formats.md 2.1. */
const QwenSidecar = z.object({ pid: z.number().int().positive(), started_at: z.number().optional().catch(undefined) });
/** The two times come from different system clocks, one of which counts whole seconds. */
const CLOCK_MS = 5_000;

/**
 * Qwen Code leaves its sidecar behind when it ends. Only a live process counts, and only if it started before the session
 * was opened: a process that started later has reused the pid. Errors: none; an unreadable sidecar is skipped.
 */
export async function findQwenOwner(basePath: string): Promise<LeaseHolder | undefined> {
  const path = `${basePath}.runtime.json`;
  if (!existsSync(path)) return undefined; // called for every row of a list
  const sidecar = QwenSidecar.safeParse(toJson((await readRegularFile(path).catch(() => Buffer.of())).toString())).data;
  const found = sidecar === undefined ? undefined : await findProcess(sidecar.pid);
  if (sidecar === undefined || found === undefined) return undefined;
  const { pid, started_at: openedAt } = sidecar;
  const beganAtMs = await startTimeMs(found.processStart);
  if (openedAt === undefined || beganAtMs === undefined) return { pid, host: 'Qwen Code', unprovenBy: path };
  return beganAtMs > openedAt * 1000 + CLOCK_MS ? undefined : { pid, host: 'Qwen Code' };
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // partly written
  }
}
