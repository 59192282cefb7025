/**
 * Converts records to the rows of the transcript. Pure; a fold that returns what each record adds or changes, so that a
 * reader keeps only the rows it needs. Row ids are the uuids of records and the call ids of tools, so they are the same
 * during a turn and after loading.
 */
import {
  defined,
  ItemId,
  NoticeContent,
  TaskId,
  ToolStatus,
  TranscriptItem,
  type ToolItem,
  type ToolKind,
  type ToolProblem,
  type ToolVerb,
} from '../../../preload/contract/index.ts';
import { toAttachmentSummaries } from './user-item.ts';
import { AGENT_SUBTYPE, toAgentRows } from './agent-record.ts';
import { compressionNotice } from './compression-record.ts';
import { callsOf, mediaOf } from './model-history.ts';
import { toDisplay } from './result-display.ts';
import { countOmitted, type SessionRecord, shownText, typedOmitted, typedText } from './session-record.ts';
import { toStartedCommand, toUserCommand } from './user-command.ts';

export const INTERRUPTED_ERROR = 'Interrupted: Gantry ended before this finished.';
export const NOT_RUN_SUMMARY = 'Not run: Gantry ended before you answered.';

/** Describes a call for its row; an unknown tool is shown by its name. */
export type DescribeCall = (name: string, args: Record<string, unknown>) => { verb: ToolVerb; target: string; toolKind: ToolKind };

export type TranscriptStep =
  | { readonly kind: 'added'; readonly item: TranscriptItem }
  | { readonly kind: 'changed'; readonly item: TranscriptItem };

export interface TranscriptFold {
  push(record: SessionRecord): readonly TranscriptStep[];
  /** Calls without a result become interrupted. */
  finish(): readonly TranscriptStep[];
}

interface OpenCall {
  readonly item: ToolItem;
  readonly args: Record<string, unknown>;
}

export function createTranscriptFold(describe: DescribeCall): TranscriptFold {
  const open = new Map<string, OpenCall>();
  /** Calls that had not run when the app ended. */
  const notRunCalls = new Map<string, OpenCall>();
  const seenCalls = new Set<string>(); // some servers number the calls of every answer from 0, but a row's id must be unique

  function assistant(record: SessionRecord): TranscriptStep[] {
    const parts = record.message?.parts ?? [];
    const createdAtMs = getTimeMs(record);
    const text = shownText(parts, false).join('');
    const thinking = shownText(parts, true).join('');
    const omitted = { text: countOmitted(parts, false), thinking: countOmitted(parts, true) };
    const thinkingMs = record.gantry?.['thinkingMs'];
    const steps: TranscriptStep[] = [];
    if (text !== '' || thinking !== '') {
      const item = {
        kind: 'assistant',
        id: toItemId(record.uuid),
        text,
        thinking,
        ...(typeof thinkingMs === 'number' ? { thinkingMs } : {}),
        model: record.model ?? '',
        createdAtMs,
        streaming: false,
        ...(omitted.text + omitted.thinking > 0 ? { omittedChars: omitted } : {}),
      } as const;
      steps.push({ kind: 'added', item });
    }
    for (const call of callsOf(parts, record.uuid)) {
      const { verb, target, toolKind } = describe(call.name, call.input);
      const item: ToolItem = {
        kind: 'tool',
        id: toItemId(seenCalls.has(call.id) ? `${record.uuid}:${call.id}` : call.id),
        name: call.name,
        toolKind,
        verb,
        target,
        status: 'pending',
        startedAtMs: createdAtMs,
        display: { kind: 'none' },
      };
      seenCalls.add(call.id);
      open.set(call.id, { item, args: call.input });
      steps.push({ kind: 'added', item });
    }
    return steps;
  }

  function toolResult(record: SessionRecord): TranscriptStep[] {
    const response = record.message?.parts.find((part) => part.functionResponse !== undefined)?.functionResponse;
    const callId = record.toolCallResult?.callId ?? response?.id ?? '';
    const call = open.get(callId);
    if (call === undefined) return [];
    open.delete(callId);
    const wasNotRun = record.gantry?.['notRun'] === true;
    if (wasNotRun) notRunCalls.set(callId, call);
    const error = getStatus(record) === 'success' ? undefined : response?.response?.['error'];
    return [ended(record, call, wasNotRun ? NOT_RUN_SUMMARY : error, wasNotRun ? 'not_run' : undefined)];
  }

  function ended(record: SessionRecord, call: OpenCall, error: unknown, problem?: ToolProblem): TranscriptStep {
    const status = getStatus(record);
    const item: ToolItem = {
      ...call.item,
      status,
      ...(record.gantry?.verb === undefined ? {} : { verb: record.gantry.verb }),
      ...(record.gantry?.target === undefined ? {} : { target: record.gantry.target }),
      startedAtMs: record.gantry?.startedAtMs ?? call.item.startedAtMs,
      endedAtMs: getTimeMs(record),
      display: toDisplay(record, { name: call.item.name, args: call.args, cwd: record.cwd ?? '' }),
      ...(typeof error === 'string' ? { error: error.slice(0, 2000) } : {}),
      ...defined({ problem }),
    };
    return { kind: 'changed', item };
  }

  function started(item: ToolItem): TranscriptStep[] {
    open.set(item.id, { item, args: {} });
    return [{ kind: 'added', item }];
  }

  /** The end of a command that already has its row changes that row, and so does the result of a call that ran after a restart. */
  function user(record: SessionRecord): TranscriptStep[] {
    const resumed = notRunCalls.get(toText(record.gantry?.['resultOf']));
    if (resumed !== undefined) return [ended(record, resumed, record.gantry?.['error'])];
    const steps = userSteps(record);
    return steps.map((step) => (open.delete(step.item.id) ? { ...step, kind: 'changed' } : step));
  }

  return {
    push(record) {
      switch (record.type) {
        case 'user':
          return user(record);
        case 'assistant':
          return assistant(record);
        case 'tool_result':
          return toolResult(record);
        case 'system': {
          const command = toStartedCommand(record);
          return command === undefined ? systemSteps(record) : started(command);
        }
        default:
          return []; // a type of a later version: kept in the file but not shown
      }
    },
    finish: () =>
      [...open.values()].map(({ item }) => ({
        kind: 'changed',
        item: { ...item, status: 'cancelled', error: INTERRUPTED_ERROR, problem: 'interrupted', endedAtMs: item.startedAtMs },
      })),
  };
}

