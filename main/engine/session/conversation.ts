/** The state of a conversation: the model's history, its title, its timestamps. In memory; the file is authoritative. */
import type { ItemId, ToolItem } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import { type CompactionRecord, type ContextUse, estimateMessage, estimateMessages } from '../turn/index.ts';
import { closeOpenCalls, type InterruptedCall, titleFromPrompt } from '../transcript/index.ts';
import type { LoadedSession } from '../session-file/index.ts';
import { createCallIds } from './call-ids.ts';

export interface Conversation {
  /** The history as it is now; it grows by `add`. */
  readonly messages: () => readonly ModelMessage[];
  /** Calls of an interrupted turn without a result in the file. */
  readonly unanswered: () => readonly ToolItem[];
  /** Calls whose approval was pending when the app ended, until the conversation continues. */
  readonly interrupted: () => readonly InterruptedCall[];
  /** Tools that `tool_search` found in an earlier run. */
  readonly revealed: () => readonly string[];
  readonly title: () => string | undefined;
  readonly createdAtMs: () => number | undefined;
  readonly updatedAtMs: () => number;
  readonly takeCallId: (id: string) => ItemId;
  /** Replaces the state in memory with newer content of the file. */
  replace(loaded: LoadedSession): void;
  /** A turn has started with these messages; open calls of an earlier turn are closed. */
  open(messages: readonly ModelMessage[], promptText: string | undefined, nowMs: number): void;
  add(message: ModelMessage): void;
  /** A summary replaces the beginning of the history. Unit: tokens of a whole request that includes it. */
  replaceHistory(messages: readonly ModelMessage[], tokens: number): void;
  /** A provider has counted the history and the next answer, including system prompt and tools. */
  measured(tokens: number): void;
  /** The size of the next request: the last count, plus an estimate of everything added since. */
  readonly usage: () => ContextUse;
  readonly compactions: CompactionRecord;
  touch(nowMs: number): void;
  rename(title: string): void;
}

export function createConversation(loaded: LoadedSession, nowMs: number): Conversation {
  let { messages, unanswered, interrupted, revealed, title, createdAtMs } = loaded;
  let updatedAtMs = loaded.updatedAtMs ?? nowMs;
  let takeCallId = createCallIds(messages);
  let use = toContextUse(loaded);
  let isAnswerCounted = false;
  const grow = (message: ModelMessage) => {
    const tokens = isAnswerCounted && message.role === 'assistant' ? 0 : estimateMessage(message);
    isAnswerCounted = false;
    use = { ...use, added: use.added + tokens };
  };
  return {
    messages: () => messages,
    unanswered: () => unanswered,
    interrupted: () => interrupted,
    revealed: () => revealed,
    title: () => title,
    createdAtMs: () => createdAtMs,
    updatedAtMs: () => updatedAtMs,
    takeCallId: (id) => takeCallId(id),
    replace(next) {
      messages = next.messages;
      unanswered = next.unanswered;
      interrupted = next.interrupted;
      revealed = next.revealed;
      title = next.title ?? title;
      createdAtMs = next.createdAtMs ?? createdAtMs;
      takeCallId = createCallIds(messages);
      use = toContextUse(next);
    },
    open(opening, promptText, atMs) {
      const added = [...closeOpenCalls(messages), ...opening];
      messages.push(...added);
      for (const message of added) grow(message);
      unanswered = [];
      interrupted = [];
      createdAtMs ??= atMs;
      updatedAtMs = atMs;
      if (promptText !== undefined) title ??= titleFromPrompt(promptText) || undefined;
    },
    add(message) {
      messages.push(message);
      grow(message);
    },
    replaceHistory(next, tokens) {
      messages = [...next];
      use = { counted: tokens, added: 0 };
    },
    measured(tokens) {
      use = { counted: tokens, added: 0 };
      isAnswerCounted = true;
    },
    usage: () => use,
    compactions: { failures: 0, tokensAfterLast: 0 },
    touch: (atMs) => void (updatedAtMs = atMs),
    rename: (next) => void (title = next),
  };
}

/** Messages after the last answer are not part of its count. */
function toContextUse({ messages, context }: LoadedSession): ContextUse {
  if (context.usedTokens === 0) return { counted: 0, added: estimateMessages(messages) };
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  return { counted: context.usedTokens, added: estimateMessages(messages.slice(answered + 1)) };
}
