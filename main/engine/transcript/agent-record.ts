/**
 * The rows of a subagent in the session file, besides its result: bounded, and each written when it is done. Pure.
 * Qwen Code skips this subtype. For a foreground subagent it shows the `resultDisplay` of the call, which summarizes the run.
 * Source: the form of `task_execution` as 0.15.10 writes it (without the calls, which it omits as well).
 */
import { z } from 'zod';
import { ItemId, type ToolDisplay, TranscriptItem, type TurnResult, type Usage } from '../../../preload/contract/index.ts';
import type { RecordDraft, SessionRecord } from './session-record.ts';

export const AGENT_SUBTYPE = 'gantry_agent';
/** The number of rows that are kept; later ones are dropped. */
const MAX_ROWS = 200;
/** Limits for one row and for all rows. Units: UTF-16 code units. */
const ROW_CHARS = 4000;
const ALL_CHARS = 120_000;

export interface AgentFacts {
  readonly callId: ItemId;
  readonly type: string;
  readonly description: string;
  readonly prompt: string;
}

export interface AgentRows {
  /** Adds a row, or replaces it with its new state. Returns the records to write, once the row is done. */
  set(item: TranscriptItem): readonly RecordDraft[];
  remove(itemId: ItemId): void;
  /** Oldest first. */
  all(): readonly TranscriptItem[];
  /** Returns the records to write at the end: the number of rows that are not in the file. */
  end(atMs: number): readonly RecordDraft[];
}

export function createAgentRows(callId: ItemId): AgentRows {
  const rows = new Map<ItemId, TranscriptItem>();
  const settled = new Set<ItemId>();
  let keptRows = 0;
  let chars = 0;
  const draft = (row: TranscriptItem): RecordDraft => ({
    type: 'system',
    subtype: AGENT_SUBTYPE,
    systemPayload: { callId, rows: [row] },
  });
  return {
    set(item) {
      rows.set(item.id, item);
      if (!isSettled(item) || settled.has(item.id)) return [];
      settled.add(item.id);
      const row = boundRow(item);
      chars += JSON.stringify(row).length;
      if (keptRows >= MAX_ROWS || chars > ALL_CHARS) return [];
      keptRows += 1;
      return [draft(row)];
    },
    remove: (itemId) => void rows.delete(itemId),
    all: () => [...rows.values()],
    end(atMs) {
      const left = rows.size - keptRows;
      return left > 0 ? [draft(leftOutRow(callId, left, atMs))] : [];
    },
  };
}

function isSettled(item: TranscriptItem): boolean {
  if (item.kind === 'assistant') return !item.streaming;
  return item.kind !== 'tool' || item.endedAtMs !== undefined;
}

/** The rows of such a record, under the row of its call. Invalid rows of a damaged record are skipped. */
export function toAgentRows({ subtype, systemPayload }: Pick<SessionRecord, 'subtype' | 'systemPayload'>): readonly TranscriptItem[] {
  if (subtype !== AGENT_SUBTYPE) return [];
  const parentId = ItemId.safeParse(systemPayload?.['callId']).data;
  const rows = z.array(z.unknown()).safeParse(systemPayload?.['rows']).data ?? [];
  if (parentId === undefined) return [];
  return rows.flatMap((row) => {
    const item = TranscriptItem.safeParse(row).data;
    return item === undefined ? [] : [{ ...item, parentId }];
  });
}

/** The result of the call in Qwen Code's format. */
export function taskExecution(facts: AgentFacts, end: AgentSummary) {
  const { result, rows } = end;
  const calls = rows.filter((row) => row.kind === 'tool');
  const failed = calls.filter(({ status }) => status !== 'success').length;
  const usage = result?.usage ?? NO_USAGE;
  return {
    type: 'task_execution',
    subagentName: facts.type,
    taskDescription: facts.description,
    taskPrompt: facts.prompt.slice(0, ROW_CHARS).toWellFormed(),
    status: end.status,
    result: end.text,
    executionSummary: {
      rounds: result?.modelRequests ?? 0,
      totalDurationMs: result?.durationMs ?? 0,
      totalToolCalls: calls.length,
      successfulToolCalls: calls.length - failed,
      failedToolCalls: failed,
      successRate: calls.length === 0 ? 0 : ((calls.length - failed) / calls.length) * 100,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      thoughtTokens: usage.thinkingTokens,
      cachedTokens: usage.cachedTokens,
      totalTokens: usage.inputTokens + usage.outputTokens,
      toolUsage: [],
    },
    toolCalls: [],
  };
}

export interface AgentSummary {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly text: string;
  readonly result: TurnResult | undefined;
  readonly rows: readonly TranscriptItem[];
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };

function leftOutRow(callId: ItemId, count: number, createdAtMs: number): TranscriptItem {
  const text = count === 1 ? '1 more step is not in the file.' : `${count} more steps are not in the file.`;
  const content = { code: 'steps_left_out', count } as const;
  return { kind: 'notice', id: ItemId.parse(`${callId.slice(0, 150)}:left`), createdAtMs, level: 'quiet', text, content };
}

function boundRow(row: TranscriptItem): TranscriptItem {
  switch (row.kind) {
    case 'user':
      return { ...row, text: cut(row.text) };
    case 'assistant':
      return { ...row, text: cut(row.text), thinking: cut(row.thinking), streaming: false };
    case 'notice':
      return { ...row, text: cut(row.text), ...(row.detail === undefined ? {} : { detail: cut(row.detail) }) };
    case 'tool': {
      const { input: _input, approvalId: _answered, summary, error, ...rest } = row;
      return {
        ...rest,
        target: cut(row.target),
        display: boundDisplay(row.display),
        ...(summary === undefined ? {} : { summary: cut(summary) }),
        ...(error === undefined ? {} : { error: cut(error) }),
      };
    }
    default:
      return row satisfies never;
  }
}

function boundDisplay(display: ToolDisplay): ToolDisplay {
  switch (display.kind) {
    case 'text':
      return { ...display, text: cut(display.text) };
    case 'diff':
      return { ...display, patch: cut(display.patch), truncated: display.truncated || display.patch.length > ROW_CHARS };
    case 'shell':
      return { ...display, command: cut(display.command), ...(display.output === undefined ? {} : { output: cut(display.output) }) };
    default:
      return display;
  }
}

function cut(text: string): string {
  return text.length <= ROW_CHARS ? text : `${text.slice(0, ROW_CHARS).toWellFormed()}…`;
}
