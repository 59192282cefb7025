/**
 * Sends signals to a command's whole process group and checks whether it has a member left.
 * The child leads its own group (a session on a PTY, `detached` on a pipe); on Windows the process tree is killed instead.
 */
import { spawn } from 'node:child_process';

/**
 * `hasLeader`: this pid is known to belong to the command. Right after the fork the process has not yet created its
 * group; a signal to the group alone, and so a stop, would be lost.
 */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL', { hasLeader }: { hasLeader: boolean }): void {
  if (pid <= 1) return; // -0 and -1 would signal other processes
  if (process.platform === 'win32') {
    endTree(pid, signal === 'SIGKILL');
    return;
  }
  if (send(-pid, signal)) {
    if (signal === 'SIGTERM') send(-pid, 'SIGCONT'); // a suspended process receives SIGTERM only after it continues
    return;
  }
  if (!hasLeader) return;
  send(pid, signal);
  send(-pid, signal); // it may have created its group, and a child, in between
}

/** False when the group has no member (ESRCH). */
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
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it exists and belongs to another user
  }
}

function endTree(pid: number, force: boolean): void {
  const args = ['/t', ...(force ? ['/f'] : []), '/pid', String(pid)];
  spawn('taskkill', args, { stdio: 'ignore', windowsHide: true }).on('error', () => undefined); // without taskkill there is nothing else to try
}
