/** A session file as what a session needs: the model's history, the end of the transcript, and a few facts. */
import { ItemId, ModelRef, type ToolItem, type TranscriptItem } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { Todo } from '../tool/tool.ts';
import { createHistoryFold } from './model-history.ts';
import { titleFromPrompt } from './session-edges.ts';
import { isSameFolder } from './session-index.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionRecord } from './session-record.ts';
import { type LoadedView, SNAPSHOT_ITEMS } from './session-view.ts';
import { createTranscriptFold, type DescribeCall, NOTICE_SUBTYPE, type TranscriptStep } from './transcript-fold.ts';

/** Used until a model has been asked in this session. Unit: tokens. Source: qwen-code.md 4.5. */
const DEFAULT_WINDOW_TOKENS = 131_072;
/** Says that a turn ended without an answer because the user stopped it, so that it does not look interrupted. */
export const TURN_END_SUBTYPE = 'gantry_turn_end';

export interface LoadedSession extends LoadedView {
  readonly messages: ModelMessage[];
  /** Calls the file has no result for. */
  readonly unanswered: readonly ToolItem[];
  readonly title: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly updatedAtMs: number | undefined;
  readonly model: ModelRef | undefined;
  readonly todos: readonly Todo[];
}

/** A session without a file; a value of its own each time, as its history grows. */
export function emptySession(): LoadedSession {
  return {
    messages: [],
    unanswered: [],
    items: [],
    earlierItems: 0,
    context: { usedTokens: 0, windowTokens: DEFAULT_WINDOW_TOKENS },
    title: undefined,
    createdAtMs: undefined,
    updatedAtMs: undefined,
    model: undefined,
    todos: [],
  };
}

/**
 * Errors: `session_damaged` (the file holds no record that can be read), `session_unknown` (it belongs to another
 * folder). Undefined: there is no file.
 */
export async function loadSession(log: SessionLog, cwd: string, describe: DescribeCall): Promise<LoadedSession | undefined> {
  const history = createHistoryFold();
  const window = createItemWindow(SNAPSHOT_ITEMS);
  const transcript = createTranscriptFold(describe);
  const facts = createFacts();
  let first: SessionRecord | undefined;
  let todos: readonly Todo[] = [];
  const hasRecords = await log.readChain((record) => {
    first ??= record;
    history.push(record);
    facts.push(record);
    for (const step of transcript.push(record)) {
      window.take(step);
      if (step.item.kind === 'tool' && step.item.display.kind === 'todos') todos = step.item.display.todos;
    }
  });
  if (!hasRecords) {
    if (!(await log.exists())) return undefined;
    throw new EngineError('session_damaged', 'This session file holds no readable record.', { data: { path: log.path } });
  }
  if (!isSameFolder(first?.cwd, cwd))
    throw new EngineError('session_unknown', 'This session belongs to another folder.', { data: { cwd: first?.cwd } });
  const unanswered = transcript.finish();
  for (const step of unanswered) window.take(step);
  if (facts.isInterrupted()) window.take({ kind: 'added', item: interruptedNotice(facts.updatedAtMs() ?? 0) });
  return {
    ...window.result(),
    ...facts.result(),
    messages: history.messages(),
    unanswered: unanswered.flatMap(({ item }) => (item.kind === 'tool' ? [item] : [])),
    todos,
  };
}

/** Reads the rows before one of them, of a session too long to be held. */
export async function loadEarlier(
  log: SessionLog,
  describe: DescribeCall,
  beforeItemId: ItemId,
  limit: number,
): Promise<{ items: TranscriptItem[]; earlierItems: number }> {
  const window = createItemWindow(limit, beforeItemId);
  const transcript = createTranscriptFold(describe);
  await log.readChain((record) => {
    for (const step of transcript.push(record)) window.take(step);
  });
  for (const step of transcript.finish()) window.take(step);
  return window.result();
}

/** Keeps the last `limit` rows, or those before a certain one; rows that come later still change those that are kept. */
function createItemWindow(limit: number, beforeItemId?: ItemId) {
  let items: TranscriptItem[] = [];
  let earlierItems = 0;
  let isFull = false;
  return {
    take(step: TranscriptStep): void {
      if (step.kind === 'changed') {
        const at = items.findLastIndex((item) => item.id === step.item.id);
        if (at !== -1) items[at] = step.item;
        return;
      }
      isFull ||= step.item.id === beforeItemId;
      if (isFull) return;
      items.push(step.item);
      if (items.length < limit * 2) return;
      earlierItems += items.length - limit;
      items = items.slice(-limit);
    },
    result: () => ({ items: items.slice(-limit), earlierItems: earlierItems + Math.max(0, items.length - limit) }),
  };
}

function createFacts() {
  let title: string | undefined;
  let prompt: string | undefined;
  let createdAtMs: number | undefined;
  let updatedAtMs: number | undefined;
  let model: ModelRef | undefined;
  let usedTokens = 0;
  let windowTokens = DEFAULT_WINDOW_TOKENS;
  let isInterrupted = false;
  return {
    push(record: SessionRecord): void {
      const timeMs = Date.parse(record.timestamp);
      if (!Number.isNaN(timeMs)) {
        createdAtMs ??= timeMs;
        updatedAtMs = timeMs;
      }
      const custom = record.subtype === 'custom_title' ? record.systemPayload?.['customTitle'] : undefined;
      if (typeof custom === 'string' && custom !== '') title = custom;
      if (record.type === 'user' && record.subtype === undefined && record.gantry?.shell === undefined)
        prompt ??= record.message?.parts.map((part) => part.text ?? '').join('\n');
      if (record.type === 'assistant') {
        usedTokens = record.usageMetadata?.totalTokenCount ?? usedTokens;
        windowTokens = record.contextWindowSize ?? windowTokens;
        model = ModelRef.safeParse({ providerId: record.gantry?.providerId, modelId: record.model }).data ?? model;
      }
      isInterrupted = leavesOpen(record) ?? isInterrupted;
    },
    isInterrupted: () => isInterrupted,
    updatedAtMs: () => updatedAtMs,
    result: () => ({
      title: title ?? (prompt === undefined ? undefined : titleFromPrompt(prompt)),
      createdAtMs,
      updatedAtMs,
      model,
      context: { usedTokens, windowTokens },
    }),
  };
}

/** Whether a file that ends here ends in the middle of a turn; undefined: the record says nothing about it. */
function leavesOpen(record: SessionRecord): boolean | undefined {
  if (record.gantry?.asksNothing === true) return undefined;
  if (record.type === 'user' || record.type === 'tool_result') return true;
  if (record.type === 'assistant') return record.message?.parts.some((part) => part.functionCall !== undefined) === true;
  return record.subtype === NOTICE_SUBTYPE || record.subtype === TURN_END_SUBTYPE ? false : undefined;
}

function interruptedNotice(createdAtMs: number): TranscriptItem {
  const text = 'The last turn did not finish.';
  return { kind: 'notice', id: ItemId.parse('notice_interrupted'), createdAtMs, level: 'warning', text, action: 'retry' };
}
