import type { RunningTurn } from '../../preload/contract/index.ts';
import type { Clock, Environment } from '../engine/index.ts';

/** Unit: ms. Source: qwen-code.md 3.5. */
const HEARTBEAT_MS = 30_000;

/** Only these two values turn it on; `CI` does nothing. Source: qwen-code.md 3.5. */
export function isUnattendedRetry(environment: Environment): boolean {
  const value = environment['QWEN_CODE_UNATTENDED_RETRY'];
  return value === 'true' || value === '1';
}

/**
 * While a request waits for its next attempt, a line on standard error every 30 s, so that whoever watches a log knows
 * the run is alive. A wait of up to 30 s says nothing.
 */
export interface RetryHeartbeat {
  /** The turn as it is now. */
  update(turn: RunningTurn | undefined): void;
}

export function createRetryHeartbeat(clock: Clock, say: (line: string) => void): RetryHeartbeat {
  let cancel = () => {};

  function wait(retry: { atMs: number; attempt: number }): void {
    // The turn counts attempts, the line counts retries.
    cancel = clock.after(HEARTBEAT_MS, () => {
      const remainingMs = retry.atMs - clock.now();
      if (remainingMs <= 0) return;
      say(`[qwen-code] Waiting for API capacity... attempt ${retry.attempt - 1}, retry in ${Math.ceil(remainingMs / 1000)}s`);
      wait(retry);
    });
  }

  let current: string | undefined;
  return {
    update(turn) {
      const retry = turn?.phase === 'retrying' ? turn.retry : undefined;
      const key = retry === undefined ? undefined : `${retry.attempt}@${retry.atMs}`;
      if (key === current) return; // the same wait told again must not start over
      current = key;
      cancel();
      if (retry !== undefined) wait(retry);
    },
  };
}
