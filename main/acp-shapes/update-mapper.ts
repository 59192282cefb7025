/**
 * The events and rows of a session as the updates of an editor. It performs nothing: a diff needs the file's text, so it is returned
 * as a function that the caller runs when its turn comes.
 */
import type { SessionUpdate, ToolCallContent } from '@agentclientprotocol/sdk';
import type { EventData, HostEvent, ItemId, ToolDisplay, ToolItem, TranscriptItem, Usage } from '../../preload/contract/index.ts';
import type { PendingUpdate } from './outbox.ts';
import {
  TODO_TOOL,
  toContent,
  toEditorKind,
  toKnownInput,
  toLocations,
  toPlanEntries,
  toRawOutput,
  toStatus,
  toTitle,
  toToolMeta,
} from './tool-updates.ts';

export type DiffDisplay = Extract<ToolDisplay, { kind: 'diff' }>;

export interface MapperOptions {
  readonly root: string;
  readonly nowMs: () => number;
  /** The client sent this prompt itself, so it is not repeated to it. */
  readonly isOwnPrompt: (localId: string) => boolean;
  /** The answer to a prompt of the client reports a failure, so its row is not shown too. */
  readonly isPrompting: () => boolean;
  /** The change as the editor shows it; `after`: the file has it already. */
  readonly diff: (display: DiffDisplay, side: 'before' | 'after') => Promise<ToolCallContent>;
}

export interface UpdateMapper {
  event(event: HostEvent): readonly PendingUpdate[];
  /** A row of a session that is loaded, as it is now. Later events continue it. */
  replay(item: TranscriptItem): readonly PendingUpdate[];
  /** The text that the model reads, before the event of the call's end. */
  noteResult(callId: ItemId, text: string): void;
  /** The arguments of a call that has not ended. */
  inputOf(itemId: ItemId): NonNullable<ToolItem['input']> | undefined;
}

type Meta = Readonly<Record<string, unknown>>;

