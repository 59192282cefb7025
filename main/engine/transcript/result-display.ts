/**
 * Converts the display of a tool call to and from the `resultDisplay` of a record. Pure.
 * Qwen Code writes a string, a diff object, a to-do list, the result of a subagent, or (0.24) a shell result. All are read, and the first
 * four are written.
 */
import { z } from 'zod';
import { CommandEnd, CommandMarkCode, defined, TaskId, type ToolDisplay } from '../../../preload/contract/index.ts';
import type { SessionRecord } from './session-record.ts';

/** Limits for one row of a loaded session. Unit: UTF-16 code units. */
const MAX_TEXT_CHARS = 30_000;
const MAX_PATCH_CHARS = 200_000;

const DiffResult = z.looseObject({ fileDiff: z.string(), fileName: z.string().default(''), originalContent: z.string().nullish() });
const TodoResult = z.looseObject({
  type: z.literal('todo_list'),
  todos: z.array(z.object({ id: z.string(), content: z.string(), status: z.enum(['pending', 'in_progress', 'completed']) })),
});
const ShellResult = z.looseObject({
  type: z.literal('shell_result'),
  text: z.string().optional(),
  output: z.string().optional(),
  outcome: z.string().optional(),
});
/** The result of a subagent. */
const TaskResult = z.looseObject({
  type: z.literal('task_execution'),
  result: z.string().optional(),
  terminateReason: z.string().optional(),
});
export const SHELL_OUTCOME = z.enum(['promoted', 'background', 'completed', 'failed', 'cancelled', 'timed_out', 'interrupted']);

/** The `resultDisplay` of a record; `summary` is used if the format defines nothing richer. */
export function toResultDisplay(display: ToolDisplay, summary: string): unknown {
  switch (display.kind) {
    case 'diff':
      return { fileDiff: display.patch, fileName: display.path, originalContent: display.isNewFile ? null : '', newContent: '' };
    case 'todos':
      return { type: 'todo_list', todos: display.todos };
    case 'text':
      return display.text;
    case 'shell':
      return display.output ?? summary;
    case 'question':
      return display.plan === undefined ? summary : `${display.plan}\n\n${summary}`;
    case 'none':
      return summary;
    default:
      return display satisfies never;
  }
}

export interface LoadedCall {
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly cwd: string;
}

export function toDisplay(record: SessionRecord, call: LoadedCall): ToolDisplay {
  const shown = record.toolCallResult?.resultDisplay;
  if (record.gantry?.shows === 'none') return { kind: 'none' };
  if (call.name === 'run_shell_command' || call.name === 'monitor') return shellDisplay(record, call, shown);
  if (typeof shown === 'string') return shown === '' ? { kind: 'none' } : { kind: 'text', text: cut(shown, MAX_TEXT_CHARS) };
  const diff = DiffResult.safeParse(shown).data;
  if (diff !== undefined) return diffDisplay(diff, call);
  const task = TaskResult.safeParse(shown).data;
  const resultText = task?.result ?? task?.terminateReason;
  if (resultText !== undefined) return { kind: 'text', text: cut(resultText, MAX_TEXT_CHARS) };
  const todos = TodoResult.safeParse(shown).data;
  return todos === undefined ? { kind: 'none' } : { kind: 'todos', todos: todos.todos };
}

function shellDisplay(record: SessionRecord, call: LoadedCall, shown: unknown): ToolDisplay {
  const shell = ShellResult.safeParse(shown).data;
  const output = typeof shown === 'string' ? shown : (shell?.output ?? shell?.text);
  const taskId = TaskId.safeParse(record.gantry?.taskId).data;
  const recordedOutcome = SHELL_OUTCOME.safeParse(record.gantry?.outcome ?? shell?.outcome).data;
  const status = record.toolCallResult?.status;
  const outcome = recordedOutcome ?? (status === 'success' ? 'completed' : status === 'cancelled' ? 'cancelled' : 'failed');
  return {
    kind: 'shell',
    command: toText(call.args['command']),
    cwd: toText(call.args['directory']) || call.cwd,
    outcome,
    ...defined({ taskId }),
    ...(output === undefined ? {} : { output: cut(output, MAX_TEXT_CHARS) }),
    ...(record.gantry?.summary === undefined ? {} : { summary: record.gantry.summary }),
    ...recordedEnd(record.gantry),
    ...defined({ marks: z.array(CommandMarkCode).safeParse(record.gantry?.['marks']).data }),
    ...defined({ end: CommandEnd.safeParse(record.gantry?.['end']).data }),
  };
}

/** The end of the process. Sessions of earlier versions have it only in the summary. */
export function recordedEnd(gantry: SessionRecord['gantry']): { readonly exitCode?: number; readonly signal?: number } {
  if (gantry?.exitCode !== undefined || gantry?.signal !== undefined) {
    return {
      ...defined({ exitCode: gantry.exitCode, signal: gantry.signal }),
    };
  }
  const { code, signal } =
    /^(?:Exited with code (?<code>\d+)|Terminated by signal (?<signal>\d+))/.exec(gantry?.summary ?? '')?.groups ?? {};
  if (code !== undefined) return { exitCode: Number(code) };
  return signal === undefined ? {} : { signal: Number(signal) };
}

function diffDisplay(diff: z.infer<typeof DiffResult>, call: LoadedCall): ToolDisplay {
  const lines = diff.fileDiff.split('\n');
  const count = (sign: string, header: string) => lines.filter((line) => line.startsWith(sign) && !line.startsWith(header)).length;
  return {
    kind: 'diff',
    path: toText(call.args['file_path']) || diff.fileName,
    patch: cut(diff.fileDiff, MAX_PATCH_CHARS),
    added: count('+', '+++'),
    removed: count('-', '---'),
    isNewFile: diff.originalContent === null,
    truncated: diff.fileDiff.length > MAX_PATCH_CHARS,
  };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit);
}
