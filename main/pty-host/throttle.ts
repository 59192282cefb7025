/**
 * Slows a command whose output the disk cannot take, in pulses.
 * It is read for one tick at least every 80 ms, because node-pty throws away what is unread 200 ms after the exit, and
 * not held at all once its process is gone. What still does not fit is counted by the file.
 */
import type { Child } from './child-process.ts';
import { isGroupAlive } from './process-group.ts';

const HIGH_BYTES = 8 * 1024 * 1024;
const LOW_BYTES = 1024 * 1024;
const PULSE_MS = 80;

export interface Throttle {
  check(): void;
  dispose(): void;
}

export function createThrottle(of: { queuedBytes(): number; child(): Child | undefined }): Throttle {
  let pulse: NodeJS.Timeout | undefined;
  const release = () => {
    clearInterval(pulse);
    pulse = undefined;
    of.child()?.resume();
  };
  const beat = () => {
    const child = of.child();
    if (child === undefined || of.queuedBytes() < LOW_BYTES || !isGroupAlive(child.pid)) {
      release();
      return;
    }
    child.resume();
    setImmediate(() => {
      if (pulse !== undefined) setImmediate(() => pulse !== undefined && child.pause());
    });
  };
  return {
    check() {
      if (pulse !== undefined || of.queuedBytes() < HIGH_BYTES) return;
      of.child()?.pause();
      pulse = setInterval(beat, PULSE_MS);
    },
    dispose: release,
  };
}