export function createUpdateMapper(options: MapperOptions): UpdateMapper {
  /** How much of each streaming answer was sent. Unit: UTF-16 code units. */
  const sent = new Map<ItemId, { text: number; thinking: number }>();
  const calls = new Map<ItemId, NonNullable<ToolItem['input']>>();
  const results = new Map<ItemId, string>();
  /** What was last sent of a running call: many of its changes are about nothing that an editor shows. */
  const running = new Map<ItemId, string>();
  let usage: Usage = NO_USAGE;
  let requestedAtMs = options.nowMs();

  function answerParts(item: Extract<TranscriptItem, { kind: 'assistant' }>, meta?: Meta): readonly PendingUpdate[] {
    if (item.parentId !== undefined) return []; // the words of a subagent are for the agent; its calls are shown
    const before = sent.get(item.id) ?? { text: 0, thinking: 0 };
    if (item.streaming) sent.set(item.id, { text: item.text.length, thinking: item.thinking.length });
    else sent.delete(item.id);
    return [
      ...chunk('agent_thought_chunk', item.thinking.slice(before.thinking), item.id, meta),
      ...chunk('agent_message_chunk', item.text.slice(before.text), item.id, meta),
    ];
  }

  function delta({ itemId, part, offsetChars, text }: EventData<'message.delta'>): readonly PendingUpdate[] {
    const known = sent.get(itemId);
    if (known === undefined) return [];
    const isNew = text.slice(Math.max(0, known[part] - offsetChars));
    known[part] = Math.max(known[part], offsetChars + text.length);
    return chunk(part === 'text' ? 'agent_message_chunk' : 'agent_thought_chunk', isNew, itemId);
  }

  function call(item: ToolItem, isReplayed: boolean): readonly PendingUpdate[] {
    const status = toStatus(item);
    const hasEnded = status === 'completed' || status === 'failed';
    if (item.name === TODO_TOOL) return plan(item);
    const isKnown = calls.has(item.id);
    const input = item.input ?? calls.get(item.id) ?? toKnownInput(item, options.root);
    const timed = isReplayed ? replayMeta(item, item.startedAtMs) : {};
    const begun = {
      toolCallId: item.id,
      title: toTitle(item),
      kind: toEditorKind(item.name, item.toolKind),
      locations: toLocations(input, options.root),
      rawInput: input,
    };
    const start: SessionUpdate = {
      ...{ sessionUpdate: 'tool_call', ...begun, status: isReplayed ? 'in_progress' : 'pending', content: [] },
      _meta: { ...toToolMeta(item), ...(isReplayed ? timed : { phase: 'preparing' }) },
    };
    const first = isKnown ? [] : [start];
    if (hasEnded) {
      calls.delete(item.id);
      running.delete(item.id);
    }
    if (!hasEnded) calls.set(item.id, input);
    if (hasEnded) return [...first, ended(item, { ...toToolMeta(item), ...timed })];
    if (status === 'pending') return first;
    const content = toContent(item);
    const shown = JSON.stringify([begun.title, content]);
    if (running.get(item.id) === shown) return [];
    running.set(item.id, shown);
    return [
      ...first,
      {
        ...{ sessionUpdate: 'tool_call_update', ...begun, status },
        ...(content.length === 0 ? {} : { content }),
        _meta: toToolMeta(item),
      },
    ];
  }

  function ended(item: ToolItem, meta: Meta): PendingUpdate {
    const result = results.get(item.id);
    results.delete(item.id);
    const update = (content: ToolCallContent[]): SessionUpdate => ({
      ...{ sessionUpdate: 'tool_call_update', toolCallId: item.id, status: toStatus(item), title: toTitle(item), content },
      ...{ rawOutput: toRawOutput(item, result), _meta: { ...meta } },
    });
    const { display } = item;
    if (display.kind !== 'diff' || item.status !== 'success') return update(toContent(item, result));
    return async () => [update([await options.diff(display, 'after')])];
  }

  /** Only the list that the tool has accepted. */
  function plan({ status, display, parentId }: ToolItem): readonly PendingUpdate[] {
    if (status !== 'success' || display.kind !== 'todos' || parentId !== undefined) return [];
    return [{ sessionUpdate: 'plan', entries: toPlanEntries(display.todos) }];
  }

  /** What the requests since the last call have used; none if nothing was. */
  function used(next: Usage): readonly PendingUpdate[] {
    const before = usage;
    usage = next;
    const part = (field: keyof Usage) => next[field] - before[field];
    const nowMs = options.nowMs();
    const durationMs = nowMs - requestedAtMs;
    if (part('inputTokens') <= 0 && part('outputTokens') <= 0) return [];
    requestedAtMs = nowMs;
    const counted = {
      ...{ inputTokens: part('inputTokens'), outputTokens: part('outputTokens') },
      ...{ totalTokens: part('inputTokens') + part('outputTokens') },
      ...{ thoughtTokens: part('thinkingTokens'), cachedReadTokens: part('cachedTokens') },
    };
    return [{ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '' }, _meta: { usage: counted, durationMs } }];
  }

  function added(item: TranscriptItem): readonly PendingUpdate[] {
    switch (item.kind) {
      case 'user':
        return item.localId !== undefined && options.isOwnPrompt(item.localId) ? [] : userParts(item);
      case 'assistant':
        return answerParts(item);
      case 'tool':
        return call(item, false);
      case 'notice':
        return item.level === 'warning' || (item.level === 'error' && !options.isPrompting()) ? noticeParts(item) : [];
      default:
        return item satisfies never;
    }
  }

  return {
    noteResult: (callId, text) => void results.set(callId, text),
    inputOf: (itemId) => calls.get(itemId),
    event(event) {
      switch (event.event) {
        case 'turn.started':
          usage = NO_USAGE;
          requestedAtMs = options.nowMs();
          return [];
        case 'turn.changed':
          return event.data.turn.usage === undefined ? [] : used(event.data.turn.usage);
        case 'turn.ended':
          return used(event.data.result.usage);
        case 'item.added':
          return added(event.data.item);
        case 'item.changed': {
          const { item } = event.data;
          if (item.kind === 'tool') return call(item, false);
          return item.kind === 'assistant' && sent.has(item.id) ? answerParts(item) : [];
        }
        case 'item.removed':
          sent.delete(event.data.itemId);
          return [];
        case 'message.delta':
          return delta(event.data);
        case 'session.modeChanged':
          return [{ sessionUpdate: 'current_mode_update', currentModeId: event.data.mode }];
        case 'context.changed': {
          const { usedTokens, windowTokens } = event.data.context;
          return [{ sessionUpdate: 'usage_update', used: usedTokens, size: windowTokens }];
        }
        default:
          return [];
      }
    },
    replay(item) {
      switch (item.kind) {
        case 'user':
          return userParts(item);
        case 'assistant':
          return answerParts(item, replayMeta(item, item.createdAtMs));
        case 'tool':
          return call(item, true);
        case 'notice':
          return item.level === 'quiet' ? [] : noticeParts(item);
        default:
          return item satisfies never;
      }
    },
  };
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };

function replayMeta({ id }: Pick<TranscriptItem, 'id'>, timestamp: number): Meta {
  return { timestamp, 'qwen.session.recordId': id };
}

function chunk(
  sessionUpdate: 'user_message_chunk' | 'agent_message_chunk' | 'agent_thought_chunk',
  text: string,
  messageId: string,
  meta?: Meta,
): readonly PendingUpdate[] {
  if (text === '') return [];
  return [{ sessionUpdate, content: { type: 'text', text }, messageId, ...(meta === undefined ? {} : { _meta: { ...meta } }) }];
}

function userParts(item: Extract<TranscriptItem, { kind: 'user' }>): readonly PendingUpdate[] {
  if (item.parentId !== undefined) return [];
  const names = (item.attachments ?? []).map(({ name }) => `[${name}]`).join(' ');
  const text = [item.text, names].filter((part) => part !== '').join('\n');
  return chunk('user_message_chunk', text, item.id, replayMeta(item, item.createdAtMs));
}

function noticeParts(item: Extract<TranscriptItem, { kind: 'notice' }>): readonly PendingUpdate[] {
  const text = item.detail === undefined ? item.text : `${item.text}\n\n${item.detail}`;
  return chunk('agent_message_chunk', `${text}\n\n`, item.id, { source: 'notice', level: item.level });
}
