/**
 * Ends every command when the app goes without a word (BT-18).
 *
 * The watchdog is a `/bin/sh` in a session of its own, started by the owner of the pty host and told each process group
 * on its standard input. That input closes when the owner dies, however it dies; then every group gets SIGTERM and one
 * second later SIGKILL, those that ignore a hang-up included. What survives what:
 * - kill -9 of the app: the watchdog ends the groups; the pty host notices too and stops them as well.
 * - kill -9 of the pty host: the owner lives and ends its groups (`endAll`).
 * - kill -9 of both: the watchdog. Between the spawn of a command and the watchdog's hearing of it lies one message;
 *   there the kernel's hang-up ends the command, and the ledger finds what ignores that. Hooks and servers that the app starts
 *   itself have no terminal to hang up: for them it is the few instructions between `fork` and a write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
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
  /** Ends it without ending any group. */
  close(): void;
  readonly pid: number | undefined;
  /** It could not be started, or something has ended it: nobody hears what it is told. */
  readonly isGone: boolean;
}

/** Errors: where `/bin/sh` cannot be started (none there, no descriptor left) there is none; that is logged, and the other ways remain. */
export function startWatchdog(logger: Logger): Watchdog {
  if (process.platform === 'win32')
    return { add: () => undefined, remove: () => undefined, close: () => undefined, pid: undefined, isGone: false };
  let isGone = false;
  const shell: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true, // a Ctrl+C in the owner's terminal must not reach it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  shell.on('error', (error) => {
    isGone = true;
    logger.error('the watchdog could not be started', { error: error.message });
  });
  shell.on('exit', () => (isGone = true));
  const stdin = shell.stdin ?? undefined; // without a descriptor left there is not even a null
  stdin?.on('error', (error) => logger.warn('the watchdog is gone', { error: error.message }));
  if (stdin !== undefined && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  const tell = (line: string) => {
    if (stdin?.writable === true) stdin.write(`${line}\n`);
  };
  return {
    add: (pid) => tell(`add ${pid}`),
    remove: (pid) => tell(`del ${pid}`),
    close: () => {
      tell('bye');
      stdin?.end();
    },
    pid: shell.pid,
    get isGone() {
      return isGone || shell.pid === undefined;
    },
  };
}

/** What the client of a pty host tells of its process groups. */
export interface ProcessGuard {
  add(group: StartedGroup): void;
  remove(pid: number): void;
  /** The pty host has died: TERM, one second, KILL to all that it left. Resolves when that is done. */
  endAll(): Promise<void>;
  close(): void;
}

/**
 * Watchdog and ledger together, for one pty host, or for programs the app starts itself.
 * The watchdog is there before this returns: one that were started by the first `add` would come after its process, and an
 * app killed between the two would leave that process.
 */
export function createProcessGuard(options: { ledger?: Ledger; logger: Logger }): ProcessGuard {
  /** With their leaders' start times, by which a number that has gone to another process is told apart. */
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
      watchdog.add(pid); // first of all: until then nobody would end it
      pids.set(pid, startTime(pid));
      options.ledger?.add(group);
    },
    remove,
    async endAll() {
      // Right after the fork a command has not made its group yet: the SIGTERM is lost then, the SIGKILL finds it.
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
