import { useMemo } from 'react';
import {
  type ItemId,
  type QueuedPrompt,
  type SessionId,
  type TranscriptItem,
  USER_COMMAND_NAME,
} from '../../../../preload/contract/index.ts';
import { useSessionSummary, useStores, useView } from '../../../stores/index.ts';
import type { RowSource } from './rows.ts';

const NO_ORDER: readonly ItemId[] = [];
const NO_PROMPTS: readonly QueuedPrompt[] = [];

/** The input of the rows; a new object when rows may have been added, removed or changed in kind, not with every delta. */
export function useRowSource(sessionId: SessionId): RowSource {
  const { host } = useStores();
  const order = useView(sessionId, (view) => view.order, NO_ORDER);
  const shape = useView(sessionId, (view) => view.shape, 0);
  const pending = useView(sessionId, (view) => view.pending, NO_PROMPTS);
  const hasTurn = useView(sessionId, (view) => view.turn !== undefined, false);
  // A requested summary and a rewind are not turns. Neither is a user command, which has its own row.
  const worksAlone = useSessionSummary(sessionId)?.state === 'running';
  const lastIsCommand = useView(sessionId, ({ order: ids, items }) => isRunningCommand(ids.at(-1), items), false);
  const turnRunning = hasTurn || (worksAlone && !lastIsCommand);
  return useMemo(
    // `shape` represents the items: it changes whenever a change of them affects the rows.
    () => ({ order, items: shape >= 0 ? (host.getState().views[sessionId]?.items ?? {}) : {}, pending, turnRunning }),
    [host, sessionId, order, shape, pending, turnRunning],
  );
}

function isRunningCommand(id: ItemId | undefined, items: Readonly<Record<ItemId, TranscriptItem>>): boolean {
  const item = id === undefined ? undefined : items[id];
  return item?.kind === 'tool' && item.name === USER_COMMAND_NAME && item.endedAtMs === undefined;
}
