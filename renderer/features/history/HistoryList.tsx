import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import { useNow } from '../../ui/index.ts';
import { type HistoryRow, isSelectable, ROW_HEIGHT_PX } from './history-rows.ts';
import { t } from '../../i18n.ts';
import { HistoryRowView } from './HistoryRowView.tsx';

/** How far before the end the next page is requested. Unit: rows. */
const AHEAD = 200;
const AGE_TICK_MS = 30_000;

export interface HistoryListProps {
  readonly id: string;
  readonly rows: readonly HistoryRow[];
  readonly query: string;
  readonly showsFolder: boolean;
  readonly archived: boolean;
  /** Index of the row that Enter opens; -1: none. */
  readonly active: number;
  /** Grows with every move by keyboard, which scrolls the row into view. */
  readonly moves: number;
  readonly menuKey: string | undefined;
  readonly onMenu: (key: string | undefined) => void;
  readonly onActive: (key: string) => void;
  readonly onOpen: (row: HistoryRow) => void;
  readonly onRename: (row: HistoryRow) => void;
  readonly onNearEnd: () => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

export const rowId = (listId: string, index: number) => `${listId}-${index}`;

/** Renders only the rows near the view, for lists of any length. It is a grid, because its rows contain a menu. */
export function HistoryList(props: HistoryListProps) {
  const { id, rows, query, showsFolder, archived, active, moves, menuKey, onMenu, onActive, onOpen, onRename, onNearEnd, scroller } = props;
  const nowMs = useNow(AGE_TICK_MS);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ROW_HEIGHT_PX[rows[index]?.kind ?? 'session'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
    paddingEnd: 16,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rows]); // heights depend on the kind, and another list has other kinds
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const nearEnd = last > rows.length - AHEAD;
  const reported = useRef('');
  useEffect(() => {
    const now = `${nearEnd} ${rows.length}`;
    if (nearEnd && reported.current !== now) onNearEnd();
    reported.current = now;
  }, [nearEnd, rows.length, onNearEnd]);
  useEffect(() => {
    // The heading above the first row belongs to it.
    if (moves > 0 && active >= 0) virtualizer.scrollToIndex(active === 1 ? 0 : active);
  }, [virtualizer, moves, active]);

  return (
    <div
      ref={scroller}
      // Scrolls, so it must be reachable by keyboard.
      tabIndex={0}
      role="grid"
      id={id}
      aria-label={t('history.label')}
      aria-rowcount={rows.length}
      {...(active >= 0 ? { 'aria-activedescendant': rowId(id, active) } : {})}
      className="min-h-0 flex-1 overflow-y-auto px-6 focus-visible:outline-offset-[-2px]"
    >
      <div role="rowgroup" className="relative mx-auto max-w-[860px]" style={{ height: virtualizer.getTotalSize() }}>
        {shown.map((virtual) => {
          const row = rows[virtual.index];
          if (!row) return null;
          const selectable = isSelectable(row);
          const isActive = virtual.index === active;
          return (
            <div
              key={virtual.key}
              id={rowId(id, virtual.index)}
              role="row"
              aria-rowindex={virtual.index + 1}
              {...(selectable ? { 'aria-selected': isActive } : {})}
              data-active={isActive}
              style={{ height: virtual.size, transform: `translateY(${virtual.start}px)` }}
              className={`group/line absolute top-0 left-0 w-full rounded-md ${isActive ? 'bg-wash-2' : selectable ? 'hover:bg-wash' : ''}`}
              onMouseDown={() => selectable && onActive(row.key)}
              onClick={() => selectable && onOpen(row)}
              onContextMenu={(event) => {
                if (row.kind !== 'session') return;
                event.preventDefault();
                onActive(row.key);
                onMenu(row.key);
              }}
            >
              <div role={selectable ? 'gridcell' : 'rowheader'} className="h-full">
                <HistoryRowView
                  row={row}
                  query={query}
                  nowMs={nowMs}
                  showsFolder={showsFolder}
                  archived={archived}
                  menuOpen={menuKey === row.key}
                  onMenu={onMenu}
                  onOpen={onOpen}
                  onRename={onRename}
                />
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}
