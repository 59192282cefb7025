import { useEffect, useEffectEvent, useState } from 'react';
import type { ItemId, SessionId } from '../../../../preload/contract/index.ts';
import { useUi } from '../../../stores/index.ts';
import type { Row } from './rows.ts';

/** Whether a row shows this item: directly, or collapsed. */
export function holds(row: Row, itemId: ItemId | undefined): boolean {
  if (itemId === undefined) return false;
  if (row.kind === 'item') return row.id === itemId;
  if (row.kind === 'agent') return row.id === itemId || row.childIds.includes(itemId);
  return row.kind === 'explored' && row.ids.includes(itemId);
}

/** Scrolls to the row that a search has found, once for each request; returns the item, which stays marked until the next. */
export function useFoundRow(sessionId: SessionId, rows: readonly Row[], show: (index: number) => void): ItemId | undefined {
  const found = useUi((ui) => (ui.found?.sessionId === sessionId ? ui.found : undefined));
  const takeFound = useUi((ui) => ui.takeFound);
  const [marked, setMarked] = useState<ItemId>();
  const index = found === undefined ? -1 : rows.findIndex((row) => holds(row, found.itemId));
  const showNow = useEffectEvent(() => {
    show(index);
    setMarked(found?.itemId);
    takeFound(); // otherwise it would be shown again each time this session is opened
  });
  const turn = found?.turn;
  const isThere = index !== -1;
  useEffect(() => {
    if (turn !== undefined && isThere) showNow();
  }, [turn, isThere]);
  return marked;
}
