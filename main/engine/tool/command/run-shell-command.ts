import { z } from 'zod';
import {
  type CommandEnd,
  type CommandMarkCode,
  defined,
  isTerminalStatus,
  type TaskId,
  type TaskSummary,
  type ToolDisplay,
} from '../../../../preload/contract/index.ts';
import type { BoundedText } from '../../ports.ts';
import type { TaskOutcome } from '../../task/index.ts';
import { failure } from '../define-tool.ts';
import type { Tool, ToolResult } from '../tool.ts';
import { findAmpersand } from './ampersand.ts';
import { outputForDisplay, outputForModel, processEnd, statusInWords } from './bounded-output.ts';
import { placeOf } from './command-place.ts';
import { lookAt } from './look-at-command.ts';
import { noteOn } from './task-words.ts';

/** Unit: ms. Source: docs/background-tasks.md, "What the user sees". */
const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;

const Input = z.object({
  command: z.string().min(1),
  is_background: z.boolean().optional().describe('For servers, watchers and other long work: returns at once with a task id'),
  timeout: z.number().int().min(1).max(MAX_TIMEOUT_MS).optional().describe('ms, default 120000; foreground only'),
  description: z.string().optional().describe('What it does, in a few words'),
  directory: z.string().optional().describe('Absolute, in the project; its root by default'),
});
type Input = z.infer<typeof Input>;

/** Runs a command as a task: a live terminal from its first byte, which the user may move to the background. */
export const runShellCommandTool: Tool<Input> = {
  name: 'run_shell_command',
  description:
    'Run a shell command in a terminal. The user can move it to the background while it runs; you then get a task id. Do not end a command with &.',
  kind: 'shell',
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: input.is_background === true ? 'start' : 'run', target: input.command }),

  async onlyReads(input, context, readableFolders) {
    const place = await placeOf(input, context);
    if (!place.ok || input.is_background === true) return false;
    return (await lookAt(input.command, place.cwd, { context, readableFolders })).readsOnly;
  },

  async preview(input, context) {
    const place = await placeOf(input, context);
    if (!place.ok) return { ok: false, refusal: place.why };
    const action = { code: input.is_background === true ? 'run_in_background' : 'run' } as const;
    return { ok: true, action, display: { kind: 'none' }, touches: [], command: input.command, cwd: place.cwd };
  },

  async execute(input, context, signal) {
    const place = await placeOf(input, context);
    if (!place.ok) return failure(place.why);
    const { run: plan } = context;
    const env = plan?.env ?? (await context.childEnv());
    const isBackground = input.is_background === true;
    const sandbox = await context.sandbox?.(place.cwd, plan);
    const timeoutMs = input.timeout ?? (await context.runSettings?.())?.shell.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const running = context.tasks.start(
      {
        sessionId: context.sessionId,
        toolCallId: context.toolCallId,
        callId: context.toolCallId,
        outputDir: context.shellOutputDir,
        command: input.command,
        cwd: place.cwd,
        env,
        ...defined({ sandbox, runs: plan?.command }),
        ...(isBackground ? { placement: 'background' } : { placement: 'foreground', timeoutMs }),
      },
      signal,
    );
    const run: Run = {
      command: input.command,
      cwd: place.cwd,
      taskId: running.id,
      timeoutMs,
      isBackground,
      ...defined({ note: plan?.note, marks: context.marks }),
      wasAborted: () => signal.aborted,
    };
    context.progress(shellDisplay(run, 'running'));
    return resultOf(run, await running.outcome);
  },
};

interface Run {
  readonly command: string;
  readonly cwd: string;
  readonly taskId: TaskId;
  readonly timeoutMs: number;
  readonly isBackground: boolean;
  readonly note?: string;
  readonly marks?: readonly CommandMarkCode[];
  readonly wasAborted: () => boolean;
}

type ShellOutcome = Extract<ToolDisplay, { kind: 'shell' }>['outcome'];

function resultOf(run: Run, outcome: TaskOutcome): ToolResult {
  if (outcome.kind === 'in_background') return inBackground(run, outcome.task, outcome.text);
  return ended(run, outcome.task, outcome.text, outcome.timedOut);
}

