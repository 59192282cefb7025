import type { RunningTurn } from '../../../preload/contract/index.ts';
import type { Clock } from '../../engine/index.ts';

/** Unit: ms. Source: docs/formats.md 3.5. */
const HEARTBEAT_MS = 30_000;

/** Reports waits between attempts. */
export interface RetryTeller {
  /** The current turn. */
  update(turn: RunningTurn | undefined): void;
}

/** For an attended run: one line when a wait begins, with its reason and length. */
export function createRetryNotice(clock: Clock, say: (line: string) => void): RetryTeller {
  return onNewWait((retry) => {
    if (retry === undefined) return;
    const seconds = Math.max(1, Math.round((retry.atMs - clock.now()) / 1000));
    say(`${retry.reason} Trying again in ${seconds} s (attempt ${retry.attempt}). Ctrl+C ends the run.`);
  });
}

type Wait = NonNullable<RunningTurn['retry']>;

/** Calls `begin` once for each wait, and with undefined when it is over; a repeated event for the same wait is ignored. */
function onNewWait(begin: (wait: Wait | undefined) => void): RetryTeller {
  let current: string | undefined;
  return {
    update(turn) {
      const wait = turn?.phase === 'retrying' ? turn.retry : undefined;
      const key = wait === undefined ? undefined : `${wait.attempt}@${wait.atMs}`;
      if (key === current) return;
      current = key;
      begin(wait);
    },
  };
}

/**
 * During an unlimited wait for a busy service, prints a line on standard error every 30 s, so that a reader of the log knows
 * the run is alive. Waits of up to 30 s and waits after other failures print nothing.
 */
export function createRetryHeartbeat(clock: Clock, say: (line: string) => void): RetryTeller {
  let cancel = () => {};

  function wait(atMs: number, attempt: number): void {
    cancel = clock.after(HEARTBEAT_MS, () => {
      const remainingMs = atMs - clock.now();
      if (remainingMs <= 0) return;
      say(`[qwen-code] Waiting for API capacity... attempt ${attempt}, retry in ${Math.ceil(remainingMs / 1000)}s`);
      wait(atMs, attempt);
    });
  }

  return onNewWait((retry) => {
    cancel();
    if (retry?.capacityAttempt !== undefined) wait(retry.atMs, retry.capacityAttempt);
  });
}
