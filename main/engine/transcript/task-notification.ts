/** What is said of background tasks that ended and of what monitored ones print: to the model an envelope, to the user a row. Pure. Source: docs/formats.md 5.2, BT-25. */
import { isTerminalStatus, type TaskSummary } from '../../../preload/contract/index.ts';
import { amount } from '../lib/amount.ts';
import type { EndedTask, MonitorNotice } from '../task/task-api.ts';

/** Units: UTF-16 code units. */
const TAIL_CHARS = 4_000;
const COMMAND_CHARS = 1_000;

/** What is told together comes as one message. */
export function notificationText(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): string {
  return [...ended.map(envelope), ...monitored.map(monitorEnvelope)].join('\n');
}

export function noticeText(ended: readonly EndedTask[], monitored: readonly MonitorNotice[] = []): string {
  const ends = ended.map(({ task }) => `${firstLine(task.command)} ended: ${endOf(task)}`);
  return [...ends, ...monitored.map((notice) => `${firstLine(notice.request.description)}: ${newsOf(notice)}`)].join('\n');
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
    element('summary', `${task.agent === undefined ? 'Background command' : 'Subagent'} ended: ${endOf(task)}`),
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

/** The lines stand in `result`, which is where Qwen Code has what an entry says. */
function monitorEnvelope(notice: MonitorNotice): string {
  const { task, lines, droppedLines } = notice;
  return [
    '<task-notification>',
    element('task-id', task.id),
    element('kind', 'monitor'),
    element('status', task.status),
    element('summary', `Monitor "${firstLine(notice.request.description)}": ${newsOf(notice)}`),
    ...(task.exitCode === undefined ? [] : [element('exit-code', String(task.exitCode))]),
    ...(lines.length === 0 ? [] : [element('result', lines.join('\n'))]),
    ...(droppedLines === 0 ? [] : [element('dropped-lines', String(droppedLines))]),
    ...(task.outputPath === undefined ? [] : [element('output-file', task.outputPath)]),
    '</task-notification>',
  ].join('\n');
}

const STOPS = {
  max_events: (notice: MonitorNotice) => `stopped after ${amount(notice.events, 'line')}, its limit`,
  idle: (notice: MonitorNotice) => `stopped after ${notice.request.idleTimeoutMs / 1000} s without output`,
  pattern: () => 'stopped, because its pattern takes too long on these lines',
};

function newsOf(notice: MonitorNotice): string {
  const { task, lines, droppedLines, stop } = notice;
  const dropped = droppedLines === 0 ? '' : ` (${droppedLines} more only in the output file)`;
  const said = `${amount(lines.length, 'line')}${dropped}`;
  if (!isTerminalStatus(task.status)) return said;
  const end = stop === undefined ? `ended: ${endOf(task)}` : STOPS[stop](notice);
  return lines.length === 0 && droppedLines === 0 ? end : `${said}; ${end}`;
}

function endOf(task: TaskSummary): string {
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

/** Output must not be able to close the envelope it stands in. */
function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
