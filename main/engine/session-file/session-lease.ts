/**
 * The right to write a session: a small file beside it (the lease) that names the process that holds it.
 *
 * Acquiring: create the lease by an exclusive link. If a lease exists, check its process. A lease whose process has ended is
 * replaced: the contender first creates a *claim*, a file named after the token of the lease that it replaces, then moves the
 * claim over the lease by a rename.
 *
 * Why two processes never hold it:
 * - While a process lives, no other process takes its lease or its claim, however long it was suspended or the machine slept. So a
 *   contender may stop at any point: a process it found dead stays dead, and the files it created stay its own.
 * - The name of a claim contains a token, and a token identifies one acquisition, so only one contender at a time can replace a given
 *   lease. A contender that claims late finds another token in the lease and withdraws.
 * - A claim whose process has ended is itself replaced in the same way, so it blocks no other process.
 *
 * If a process cannot be looked up (another machine or container on a shared folder, a system without start times), the
 * heartbeat decides: `SILENT_AFTER_MS` after the last one the contender watches, and if none comes, replaces the lease. A
 * holder that was only suspended detects that before its next write. One case remains: a process that is suspended exactly
 * between that check and its write, or between reading its lease and removing it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Clock, Logger } from '../ports.ts';
import { type FoundLease, type LeaseFiles, type LeaseRecord, nodeLeaseFiles } from './lease-files.ts';
import { currentProcess, findProcess, type LeaseHolder, type LeaseProcess } from './lease-process.ts';
import { findQwenOwner } from './qwen-sidecar.ts';
import { defined } from '../../../preload/contract/index.ts';

const HEARTBEAT_MS = 5_000;
/** Twelve heartbeats: a network file system may show them late. Unit: ms. */
export const SILENT_AFTER_MS = 60_000;
/** A silent lease is checked this often at this interval, so that a machine that has just woken up shows a heartbeat first. */
const WATCH_CHECKS = 4;
export const WATCH_INTERVAL_MS = 2_000;
/** An attempt is repeated only if another process has changed the files in the meantime. */
const MAX_ATTEMPTS = 50;

const HOST_NAMES: Readonly<Record<string, string>> = { desktop: 'Gantry app', server: 'gantry serve', cli: 'gantry command' };

export interface SessionLease {
  /** Reads the file: true while it contains the lease. */
  isHeld(): boolean;
  /** Removes the file if it still contains the lease. May be called twice. */
  release(): Promise<void>;
}

/** `tookOver`: the holder whose lease was replaced. */
export type LeaseResult =
  | { readonly held: true; readonly lease: SessionLease; readonly tookOver?: LeaseHolder }
  | { readonly held: false; readonly by: LeaseHolder };

export interface LeaseOptions {
  /** Path of the session file without `.jsonl`. */
  readonly basePath: string;
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The process that will hold the lease. Default: this one. */
  readonly ownProcess?: LeaseProcess;
  readonly files?: LeaseFiles;
}

interface Contender {
  readonly root: string;
  readonly own: LeaseRecord;
  readonly ownProcess: LeaseProcess;
  readonly clock: Clock;
  readonly files: LeaseFiles;
}

type Outcome =
  | { readonly kind: 'acquired'; readonly tookOver?: LeaseHolder }
  | { readonly kind: 'held'; readonly by: LeaseHolder }
  /** Another process was faster: try again. */
  | { readonly kind: 'changed' };

/** Errors: those of the file system are thrown, and no claim is left behind. */
export async function acquireLease(options: LeaseOptions): Promise<LeaseResult> {
  const { basePath, clock, files = nodeLeaseFiles } = options;
  const root = leasePath(basePath);
  const qwen = await findQwenOwner(basePath);
  if (qwen !== undefined) return { held: false, by: qwen };
  const ownProcess = options.ownProcess ?? (await currentProcess());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const own = { ...ownProcess, token: randomUUID(), host: options.host, startedAtMs: clock.now() };
    const outcome = await seize(root, { root, own, ownProcess, clock, files });
    if (outcome.kind === 'held') return { held: false, by: outcome.by };
    if (outcome.kind === 'changed') continue;
    const lease = keepAlive(root, own, { clock, files, logger: options.logger });
    return { held: true, lease, ...defined({ tookOver: outcome.tookOver }) };
  }
  return { held: false, by: toHolder(await files.read(root), ownProcess) };
}

/**
 * Finds another live process that has the session open; changes nothing. It is called for every row of a list, so it first checks
 * synchronously whether there is a file to read.
 */
export async function findHolder(basePath: string, nowMs: number): Promise<LeaseHolder | undefined> {
  const qwen = await findQwenOwner(basePath);
  if (qwen !== undefined) return qwen;
  const root = leasePath(basePath);
  const found = existsSync(root) ? await nodeLeaseFiles.read(root) : undefined;
  if (found === undefined) return undefined;
  const ownProcess = await currentProcess();
  const isOwn = found.record?.pid === ownProcess.pid && found.record.scope === ownProcess.scope;
  return isOwn || (await checkHolder(found, ownProcess, nowMs)) !== 'live' ? undefined : toHolder(found, ownProcess);
}

