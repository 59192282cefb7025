import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { formatDuration, type Tone } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** Text and order of task rows. Pure: the time is an argument. Units: epoch ms, bytes. */

/** A running task is quiet after this long without output. Unit: ms. Source: docs/background-tasks.md, "What the user sees". */
export const QUIET_AFTER_MS = 40_000;
/** From here on, a running foreground command shows a hint about the background. Unit: ms. */
export const OFFER_BACKGROUND_AFTER_MS = 30_000;
/** The timeout is announced this long before it. Unit: ms. */
export const TIMEOUT_WARNING_MS = 15_000;

/** "4 s", "6 m", "2 h", "3 d": one unit, rounded down. */
export function formatSpan(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return t('unit.seconds', { count: seconds });
  if (seconds < 3600) return t('unit.minutes', { count: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('unit.hours', { count: Math.floor(seconds / 3600) });
  return t('unit.days', { count: Math.floor(seconds / 86_400) });
}

export function elapsedMs(task: TaskSummary, nowMs: number): number {
  return (task.endedAtMs ?? nowMs) - task.startedAtMs;
}

/**
 * How often the texts of a background task change. Each change paints the page: once a second, idle tasks took more than 1 % of a
 * core in their first minute. Unit: ms.
 */
export function tickMs(task: TaskSummary, nowMs: number): number {
  return Math.min(elapsedMs(task, nowMs), silentMs(task, nowMs)) < 60_000 ? 5000 : 15_000;
}

/** How long a background task has run or ran: "0:09", and from a minute on "3 m" while it runs, "3:12" after its end. */
export function backgroundClock(task: TaskSummary, nowMs: number): string {
  const ms = elapsedMs(task, nowMs);
  return isTerminalStatus(task.status) || ms < 60_000 ? formatDuration(ms) : formatSpan(ms);
}

/** "running", "exited 1", "signal 9", "stopped", "failed", "Ended with Gantry". */
export function statusLabel(task: TaskSummary): string {
  switch (task.status) {
    case 'starting':
    case 'running':
    case 'stopping':
    case 'cancelled':
    case 'interrupted':
      return t(`task.state.${task.status}`);
    case 'completed':
      return t('task.state.exited', { code: task.exitCode ?? 0 });
    case 'failed':
      if (task.signal !== undefined && task.signal > 0) return t('task.state.signal', { signal: task.signal });
      return task.exitCode === undefined ? t('task.state.failed') : t('task.state.exited', { code: task.exitCode });
  }
}

export function statusTone(task: TaskSummary): Tone {
  switch (task.status) {
    case 'starting':
    case 'running':
      return 'run';
    case 'stopping':
      return 'warn';
    case 'completed':
      return 'ok';
    case 'failed':
      return 'err';
    case 'cancelled':
    case 'interrupted':
      return 'plain';
  }
}

function silentMs(task: TaskSummary, nowMs: number): number {
  return nowMs - (task.lastOutputAtMs ?? task.startedAtMs);
}

/** True if a running task has printed nothing for `QUIET_AFTER_MS`. */
export function isQuiet(task: TaskSummary, nowMs: number): boolean {
  return !isTerminalStatus(task.status) && task.status !== 'stopping' && silentMs(task, nowMs) >= QUIET_AFTER_MS;
}

/** The age of a running task's last output. After a long silence it says that the process is still alive. */
export function outputAge(task: TaskSummary, nowMs: number): string {
  if (isTerminalStatus(task.status)) return '';
  if (task.status === 'stopping') return t('task.state.stopping');
  const span = formatSpan(silentMs(task, nowMs));
  if (isQuiet(task, nowMs)) return t('task.state.quiet', { span });
  return task.lastOutputAtMs === undefined ? t('task.state.noOutputYet') : t('task.state.lastOutput', { span });
}

export interface TaskGroups {
  /** Failed and not opened since. */
  readonly needsALook: readonly TaskSummary[];
  readonly running: readonly TaskSummary[];
  readonly finished: readonly TaskSummary[];
}

/** The tasks that have ever been in the background, newest first in each group. `seen`: ids opened after their end. */
export function groupTasks(tasks: readonly TaskSummary[], seen: ReadonlySet<string>): TaskGroups {
  // A command of a background subagent is listed while it runs; afterwards it is shown with the other steps of the subagent.
  const isListed = (task: TaskSummary) => task.wasBackground || (task.ofAgent !== undefined && !isTerminalStatus(task.status));
  const listed = tasks.filter(isListed).toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  const needsLook = (task: TaskSummary) => task.status === 'failed' && !seen.has(task.id);
  return {
    needsALook: listed.filter(needsLook),
    running: listed.filter((task) => !isTerminalStatus(task.status)),
    finished: listed.filter((task) => isTerminalStatus(task.status) && !needsLook(task)),
  };
}

/**
 * The text at the right of a running foreground command. `warning` in the last 15 s before the timeout; undefined for a command
 * without one.
 */
export function timeoutNote(task: TaskSummary, nowMs: number): { readonly text: string; readonly warning: boolean } | undefined {
  if (task.timeoutAtMs === undefined) return undefined;
  const leftMs = task.timeoutAtMs - nowMs;
  if (leftMs > TIMEOUT_WARNING_MS)
    return { text: t('task.state.stopsAt', { time: formatDuration(task.timeoutAtMs - task.startedAtMs) }), warning: false };
  return {
    text: leftMs > 0 ? t('task.state.stopsIn', { span: formatSpan(Math.ceil(leftMs / 1000) * 1000) }) : t('task.state.timeIsUp'),
    warning: true,
  };
}

/** Without the scheme and a trailing slash: "localhost:3000". */
export function urlLabel(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '');
}
