/** The handles a session holds on its running turn: cancel it, or end its wait before the next attempt. */
import type { Clock } from '../ports.ts';

export interface TurnControl {
  readonly signal: AbortSignal;
  cancel(): void;
  /** A cancel that nobody asked for: the app or the session closes. */
  interrupt(): void;
  readonly isInterrupted: () => boolean;
  /** Cancels what runs because the turn cannot go on: it ends as failed, with this error. Only the first error counts. */
  fail(error: unknown): void;
  readonly failure: () => { readonly error: unknown } | undefined;
  /** Ends a wait that is going on; without one it does nothing. */
  retryNow(): void;
  /** Resolves when the time is over, at `retryNow` or at `cancel`. */
  wait(ms: number, clock: Clock): Promise<'elapsed' | 'skipped' | 'cancelled'>;
}

export function createTurnControl(): TurnControl {
  const controller = new AbortController();
  let endWait: ((why: 'skipped' | 'cancelled') => void) | undefined;
  let isInterrupted = false;
  let failure: { readonly error: unknown } | undefined;
  const cancel = () => {
    controller.abort();
    endWait?.('cancelled');
  };
  return {
    signal: controller.signal,
    cancel,
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

/** The value, or ABORTED as soon as the signal says so; a rejection that comes later is swallowed, nobody waits for it. */
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
