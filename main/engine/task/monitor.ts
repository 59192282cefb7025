/**
 * The lines of a monitored command that were not reported to the model yet. It has no timers and no process: the manager passes
 * in lines and events, and stops the process when `wantsStop` gives a reason.
 */
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { createLinePattern } from './line-pattern.ts';
import { type MonitorRecord, NOTICE_CHARS, NOTICE_LINES } from './monitor-record.ts';
import type { MonitorNotice, MonitorRequest } from './task-api.ts';

/** The limit of running monitors per session. Source: docs/formats.md 4.2. */
export const MAX_MONITORS = 16;

export type MonitorStop = 'max_events' | 'idle' | 'pattern';

export interface Monitor {
  readonly request: MonitorRequest;
  /** Returns true if there are lines to report. */
  push(lines: readonly string[], droppedLines: number): boolean;
  readonly wantsStop: MonitorStop | undefined;
  /** The command has printed nothing for the idle time. */
  onIdle(): void;
  readonly hasLines: boolean;
  /** The entry for its sidecar. `isDone`: nothing more will be reported. */
  record(isDone: boolean): MonitorRecord;
  /** The entry that the window shows. */
  summary(): NonNullable<TaskSummary['monitor']>;
  /** Returns the unreported lines once. After the end, every notice includes the reason `stop`. */
  take(): Pick<MonitorNotice, 'lines' | 'droppedLines' | 'events' | 'stop'>;
}

export function createMonitor(request: MonitorRequest): Monitor {
  const pattern = request.pattern === undefined ? undefined : createLinePattern(request.pattern);
  let lines: string[] = [];
  let chars = 0;
  let droppedLines = 0;
  let events = 0;
  let stop: MonitorStop | undefined;
  let reportedLines = 0;
  let isInexact = false;

  const addLine = (line: string) => {
    if (lines.length >= NOTICE_LINES || chars + line.length > NOTICE_CHARS) {
      droppedLines += 1;
      return;
    }
    lines.push(line);
    chars += line.length;
    events += 1;
    if (events >= request.maxEvents) stop ??= 'max_events';
  };

  return {
    request,
    push(received, dropped) {
      if (stop !== undefined) return false;
      droppedLines += dropped;
      const found = pattern === undefined ? received : pattern.filter(received);
      if (found === undefined) droppedLines += received.length;
      if (pattern?.isTooSlow === true) stop = 'pattern';
      for (const line of found ?? []) if (stop === undefined) addLine(line);
      return lines.length > 0;
    },
    onIdle: () => void (stop ??= 'idle'),
    get wantsStop() {
      return stop;
    },
    get hasLines() {
      return lines.length > 0;
    },
    record(isDone) {
      const { description, maxEvents, pattern: source } = request;
      const known = { description, maxEvents, told: reportedLines, ...(source === undefined ? {} : { pattern: source }) };
      return { ...known, ...(isInexact ? { isInexact } : {}), ...(isDone ? { isDone } : {}) };
    },
    summary() {
      const { description, maxEvents } = request;
      return { description, events, maxEvents, ...(request.pattern === undefined ? {} : { pattern: request.pattern }) };
    },
    take() {
      reportedLines += lines.length;
      isInexact ||= droppedLines > 0;
      const taken = { lines, droppedLines, events, ...(stop === undefined ? {} : { stop }) };
      lines = [];
      chars = 0;
      droppedLines = 0;
      return taken;
    },
  };
}
