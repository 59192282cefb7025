/** Notifications about ended background tasks and lines of monitored ones: an envelope for the model and a row for the user. Pure. Source: docs/formats.md 5.2, BT-25. */
import { defined, isTerminalStatus, type TaskReport, type TaskSummary } from '../../../preload/contract/index.ts';
import type { EndedTask, MonitorNotice } from '../task/task-api.ts';
import { describeEnd, describeUpdate } from './describe-notice.ts';

/** Units: UTF-16 code units. */
const TAIL_CHARS = 4_000;
const COMMAND_CHARS = 1_000;

/** Notifications that are reported together form one message. */
export function notificationText(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): string {
  return [...ended.map(envelope), ...monitored.map(monitorEnvelope)].join('\n');
}

/** The same for a row. */
export function taskReports(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): TaskReport[] {
  return [
    ...ended.map(({ task }) => ({ name: firstLine(task.command), end: endOf(task) })),
    ...monitored.map((notice) => ({ name: firstLine(notice.request.description), ...updateOf(notice) })),
  ];
}

function updateOf(notice: MonitorNotice): Omit<TaskReport, 'name'> {
  const { task, lines, droppedLines, stop, events, request } = notice;
  const found = { count: lines.length, dropped: droppedLines };
  if (!isTerminalStatus(task.status)) return { lines: found };
  const end: TaskReport['end'] =
    stop === 'max_events'
      ? { code: 'line_limit', lines: events }
      : stop === 'idle'
        ? { code: 'idle', seconds: request.idleTimeoutMs / 1000 }
        : endOf(task);
  return found.count + found.dropped === 0 ? { end } : { lines: found, end };
}

function endOf(task: TaskSummary) {
  if (task.agent !== undefined && task.status === 'completed') return { code: 'done' } as const;
  if (task.status === 'completed') return { code: 'exited', exitCode: task.exitCode ?? 0 } as const;
  if (task.status === 'cancelled') return { code: 'stopped' } as const;
  if (task.status === 'interrupted') return { code: 'interrupted' } as const;
  if (task.error === undefined && task.exitCode !== undefined) return { code: 'exited', exitCode: task.exitCode } as const;
  return { code: 'failed', reason: task.error ?? 'Failed', ...defined({ failure: task.failure }) } as const;
}

function envelope({ task, text }: EndedTask): string {
  const isCut = task.command.length > COMMAND_CHARS;
  const whole = text.tail === '' ? text.head : text.tail;
  const tail = text.isBinary ? '' : whole.slice(-TAIL_CHARS);
  const isTruncated = text.omittedChars > 0 || text.head.length + text.tail.length > tail.length;
  return [
    '<task-notification>',
    element('task-id', task.id),
    element('kind', task.agent === undefined ? 'shell' : 'agent'),
    element('status', task.status),
    element('summary', `${task.agent === undefined ? 'Background command' : 'Subagent'} ended: ${describeEnd(endOf(task))}`),
    `<command${isCut ? ' truncated="true"' : ''}>${escape(task.command.slice(0, COMMAND_CHARS))}</command>`,
    element('cwd', task.cwd),
    ...(task.pid === undefined ? [] : [element('pid', String(task.pid))]),
    ...(task.exitCode === undefined ? [] : [element('exit-code', String(task.exitCode))]),
    ...(task.error === undefined ? [] : [element('result', task.error)]),
    `<output-tail truncated="${isTruncated}">${text.isBinary ? `binary output, ${text.totalBytes} bytes` : escape(tail)}</output-tail>`,
    ...(task.outputPath === undefined ? [] : [element('output-file', task.outputPath)]),
    '</task-notification>',
  ].join('\n');
}

/** The lines are in `result`, where Qwen Code puts the content of an entry. */
function monitorEnvelope(notice: MonitorNotice): string {
  const { task, lines, droppedLines } = notice;
  return [
    '<task-notification>',
    element('task-id', task.id),
    element('kind', 'monitor'),
    element('status', task.status),
    element('summary', `Monitor "${firstLine(notice.request.description)}": ${describeUpdate(updateOf(notice))}`),
    ...(task.exitCode === undefined ? [] : [element('exit-code', String(task.exitCode))]),
    ...(lines.length === 0 ? [] : [element('result', lines.join('\n'))]),
    ...(droppedLines === 0 ? [] : [element('dropped-lines', String(droppedLines))]),
    ...(task.outputPath === undefined ? [] : [element('output-file', task.outputPath)]),
    '</task-notification>',
  ].join('\n');
}

function firstLine(command: string): string {
  const line = command.split('\n', 1)[0] ?? '';
  return line.length > 100 ? `${line.slice(0, 100)}...` : line;
}

function element(name: string, value: string): string {
  return `<${name}>${escape(value)}</${name}>`;
}

/** Escapes output so that it cannot close its envelope. */
function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
