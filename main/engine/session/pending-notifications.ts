/** Ended background tasks, and lines of monitored ones, that were not reported to the model yet (BT-25). */
import type { SessionId } from '../../../preload/contract/index.ts';
import type { Clock } from '../ports.ts';
import type { EndedTask, MonitorNotice, Tasks } from '../task/task-api.ts';

/** Tasks that end within this time are reported in one message. Unit: ms. */
const GATHER_MS = 50;
/** Monitor lines start a turn at most this often, and the first line waits briefly for more. Units: ms. */
export const MONITOR_PAUSE_MS = 5000;
const MONITOR_GATHER_MS = 500;

export interface PendingNotifications {
  /** A task has ended; `onReady` follows when no other task ends within a short time. */
  onTaskEnded(): void;
  /** A monitor has new lines; `onReady` follows, at a limited rate. */
  onMonitorOutput(): void;
  /** Whether monitors may start a turn now. Otherwise `onReady` follows later if lines are waiting. */
  isMonitorDue(): boolean;
  /** Everything that is pending. It stays pending until `markReported`, so that a turn that fails to start loses nothing. */
  collect(): readonly EndedTask[];
  collectMonitored(): readonly MonitorNotice[];
  markReported(): void;
  /** Only the ends were reported; monitor lines stay pending. */
  markEndsReported(): void;
  readonly isEmpty: () => boolean;
  stop(): void;
}

export function createPendingNotifications(
  sessionId: SessionId,
  ports: { tasks: Tasks; clock: Clock },
  onReady: () => void,
): PendingNotifications {
  const { tasks, clock } = ports;
  let ended: EndedTask[] = [];
  let monitored: readonly MonitorNotice[] = [];
  let monitorsReportedAtMs = -Infinity;
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

  function onMonitorOutput(): void {
    if (stopMonitorTimer !== undefined || monitored.length > 0) return; // lines that could not be reported wait for the next turn
    const nowMs = clock.now();
    monitorsDueAtMs ??= Math.max(nowMs + MONITOR_GATHER_MS, monitorsReportedAtMs + MONITOR_PAUSE_MS);
    stopMonitorTimer = clock.after(Math.max(0, monitorsDueAtMs - nowMs), () => {
      stopMonitorTimer = undefined;
      onReady();
    });
  }

  return {
    onTaskEnded() {
      stopTimer?.();
      stopTimer = clock.after(GATHER_MS, () => {
        stopTimer = undefined;
        onReady();
      });
    },
    onMonitorOutput,
    isMonitorDue() {
      if (monitored.length > 0) return true;
      const updates = tasks.monitorUpdates(sessionId);
      if (updates === 'none') return false;
      if (updates === 'ended' || isDue()) return true;
      onMonitorOutput();
      return false;
    },
    collect() {
      ended = [...ended, ...tasks.takeEndedNotices(sessionId)];
      return ended;
    },
    collectMonitored() {
      if (monitored.length === 0) monitored = tasks.takeMonitorNotices(sessionId); // report held lines first, so that they cannot grow
      return monitored;
    },
    markReported() {
      if (monitored.length > 0) monitorsReportedAtMs = clock.now();
      ended = [];
      monitored = [];
      monitorsDueAtMs = undefined;
      stopMonitorTimer?.();
      stopMonitorTimer = undefined;
    },
    markEndsReported: () => void (ended = []),
    isEmpty: () => ended.length === 0 && monitored.length === 0 && stopTimer === undefined && stopMonitorTimer === undefined,
    stop,
  };
}
