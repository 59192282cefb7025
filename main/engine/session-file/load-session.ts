/** Loads a session file: the model's history, the end of the transcript, and a few facts. */
import { ItemId, type ModelRef, type ToolItem, type TranscriptItem } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { Todo } from '../tool/index.ts';
import {
  createFacts,
  createHistoryFold,
  createInterruptedFold,
  createItemWindow,
  createTranscriptFold,
  DEFAULT_WINDOW_TOKENS,
  type DescribeCall,
  type InterruptedCall,
  type LoadedView,
  NOT_RUN_RESULT,
  NOT_RUN_SUMMARY,
  findRevealedTools,
  type SessionRecord,
  SNAPSHOT_ITEMS,
  type TranscriptStep,
} from '../transcript/index.ts';
import { isSameFolder } from './same-folder.ts';
import type { FileDamage } from './visit-chain.ts';

export interface LoadedSession extends LoadedView {
  readonly messages: ModelMessage[];
  /** Calls without a result in the file. */
  readonly unanswered: readonly ToolItem[];
  readonly title: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly updatedAtMs: number | undefined;
  readonly model: ModelRef | undefined;
  readonly todos: readonly Todo[];
  /** Permissions granted for the rest of the session. */
  readonly grants: readonly string[];
  /** Calls whose approval was pending when the app ended. */
  readonly interrupted: readonly InterruptedCall[];
  /** Tools that `tool_search` found; they stay in the request. */
  readonly revealed: readonly string[];
}

/** A session without a file. Returns a new value each time, because its history grows. */
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
    grants: [],
    interrupted: [],
    revealed: [],
  };
}

export function damaged(path: string): EngineError {
  return new EngineError('session_damaged', 'This session file contains no readable record.', { data: { path } });
}

/** Builds a session from its records, oldest first; for a long session, from the records at its end. */
export function createSessionLoader(cwd: string, describe: DescribeCall) {
  const history = createHistoryFold();
  const window = createItemWindow(SNAPSHOT_ITEMS);
  const transcript = createTranscriptFold(describe);
  const facts = createFacts();
  const approvals = createInterruptedFold(describe);
  const revealed = new Set<string>();
  let otherFolder: string | undefined;
  let isOurs = false;
  let foreign = 0;
  let todos: readonly Todo[] = [];
  return {
    /** Returns the rows that were added or changed. `isShownOnly`: the record is not part of the model's history. */
    push(record: SessionRecord, isShownOnly = false): readonly TranscriptStep[] {
      const isHere = record.cwd === undefined || isSameFolder(record.cwd, cwd);
      if (record.cwd !== undefined && isHere) isOurs = true;
      if (!isHere) {
        otherFolder ??= record.cwd;
        foreign += 1;
      }
      if (!isShownOnly) history.push(record);
      facts.push(record);
      approvals.push(record);
      for (const name of findRevealedTools(record)) revealed.add(name);
      const steps = transcript.push(record);
      for (const step of steps) {
        window.take(step);
        if (step.item.kind === 'tool' && step.item.display.kind === 'todos') todos = step.item.display.todos;
      }
      return steps;
    },
    /** Errors: `session_unknown` (all records belong to another folder). */
    finish(damage: FileDamage): LoadedSession {
      if (!isOurs) {
        const data = otherFolder === undefined ? {} : { cwd: otherFolder };
        throw new EngineError('session_unknown', 'This session belongs to another folder.', { data });
      }
      const interrupted = approvals.result();
      const notRun = new Set<string>(interrupted.map(({ item }) => item.id));
      const unanswered = transcript.finish().map((step) => (notRun.has(step.item.id) ? { ...step, item: notRunItem(step.item) } : step));
      for (const step of unanswered) window.take(step);
      const atMs = facts.updatedAtMs() ?? 0;
      const text = damageText(damage, foreign);
      if (text !== undefined) window.take({ kind: 'added', item: damageNotice(text, { damage, foreign }, atMs) });
      if (facts.isInterrupted()) window.take({ kind: 'added', item: interruptedNotice(atMs, interrupted.length > 0) });
      return {
        ...window.result(),
        ...facts.result(),
        messages: history.messages().map((message) => withNotRun(message, notRun)),
        interrupted,
        revealed: [...revealed],
        unanswered: unanswered.flatMap(({ item }) => (item.kind === 'tool' ? [item] : [])),
        todos,
      };
    },
  };
}

function notRunItem(item: TranscriptItem): TranscriptItem {
  return item.kind === 'tool' ? { ...item, error: NOT_RUN_SUMMARY, problem: 'not_run' } : item;
}

/** Reports to the model the calls that certainly did not run. */
function withNotRun(message: ModelMessage, notRun: ReadonlySet<string>): ModelMessage {
  if (message.role !== 'tool' || !message.results.some(({ callId }) => notRun.has(callId))) return message;
  return {
    ...message,
    results: message.results.map((result) => (notRun.has(result.callId) ? { ...result, text: NOT_RUN_RESULT } : result)),
  };
}

function damageText({ lines, firstLine, gaps }: FileDamage, foreign: number): string | undefined {
  const parts: string[] = [];
  const first = firstLine > 0 ? ` (the first is line ${firstLine})` : '';
  if (lines === 1) parts.push(`One line of this session's file could not be read and was skipped${first.replace('the first', 'it')}.`);
  if (lines > 1) parts.push(`${lines} lines of this session's file could not be read and were skipped${first}.`);
  if (gaps === 1) parts.push('A message is missing between two others.');
  if (gaps > 1) parts.push(`Messages are missing in ${gaps} places.`);
  if (foreign === 1) parts.push('One record was written in another folder.');
  if (foreign > 1) parts.push(`${foreign} records were written in another folder.`);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function damageNotice(text: string, { damage, foreign }: { damage: FileDamage; foreign: number }, createdAtMs: number): TranscriptItem {
  const { lines, firstLine, gaps } = damage;
  const content = { code: 'file_damaged', lines, firstLine, gaps, foreign } as const;
  return { kind: 'notice', id: ItemId.parse('notice_damaged'), createdAtMs, level: 'quiet', text, content };
}

/** Says that the file ends in the middle of a turn; removed when another turn starts. */
export const INTERRUPTED_NOTICE = ItemId.parse('notice_interrupted');

/** If an approval is requested again, the user answers that; a retry would skip it. */
function interruptedNotice(createdAtMs: number, hasQuestion: boolean): TranscriptItem {
  const text = 'The last turn did not finish.';
  return {
    kind: 'notice',
    id: INTERRUPTED_NOTICE,
    createdAtMs,
    level: 'warning',
    text,
    content: { code: 'turn_interrupted' },
    ...(hasQuestion ? {} : { action: 'retry' }),
  };
}
