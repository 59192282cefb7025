/**
 * Signals to a command's whole process group, and whether any member of it is left.
 * The child leads its own group (a session on a PTY, `detached` on a pipe); on Windows the process tree is ended instead.
 */
import { spawn } from 'node:child_process';

export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid <= 1) return; // -0 and -1 would reach others
  if (process.platform === 'win32') {
    endTree(pid, signal === 'SIGKILL');
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left in it, which is what was wanted.
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
