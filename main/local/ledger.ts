/**
 * Records on disk the process groups this app has started, so that the next start finds processes that escaped the watchdog.
 *
 * One file per owner, `<pid>-<start time>.json`, replaced atomically with every change and removed when it is closed.
 * A process is identified by pid and start time (never by pid alone, which may have been reused), and a process that called
 * `setsid` by the task id that every command carries in its environment. Nothing is killed here without a request.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFileSync } from '../engine/lib/regular-file.ts';
import { TaskId } from '../../preload/contract/index.ts';
import type { Logger } from '../engine/ports.ts';
import { bootId, listProcesses, type ProcessFacts, startTime } from './ledger-processes.ts';

export interface Ledger {
  add(group: StartedGroup): void;
  remove(pid: number): void;
  /** Removes the file if none of its processes still runs. */
  close(): void;
}

/** A command's process group, and the details that identify it to people. */
export interface StartedGroup {
  readonly pid: number;
  readonly taskId: string;
  readonly command?: string;
  readonly cwd?: string;
  readonly startedAtMs?: number;
}

/** The remaining processes of one command whose app has ended. */
export interface LedgerSurvivor extends Omit<StartedGroup, 'pid' | 'taskId'> {
  readonly taskId: TaskId;
  readonly processes: readonly { readonly pid: number; readonly name: string; readonly startTime: string }[];
  /** True when a part is in the group that the watchdog ends, so it may end in a moment. */
  readonly isInGroup: boolean;
}

interface Entry extends Omit<StartedGroup, 'taskId'> {
  readonly taskId: TaskId;
  readonly startTime: string;
  /** True when the group is empty; processes that left it with `setsid` may still run. */
  readonly hasEnded?: true;
}

interface LedgerFile {
  readonly bootId: string;
  readonly owner: { readonly pid: number; readonly startTime: string };
  readonly groups: readonly Entry[];
}

/** Maximum length of a command's text, for people. Unit: UTF-16 code units. */
const COMMAND_CHARS = 1000;
/** Maximum number of ended commands that stay recorded because processes may have left their group. */
const KEPT_ENDED = 200;

/** `folder` is `GANTRY_HOME/ledger`; created when missing. Errors: an unwritable folder is logged, not thrown. */
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
      writeLedger(path, file);
    } catch (error) {
      logger.warn('the ledger of running commands could not be written', { error: String(error) });
    }
  };
  return {
    add({ command = '', taskId, ...group }) {
      const started = startTime(group.pid);
      if (started === undefined) return; // it has already ended
      entries = [...entries, { ...group, taskId: TaskId.parse(taskId), command: command.slice(0, COMMAND_CHARS), startTime: started }];
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
 * Finds processes of commands whose app has ended. Removes ledger files that are damaged, of an earlier boot, or without survivors.
 * Errors: none; an unreadable file counts as missing.
 */
export function findSurvivors(folder: string): readonly LedgerSurvivor[] {
  // Reads the files before it lists the processes: the writer of a file is then in the list if it lives, and never counts as ended.
  const files = listFiles(folder).map((name) => ({ path: join(folder, name), file: readLedger(join(folder, name)) }));
  if (files.length === 0) return []; // the usual case: no need to list every process
  const processes = listProcesses();
  const survivors: LedgerSurvivor[] = [];
  for (const { path, file } of files) {
    if (file !== undefined && isOwnerAlive(file, processes)) continue;
    const found = file === undefined || file.bootId !== bootId() ? [] : file.groups.flatMap((entry) => survivorsOf(entry, processes));
    if (found.length === 0) rmSync(path, { force: true });
    survivors.push(...found);
  }
  return survivors;
}

/** Removes a command from the ledgers of ended apps, so that its processes are not found again. */
export function forgetSurvivor(folder: string, taskId: string): void {
  const files = listFiles(folder).map((name) => ({ path: join(folder, name), file: readLedger(join(folder, name)) }));
  const processes = listProcesses();
  for (const { path, file } of files) {
    if (file === undefined || isOwnerAlive(file, processes)) continue;
    const groups = file.groups.filter((entry) => entry.taskId !== taskId);
    if (groups.length === 0) rmSync(path, { force: true });
    else if (groups.length < file.groups.length) writeLedger(path, { ...file, groups });
  }
}

function isOwnerAlive({ owner }: LedgerFile, processes: readonly ProcessFacts[]): boolean {
  return processes.some((facts) => facts.pid === owner.pid && facts.startTime === owner.startTime);
}

function writeLedger(path: string, file: LedgerFile): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(file), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/** Ends one survivor: TERM, a second, KILL; each process only while pid and start time still agree. */
export async function stopSurvivor(survivor: {
  readonly processes: readonly { readonly pid: number; readonly startTime: string }[];
}): Promise<void> {
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

function survivorsOf(entry: Entry, processes: readonly ProcessFacts[]): LedgerSurvivor[] {
  const leader = processes.find((facts) => facts.pid === entry.pid);
  const isSameLeader = entry.hasEnded !== true && leader?.startTime === entry.startTime;
  const isInGroup = (facts: ProcessFacts) => isSameLeader && (facts.group === entry.pid || facts.pid === entry.pid);
  // An app that a command started carries that command's id: it must not end itself.
  const members = processes.filter((facts) => facts.pid !== process.pid && (facts.taskId === entry.taskId || isInGroup(facts)));
  if (members.length === 0) return [];
  const { pid: _pid, startTime: _started, hasEnded, ...known } = entry;
  const mayEnd = hasEnded !== true && members.some((facts) => facts.group === entry.pid);
  return [
    { ...known, processes: members.map(({ pid, name, startTime: started }) => ({ pid, name, startTime: started })), isInGroup: mayEnd },
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
    const value: unknown = JSON.parse(String(readRegularFileSync(path)));
    if (!isLedgerFile(value)) return undefined;
    const { groups, ...file } = value;
    return { ...file, groups: groups.filter(isEntry) };
  } catch {
    return undefined;
  }
}

/** The entries are checked one by one, so that a damaged entry does not cost the others. */
function isLedgerFile(value: unknown): value is Omit<LedgerFile, 'groups'> & { readonly groups: readonly unknown[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { bootId: boot, owner, groups } = value as Partial<LedgerFile>; // each member is checked in the next line
  return typeof boot === 'string' && typeof owner?.pid === 'number' && Array.isArray(groups);
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, taskId, startTime: started, command = '', cwd = '', startedAtMs = 0 } = value as Partial<Entry>; // each member is checked
  const isNamed = TaskId.safeParse(taskId).success && typeof command === 'string' && typeof cwd === 'string';
  return typeof pid === 'number' && pid > 1 && typeof started === 'string' && isNamed && typeof startedAtMs === 'number';
}
