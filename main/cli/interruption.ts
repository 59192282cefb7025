import type { ProcessEnd } from './end-process.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal and a launcher may both pass on one Ctrl+C; within this time it is the same one. Unit: ms. */
const SAME_SIGNAL_MS = 500;

export interface Interruption {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal;
  /** The received signal, if any. */
  received(): Exclude<ProcessEnd, number> | undefined;
}

/** Catches the signals that end a program, so that it can end in order; a second one ends it at once. */
export function catchSignals(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  let receivedAtMs = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (received === undefined) {
        received = signal;
        receivedAtMs = Date.now();
        controller.abort();
      } else if (Date.now() - receivedAtMs > SAME_SIGNAL_MS) {
        process.exit(signal === 'SIGINT' ? 130 : 143);
      }
    });
  }
  return { signal: controller.signal, received: () => received };
}