/** Creates our record at a free path, or replaces one whose process has ended. */
async function seize(path: string, contender: Contender): Promise<Outcome> {
  const { root, own, ownProcess, clock, files } = contender;
  if (await files.create(path, own)) return { kind: 'acquired' };
  const found = await files.read(path);
  if (found === undefined) return { kind: 'changed' };
  if (found.token === own.token) return { kind: 'acquired' }; // NFS reports EEXIST for a link that it created, if the request was sent twice
  const checked = await checkHolder(found, ownProcess, clock.now());
  const state = checked === 'silent' ? await watch(path, found, contender) : checked;
  if (state === 'changed') return { kind: 'changed' };
  if (state === 'live') return { kind: 'held', by: toHolder(found, ownProcess) };
  const claim = `${root}.${found.token}`;
  const claimed = await seize(claim, contender);
  if (claimed.kind === 'acquired') return await replaceByClaim(path, { claim, found }, contender);
  return (await files.read(path))?.token === found.token ? claimed : { kind: 'changed' };
}

/** The claim is ours. The second read detects a lease that an earlier claim has replaced. */
async function replaceByClaim(
  path: string,
  { claim, found }: { claim: string; found: FoundLease },
  { own, ownProcess, files }: Contender,
): Promise<Outcome> {
  try {
    if ((await files.read(path))?.token === found.token && (await files.replace(claim, path))) {
      const isOurs = (await files.read(path))?.token === own.token;
      return isOurs ? { kind: 'acquired', tookOver: toHolder(found, ownProcess) } : { kind: 'changed' };
    }
    return { kind: 'changed' };
  } finally {
    if ((await files.read(claim))?.token === own.token) await files.remove(claim);
  }
}

/** `silent`: its process cannot be looked up, and its last heartbeat is too old. */
async function checkHolder({ record, mtimeMs }: FoundLease, ownProcess: LeaseProcess, nowMs: number): Promise<'live' | 'dead' | 'silent'> {
  if (record !== undefined && (record.scope ?? ownProcess.scope) === ownProcess.scope) {
    const found = await findProcess(record.pid);
    if (found === undefined) return 'dead';
    if (record.processStart !== undefined && found.processStart !== undefined)
      return record.processStart === found.processStart ? 'live' : 'dead';
  }
  return Math.abs(nowMs - mtimeMs) <= SILENT_AFTER_MS ? 'live' : 'silent';
}

/** Waits for a heartbeat. Depends neither on the clocks of two machines nor on whether this machine slept. */
async function watch(path: string, { token, mtimeMs }: FoundLease, { clock, files }: Contender): Promise<'live' | 'dead' | 'changed'> {
  const keepAlive = setInterval(() => undefined, 60_000); // the clock's timers do not keep the process running
  try {
    for (let look = 0; look < WATCH_CHECKS; look += 1) {
      await new Promise<void>((resolve) => void clock.after(WATCH_INTERVAL_MS, resolve));
      const now = await files.read(path);
      if (now?.token !== token) return 'changed';
      if (now.mtimeMs !== mtimeMs) return 'live';
    }
    return 'dead';
  } finally {
    clearInterval(keepAlive);
  }
}

function keepAlive(
  path: string,
  own: LeaseRecord,
  { clock, files, logger }: { clock: Clock; files: LeaseFiles; logger: Logger },
): SessionLease {
  const isHeld = () => files.contains(path, own);
  const warn = (message: string, error: unknown) => logger.warn(message, { path, error: String(error) });
  let isReleased = false;
  let beating: Promise<void> = Promise.resolve();
  let stopTimer = clock.after(HEARTBEAT_MS, beat);

  function beat(): void {
    if (isHeld()) beating = files.touch(path, clock.now()).catch((error: unknown) => warn('A session lease could not be renewed', error));
    stopTimer = clock.after(HEARTBEAT_MS, beat);
  }

  return {
    isHeld,
    async release() {
      if (isReleased) return;
      isReleased = true;
      stopTimer();
      await beating;
      if (!isHeld()) return;
      // The extra files are useless while we hold the lease: drafts, and claims on leases that were replaced.
      await files.removeExtras(path).catch((error: unknown) => warn('Files of a session lease were not removed', error));
      await files.remove(path);
    },
  };
}

function toHolder(found: FoundLease | undefined, { machine }: LeaseProcess): LeaseHolder {
  const record = found?.record;
  if (record === undefined) return { pid: 0, host: 'unknown' };
  const name = HOST_NAMES[record.host] ?? record.host;
  return { pid: record.pid, host: record.machine === undefined || record.machine === machine ? name : `${name} on ${record.machine}` };
}

function leasePath(basePath: string): string {
  return `${basePath}.gantry-lease.json`;
}
