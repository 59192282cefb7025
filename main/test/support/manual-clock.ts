import type { Clock } from '../../engine/index.ts';

export interface ManualClock extends Clock {
  /** Advances the time and runs due timers, in order. */
  advance(ms: number): void;
  /** The number of waiting timers. */
  readonly pending: () => number;
}

export function createManualClock(startMs = Date.UTC(2026, 4, 17, 10)): ManualClock {
  let nowMs = startMs;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  return {
    now: () => nowMs,
    after(ms, run) {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [due] = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (due === undefined) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = due.atMs;
        due.run();
      }
      nowMs = untilMs;
    },
    pending: () => timers.length,
  };
}
