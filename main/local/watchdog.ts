/**
 * Ends every command when the app dies without closing (BT-18).
 *
 * The watchdog is a `/bin/sh` in its own session, started by the owner of the pty host. It receives each process group
 * on its standard input. That input closes when the owner dies, however it dies; then every group gets SIGTERM and one
 * second later SIGKILL, including groups that ignore a hang-up. The cases:
 * - kill -9 of the app: the watchdog ends the groups; the pty host also notices and stops them.
 * - kill -9 of the pty host: the owner still runs and ends its groups (`endAll`).
 * - kill -9 of both: the watchdog ends the groups. One message lies between the spawn of a command and its registration;
 *   in that time the kernel's hang-up ends the command, and the ledger finds one that ignores it. Hooks and servers that the app starts
 *   itself have no terminal to hang up: for them the gap is the few instructions between `fork` and a write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { coverDescriptors } from '../lib/cover-descriptors.ts';
import type { Logger } from '../engine/ports.ts';
import type { Ledger, StartedGroup } from './ledger.ts';
import { startTime } from './ledger-processes.ts';

const SCRIPT = `
trap '' HUP INT TERM QUIT
groups=''
while read -r word pid; do
  case "$word" in
    add) groups="$groups $pid" ;;
    del) rest=''; for p in $groups; do [ "$p" = "$pid" ] || rest="$rest $p"; done; groups="$rest" ;;
    bye) exit 0 ;;
  esac
done
for p in $groups; do kill -TERM "-$p" 2>/dev/null; done
[ -z "$groups" ] || sleep 1
for p in $groups; do kill -KILL "-$p" 2>/dev/null; done
`;

/** From SIGTERM to SIGKILL. Unit: ms. */
const TERM_MS = 1000;

export interface Watchdog {
  add(pid: number): void;
  remove(pid: number): void;
  /** Ends the watchdog without ending any group. */
  close(): void;
  readonly pid: number | undefined;
  /** True when it could not be started or has ended: it no longer receives anything. */
  readonly isGone: boolean;
}

/** Errors: if `/bin/sh` cannot be started (missing, no free descriptor), the failure is logged and the other safeguards remain. */
export function startWatchdog(logger: Logger): Watchdog {
  if (process.platform === 'win32')
    return { add: () => undefined, remove: () => undefined, close: () => undefined, pid: undefined, isGone: false };
  let isGone = false;
  const covered = coverDescriptors();
  const shell: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true, // a Ctrl+C in the owner's terminal must not reach it
    stdio: ['pipe', 'ignore', 'ignore', ...covered.stdio],
  });
  covered.close();
  shell.unref();
  shell.on('error', (error) => {
    isGone = true;
    logger.error('the watchdog could not be started', { error: error.message });
  });
  shell.on('exit', () => (isGone = true));
  const stdin = shell.stdin ?? undefined; // without a free descriptor it is undefined, not null
  stdin?.on('error', (error) => logger.warn('the watchdog is gone', { error: error.message }));
  if (stdin !== undefined && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  const write = (line: string) => {
    if (stdin?.writable === true) stdin.write(`${line}\n`);
  };
  return {
    add: (pid) => write(`add ${pid}`),
    remove: (pid) => write(`del ${pid}`),
    close: () => {
      write('bye');
      stdin?.end();
    },
    pid: shell.pid,
    get isGone() {
      return isGone || shell.pid === undefined;
    },
  };
}

/** Receives the process groups of a pty host from its client. */
export interface ProcessGuard {
  add(group: StartedGroup): void;
  remove(pid: number): void;
  /** Call it when the pty host has died: TERM, one second, KILL to all its groups. Resolves when that is done. */
  endAll(): Promise<void>;
  close(): void;
}

/**
 * Watchdog and ledger together, for one pty host, or for programs the app starts itself.
 * The watchdog runs before this returns: if the first `add` started it, it would come after the process, and an
 * app killed in between would leave that process behind.
 */
export function createProcessGuard(options: { ledger?: Ledger; logger: Logger }): ProcessGuard {
  /** The groups with their leaders' start times, which reveal a reused pid. */
  const pids = new Map<number, string | undefined>();
  let watchdog = startWatchdog(options.logger);
  const remove = (pid: number) => {
    pids.delete(pid);
    watchdog.remove(pid);
    options.ledger?.remove(pid);
  };
  return {
    add(group) {
      const { pid } = group;
      if (watchdog.isGone) {
        watchdog = startWatchdog(options.logger);
        for (const known of pids.keys()) watchdog.add(known);
      }
      watchdog.add(pid); // first: until then no watchdog would end it
      pids.set(pid, startTime(pid));
      options.ledger?.add(group);
    },
    remove,
    async endAll() {
      // Right after the fork a command has not created its group yet: the SIGTERM is lost then, the SIGKILL reaches it.
      const left = [...pids].filter(([pid, started]) => signal(pid, 'SIGTERM') || (started !== undefined && startTime(pid) === started));
      if (left.length > 0) await new Promise((done) => setTimeout(done, TERM_MS));
      for (const [pid] of left) signal(pid, 'SIGKILL');
      for (const pid of [...pids.keys()]) remove(pid);
    },
    close() {
      watchdog.close();
      options.ledger?.close();
    },
  };
}

/** False when the group has no member left. */
function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): boolean {
  if (pid <= 1 || process.platform === 'win32') return false;
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false; // ESRCH
  }
}
