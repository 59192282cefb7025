/** Background tasks that ended, and lines of monitored ones, of which the model has not been told (BT-25). */
import type { SessionId } from '../../../preload/contract/index.ts';
import type { Clock } from '../ports.ts';
import type { EndedTask, MonitorNotice, Tasks } from '../task/task-api.ts';

/** Tasks that end within this time are told in one message. Unit: ms. */
const GATHER_MS = 50;
/** Lines of monitors start no turn more often than this, and the first of them wait a moment for others. Units: ms. */
export const MONITOR_PAUSE_MS = 5000;
const MONITOR_GATHER_MS = 500;

export interface UntoldTasks {
  /** One has ended; `onReady` follows when no other ends for a moment. */
  taskEnded(): void;
  /** A monitor has lines; `onReady` follows, not too often. */
  monitorSpoke(): void;
  /** Whether monitors have something to start a turn for now; what must wait is announced later. */
  isMonitorDue(): boolean;
  /** All there are now. They stay until `told`, so that a turn that could not start loses none. */
  collect(): readonly EndedTask[];
  collectMonitored(): readonly MonitorNotice[];
  told(): void;
  /** Only the ends were told; what monitors said still waits. */
  endsTold(): void;
  readonly isEmpty: () => boolean;
  stop(): void;
}

export function createUntoldTasks(sessionId: SessionId, ports: { tasks: Tasks; clock: Clock }, onReady: () => void): UntoldTasks {
  const { tasks, clock } = ports;
  let ended: EndedTask[] = [];
  let monitored: readonly MonitorNotice[] = [];
  let monitorsToldAtMs = -Infinity;
  let monitorsDueAtMs: number | undefined;
  let stopTimer: (() => void) | undefined;
  let stopMonitorTimer: (() => void) | undefined;
  const stop = () => {
    stopTimer?.();
    stopTimer = undefined;
    stopMonitorTimer?.();
    stopMonitorTimer = undefined;
  };

  const isDue = () => monitorsDueAtMs !== undefined && clock.now() >= monitorsDueAtMs;

  function monitorSpoke(): void {
    if (stopMonitorTimer !== undefined || monitored.length > 0) return; // what could not be told waits for the next turn
    const nowMs = clock.now();
    monitorsDueAtMs ??= Math.max(nowMs + MONITOR_GATHER_MS, monitorsToldAtMs + MONITOR_PAUSE_MS);
    stopMonitorTimer = clock.after(Math.max(0, monitorsDueAtMs - nowMs), () => {
      stopMonitorTimer = undefined;
      onReady();
    });
  }

  return {
    taskEnded() {
      stopTimer?.();
      stopTimer = clock.after(GATHER_MS, () => {
        stopTimer = undefined;
        onReady();
      });
    },
    monitorSpoke,
    isMonitorDue() {
      if (monitored.length > 0) return true;
      const news = tasks.monitorNews(sessionId);
      if (news === 'none') return false;
      if (news === 'ended' || isDue()) return true;
      monitorSpoke();
      return false;
    },
    collect() {
      ended = [...ended, ...tasks.takeEndedNotices(sessionId)];
      return ended;
    },
    collectMonitored() {
      if (monitored.length === 0) monitored = tasks.takeMonitorNotices(sessionId); // held ones first, so that they cannot grow
      return monitored;
    },
    told() {
      if (monitored.length > 0) monitorsToldAtMs = clock.now();
      ended = [];
      monitored = [];
      monitorsDueAtMs = undefined;
      stopMonitorTimer?.();
      stopMonitorTimer = undefined;
    },
    endsTold: () => void (ended = []),
    isEmpty: () => ended.length === 0 && monitored.length === 0 && stopTimer === undefined && stopMonitorTimer === undefined,
    stop,
  };
}
