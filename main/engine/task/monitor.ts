/**
 * The lines of a monitored command that were not reported to the model yet. It has no timers and no process: the manager passes
 * in lines and events, and stops the process when `wantsStop` gives a reason.
 */
import { defined, type TaskSummary } from '../../../preload/contract/index.ts';
import { createLinePattern } from './line-pattern.ts';
import type { MonitorNotice, MonitorRequest } from './task-api.ts';

/** The limit of running monitors per session. Source: docs/formats.md 4.2. */
export const MAX_MONITORS = 16;

/** Limits of one message to the model; the rest is in the output file. Units: lines, UTF-16 code units. */
export const NOTICE_LINES = 100;
export const NOTICE_CHARS = 8000;

export type MonitorStop = NonNullable<MonitorNotice['stop']>;

export interface Monitor {
  readonly request: MonitorRequest;
  /** Returns true if there are lines to report. */
  push(lines: readonly string[], droppedLines: number): boolean;
  readonly wantsStop: MonitorStop | undefined;
  /** The command has printed nothing for the idle time. */
  onIdle(): void;
  readonly hasLines: boolean;
  /** The entry that the window shows. */
  summary(): NonNullable<TaskSummary['monitor']>;
  /** Returns the unreported lines once. After the end, every notice includes the reason `stop`. */
  take(): Pick<MonitorNotice, 'lines' | 'droppedLines' | 'events' | 'stop'>;
}

export function createMonitor(request: MonitorRequest): Monitor {
  const matches = request.pattern === undefined ? () => true : createLinePattern(request.pattern);
  let lines: string[] = [];
  let chars = 0;
  let droppedLines = 0;
  let events = 0;
  let stop: MonitorStop | undefined;

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
      for (const line of received) if (stop === undefined && matches(line)) addLine(line);
      return lines.length > 0;
    },
    onIdle: () => void (stop ??= 'idle'),
    get wantsStop() {
      return stop;
    },
    get hasLines() {
      return lines.length > 0;
    },
    summary() {
      const { description, maxEvents } = request;
      return { description, events, maxEvents, ...defined({ pattern: request.pattern }) };
    },
    take() {
      const taken = { lines, droppedLines, events, ...defined({ stop }) };
      lines = [];
      chars = 0;
      droppedLines = 0;
      return taken;
    },
  };
}
