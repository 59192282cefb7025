/** What a session knows of its own course: the model's history, its name, its times. In memory; the file is the truth. */
import type { ItemId, ToolItem } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import { type CompactionRecord, type ContextUse, estimateMessage, estimateMessages } from '../turn/index.ts';
import { closeOpenCalls, type InterruptedCall, titleFromPrompt } from '../transcript/index.ts';
import type { LoadedSession } from '../session-file/index.ts';
import { createCallIds } from './call-ids.ts';

export interface Conversation {
  /** The history as it is now; it grows by `add`. */
  readonly messages: () => readonly ModelMessage[];
  /** Calls of an interrupted turn that the file has no result for. */
  readonly unanswered: () => readonly ToolItem[];
  /** Calls that were asked about when the app ended, until something else goes on. */
  readonly interrupted: () => readonly InterruptedCall[];
  /** Tools that were found by `tool_search` in an earlier run. */
  readonly revealed: () => readonly string[];
  readonly title: () => string | undefined;
  readonly createdAtMs: () => number | undefined;
  readonly updatedAtMs: () => number;
  readonly takeCallId: (id: string) => ItemId;
  /** The file has more than is held: what it says counts. */
  replace(loaded: LoadedSession): void;
  /** A turn has begun with these messages; what an earlier one left open is closed. */
  open(messages: readonly ModelMessage[], promptText: string | undefined, nowMs: number): void;
  add(message: ModelMessage): void;
  /** A summary stands for the beginning from now on. Unit: tokens of a whole request with it. */
  replaceHistory(messages: readonly ModelMessage[], tokens: number): void;
  /** A provider has counted the history and the answer that comes next, with system prompt and tools. */
  measured(tokens: number): void;
  /** What the next request takes: what was counted last, and what came since by estimate. */
  readonly usage: () => ContextUse;
  readonly compactions: CompactionRecord;
  touch(nowMs: number): void;
  rename(title: string): void;
}

export function createConversation(loaded: LoadedSession, nowMs: number): Conversation {
  let { messages, unanswered, interrupted, revealed, title, createdAtMs } = loaded;
  let updatedAtMs = loaded.updatedAtMs ?? nowMs;
  let takeCallId = createCallIds(messages);
  let use = contextUseOf(loaded);
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
      use = contextUseOf(next);
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

/** What stands behind the last answer was not counted with it. */
function contextUseOf({ messages, context }: LoadedSession): ContextUse {
  if (context.usedTokens === 0) return { counted: 0, added: estimateMessages(messages) };
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  return { counted: context.usedTokens, added: estimateMessages(messages.slice(answered + 1)) };
}
