import { isTerminalStatus, type SessionId, type TaskSummary } from '../../../preload/contract/index.ts';
import type { Clock, Engine } from '../../engine/index.ts';

/** How long background commands may run after the answer, without `--background wait`. Unit: ms. Source: BT-29. */
export const STOP_AFTER_MS = 30_000;

/** The engine reports an ended task to the model in a separate turn; it may take this long to begin. Unit: ms. */
export const NOTICE_GRACE_MS = 200;

export interface BackgroundWait {
  readonly engine: Engine;
  readonly sessionId: SessionId;
  readonly clock: Clock;
  readonly choice: 'wait' | 'stop';
  readonly say: (line: string) => void;
}

/** `turn`: the engine has begun another one. `over`: nothing runs any more, or the signal was aborted. */
export type BackgroundEnd = 'turn' | 'over';

/**
 * After a turn: waits for the session's background tasks to end; with `stop` at most 30 s, then it stops them.
 * Order: call it right after `turn.ended`. The signal ends the wait and leaves the tasks to the engine.
 */
export async function settleBackgroundTasks(wait: BackgroundWait, signal: AbortSignal): Promise<BackgroundEnd> {
  const { engine, sessionId, clock, choice, say } = wait;
  const mine = engine.tasks.list(sessionId).filter((task) => task.wasBackground || task.placement === 'background');
  const running = () => engine.tasks.list(sessionId).filter((task) => !isTerminalStatus(task.status));
  if (mine.length === 0) return 'over';
  if (running().length > 0) say(describeWait(running(), choice));

  return new Promise<BackgroundEnd>((resolve) => {
    let isStopping = false;
    let cancelGrace: (() => void) | undefined;

    function finish(end: BackgroundEnd): void {
      unsubscribe();
      cancelStop();
      cancelGrace?.();
      clearInterval(keepAlive);
      signal.removeEventListener('abort', giveUp);
      resolve(end);
    }
    function check(): void {
      if (running().length > 0) return;
      if (isStopping)
        finish('over'); // a run that is ending answers no more notices
      else cancelGrace ??= clock.after(NOTICE_GRACE_MS, () => finish('over'));
    }
    function stopAll(): void {
      isStopping = true;
      for (const task of running()) {
        say(`Stopping the background task ${task.id}: ${task.command}`);
        engine.tasks.stop(task.id, { force: false, by: 'user' });
      }
      check();
    }
    const keepAlive = setInterval(() => {}, 60_000); // the clock's timers do not keep the process running
    const giveUp = () => finish('over');
    const unsubscribe = engine.subscribe((event) => {
      if (event.event === 'task.changed' || event.event === 'task.removed') check();
      if (event.event === 'turn.started' && event.data.sessionId === sessionId && !isStopping) finish('turn');
    });
    const cancelStop = choice === 'wait' ? () => {} : clock.after(STOP_AFTER_MS, stopAll);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    else check();
  });
}

function describeWait(tasks: readonly TaskSummary[], choice: 'wait' | 'stop'): string {
  const which = tasks.length === 1 ? 'A background task is' : `${tasks.length} background tasks are`;
  const list = tasks.map((task) => `  ${task.id}: ${task.command}`).join('\n');
  const what =
    choice === 'wait' ? 'Waiting for the end.' : `Stopping after ${STOP_AFTER_MS / 1000} s; --background wait waits for the end.`;
  return `${which} still running. ${what}\n${list}`;
}
