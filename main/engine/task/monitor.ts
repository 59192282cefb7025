/**
 * What a monitored command has said and the model has not been told. No timers and no process in here: the manager hands
 * in lines and the time, and stops the process when `wantsStop` says why.
 */
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { createLinePattern } from './line-pattern.ts';
import { type MonitorRecord, NOTICE_CHARS, NOTICE_LINES } from './monitor-record.ts';
import type { MonitorNotice, MonitorRequest } from './task-api.ts';

/** At most this many run in a session at once. Source: docs/formats.md 4.2. */
export const MAX_MONITORS = 16;

export type MonitorStop = 'max_events' | 'idle' | 'pattern';

export interface Monitor {
  readonly request: MonitorRequest;
  /** True when there is something new to tell. */
  push(lines: readonly string[], droppedLines: number): boolean;
  readonly wantsStop: MonitorStop | undefined;
  /** The command said nothing for the idle time. */
  idled(): void;
  readonly hasNews: boolean;
  /** As its sidecar keeps it. `isDone`: nothing more is to be told of it. */
  record(isDone: boolean): MonitorRecord;
  /** As the window shows it. */
  summary(): NonNullable<TaskSummary['monitor']>;
  /** What is new, once; `why` it ended is said with every notice after the end. */
  take(): Pick<MonitorNotice, 'lines' | 'droppedLines' | 'events' | 'stop'>;
}

export function createMonitor(request: MonitorRequest): Monitor {
  const pattern = request.pattern === undefined ? undefined : createLinePattern(request.pattern);
  let lines: string[] = [];
  let chars = 0;
  let droppedLines = 0;
  let events = 0;
  let stop: MonitorStop | undefined;
  let told = 0;
  let isInexact = false;

  const keep = (line: string) => {
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
    push(said, dropped) {
      if (stop !== undefined) return false;
      droppedLines += dropped;
      const found = pattern === undefined ? said : pattern.filter(said);
      if (found === undefined) droppedLines += said.length;
      if (pattern?.isHopeless === true) stop = 'pattern';
      for (const line of found ?? []) if (stop === undefined) keep(line);
      return lines.length > 0;
    },
    idled: () => void (stop ??= 'idle'),
    get wantsStop() {
      return stop;
    },
    get hasNews() {
      return lines.length > 0;
    },
    record(isDone) {
      const { description, maxEvents, pattern: source } = request;
      const known = { description, maxEvents, told, ...(source === undefined ? {} : { pattern: source }) };
      return { ...known, ...(isInexact ? { isInexact } : {}), ...(isDone ? { isDone } : {}) };
    },
    summary() {
      const { description, maxEvents } = request;
      return { description, events, maxEvents, ...(request.pattern === undefined ? {} : { pattern: request.pattern }) };
    },
    take() {
      told += lines.length;
      isInexact ||= droppedLines > 0;
      const taken = { lines, droppedLines, events, ...(stop === undefined ? {} : { stop }) };
      lines = [];
      chars = 0;
      droppedLines = 0;
      return taken;
    },
  };
}
