/** Qwen Code's own mark of an open session, `<id>.runtime.json` beside it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { findProcess, type LeaseHolder } from './lease-process.ts';

const QwenSidecar = z.object({ pid: z.number().int().positive() });

/** Qwen Code leaves its sidecar behind when it is killed, so only a live process counts. Errors: none; an unreadable one is skipped. */
export async function findQwenOwner(basePath: string): Promise<LeaseHolder | undefined> {
  const path = `${basePath}.runtime.json`;
  if (!existsSync(path)) return undefined; // called for every row of a list
  const pid = QwenSidecar.safeParse(toJson(await readFile(path, 'utf8').catch(() => ''))).data?.pid;
  return pid !== undefined && (await findProcess(pid)) !== undefined ? { pid, host: 'Qwen Code' } : undefined;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half written
  }
}
