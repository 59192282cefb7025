/** The rows of a session that a client opens, as the updates that would have made them. */
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { SessionSnapshot, TranscriptItem } from '../../preload/contract/index.ts';
import type { SessionHandle } from '../engine/index.ts';
import type { PendingUpdate } from './outbox.ts';
import type { UpdateMapper } from './update-mapper.ts';

/** Earlier rows of a long session are not replayed. */
const MAX_REPLAYED = 2_000;
const PAGE = 300;

export interface ReplayedRows {
  /** Oldest first. */
  readonly items: readonly TranscriptItem[];
  /** How many older rows there are. */
  readonly left: number;
}

export async function readRows(session: SessionHandle, snapshot: SessionSnapshot): Promise<ReplayedRows> {
  const pages: (readonly TranscriptItem[])[] = [snapshot.items];
  let left = snapshot.earlierItems;
  let count = snapshot.items.length;
  let first = snapshot.items[0];
  while (left > 0 && first !== undefined && count < MAX_REPLAYED) {
    const page = await session.earlier({ beforeItemId: first.id, limit: PAGE });
    if (page.items.length === 0) break;
    pages.unshift(page.items);
    left = page.earlierItems;
    count += page.items.length;
    first = page.items[0];
  }
  return { items: pages.flat(), left };
}

export function replayedUpdates({ items, left }: ReplayedRows, mapper: Pick<UpdateMapper, 'replay'>): readonly PendingUpdate[] {
  return [...(left > 0 ? [leftOut(left)] : []), ...items.flatMap((item) => mapper.replay(item))];
}

function leftOut(count: number): SessionUpdate {
  const text = `${count} earlier rows of this session are not shown here. Gantry's own window has them.\n\n`;
  return { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, _meta: { source: 'notice', level: 'quiet' } };
}

/** The updates themselves, with the time of their rows. Unit: ms since 1970. */
export async function settleUpdates(pending: readonly PendingUpdate[]) {
  const updates = await Promise.all(pending.map(async (update) => (typeof update === 'function' ? update() : [update])));
  return updates.flat().map((update) => ({ ...update, timestamp: update._meta?.['timestamp'] }));
}
