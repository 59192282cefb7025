/**
 * Finds the process a lease belongs to, and whether it still runs.
 * Source: proc_pid_stat(5) and pid_namespaces(7) on Linux; ps(1) on macOS.
 */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

export interface LeaseProcess {
  readonly pid: number;
  /** Processes with the same scope see each other's pids: one boot of one machine, and on Linux one pid namespace. */
  readonly scope: string;
  /** Name of the machine, shown to users. */
  readonly machine: string;
  /** Opaque. Differs between two processes that use the same pid one after the other; absent if the system does not provide it. */
  readonly processStart?: string;
}

/** A process as users see it. `host`: the program, and the machine if it is another one. */
export interface LeaseHolder {
  readonly pid: number;
  readonly host: string;
  /** The file that names the process, if the pid may belong to another program by now. */
  readonly unprovenBy?: string;
}

/** `ending`: how to continue, after "Close it there". */
export function heldMessage({ host, pid, unprovenBy }: LeaseHolder, ending: string): string {
  const comma = ending.startsWith('or') ? ',' : '';
  const advice = unprovenBy === undefined ? '' : ` If process ${pid} is another program, remove ${unprovenBy}.`;
  return `This session is open in another program (${host}, process ${pid}). Close it there${comma} ${ending}.${advice}`;
}

/** The unit in which Linux reports times to programs, independent of its own clock. */
const TICKS_PER_SECOND = 100;

let current: Promise<LeaseProcess> | undefined;

export function currentProcess(): Promise<LeaseProcess> {
  current ??= describeProcess(process.pid);
  return current;
}

export async function describeProcess(pid: number): Promise<LeaseProcess> {
  const [scope, found] = await Promise.all([readScope(), findProcess(pid)]);
  return { pid, scope, machine: hostname(), ...found };
}

/** Looks up a process by its pid. Undefined: it does not exist, or it is a zombie (ended, but not waited for). */
export async function findProcess(pid: number): Promise<{ processStart?: string } | undefined> {
  if (!isPidUsed(pid)) return undefined;
  if (process.platform === 'linux') return await findInProc(pid);
  return process.platform === 'darwin' ? await findWithPs(pid) : {};
}

/** The start time of a process. `processStart`: from `findProcess`. Unit: ms since the epoch. Undefined: the system does not provide it. */
export async function startTimeMs(processStart: string | undefined): Promise<number | undefined> {
  if (processStart === undefined) return undefined;
  if (process.platform === 'darwin') return finite(Date.parse(processStart));
  const boot = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1];
  return finite(Number(boot) * 1000 + (Number(processStart) * 1000) / TICKS_PER_SECOND);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

function isPidUsed(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it runs under another user
  }
}

/** The state is the first field after the name, which may contain spaces and parentheses; the start time is the 20th. */
async function findInProc(pid: number): Promise<{ processStart?: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, processStart] = [fields[0], fields[19]];
  if (processStart === undefined) return isPidUsed(pid) ? {} : undefined; // hidden from us (hidepid), or it has just ended
  return isEnded(state) ? undefined : { processStart };
}

async function findWithPs(pid: number): Promise<{ processStart?: string } | undefined> {
  const env = { ...process.env, LC_ALL: 'C' };
  const output = await promisify(execFile)('/bin/ps', ['-p', String(pid), '-o', 'stat=,lstart='], { env }).catch(() => undefined);
  const [state, ...start] = output?.stdout.trim().split(/\s+/) ?? [];
  if (start.length === 0) return isPidUsed(pid) ? {} : undefined;
  return isEnded(state) ? undefined : { processStart: start.join(' ') };
}

function isEnded(state: string | undefined): boolean {
  return state !== undefined && /^[ZX]/.test(state);
}

/** Start times on macOS are dates, so the name of the machine is enough there. */
async function readScope(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined),
    readlink('/proc/self/ns/pid').catch(() => undefined),
  ]);
  return boot === undefined || namespace === undefined ? hostname() : `${boot.trim()} ${namespace}`;
}
