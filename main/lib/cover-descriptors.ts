/**
 * A child inherits every descriptor without close-on-exec: a terminal or a pipe that this process was started with and, in Electron,
 * Chromium's sockets and shared memory. In the child each of them is covered with /dev/null. Only Linux can list them.
 */
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** Beyond this number covering would cost more than it is worth. */
const MAX_DESCRIPTOR = 1_023;
const CLOSE_ON_EXEC = 0o2000000;
const NOTHING_COVERED: CoveredDescriptors = { stdio: [], close: () => undefined };

export interface CoveredDescriptors {
  /** For `stdio`, from number 3 on; there 'ignore' opens nothing. */
  readonly stdio: readonly (number | 'ignore')[];
  /** Call it once the child is spawned. */
  close(): void;
}

/** Never throws: without a free descriptor nothing is covered, and the child, which needs pipes, cannot start either. */
export function coverDescriptors(): CoveredDescriptors {
  try {
    return cover(process.platform === 'linux' ? inheritable() : new Set());
  } catch {
    return NOTHING_COVERED;
  }
}

function cover(leaking: ReadonlySet<number>): CoveredDescriptors {
  if (leaking.size === 0) return NOTHING_COVERED;
  const nothing = openSync('/dev/null', 'r+');
  const stdio = Array.from({ length: Math.max(...leaking) - 2 }, (_, at) => (leaking.has(at + 3) ? nothing : ('ignore' as const)));
  return { stdio, close: () => closeSync(nothing) };
}

function inheritable(): ReadonlySet<number> {
  const open = readdirSync('/proc/self/fd').map(Number);
  return new Set(open.filter((fd) => fd > 2 && fd <= MAX_DESCRIPTOR && isInheritable(fd)));
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // closed since it was listed
  }
}
