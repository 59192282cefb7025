/**
 * A command that the user typed (`!command`), as a row, as a record, and as a message for the model. Pure.
 * The record is a `user` message, the form in which Qwen Code keeps such a command; our additional fields make it a row.
 * Its parts are the command, its output and its end, so that the file contains the output only once.
 */
import { z } from 'zod';
import {
  CommandEnd,
  defined,
  ItemId,
  TaskId,
  type TaskSummary,
  type ToolDisplay,
  type ToolItem,
  USER_COMMAND_NAME,
} from '../../../preload/contract/index.ts';
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
 * Written before the command runs: if the app is killed, the record has no end, and the next start shows the command as
 * interrupted. The record of the end has the same id. Qwen Code skips records it does not know.
 */
export const COMMAND_STARTED_SUBTYPE = 'gantry_command_begun';

export function startedDraft({ id, command, cwd, startedAtMs }: Omit<UserCommand, 'taskId'>): RecordDraft {
  return { type: 'system', subtype: COMMAND_STARTED_SUBTYPE, systemPayload: { id, command, cwd, startedAtMs } };
}

const StartedPayload = z.object({ id: ItemId, command: z.string(), cwd: z.string(), startedAtMs: z.number() });

/** The row of a command of which only the start was written; undefined for any other record. */
export function toStartedCommand(record: SessionRecord): ToolItem | undefined {
  const run = record.subtype === COMMAND_STARTED_SUBTYPE ? StartedPayload.safeParse(record.systemPayload).data : undefined;
  if (run === undefined) return undefined;
  return { ...toRow(run), status: 'running', display: { kind: 'none' } };
}

type ShellOutcome = Extract<ToolDisplay, { kind: 'shell' }>['outcome'];

/** The row while the command runs in the foreground. */
export function runningCommand(run: UserCommand): ToolItem {
  const { command, cwd, taskId } = run;
  return { ...toRow(run), status: 'running', display: { kind: 'shell', command, cwd, taskId, outcome: 'running' } };
}

export interface EndedCommand {
  readonly item: ToolItem;
  readonly draft: RecordDraft;
  readonly message: ModelMessage;
}

/** The command has ended, or continues in the background. */
export function endedCommand(run: UserCommand, outcome: TaskOutcome, nowMs: number): EndedCommand {
  const { command, cwd, taskId } = run;
  const shown = toOutcome(outcome);
  const end = outcome.kind === 'ended' ? { ...processEnd(outcome.task), ...endOf(outcome.task) } : {};
  const summary = shown === 'promoted' ? `Moved to the background as ${taskId}` : describeEnd(outcome);
  const output = outputForModel(outcome.text, outcome.task.outputPath);
  const texts = [
    `I ran this command in a terminal, in ${cwd}:\n${command}\n\nIts output${shown === 'promoted' ? ' so far' : ''}:`,
    output,
    toModelRemark(outcome, summary),
  ];
  const item: ToolItem = {
    ...toRow(run),
    status: toStatus(shown),
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

/** The row of a record; undefined for any other `user` record. */
export function toUserCommand(record: SessionRecord, facts: { id: ItemId; endedAtMs: number }): ToolItem | undefined {
  const { gantry } = record;
  const taskId = TaskId.safeParse(gantry?.taskId).data;
  if (gantry?.shell === undefined || taskId === undefined) return undefined;
  const { command, cwd } = gantry.shell;
  const outcome = SHELL_OUTCOME.safeParse(gantry.outcome).data ?? 'completed';
  const output = record.message?.parts[1]?.text;
  const summary = gantry.summary === undefined ? {} : { summary: gantry.summary };
  const end = { ...recordedEnd(gantry), ...defined({ end: CommandEnd.safeParse(gantry['end']).data }) };
  return {
    ...toRow({ id: facts.id, command, startedAtMs: gantry.startedAtMs ?? facts.endedAtMs }),
    status: toStatus(outcome),
    endedAtMs: facts.endedAtMs,
    display: { kind: 'shell', command, cwd, taskId, outcome, ...defined({ output }), ...summary, ...end },
    ...summary,
  };
}

function toRow({ id, command, startedAtMs }: Pick<UserCommand, 'id' | 'command' | 'startedAtMs'>) {
  return { kind: 'tool', id, name: USER_COMMAND_NAME, toolKind: 'shell', verb: 'user_run', target: command, startedAtMs } as const;
}

function toOutcome(outcome: TaskOutcome): ShellOutcome {
  if (outcome.kind === 'in_background') return 'promoted';
  const { status } = outcome.task;
  return status === 'completed' || status === 'cancelled' ? status : 'failed';
}

function toStatus(outcome: ShellOutcome): ToolItem['status'] {
  if (outcome === 'cancelled') return 'cancelled';
  return outcome === 'failed' || outcome === 'timed_out' ? 'error' : 'success';
}

function describeEnd({ task }: TaskOutcome): string {
  if (task.status === 'completed') return 'Exited with code 0';
  if (task.status === 'cancelled') return 'Stopped by the user before it finished';
  return task.error ?? 'Failed for an unknown reason';
}

function endOf({ status, failure }: TaskSummary): { readonly end?: CommandEnd } {
  if (status === 'cancelled') return { end: { code: 'stopped' } };
  return defined({ end: failure });
}

/** After a promotion the status is the current one, which may already be final (BT-24). */
function toModelRemark(outcome: TaskOutcome, summary: string): string {
  if (outcome.kind === 'ended') return `${summary}.`;
  const { task } = outcome;
  const rest = task.outputPath === undefined ? '' : ` Its output is in ${task.outputPath}.`;
  return `I moved it to the background as task ${task.id}. Status now: ${statusInWords(task)}.${rest}`;
}
