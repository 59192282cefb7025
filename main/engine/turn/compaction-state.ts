/**
 * Decides which part of a history is summarized, and builds the history that follows. Pure.
 * A cut never separates a call from its result. If possible it lies before a prompt of the user. In a turn that
 * is too long for that, it lies before an answer of the model, and the prompt of that turn is repeated with the summary.
 */
import { SUMMARY_ACKNOWLEDGEMENT, SUMMARY_INTRODUCTION } from '../../../resources/prompts/compaction-prompt.ts';
import type { ModelMessage } from '../provider/provider.ts';
import { estimateMessage, estimateMessages } from './token-estimate.ts';

/** Source: docs/formats.md 4.5. */
const MAX_RECENT_FILES = 5;
/** The prompt of a turn that was cut is repeated up to this length. Unit: UTF-16 code units. */
const MAX_REQUEST_CHARS = 8000;
/** Below this share of the history, a summary frees too little. Source: docs/formats.md 4.5. */
const MIN_SHARE = 0.05;
/** A long text in the request for the summary keeps this much of each end. Unit: UTF-16 code units. */
const SHORTENED_CHARS = 1000;

export interface CompactionPlan {
  readonly older: readonly ModelMessage[];
  readonly kept: readonly ModelMessage[];
  /** Set if the cut lies inside a turn: the prompt of that turn. */
  readonly request: string | undefined;
  /** Paths the model read or changed last, the latest first. */
  readonly recentFiles: readonly string[];
}

/** Undefined: there is too little to summarize. */
export function planCompaction(messages: readonly ModelMessage[], keepTokens: number): CompactionPlan | undefined {
  const at = findCut(messages, keepTokens);
  const older = messages.slice(0, at);
  if (older.length < 2 || estimateMessages(older) < MIN_SHARE * estimateMessages(messages)) return undefined;
  const kept = messages.slice(at);
  const prompt = older.findLast((message) => message.role === 'user');
  return {
    older,
    kept,
    request: kept[0]?.role === 'user' || prompt?.role !== 'user' ? undefined : shorten(prompt.text, MAX_REQUEST_CHARS / 2),
    recentFiles: recentFiles(messages),
  };
}

function findCut(messages: readonly ModelMessage[], keepTokens: number): number {
  const pendingFrom = findPending(messages);
  let tokens = 0;
  let byPrompt: number | undefined;
  let byAnswer: number | undefined;
  for (let at = messages.length - 1; at > 0; at -= 1) {
    const message = messages[at];
    if (message === undefined) break;
    tokens += estimateMessage(message);
    if (tokens > keepTokens && at < pendingFrom) break;
    if (message.role === 'user') byPrompt = at;
    if (message.role === 'assistant') byAnswer = at;
  }
  return byPrompt ?? byAnswer ?? messages.length;
}

/** The index from which the model has not answered yet. This part is never summarized, however long it is. */
function findPending(messages: readonly ModelMessage[]): number {
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  return messages[answered + 1]?.role === 'tool' ? answered : answered + 1;
}

/** Shortens the tool results of the kept part if it alone is too long for the model. */
export function shortenResults(messages: readonly ModelMessage[], budgetTokens: number): readonly ModelMessage[] {
  if (estimateMessages(messages) <= budgetTokens) return messages;
  return messages.map((message) => (message.role === 'tool' ? shortenMessage(message) : message));
}

/** The history after compaction. */
export function compactedHistory({ kept, request, recentFiles: files }: CompactionPlan, summary: string): readonly ModelMessage[] {
  const parts = [
    SUMMARY_INTRODUCTION,
    summary.trim(),
    files.length === 0
      ? ''
      : `Files read or changed last (read them again before you rely on them):\n${files.map((path) => `- ${path}`).join('\n')}`,
    request === undefined ? '' : `The user's request that is being worked on:\n${request}`,
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  const acknowledged: ModelMessage[] =
    kept[0]?.role === 'user' ? [{ role: 'assistant', text: SUMMARY_ACKNOWLEDGEMENT, thinking: '', toolCalls: [] }] : [];
  return [{ role: 'user', text }, ...acknowledged, ...kept];
}

/**
 * Fits the part to be summarized into one request: long texts keep only their ends. If that is not enough, the
 * oldest messages are dropped, up to an answer of the model.
 */
export function fitForSummary(messages: readonly ModelMessage[], budgetTokens: number): readonly ModelMessage[] {
  if (estimateMessages(messages) <= budgetTokens) return messages;
  const shortened = messages.map(shortenMessage);
  const first = shortened[0];
  let tokens = estimateMessages(shortened);
  let from = 0;
  while (tokens > budgetTokens && from < shortened.length - 2) {
    const gone = shortened[from];
    if (gone !== undefined) tokens -= estimateMessage(gone);
    from += 1;
  }
  while (from > 0 && from < shortened.length && shortened[from]?.role === 'tool') from += 1; // its call was dropped
  if (from === 0) return shortened;
  const gap: ModelMessage = { role: 'user', text: '[Part of the conversation is omitted here because it is too long.]' };
  return [...(first?.role === 'user' ? [first] : []), gap, ...shortened.slice(from)];
}

function shortenMessage(message: ModelMessage): ModelMessage {
  switch (message.role) {
    case 'user':
      return { role: 'user', text: shorten(message.text, SHORTENED_CHARS) };
    case 'assistant':
      return { ...message, thinking: '', text: shorten(message.text, SHORTENED_CHARS), toolCalls: message.toolCalls.map(shortenCall) };
    case 'tool':
      return {
        role: 'tool',
        results: message.results.map(({ media: _left, ...result }) => ({ ...result, text: shorten(result.text, SHORTENED_CHARS) })),
      };
    default:
      return message satisfies never;
  }
}

type AnyCall = Extract<ModelMessage, { role: 'assistant' }>['toolCalls'][number];

function shortenCall(call: AnyCall): AnyCall {
  const input = Object.fromEntries(
    Object.entries(call.input).map(([key, value]) => [key, typeof value === 'string' ? shorten(value, SHORTENED_CHARS) : value]),
  );
  return { ...call, input };
}

function shorten(text: string, endChars: number): string {
  const left = text.length - 2 * endChars;
  return left <= 100 ? text : `${text.slice(0, endChars)}\n[${left} characters left out]\n${text.slice(-endChars)}`;
}

function recentFiles(messages: readonly ModelMessage[]): readonly string[] {
  const paths = new Set<string>();
  for (const message of messages.toReversed()) {
    if (message.role !== 'assistant') continue;
    for (const { input } of message.toolCalls.toReversed()) {
      const path = input['file_path'] ?? input['notebook_path'];
      if (typeof path === 'string' && path !== '') paths.add(path);
      if (paths.size >= MAX_RECENT_FILES) return [...paths];
    }
  }
  return [...paths];
}
