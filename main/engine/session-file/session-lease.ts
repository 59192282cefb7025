/**
 * The right to write a session: a small file beside it (the lease) that names the process which holds it.
 *
 * Acquiring: create the lease by an exclusive link. If there is one, judge its process. A lease whose process has ended is
 * replaced: the contender first creates a *claim*, a file named after the token of the lease that it replaces, then moves the
 * claim over the lease by a rename.
 *
 * Why two processes never hold it:
 * - While a process lives, nothing takes its lease or its claim, however long it was suspended or the machine slept. So a
 *   contender may stop at any point: what it found dead stays dead, and what it has created stays its own.
 * - The name of a claim holds a token, and a token names one acquisition, so one contender at a time can replace a given
 *   lease. One that claims late finds another token in the lease and withdraws.
 * - A claim whose process has ended is itself replaced in the same way, so it blocks no one.
 *
 * Where a process cannot be looked up (another machine or container on a shared folder, a system without start times), the
 * heartbeat decides: `SILENT_AFTER_MS` after the last one the contender watches, and if none comes, replaces the lease. A
 * holder that was only suspended finds that out before its next write. What is left there: a process that is suspended exactly
 * between that check and its write, or between reading its lease and removing it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Clock, Logger } from '../ports.ts';
import { type FoundLease, type LeaseFiles, type LeaseRecord, nodeLeaseFiles } from './lease-files.ts';
import { currentProcess, findProcess, type LeaseHolder, type LeaseProcess } from './lease-process.ts';
import { findQwenOwner } from './qwen-sidecar.ts';

const HEARTBEAT_MS = 5_000;
/** Twelve heartbeats: a network file system may show them late. */
export const SILENT_AFTER_MS = 60_000;
/** A silent lease gets so many looks at this interval, so that a machine that has just woken up shows a heartbeat first. */
const LOOKS = 4;
export const LOOK_MS = 2_000;
/** An attempt is repeated only when another process has changed the files meanwhile. */
const MAX_ATTEMPTS = 50;

const HOST_NAMES: Readonly<Record<string, string>> = { desktop: 'Gantry app', server: 'gantry serve', cli: 'gantry command' };

export interface SessionLease {
  /** Reads the file: true while the lease is in it. */
  isHeld(): boolean;
  /** Removes the file if the lease is still in it. May be called twice. */
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
  readonly owner?: LeaseProcess;
  readonly files?: LeaseFiles;
}

interface Contender {
  readonly root: string;
  readonly own: LeaseRecord;
  readonly owner: LeaseProcess;
  readonly clock: Clock;
  readonly files: LeaseFiles;
}

type Outcome =
  | { readonly kind: 'acquired'; readonly tookOver?: LeaseHolder }
  | { readonly kind: 'held'; readonly by: LeaseHolder }
  /** Another process was faster: look again. */
  | { readonly kind: 'changed' };

/** Errors: those of the file system are thrown, and leave no claim behind. */
export async function acquireLease(options: LeaseOptions): Promise<LeaseResult> {
  const { basePath, clock, files = nodeLeaseFiles } = options;
  const root = leasePath(basePath);
  const qwen = await findQwenOwner(basePath);
  if (qwen !== undefined) return { held: false, by: qwen };
  const owner = options.owner ?? (await currentProcess());
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const own = { ...owner, token: randomUUID(), host: options.host, startedAtMs: clock.now() };
    const outcome = await seize(root, { root, own, owner, clock, files });
    if (outcome.kind === 'held') return { held: false, by: outcome.by };
    if (outcome.kind === 'changed') continue;
    const lease = keepAlive(root, own, { clock, files, logger: options.logger });
    return { held: true, lease, ...(outcome.tookOver === undefined ? {} : { tookOver: outcome.tookOver }) };
  }
  return { held: false, by: holderOf(await files.read(root), owner) };
}

/**
 * Another live process that has the session open; changes nothing. Called for every row of a list, so it first checks
 * synchronously whether there is anything to read.
 */
export async function findHolder(basePath: string, nowMs: number): Promise<LeaseHolder | undefined> {
  const qwen = await findQwenOwner(basePath);
  if (qwen !== undefined) return qwen;
  const root = leasePath(basePath);
  const found = existsSync(root) ? await nodeLeaseFiles.read(root) : undefined;
  if (found === undefined) return undefined;
  const owner = await currentProcess();
  const isOwn = found.record?.pid === owner.pid && found.record.scope === owner.scope;
  return isOwn || (await judge(found, owner, nowMs)) !== 'live' ? undefined : holderOf(found, owner);
}

