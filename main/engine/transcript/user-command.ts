/**
 * A command the user typed (`!command`), as a row, as a record, and as what the model reads of it. Pure.
 * The record is a `user` message, as Qwen Code keeps such a command in its history; our fields beside it make it a row.
 * Its parts are what was run, what it printed and how it ended, so that the output stands in the file once.
 */
import { z } from 'zod';
import { ItemId, TaskId, type ToolDisplay, type ToolItem, USER_COMMAND_NAME } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { TaskOutcome } from '../task/index.ts';
import { outputForModel, processEnd, statusInWords } from '../tool/index.ts';
import { recordedEnd, SHELL_OUTCOME } from './result-display.ts';
import type { RecordDraft, SessionRecord } from './session-record.ts';

export interface UserCommand {
  readonly id: ItemId;
  readonly command: string;
  readonly cwd: string;
  readonly taskId: TaskId;
  readonly startedAtMs: number;
}

/**
 * Written before the command is run: a kill of the app leaves it without an end, and the next start shows it as
 * interrupted. The end carries its id. Qwen Code skips records it does not know.
 */
export const COMMAND_BEGUN_SUBTYPE = 'gantry_command_begun';

export function begunDraft({ id, command, cwd, startedAtMs }: Omit<UserCommand, 'taskId'>): RecordDraft {
  return { type: 'system', subtype: COMMAND_BEGUN_SUBTYPE, systemPayload: { id, command, cwd, startedAtMs } };
}

const Begun = z.object({ id: ItemId, command: z.string(), cwd: z.string(), startedAtMs: z.number() });

/** The row of a command of which only the beginning was written; undefined for any other record. */
export function begunCommandOf(record: SessionRecord): ToolItem | undefined {
  const run = record.subtype === COMMAND_BEGUN_SUBTYPE ? Begun.safeParse(record.systemPayload).data : undefined;
  if (run === undefined) return undefined;
  return { ...rowOf(run), status: 'running', display: { kind: 'none' } };
}

type ShellOutcome = Extract<ToolDisplay, { kind: 'shell' }>['outcome'];

/** The row while it runs in the foreground. */
export function runningCommand(run: UserCommand): ToolItem {
  const { command, cwd, taskId } = run;
  return { ...rowOf(run), status: 'running', display: { kind: 'shell', command, cwd, taskId, outcome: 'running' } };
}

export interface EndedCommand {
  readonly item: ToolItem;
  readonly draft: RecordDraft;
  readonly message: ModelMessage;
}

/** It has ended, or goes on in the background. */
export function endedCommand(run: UserCommand, outcome: TaskOutcome, nowMs: number): EndedCommand {
  const { command, cwd, taskId } = run;
  const shown = outcomeOf(outcome);
  const end = outcome.kind === 'ended' ? processEnd(outcome.task) : {};
  const summary = shown === 'promoted' ? `Moved to the background as ${taskId}` : endInWords(outcome);
  const output = outputForModel(outcome.text, outcome.task.outputPath);
  const texts = [
    `I ran this command in a terminal, in ${cwd}:\n${command}\n\nIts output${shown === 'promoted' ? ' so far' : ''}:`,
    output,
    modelRemark(outcome, summary),
  ];
  const item: ToolItem = {
    ...rowOf(run),
    status: statusOf(shown),
    endedAtMs: nowMs,
    display: { kind: 'shell', command, cwd, taskId, outcome: shown, output, summary, ...end },
    summary,
  };
  const draft: RecordDraft = {
    uuid: run.id,
    type: 'user',
    message: { role: 'user', parts: texts.map((text) => ({ text })) },
    systemPayload: { displayText: `!${command}` },
    gantry: { shell: { command, cwd }, outcome: shown, summary, ...end, taskId, startedAtMs: run.startedAtMs, asksNothing: true },
  };
  return { item, draft, message: { role: 'user', text: texts.join('\n') } };
}

/** The row of a record, undefined for any other `user` record. */
export function userCommandOf(record: SessionRecord, facts: { id: ItemId; endedAtMs: number }): ToolItem | undefined {
  const { gantry } = record;
  const taskId = TaskId.safeParse(gantry?.taskId).data;
  if (gantry?.shell === undefined || taskId === undefined) return undefined;
  const { command, cwd } = gantry.shell;
  const outcome = SHELL_OUTCOME.safeParse(gantry.outcome).data ?? 'completed';
  const output = record.message?.parts[1]?.text;
  const summary = gantry.summary === undefined ? {} : { summary: gantry.summary };
  const end = recordedEnd(gantry);
  return {
    ...rowOf({ id: facts.id, command, startedAtMs: gantry.startedAtMs ?? facts.endedAtMs }),
    status: statusOf(outcome),
    endedAtMs: facts.endedAtMs,
    display: { kind: 'shell', command, cwd, taskId, outcome, ...(output === undefined ? {} : { output }), ...summary, ...end },
    ...summary,
  };
}

function rowOf({ id, command, startedAtMs }: Pick<UserCommand, 'id' | 'command' | 'startedAtMs'>) {
  return { kind: 'tool', id, name: USER_COMMAND_NAME, toolKind: 'shell', verb: 'You ran', target: command, startedAtMs } as const;
}

function outcomeOf(outcome: TaskOutcome): ShellOutcome {
  if (outcome.kind === 'in_background') return 'promoted';
  const { status } = outcome.task;
  return status === 'completed' || status === 'cancelled' ? status : 'failed';
}

function statusOf(outcome: ShellOutcome): ToolItem['status'] {
  if (outcome === 'cancelled') return 'cancelled';
  return outcome === 'failed' || outcome === 'timed_out' ? 'error' : 'success';
}

function endInWords({ task }: TaskOutcome): string {
  if (task.status === 'completed') return 'Exited with code 0';
  if (task.status === 'cancelled') return 'Stopped by the user before it finished';
  return task.error ?? 'Failed for an unknown reason';
}

/** After a promotion the status is that of now, which may be the last one (BT-24). */
function modelRemark(outcome: TaskOutcome, summary: string): string {
  if (outcome.kind === 'ended') return `${summary}.`;
  const { task } = outcome;
  const rest = task.outputPath === undefined ? '' : ` Its output is in ${task.outputPath}.`;
  return `I moved it to the background as task ${task.id}. Status now: ${statusInWords(task)}.${rest}`;
}
