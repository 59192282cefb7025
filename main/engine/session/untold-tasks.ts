/** Background tasks that ended and of which the model has not been told (BT-25). */
import type { SessionId } from '../../../preload/contract/index.ts';
import type { Clock } from '../ports.ts';
import type { EndedTask, Tasks } from '../task/task-api.ts';

/** Tasks that end within this time are told in one message. Unit: ms. */
const GATHER_MS = 50;

export interface UntoldTasks {
  /** One has ended; `onReady` follows when no other ends for a moment. */
  taskEnded(): void;
  /** All there are now. They stay until `told`, so that a turn that could not start loses none. */
  collect(): readonly EndedTask[];
  told(): void;
  readonly isEmpty: () => boolean;
  stop(): void;
}

export function createUntoldTasks(sessionId: SessionId, ports: { tasks: Tasks; clock: Clock }, onReady: () => void): UntoldTasks {
  let ended: EndedTask[] = [];
  let stopTimer: (() => void) | undefined;
  const stop = () => {
    stopTimer?.();
    stopTimer = undefined;
  };
  return {
    taskEnded() {
      stop();
      stopTimer = ports.clock.after(GATHER_MS, () => {
        stopTimer = undefined;
        onReady();
      });
    },
    collect() {
      ended = [...ended, ...ports.tasks.takeEndedNotices(sessionId)];
      return ended;
    },
    told: () => void (ended = []),
    isEmpty: () => ended.length === 0 && stopTimer === undefined,
    stop,
  };
}