function ended(run: Run, task: TaskSummary, text: BoundedText, timedOut: boolean): ToolResult {
  const outcome: ShellOutcome = timedOut
    ? 'timed_out'
    : task.status === 'completed'
      ? 'completed'
      : task.status === 'cancelled'
        ? 'cancelled'
        : 'failed';
  const summary = endInWords(run, task, outcome);
  const lines = [
    `Command: ${run.command}`,
    `Directory: ${run.cwd}`,
    'Output:',
    outputForModel(text, task.outputPath),
    `Exit Code: ${task.exitCode ?? '(none)'}`,
    `Signal: ${task.signal ?? '(none)'}`,
    ...(outcome === 'completed' ? [] : [`Status: ${summary}`]),
    ...adviceAfter(run, outcome),
    ...(run.note === undefined ? [] : [`Note: ${run.note}`]),
    ...noteLine(task),
  ];
  const display = shellDisplay(run, outcome, {
    output: outputForDisplay(text),
    summary,
    ...processEnd(task),
    ...defined({ end: endOf(run, task, outcome) }),
  });
  return { text: lines.join('\n'), display, isError: outcome !== 'completed', summary };
}

function endInWords(run: Run, task: TaskSummary, outcome: ShellOutcome): string {
  if (outcome === 'timed_out') return `Timed out: stopped after ${run.timeoutMs} ms, the limit of this command`;
  if (outcome === 'completed') return 'Exited with code 0';
  if (outcome === 'failed') return task.error ?? 'Failed for an unknown reason';
  if (task.pid === undefined) return 'Cancelled before it started; nothing was run';
  return run.wasAborted() ? 'Cancelled by the user before it finished' : 'Stopped by the user before it finished';
}

/** The same as data; undefined: it completed, or only the text describes its end. */
function endOf(run: Run, task: TaskSummary, outcome: ShellOutcome): CommandEnd | undefined {
  if (outcome === 'timed_out') return { code: 'timed_out', limitMs: run.timeoutMs };
  if (outcome !== 'cancelled') return task.failure;
  if (task.pid === undefined) return { code: 'not_started' };
  return { code: run.wasAborted() ? 'cancelled' : 'stopped' };
}

function noteLine(task: TaskSummary): readonly string[] {
  const note = noteOn(task);
  return note === undefined ? [] : [`Note: ${note}`];
}

function adviceAfter(run: Run, outcome: ShellOutcome): readonly string[] {
  const advice: string[] = [];
  if (outcome === 'timed_out') {
    advice.push(`It was not cancelled. Set a longer timeout (at most ${MAX_TIMEOUT_MS}), or set is_background for work that takes long.`);
  }
  if (findAmpersand(run.command).leavesChildren) {
    advice.push('Note: what "&" started was hung up when the shell ended. To keep a command running, run it alone with is_background.');
  }
  return advice;
}

/** Source: BT-24. The status is read now; it may be the final one. */
function inBackground(run: Run, task: TaskSummary, text: BoundedText): ToolResult {
  const hasEnded = isTerminalStatus(task.status);
  const outcome: ShellOutcome = run.isBackground ? (task.status === 'failed' ? 'failed' : 'background') : 'promoted';
  const did = run.isBackground ? 'Started in the background' : 'Moved to the background by the user while it ran';
  const head = outputForModel(text, task.outputPath);
  const summary = `${run.isBackground ? 'Started in' : 'Moved to'} the background as ${task.id}`;
  const lines = [
    `${did}: ${run.command}`,
    `Directory: ${run.cwd}`,
    `Task: ${task.id}`,
    `Status now: ${statusInWords(task)}`,
    ...(task.pid === undefined ? [] : [`Process: ${task.pid}`]),
    'Output so far:',
    head,
    ...(task.outputPath === undefined ? [] : [`${hasEnded ? 'All output is in' : 'Further output goes to'} ${task.outputPath}`]),
    ...noteLine(task),
    hasEnded
      ? 'It has already ended: there is nothing to wait for or to stop.'
      : `Do not start it again. Read it with task_output, stop it with task_stop (task_id "${task.id}"). You are notified when it ends, so continue with other work.`,
  ];
  const shown = hasEnded ? `${summary}; ${statusInWords(task)}` : summary;
  return {
    text: lines.join('\n'),
    display: shellDisplay(run, outcome, { output: outputForDisplay(text), summary: shown }),
    isError: outcome === 'failed',
    summary: shown,
  };
}

function shellDisplay(run: Run, outcome: ShellOutcome, end: Partial<Extract<ToolDisplay, { kind: 'shell' }>> = {}): ToolDisplay {
  return {
    kind: 'shell',
    command: run.command,
    cwd: run.cwd,
    taskId: run.taskId,
    outcome,
    ...(run.marks === undefined ? {} : { marks: [...run.marks] }),
    ...end,
  };
}
