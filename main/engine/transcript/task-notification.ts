/** Notifications about ended background tasks and lines of monitored ones: an envelope for the model and a row for the user. Pure. Source: docs/formats.md 5.2, BT-25. */
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { amount } from '../lib/amount.ts';
import type { EndedTask, MonitorNotice } from '../task/task-api.ts';

/** Units: UTF-16 code units. */
const TAIL_CHARS = 4_000;
const COMMAND_CHARS = 1_000;

/** Notifications that are reported together form one message. */
export function notificationText(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): string {
  return [...ended.map(envelope), ...monitored.map(monitorEnvelope)].join('\n');
}

export function noticeText(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): string {
  const ends = ended.map(({ task }) => `${firstLine(task.command)} ended: ${describeEnd(task)}`);
  return [...ends, ...monitored.map((notice) => `${firstLine(notice.request.description)}: ${describeUpdate(notice)}`)].join('\n');
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
    element('summary', `${task.agent === undefined ? 'Background command' : 'Subagent'} ended: ${describeEnd(task)}`),
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
    element('summary', `Monitor "${firstLine(notice.request.description)}": ${describeUpdate(notice)}`),
    ...(task.exitCode === undefined ? [] : [element('exit-code', String(task.exitCode))]),
    ...(lines.length === 0 ? [] : [element('result', lines.join('\n'))]),
    ...(droppedLines === 0 ? [] : [element('dropped-lines', String(droppedLines))]),
    ...(task.outputPath === undefined ? [] : [element('output-file', task.outputPath)]),
    '</task-notification>',
  ].join('\n');
}

const STOPS = {
  max_events: (notice: MonitorNotice) => `stopped at its limit of ${amount(notice.events, 'line')}`,
  idle: (notice: MonitorNotice) => `stopped after ${notice.request.idleTimeoutMs / 1000} s without output`,
};

function describeUpdate(notice: MonitorNotice): string {
  const { task, lines, droppedLines, stop } = notice;
  const dropped = droppedLines === 0 ? '' : ` (${droppedLines} more in the output file only)`;
  const lineCount = `${amount(lines.length, 'line')}${dropped}`;
  if (!isTerminalStatus(task.status)) return lineCount;
  const end = stop === undefined ? `ended: ${describeEnd(task)}` : STOPS[stop](notice);
  return lines.length === 0 && droppedLines === 0 ? end : `${lineCount}; ${end}`;
}

function describeEnd(task: TaskSummary): string {
  if (task.agent !== undefined && task.status === 'completed') return 'done';
  if (task.status === 'completed') return `exited ${task.exitCode ?? 0}`;
  if (task.status === 'cancelled') return 'stopped';
  if (task.status === 'interrupted') return 'stopped when Gantry ended';
  const why = task.error ?? (task.exitCode === undefined ? 'failed' : `exited ${task.exitCode}`);
  return why.charAt(0).toLowerCase() + why.slice(1);
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
