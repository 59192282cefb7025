/** What a session knows of its own course: the model's history, its name, its times. In memory; the file is the truth. */
import type { ItemId, ToolItem } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import { createCallIds } from './call-ids.ts';
import type { LoadedSession } from './load-session.ts';
import { closeOpenCalls } from './model-history.ts';
import { titleFromPrompt } from './session-edges.ts';

export interface Conversation {
  /** The history as it is now; it grows by `add`. */
  readonly messages: () => readonly ModelMessage[];
  /** Calls of an interrupted turn that the file has no result for. */
  readonly unanswered: () => readonly ToolItem[];
  readonly title: () => string | undefined;
  readonly createdAtMs: () => number | undefined;
  readonly updatedAtMs: () => number;
  readonly takeCallId: (id: string) => ItemId;
  /** The file has more than is held: what it says counts. */
  replace(loaded: LoadedSession): void;
  /** A turn has begun with these messages; what an earlier one left open is closed. */
  open(messages: readonly ModelMessage[], promptText: string | undefined, nowMs: number): void;
  add(message: ModelMessage): void;
  touch(nowMs: number): void;
  rename(title: string): void;
}

export function createConversation(loaded: LoadedSession, nowMs: number): Conversation {
  let { messages, unanswered, title, createdAtMs } = loaded;
  let updatedAtMs = loaded.updatedAtMs ?? nowMs;
  let takeCallId = createCallIds(messages);
  return {
    messages: () => messages,
    unanswered: () => unanswered,
    title: () => title,
    createdAtMs: () => createdAtMs,
    updatedAtMs: () => updatedAtMs,
    takeCallId: (id) => takeCallId(id),
    replace(next) {
      messages = next.messages;
      unanswered = next.unanswered;
      title = next.title ?? title;
      createdAtMs = next.createdAtMs ?? createdAtMs;
      takeCallId = createCallIds(messages);
    },
    open(opening, promptText, atMs) {
      messages.push(...closeOpenCalls(messages), ...opening);
      unanswered = [];
      createdAtMs ??= atMs;
      updatedAtMs = atMs;
      if (promptText !== undefined) title ??= titleFromPrompt(promptText) || undefined;
    },
    add: (message) => void messages.push(message),
    touch: (atMs) => void (updatedAtMs = atMs),
    rename: (next) => void (title = next),
  };
}
