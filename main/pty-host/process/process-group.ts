/**
 * Signals to a command's whole process group, and whether any member of it is left.
 * The child leads its own group (a session on a PTY, `detached` on a pipe); on Windows the process tree is ended instead.
 */
import { spawn } from 'node:child_process';

/**
 * `hasLeader`: the process of that number is known to be the command's own. Right after the fork it has not yet made its
 * group; a signal to the group alone would be lost then, and with it a stop.
 */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL', { hasLeader }: { hasLeader: boolean }): void {
  if (pid <= 1) return; // -0 and -1 would reach others
  if (process.platform === 'win32') {
    endTree(pid, signal === 'SIGKILL');
    return;
  }
  if (send(-pid, signal)) {
    if (signal === 'SIGTERM') send(-pid, 'SIGCONT'); // who is suspended hears of it only then
    return;
  }
  if (!hasLeader) return;
  send(pid, signal);
  send(-pid, signal); // it may have made its group, and a child, in between
}

/** False where there is nobody (ESRCH). */
function send(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 'SIGCONT'): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function isGroupAlive(pid: number): boolean {
  if (pid <= 1) return false;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it lives under another user
  }
}

function endTree(pid: number, force: boolean): void {
  const args = ['/t', ...(force ? ['/f'] : []), '/pid', String(pid)];
  spawn('taskkill', args, { stdio: 'ignore', windowsHide: true }).on('error', () => undefined); // no taskkill: nothing more to try
}
