import { useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useUi, useView } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { Spinner } from '../../../ui/index.ts';
import { buildRows, type Row } from './rows.ts';
import { staysAtEnd } from './stick.ts';
import { ToEnd } from './ToEnd.tsx';
import { TranscriptRow } from './TranscriptRow.tsx';
import { holds, useFoundRow } from './use-found-row.ts';
import { useRowSource } from './use-row-source.ts';

/** Older items are asked for this far before the reader meets the top, so that they are there in time. Unit: px. */
const EARLIER_THRESHOLD_PX = 6000;
type List = Virtualizer<HTMLDivElement, Element>;

/** Beyond the end of every list: the first rows that are built are the last ones. Unit: px. */
const BEYOND_END_PX = 1e7;

const estimate = (row: Row | undefined) => (row?.kind === 'item' && !row.tight ? 96 : 36);

/**
 * The rows of a session, of which only those near the view exist. The list hangs on its end: it follows new output while
 * the reader is there, and stays where it is otherwise, also when older rows are put before it.
 */
export function Transcript({ sessionId }: { readonly sessionId: SessionId }) {
  const source = useRowSource(sessionId);
  const rows = useMemo(() => buildRows(source), [source]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const atEndRef = useRef(true);
  const topRef = useRef(0);
  const loadEarlier = useEarlier(sessionId);
  const finding = useUi((ui) => ui.findingIn === sessionId);

  const list = useRef<List>(undefined);
  const rowsBefore = useRef(rows);
  // While the list goes to a row that was found, until the reader scrolls: it then compares its own positions.
  const isGoingToRow = useRef(false);
  if (rowsBefore.current !== rows) {
    if (list.current && !isGoingToRow.current) readOffset(list.current);
    rowsBefore.current = rows;
  }
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    paddingStart: 6,
    paddingEnd: 20,
    initialOffset: BEYOND_END_PX,
    // Keeps the place when older rows are put before it. Following the end is decided below, by what the reader did.
    anchorTo: 'end',
    scrollEndThreshold: -1,
  });
  list.current = virtualizer;
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, { itemSizeCache, scrollOffset }) =>
    isAbove(item, itemSizeCache.has(item.key), isGoingToRow.current ? (scrollOffset ?? 0) : readOffset(virtualizer));

  const foundId = useFoundRow(sessionId, rows, (index) => {
    atEndRef.current = false;
    isGoingToRow.current = true;
    virtualizer.scrollToIndex(index, { align: 'center' });
  });

  const totalPx = virtualizer.getTotalSize();
  const prompts = source.pending.length;
  const promptsBefore = useRef(prompts);
  useLayoutEffect(() => {
    // Whoever sends something wants to see what comes of it.
    if (prompts > promptsBefore.current) atEndRef.current = true;
    promptsBefore.current = prompts;
  }, [prompts]);
  // Opens at its end and follows it: whatever made the list another height, a row, its text or its measure.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || totalPx < 0) return;
    if (atEndRef.current) toEndOf(element);
    else {
      atEndRef.current = element.scrollHeight - element.scrollTop - element.clientHeight < 1;
      setAtEnd(atEndRef.current);
    }
  }, [rows, totalPx]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // A card or a bar that takes room from the list must not hide its end from someone who is there.
    const observer = new ResizeObserver(() => {
      if (atEndRef.current) toEndOf(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const toEnd = () => {
    atEndRef.current = true;
    if (scroller.current) toEndOf(scroller.current);
  };
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    atEndRef.current = staysAtEnd(atEndRef.current, { distance, moved: element.scrollTop - topRef.current });
    topRef.current = element.scrollTop;
    setAtEnd(atEndRef.current);
    if (element.scrollTop < EARLIER_THRESHOLD_PX) loadEarlier();
  };

  const onReaderMoves = () => {
    isGoingToRow.current = false;
  };
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || !event.target.closest('[aria-expanded]')) return;
    // What someone unfolds stays where it is, though the list becomes longer below it.
    atEndRef.current = false;
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={onScroll}
        onWheel={onReaderMoves}
        onPointerDown={onReaderMoves}
        onKeyDown={onReaderMoves}
        onClickCapture={onClick}
        role="log"
        aria-label={t('transcript.label')}
        // A growing answer is announced once, when it is finished; see the frame's live region.
        aria-live="off"
        // Scrolls, so it must be reachable by keyboard.
        tabIndex={0}
        data-pane="transcript"
        className="h-full overflow-y-auto px-6 [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
      >
        <div className="relative mx-auto max-w-[780px]" style={{ height: totalPx }}>
          {virtualizer.getVirtualItems().map((virtual) => {
            const row = rows[virtual.index];
            if (!row) return null;
            return (
              <div
                key={virtual.key}
                data-index={virtual.index}
                ref={virtualizer.measureElement}
                // The first row has its gap as well: it is the first only until older ones are put before it.
                className={`absolute top-0 left-0 w-full ${row.tight ? '' : 'pt-3.5'}`}
                style={{ transform: `translateY(${virtual.start}px)` }}
              >
                <div className={holds(row, foundId) ? 'animate-found rounded-lg' : undefined}>
                  <TranscriptRow row={row} sessionId={sessionId} />
                </div>
              </div>
            );
          })}
        </div>
      </div>
      {finding && (
        <div className="absolute top-3 left-1/2 flex -translate-x-1/2 animate-appear-late items-center gap-2 rounded-md border border-border-strong bg-raised px-2.5 py-1 text-meta text-text-2 shadow-overlay">
          <Spinner label={t('transcript.finding')} />
          {t('transcript.finding')}
        </div>
      )}
      {!atEnd && <ToEnd sessionId={sessionId} onClick={toEnd} />}
    </div>
  );
}

/** Not the virtualizer's own: that looks at each frame for five seconds, and each new height of the list begins them again. */
function toEndOf(scroller: HTMLElement): void {
  scroller.scrollTop = scroller.scrollHeight;
}

/**
 * Whether a row that changes its height moves the scroll position, so that the rows in view stay where they are. A row that is
 * measured for the first time counts as above the view when its top is (its whole height was an estimate); later, when its
 * end is, because a row that grows does so at its end.
 */
function isAbove({ start, end }: VirtualItem, wasMeasured: boolean, offset: number): boolean {
  return wasMeasured ? end <= offset : start < offset;
}

/** Larger than what the browser rounds off. Unit: px. */
const ROUNDING_PX = 1.5;

/**
 * Lets the list know where the reader is now: it learns of a scroll only with the next frame, and would correct the position
 * from the old one. A position behind the end is the list's own, which waits for rows that are not drawn yet.
 */
function readOffset(list: List): number {
  const { scrollElement: element, scrollOffset } = list;
  if (!element || scrollOffset === null) return 0;
  const isBehindEnd = scrollOffset > element.scrollHeight - element.clientHeight + ROUNDING_PX;
  if (isBehindEnd || Math.abs(element.scrollTop - scrollOffset) <= ROUNDING_PX) return scrollOffset;
  list.scrollOffset = element.scrollTop;
  return element.scrollTop;
}

/** Asks for the page before what is held, one at a time. */
function useEarlier(sessionId: SessionId): () => void {
  const { loadEarlier } = useActions();
  const earlierItems = useView(sessionId, (view) => view.earlierItems, 0);
  const loading = useRef(false);
  return () => {
    if (earlierItems === 0 || loading.current) return;
    loading.current = true;
    void loadEarlier(sessionId).finally(() => {
      loading.current = false;
    });
  };
}
