/** The texts of the task tools about tasks, and which tasks a session may see. Pure. */
import { isTerminalStatus, type TaskSummary } from '../../../../preload/contract/index.ts';
import type { ToolContext } from '../tool.ts';
import { statusInWords } from './bounded-output.ts';

/** A shorter silence is not mentioned. Unit: ms. */
const QUIET_MS = 10_000;
const MAX_COMMAND_CHARS = 300;

/** Background tasks of this session, newest first. A finished foreground command is not listed as a task (BT-23). */
export function backgroundTasks(context: ToolContext): readonly TaskSummary[] {
  const own = context.tasks.list(context.sessionId).filter((task) => task.sessionId === context.sessionId && task.wasBackground);
  return [...own].sort((a, b) => b.startedAtMs - a.startedAtMs);
}

export function findTask(taskId: string, context: ToolContext): TaskSummary | undefined {
  return backgroundTasks(context).find((task) => task.id === taskId);
}

/** Source: BT-28. */
export function unknownTask(taskId: string, context: ToolContext): string {
  const known = backgroundTasks(context).map((task) => `${task.id} (${statusInWords(task)}): ${shortCommand(task)}`);
  if (known.length === 0) return `There is no background task "${taskId}". This session has none.`;
  return `There is no background task "${taskId}". Known tasks:\n${known.join('\n')}`;
}

export function taskInWords(task: TaskSummary, nowMs: number): string {
  const lines = [
    `${task.id}: ${statusInWords(task)}, ${isTerminalStatus(task.status) ? 'ran' : 'running for'} ${duration((task.endedAtMs ?? nowMs) - task.startedAtMs)}`,
    `  command: ${shortCommand(task)}`,
    `  directory: ${task.cwd}`,
    `  output: ${task.outputBytes} bytes${task.outputPath === undefined ? '' : ` in ${task.outputPath}`}`,
  ];
  if (task.lastLine !== '') lines.push(`  last line: ${task.lastLine}`);
  const quiet = quietNote(task, nowMs);
  if (quiet !== undefined) lines.push(`  ${quiet}`);
  const note = noteOn(task);
  if (note !== undefined) lines.push(`  note: ${note}`);
  return lines.join('\n');
}

/** For the model: what its output or its process lacks. */
export function noteOn({ notice, droppedBytes }: TaskSummary): string | undefined {
  if (notice?.code === 'no_terminal') return `This command runs without a terminal: ${notice.reason}`;
  const missing = `${droppedBytes} bytes of output are missing from the file.`;
  if (notice !== undefined) return `Output is being lost: ${notice.reason}. ${missing}`;
  return droppedBytes > 0 ? missing : undefined;
}

/** Programs buffer output, so silence does not mean that they died; without this note the model starts the command again. */
export function quietNote(task: TaskSummary, nowMs: number): string | undefined {
  if (isTerminalStatus(task.status)) return undefined;
  const quietMs = nowMs - (task.lastOutputAtMs ?? task.startedAtMs);
  return quietMs < QUIET_MS ? undefined : `No output for ${duration(quietMs)}, but the process is alive. Do not start it again.`;
}

function shortCommand(task: TaskSummary): string {
  return task.command.length > MAX_COMMAND_CHARS ? `${task.command.slice(0, MAX_COMMAND_CHARS)}...` : task.command;
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