function userSteps(record: SessionRecord): TranscriptStep[] {
  const command = toUserCommand(record, { id: toItemId(record.uuid), endedAtMs: getTimeMs(record) });
  if (command !== undefined) return [{ kind: 'added', item: command }];
  const text = typedText(record);
  const attachments = toAttachmentSummaries(mediaOf(record.message?.parts ?? []));
  if (text === '' && attachments.length === 0) return [];
  const omitted = typedOmitted(record);
  const common = { id: toItemId(record.uuid), text, createdAtMs: getTimeMs(record) };
  if (record.subtype === undefined || record.subtype === 'mid_turn_user_message')
    return [
      {
        kind: 'added',
        item: {
          kind: 'user',
          ...common,
          ...(attachments.length === 0 ? {} : { attachments }),
          ...(omitted === 0 ? {} : { omittedChars: { text: omitted } }),
        },
      },
    ];
  const taskId = TaskId.safeParse(record.gantry?.taskId).data;
  const task = taskId === undefined ? {} : ({ taskId, action: 'open_task' } as const);
  const content = NoticeContent.safeParse(record.gantry?.['notice']).data;
  return [{ kind: 'added', item: { kind: 'notice', level: 'quiet', ...common, ...defined({ content }), ...task } }];
}

function systemSteps(record: SessionRecord): TranscriptStep[] {
  if (record.subtype === AGENT_SUBTYPE) return toAgentRows(record).map((item) => ({ kind: 'added', item }));
  if (record.subtype === 'chat_compression')
    return [{ kind: 'added', item: compressionNotice(record, toItemId(record.uuid), getTimeMs(record)) }];
  if (record.subtype !== NOTICE_SUBTYPE) return [];
  const item = TranscriptItem.safeParse(record.systemPayload?.['item']).data;
  return item?.kind === 'notice' ? [{ kind: 'added', item: { ...item, id: toItemId(record.uuid) } }] : [];
}

/** Rows of ours that are not messages: a failed turn, an interruption. Qwen Code skips records it does not know. */
export const NOTICE_SUBTYPE = 'gantry_notice';

function getStatus(record: SessionRecord): ToolItem['status'] {
  const own = ToolStatus.safeParse(record.gantry?.status).data;
  if (own !== undefined) return own;
  const status = record.toolCallResult?.status;
  return status === 'success' || status === 'cancelled' ? status : 'error';
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function getTimeMs(record: SessionRecord): number {
  const time = Date.parse(record.timestamp);
  return Number.isNaN(time) ? 0 : time;
}

function toItemId(text: string): ItemId {
  return ItemId.parse(text.slice(0, 200) || 'unknown');
}
