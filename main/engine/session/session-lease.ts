/**
 * Who may write a session: a small file beside it, renewed while the session is open.
 * Flow: look at Qwen Code's sidecar, create the lease exclusively, or take over a stale one; renew; remove.
 * Source: design.md 6 (pid, start time, heartbeat; stale after 20 s or with its process).
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock, Logger } from '../ports.ts';

/** Without a heartbeat for this long a lease is stale. */
export const LEASE_STALE_MS = 20_000;
const HEARTBEAT_MS = 5_000;
const MAX_ATTEMPTS = 4;

const LeaseFile = z.object({
  pid: z.number().int(),
  token: z.string(),
  host: z.string(),
  /** Tells a process from a later one with the same pid; absent where the system does not say. */
  processStart: z.string().optional(),
  startedAtMs: z.number(),
  heartbeatAtMs: z.number(),
});
type LeaseFile = z.infer<typeof LeaseFile>;

export interface LeaseHolder {
  readonly pid: number;
  readonly host: string;
}

/** `release` removes the file if it is still ours; calling it twice is harmless. `isLost`: someone took it over. */
export interface SessionLease {
  isLost(): boolean;
  release(): Promise<void>;
}

/** `tookOver`: whose stale lease this one replaces. */
export type LeaseResult =
  | { readonly held: true; readonly lease: SessionLease; readonly tookOver?: LeaseHolder }
  | { readonly held: false; readonly by: LeaseHolder };

export interface LeaseOptions {
  /** Path of the session file without `.jsonl`. */
  readonly basePath: string;
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Errors: those of the file system are thrown; a lease that cannot be read counts as stale. */
export async function acquireLease(options: LeaseOptions): Promise<LeaseResult> {
  const path = `${options.basePath}.gantry-lease.json`;
  const qwen = await readQwenOwner(`${options.basePath}.runtime.json`);
  if (qwen !== undefined) return { held: false, by: qwen };
  const own: LeaseFile = {
    pid: process.pid,
    token: randomUUID(),
    host: options.host,
    ...(await startOf(process.pid)),
    startedAtMs: options.clock.now(),
    heartbeatAtMs: options.clock.now(),
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let tookOver: { tookOver?: LeaseHolder } = {};
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (await createExclusively(path, own)) return { held: true, lease: keepAlive(path, own, options), ...tookOver };
    const other = await readLease(path);
    if (other !== undefined && (await isLive(other, options.clock.now()))) return { held: false, by: { pid: other.pid, host: other.host } };
    if (other !== undefined) tookOver = { tookOver: { pid: other.pid, host: other.host } };
    if (attempt < MAX_ATTEMPTS) await removeStale(path, other, options.clock.now()); // a removal is always followed by a try
  }
  const winner = await readLease(path);
  return { held: false, by: { pid: winner?.pid ?? 0, host: winner?.host ?? 'unknown' } };
}

/**
 * Another live process that has the session open: a look that changes nothing. Asked for every row of a list, so it is
 * asked synchronously whether there is anything to read.
 */
export async function findHolder(basePath: string, nowMs: number): Promise<LeaseHolder | undefined> {
  const sidecar = `${basePath}.runtime.json`;
  const qwen = existsSync(sidecar) ? await readQwenOwner(sidecar) : undefined;
  if (qwen !== undefined) return qwen;
  const path = `${basePath}.gantry-lease.json`;
  const lease = existsSync(path) ? await readLease(path) : undefined;
  if (lease === undefined || lease.pid === process.pid || !(await isLive(lease, nowMs))) return undefined;
  return { pid: lease.pid, host: lease.host };
}

function keepAlive(path: string, own: LeaseFile, { clock, logger }: LeaseOptions): SessionLease {
  let state: 'held' | 'lost' | 'released' = 'held';
  let beating: Promise<void> = Promise.resolve();
  let stopTimer = clock.after(HEARTBEAT_MS, beat);

  function beat(): void {
    beating = renew().catch((error: unknown) => logger.warn('A session lease could not be renewed', { path, error: String(error) }));
    if (state === 'held') stopTimer = clock.after(HEARTBEAT_MS, beat);
  }
  async function renew(): Promise<void> {
    const current = await readLease(path);
    if (state !== 'held') return;
    if (current?.token !== own.token) {
      state = 'lost';
      return;
    }
    const next = `${path}.${own.token}`;
    await writeFile(next, JSON.stringify({ ...own, heartbeatAtMs: clock.now() }), { mode: 0o600 });
    await rename(next, path);
  }
  return {
    isLost: () => state === 'lost',
    async release() {
      if (state === 'released') return;
      const wasLost = state === 'lost';
      state = 'released';
      stopTimer();
      await beating;
      if (!wasLost && (await readLease(path))?.token === own.token) await rm(path, { force: true });
    },
  };
}

/** By a link, so that whoever sees the file sees its content; where links are not to be had, by an exclusive create. */
async function createExclusively(path: string, lease: LeaseFile): Promise<boolean> {
  const text = JSON.stringify(lease);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  } finally {
    await rm(draft, { force: true });
  }
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lease that was judged stale. Takers are told apart by a file named after that lease, which only one can make,
 * and only who has made it may remove the lease: so a newer lease is never removed, and two takers cannot both win.
 */
async function removeStale(path: string, judged: LeaseFile | undefined, nowMs: number): Promise<void> {
  const right = `${path}.takeover-${judged?.token ?? 'unreadable'}`;
  if (!(await createEmpty(right))) {
    // Its maker needs a moment only; one that died within it must not lock the session for ever.
    const made = await stat(right).catch(() => undefined);
    if (made !== undefined && nowMs - made.mtimeMs > LEASE_STALE_MS) await rm(right, { force: true });
    return;
  }
  try {
    if ((await readLease(path))?.token === judged?.token) await rm(path, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

async function createEmpty(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readLease(path: string): Promise<LeaseFile | undefined> {
  return LeaseFile.safeParse(await readJson(path)).data;
}

const QwenSidecar = z.object({ pid: z.number().int().positive() });

/** Qwen Code leaves its sidecar behind when it is killed, so only a live process counts. */
async function readQwenOwner(path: string): Promise<LeaseHolder | undefined> {
  const sidecar = QwenSidecar.safeParse(await readJson(path)).data;
  return sidecar !== undefined && isAlive(sidecar.pid) ? { pid: sidecar.pid, host: 'Qwen Code' } : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined; // missing, half written or not JSON: all read as "no lease"
  }
}

async function isLive(lease: LeaseFile, nowMs: number): Promise<boolean> {
  if (nowMs - lease.heartbeatAtMs > LEASE_STALE_MS || !isAlive(lease.pid)) return false;
  const { processStart } = await startOf(lease.pid);
  return lease.processStart === undefined || processStart === undefined || lease.processStart === processStart;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it lives, but belongs to someone else
  }
}

/** Linux: the 22nd field of /proc/<pid>/stat, counted after the name, which may hold spaces. */
async function startOf(pid: number): Promise<{ processStart?: string }> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const start = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
    return start === undefined ? {} : { processStart: start };
  } catch {
    return {}; // not Linux, or the process is gone
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
