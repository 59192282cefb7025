/**
 * Which process groups this app has started, on disk, so that the next start finds what escaped even the watchdog.
 *
 * One file per owner, `<pid>-<start time>.json`, replaced atomically with every change and removed when it is closed.
 * A process is recognised by pid and start time (never by pid alone, which may be another's by now), and what called
 * `setsid` by the task id that every command carries in its environment. Nothing is killed here without being asked.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../engine/ports.ts';
import { bootId, listProcesses, type ProcessFacts, startTime } from './ledger-processes.ts';

export interface Ledger {
  add(group: { readonly pid: number; readonly taskId: string }): void;
  remove(pid: number): void;
  /** Removes the file when nothing of what it names still runs. */
  close(): void;
}

export interface Survivor {
  readonly taskId: string;
  /** What the system calls the processes, for people. */
  readonly names: readonly string[];
  readonly processes: readonly { readonly pid: number; readonly startTime: string }[];
}

interface Entry {
  readonly pid: number;
  readonly taskId: string;
  readonly startTime: string;
  /** The group is empty; what left it by `setsid` may still run. */
  readonly hasEnded?: true;
}

interface LedgerFile {
  readonly bootId: string;
  readonly owner: { readonly pid: number; readonly startTime: string };
  readonly groups: readonly Entry[];
}

/** Ended commands that are still remembered for what left their group. */
const KEPT_ENDED = 200;

/** `folder` is `GANTRY_HOME/ledger`; made when missing. Errors: a folder that cannot be written is logged, not thrown. */
export function openLedger(folder: string, logger: Logger): Ledger {
  const owner = { pid: process.pid, startTime: startTime(process.pid) ?? '' };
  const path = join(folder, `${owner.pid}-${owner.startTime.replace(/\W+/g, '')}-${nextNumber++}.json`);
  let entries: readonly Entry[] = [];
  const save = () => {
    try {
      if (entries.length === 0) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file: LedgerFile = { bootId: bootId(), owner, groups: entries };
      writeFileSync(`${path}.tmp`, JSON.stringify(file), { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
    } catch (error) {
      logger.warn('the ledger of running commands could not be written', { error: String(error) });
    }
  };
  return {
    add({ pid, taskId }) {
      const started = startTime(pid);
      if (started === undefined) return; // it is gone already
      entries = [...entries, { pid, taskId, startTime: started }];
      save();
    },
    remove(pid) {
      const changed = entries.map((entry): Entry => (entry.pid === pid ? { ...entry, hasEnded: true } : entry));
      const tooMany = Math.max(0, changed.filter((entry) => entry.hasEnded).length - KEPT_ENDED);
      const dropped = new Set(changed.filter((entry) => entry.hasEnded).slice(0, tooMany));
      entries = changed.filter((entry) => !dropped.has(entry));
      save();
    },
    close() {
      const processes = listProcesses();
      entries = entries.filter((entry) => survivorsOf(entry, processes).length > 0);
      save();
    },
  };
}

/** Several pty hosts may follow each other in one process. */
let nextNumber = 1;

/**
 * Processes of commands whose app is gone. Ledger files without survivors, of an earlier boot, or damaged are removed.
 * Errors: none; what cannot be read counts as not there.
 */
export function findSurvivors(folder: string): readonly Survivor[] {
  const processes = listProcesses();
  const byPid = new Map(processes.map((facts) => [facts.pid, facts]));
  const survivors: Survivor[] = [];
  for (const name of listFiles(folder)) {
    const path = join(folder, name);
    const file = readLedger(path);
    if (file !== undefined && byPid.get(file.owner.pid)?.startTime === file.owner.startTime) continue; // its app lives
    const found = file === undefined || file.bootId !== bootId() ? [] : file.groups.flatMap((entry) => survivorsOf(entry, processes));
    if (found.length === 0) rmSync(path, { force: true });
    survivors.push(...found);
  }
  return survivors;
}

/** Ends one survivor: TERM, a second, KILL; each process only while pid and start time still agree. */
export async function stopSurvivor(survivor: Survivor): Promise<void> {
  const signal = (name: 'SIGTERM' | 'SIGKILL') =>
    survivor.processes.filter(({ pid, startTime: expected }) => {
      if (startTime(pid) !== expected) return false;
      try {
        process.kill(pid, name);
        return true;
      } catch {
        return false; // it has just ended
      }
    });
  if (signal('SIGTERM').length === 0) return;
  await new Promise((done) => setTimeout(done, 1000));
  signal('SIGKILL');
}

function survivorsOf(entry: Entry, processes: readonly ProcessFacts[]): Survivor[] {
  const leader = processes.find((facts) => facts.pid === entry.pid);
  const isSameLeader = entry.hasEnded !== true && leader?.startTime === entry.startTime;
  const members = processes.filter(
    (facts) => facts.taskId === entry.taskId || (isSameLeader && facts.group === entry.pid) || (isSameLeader && facts.pid === entry.pid),
  );
  if (members.length === 0) return [];
  return [
    {
      taskId: entry.taskId,
      names: [...new Set(members.map((facts) => facts.name))],
      processes: members.map(({ pid, startTime: started }) => ({ pid, startTime: started })),
    },
  ];
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return []; // no ledger was ever written
  }
}

function readLedger(path: string): LedgerFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isLedgerFile(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLedgerFile(value: unknown): value is LedgerFile {
  if (typeof value !== 'object' || value === null) return false;
  const { bootId: boot, owner, groups } = value as Partial<LedgerFile>; // each member is checked in the next line
  return typeof boot === 'string' && typeof owner?.pid === 'number' && Array.isArray(groups) && groups.every(isEntry);
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, taskId, startTime: started } = value as Partial<Entry>; // each member is checked in the next line
  return typeof pid === 'number' && pid > 1 && typeof taskId === 'string' && typeof started === 'string';
}
