/** Messages of which the window holds only the beginning. */
import type { AssistantItem, ItemId, SessionId, UserItem } from '../../../preload/contract/index.ts';
import { type Client, readExport } from '../../rpc/index.ts';

export interface MessagePlace {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  readonly part: 'text' | 'thinking';
}

export type Message = AssistantItem | UserItem;

/** How much of it the window does not hold. Unit: UTF-16 units, about. */
export function omittedChars(item: Message, part: MessagePlace['part'] = 'text'): number {
  return item.omittedChars?.[part] ?? 0;
}

/** All of it. Rejects with the client's error. */
export async function wholeText(client: Client, sessionId: SessionId, item: Message): Promise<string> {
  if (omittedChars(item) === 0) return item.text;
  const prepared = await client.request('session.openText', { sessionId, itemId: item.id, part: 'text' });
  return (await readExport(client, prepared)).join('');
}

/** Up to its last whole line, unless that is far up. */
export function atLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > text.length * 0.9 ? text.slice(0, end) : text;
}
