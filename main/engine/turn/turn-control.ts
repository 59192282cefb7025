/** How a session controls its running turn: cancels it, or ends its wait before the next attempt. */
import type { Clock } from '../ports.ts';

export interface TurnControl {
  readonly signal: AbortSignal;
  cancel(): void;
  /** A cancel that the user requested. */
  stop(): void;
  readonly isStopped: () => boolean;
  /** A cancel that the user did not request: the app or the session closes. */
  interrupt(): void;
  readonly isInterrupted: () => boolean;
  /** Cancels running work because the turn cannot continue; it ends as failed with this error. Only the first error counts. */
  fail(error: unknown): void;
  readonly failure: () => { readonly error: unknown } | undefined;
  /** Ends a wait before the next attempt; without one it does nothing. */
  retryNow(): void;
  /** Resolves when the time has elapsed, at `retryNow` or at `cancel`. */
  wait(ms: number, clock: Clock): Promise<'elapsed' | 'skipped' | 'cancelled'>;
}

export function createTurnControl(): TurnControl {
  const controller = new AbortController();
  let endWait: ((why: 'skipped' | 'cancelled') => void) | undefined;
  let isInterrupted = false;
  let isStopped = false;
  let failure: { readonly error: unknown } | undefined;
  const cancel = () => {
    controller.abort();
    endWait?.('cancelled');
  };
  return {
    signal: controller.signal,
    cancel,
    stop() {
      isStopped = !controller.signal.aborted;
      cancel();
    },
    isStopped: () => isStopped,
    interrupt() {
      isInterrupted = !controller.signal.aborted;
      cancel();
    },
    isInterrupted: () => isInterrupted,
    fail(error) {
      failure ??= { error };
      cancel();
    },
    failure: () => failure,
    retryNow: () => endWait?.('skipped'),
    wait: (ms, clock) =>
      controller.signal.aborted
        ? Promise.resolve('cancelled')
        : new Promise((resolve) => {
            const done = (why: 'elapsed' | 'skipped' | 'cancelled') => {
              stopTimer();
              endWait = undefined;
              resolve(why);
            };
            const stopTimer = clock.after(ms, () => done('elapsed'));
            endWait = done;
          }),
  };
}

export const ABORTED = Symbol('aborted');

/** Resolves with the value, or with ABORTED as soon as the signal aborts. A later rejection is ignored, because no caller waits for it. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof ABORTED> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      work.catch(() => undefined);
      resolve(ABORTED);
      return;
    }
    const onAbort = () => resolve(ABORTED);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
