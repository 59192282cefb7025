import type { Clock } from '../engine/ports.ts';

/** The system clock. Its timers do not keep the process alive. */
export function createNodeClock(): Clock {
  return {
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
