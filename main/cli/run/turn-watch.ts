import type { HostEvent, SessionId, TurnResult } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';

/** Follows the turns of one session. Ownership: the creator closes it. */
export interface TurnWatch {
  /** Ends of turns so far, oldest first. */
  readonly results: readonly TurnResult[];
  /** Resolves when no turn runs, or when the signal is aborted. */
  untilIdle(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Starts with a turn expected: call it before the prompt is sent. `onEvent` receives every event of the session, in order. */
export function watchTurns(engine: Engine, sessionId: SessionId, onEvent: (event: HostEvent) => void): TurnWatch {
  const results: TurnResult[] = [];
  let isTurnRunning = true;
  let wake = () => {};
  const unsubscribe = engine.subscribe((event) => {
    if (!('sessionId' in event.data) || event.data.sessionId !== sessionId) return;
    onEvent(event);
    if (event.event === 'turn.started') isTurnRunning = true;
    if (event.event !== 'turn.ended') return;
    results.push(event.data.result);
    isTurnRunning = false;
    wake();
  });
  return {
    results,
    async untilIdle(signal) {
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      const keepAlive = setInterval(() => {}, 60_000); // a promise alone does not keep the process running
      while (isTurnRunning && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      clearInterval(keepAlive);
      signal.removeEventListener('abort', stop);
    },
    close: unsubscribe,
  };
}
