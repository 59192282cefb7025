import { useMemo } from 'react';
import type { ItemId, QueuedPrompt, SessionId } from '../../../preload/contract/index.ts';
import { useStores, useView } from '../../stores/index.ts';
import type { RowSource } from './rows.ts';

const NO_ORDER: readonly ItemId[] = [];
const NO_PROMPTS: readonly QueuedPrompt[] = [];

/** What the rows are built from; a new object when rows may have come, gone or changed kind, not with every bit of text. */
export function useRowSource(sessionId: SessionId): RowSource {
  const { host } = useStores();
  const order = useView(sessionId, (view) => view.order, NO_ORDER);
  const shape = useView(sessionId, (view) => view.shape, 0);
  const pending = useView(sessionId, (view) => view.pending, NO_PROMPTS);
  const turnRunning = useView(sessionId, (view) => view.turn !== undefined, false);
  return useMemo(
    // `shape` stands for the items: it changes whenever they do in a way that matters to the rows.
    () => ({ order, items: shape >= 0 ? (host.getState().views[sessionId]?.items ?? {}) : {}, pending, turnRunning }),
    [host, sessionId, order, shape, pending, turnRunning],
  );
}
