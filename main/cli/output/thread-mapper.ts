/** The messages of a session and of its subagents; those of a subagent belong to the call that started it. Pure. */
import { type HostEvent, type ItemId, type TranscriptItem, TurnId } from '../../../preload/contract/index.ts';
import { createMessageMapper, type MapperOptions, type MessageMapper } from './message-mapper.ts';
import type { RunMessage } from './output-message.ts';

const NO_TURN_ID = TurnId.parse('none');

/** `lastText` is the session's own. */
export function createThreadMapper(options: MapperOptions): MessageMapper {
  const main = createMessageMapper(options);
  const threads = new Map<ItemId, MessageMapper>();
  const parents = new Map<ItemId, ItemId>();

  const threadOf = (parentId: ItemId): MessageMapper => {
    const known = threads.get(parentId) ?? createMessageMapper({ ...options, parentToolUseId: parentId });
    threads.set(parentId, known);
    return known;
  };

  /** No event reports a subagent's turn: running tools and the end of the call complete its answer. */
  const complete = (thread: MessageMapper, event: HostEvent): readonly RunMessage[] => {
    if (!('seq' in event.data)) return [];
    const { sessionId, seq } = event.data;
    return thread.push({
      event: 'turn.changed',
      data: { sessionId, seq, turn: { id: NO_TURN_ID, phase: 'running_tools', startedAtMs: 0 } },
    });
  };

  function pushItem(event: Extract<HostEvent, { event: 'item.added' | 'item.changed' }>): readonly RunMessage[] {
    const { item } = event.data;
    const { parentId } = item;
    const ended = isEnded(item) ? threads.get(item.id) : undefined;
    const before = ended === undefined ? [] : complete(ended, event);
    if (ended !== undefined) threads.delete(item.id);
    if (parentId === undefined) return [...before, ...main.push(event)];
    parents.set(item.id, parentId);
    const thread = threadOf(parentId);
    const begun = item.kind === 'tool' && item.status !== 'pending' ? complete(thread, event) : [];
    return [...before, ...begun, ...thread.push(event)];
  }

  return {
    push(event) {
      if (!('sessionId' in event.data) || event.data.sessionId !== options.sessionId) return [];
      if (event.event === 'item.added' || event.event === 'item.changed') return pushItem(event);
      if (event.event !== 'item.removed' && event.event !== 'message.delta') return main.push(event);
      const parentId = parents.get(event.data.itemId);
      return (parentId === undefined ? main : threadOf(parentId)).push(event);
    },
    lastText: () => main.lastText(),
  };
}

function isEnded(item: TranscriptItem): boolean {
  return item.kind === 'tool' && item.endedAtMs !== undefined;
}
