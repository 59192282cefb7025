/** Messages of which the window has only the beginning. */
import type { AssistantItem, ItemId, SessionId, UserItem } from '../../../preload/contract/index.ts';
import { type Client, readExport } from '../../rpc/index.ts';

export interface MessagePlace {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  readonly part: 'text' | 'thinking';
}

export type Message = AssistantItem | UserItem;

/** How much of it the window does not have. Unit: UTF-16 units, approximate. */
export function omittedChars(item: Message, part: MessagePlace['part'] = 'text'): number {
  return item.omittedChars?.[part] ?? 0;
}

/** The full text. Rejects with the client's error. */
export async function wholeText(client: Client, sessionId: SessionId, item: Message): Promise<string> {
  if (omittedChars(item) === 0) return item.text;
  const prepared = await client.request('session.openText', { sessionId, itemId: item.id, part: 'text' });
  return (await readExport(client, prepared)).join('');
}

/** Up to its last complete line, unless that would omit too much. */
export function atLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > text.length * 0.9 ? text.slice(0, end) : text;
}
