/** Process information of the system: /proc on Linux, `ps` on macOS, nothing elsewhere. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  readonly group: number;
  readonly name: string;
  /** Opaque; equal for the same process, different for a later process with its pid. */
  readonly startTime: string;
  /** The id of the command it belongs to, from its environment; Linux only. */
  readonly taskId: string | undefined;
}

/** The variable that every command carries, so that a process that left its group and session can still be identified. */
const TASK_VARIABLE = 'GANTRY_TASK_ID';

/** Undefined when there is no such process. */
export function startTime(pid: number): string | undefined {
  return processFacts(pid)?.startTime;
}

export function listProcesses(): readonly ProcessFacts[] {
  if (process.platform === 'darwin') return listWithPs(['-ax']);
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

/** Its start by the wall clock. Unit: epoch ms. Undefined when the system does not report it. */
export function startedAtMs(facts: ProcessFacts): number | undefined {
  const at =
    process.platform === 'linux' ? bootedAtMs() + (Number(facts.startTime) * 1000) / TICKS_PER_SECOND : Date.parse(facts.startTime);
  return Number.isFinite(at) ? at : undefined;
}

/** Undefined when there is no such process or no information about it. */
export function processFacts(pid: number): ProcessFacts | undefined {
  if (process.platform === 'linux') return readStat(pid);
  return process.platform === 'darwin' ? listWithPs(['-p', String(pid)])[0] : undefined;
}

/** Linux reports times to programs in this unit, whatever the kernel's own clock rate. */
const TICKS_PER_SECOND = 100;

function bootedAtMs(): number {
  try {
    return Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]) * 1000;
  } catch {
    return Number.NaN;
  }
}

/** Identifies the boot: start times count from it and mean nothing after the next one. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return ''; // macOS: `ps` prints dates, which do not depend on the boot
  }
}

function readStat(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')'); // the name is free text and may contain parentheses
    const fields = stat.slice(end + 2).split(' ');
    const [state, , group] = fields;
    const started = fields[19];
    if (state === undefined || state === 'Z' || group === undefined || started === undefined) return undefined;
    return { pid, group: Number(group), name: stat.slice(stat.indexOf('(') + 1, end), startTime: started, taskId: readTaskId(pid) };
  } catch {
    return undefined; // it has ended
  }
}

function readTaskId(pid: number): string | undefined {
  try {
    const prefix = `${TASK_VARIABLE}=`;
    const variable = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find((entry) => entry.startsWith(prefix));
    return variable?.slice(prefix.length);
  } catch {
    return undefined; // it belongs to another user
  }
}

function listWithPs(selection: readonly string[]): readonly ProcessFacts[] {
  try {
    const lines = execFileSync('/bin/ps', [...selection, '-o', 'pid=,pgid=,lstart=,comm='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
      if (match === null) return [];
      const [, pid, group, started = '', name = ''] = match;
      return [{ pid: Number(pid), group: Number(group), startTime: started, name, taskId: undefined }];
    });
  } catch {
    return []; // `ps` exits with 1 when the pid does not exist
  }
}
