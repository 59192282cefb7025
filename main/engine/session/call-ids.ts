import { randomUUID } from 'node:crypto';
import { ItemId } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';

/** Longer ids are replaced, as the contract bounds them. Unit: UTF-16 code units. */
const MAX_ID_CHARS = 120;

/**
 * Assigns the ids of tool calls: the model's own id, or a new one if it is missing, too long or already used. Some local
 * servers number the calls of every answer from 0, but an id must identify one row of the transcript.
 */
export function createCallIds(messages: readonly ModelMessage[]): (id: string) => ItemId {
  const used = new Set(messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map((call) => call.id) : [])));
  return (id) => {
    const own = id === '' || id.length > MAX_ID_CHARS || used.has(id) ? `call_${randomUUID()}` : id;
    used.add(own);
    return ItemId.parse(own);
  };
}
