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

/** What the rows are built from; a new object when rows may have come, gone or changed kind, not with every bit of text. */
export function useRowSource(sessionId: SessionId): RowSource {
  const { host } = useStores();
  const order = useView(sessionId, (view) => view.order, NO_ORDER);
  const shape = useView(sessionId, (view) => view.shape, 0);
  const pending = useView(sessionId, (view) => view.pending, NO_PROMPTS);
  const hasTurn = useView(sessionId, (view) => view.turn !== undefined, false);
  // A summary that was asked for and a rewind are no turns. A command of the user's is none either, and has its own row.
  const worksAlone = useSessionSummary(sessionId)?.state === 'running';
  const lastIsCommand = useView(sessionId, ({ order: ids, items }) => isRunningCommand(ids.at(-1), items), false);
  const turnRunning = hasTurn || (worksAlone && !lastIsCommand);
  return useMemo(
    // `shape` stands for the items: it changes whenever they do in a way that matters to the rows.
    () => ({ order, items: shape >= 0 ? (host.getState().views[sessionId]?.items ?? {}) : {}, pending, turnRunning }),
    [host, sessionId, order, shape, pending, turnRunning],
  );
}

function isRunningCommand(id: ItemId | undefined, items: Readonly<Record<ItemId, TranscriptItem>>): boolean {
  const item = id === undefined ? undefined : items[id];
  return item?.kind === 'tool' && item.name === USER_COMMAND_NAME && item.endedAtMs === undefined;
}