/** Puts our record at a path that is free, or in the place of one whose process has ended. */
async function seize(path: string, contender: Contender): Promise<Outcome> {
  const { root, own, owner, clock, files } = contender;
  if (await files.create(path, own)) return { kind: 'acquired' };
  const found = await files.read(path);
  if (found === undefined) return { kind: 'changed' };
  if (found.token === own.token) return { kind: 'acquired' }; // NFS reports EEXIST for a link that it made when the request was sent twice
  const judged = await judge(found, owner, clock.now());
  const state = judged === 'silent' ? await watch(path, found, contender) : judged;
  if (state === 'changed') return { kind: 'changed' };
  if (state === 'live') return { kind: 'held', by: holderOf(found, owner) };
  const claim = `${root}.${found.token}`;
  const claimed = await seize(claim, contender);
  if (claimed.kind === 'acquired') return await replaceByClaim(path, { claim, found }, contender);
  return (await files.read(path))?.token === found.token ? claimed : { kind: 'changed' };
}

/** The claim is ours. The second look finds a lease that was replaced by an earlier claim. */
async function replaceByClaim(
  path: string,
  { claim, found }: { claim: string; found: FoundLease },
  { own, owner, files }: Contender,
): Promise<Outcome> {
  try {
    if ((await files.read(path))?.token === found.token && (await files.replace(claim, path))) {
      const isOurs = (await files.read(path))?.token === own.token;
      return isOurs ? { kind: 'acquired', tookOver: holderOf(found, owner) } : { kind: 'changed' };
    }
    return { kind: 'changed' };
  } finally {
    if ((await files.read(claim))?.token === own.token) await files.remove(claim);
  }
}

/** `silent`: its process cannot be looked up, and its last heartbeat is long ago. */
async function judge({ record, mtimeMs }: FoundLease, owner: LeaseProcess, nowMs: number): Promise<'live' | 'dead' | 'silent'> {
  if (record !== undefined && (record.scope ?? owner.scope) === owner.scope) {
    const found = await findProcess(record.pid);
    if (found === undefined) return 'dead';
    if (record.processStart !== undefined && found.processStart !== undefined)
      return record.processStart === found.processStart ? 'live' : 'dead';
  }
  return Math.abs(nowMs - mtimeMs) <= SILENT_AFTER_MS ? 'live' : 'silent';
}

/** Waits for a heartbeat. Depends neither on the clocks of two machines nor on a sleep of this one. */
async function watch(path: string, { token, mtimeMs }: FoundLease, { clock, files }: Contender): Promise<'live' | 'dead' | 'changed'> {
  const keepAlive = setInterval(() => undefined, 60_000); // the clock's timers do not keep the process running
  try {
    for (let look = 0; look < LOOKS; look += 1) {
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
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
  let isOver = false;
  let beating: Promise<void> = Promise.resolve();
  let stopTimer = clock.after(HEARTBEAT_MS, beat);

  function beat(): void {
    if (isHeld()) beating = files.touch(path, clock.now()).catch((error: unknown) => warn('A session lease could not be renewed', error));
    stopTimer = clock.after(HEARTBEAT_MS, beat);
  }

  return {
    isHeld,
    async release() {
      if (isOver) return;
      isOver = true;
      stopTimer();
      await beating;
      if (!isHeld()) return;
      // Nothing here is of use while we hold the lease: drafts, and claims on leases that were replaced.
      await files.removeExtras(path).catch((error: unknown) => warn('Files of a session lease were not removed', error));
      await files.remove(path);
    },
  };
}

function holderOf(found: FoundLease | undefined, { machine }: LeaseProcess): LeaseHolder {
  const record = found?.record;
  if (record === undefined) return { pid: 0, host: 'unknown' };
  const name = HOST_NAMES[record.host] ?? record.host;
  return { pid: record.pid, host: record.machine === undefined || record.machine === machine ? name : `${name} on ${record.machine}` };
}

function leasePath(basePath: string): string {
  return `${basePath}.gantry-lease.json`;
}
