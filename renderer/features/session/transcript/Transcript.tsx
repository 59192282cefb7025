import { elementScroll, observeElementOffset, useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useUi, useView } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { Spinner } from '../../../ui/index.ts';
import { ReaderPosition } from './reader-position.ts';
import { buildRows, type Row } from './rows.ts';
import { ToEnd } from './ToEnd.tsx';
import { TranscriptRow } from './TranscriptRow.tsx';
import { holds, useFoundRow } from './use-found-row.ts';
import { useRowSource } from './use-row-source.ts';

/** Older items are requested this far before the top, so that they arrive in time. Unit: px. */
const EARLIER_THRESHOLD_PX = 6000;
type List = Virtualizer<HTMLDivElement, Element>;

/** Beyond the end of every list, so that the first rendered rows are the last ones. Unit: px. */
const BEYOND_END_PX = 1e7;

const estimate = (row: Row | undefined) => (row?.kind === 'item' && !row.tight ? 96 : 36);

/**
 * The rows of a session; only those near the view exist. The list is anchored at its end: it follows new output while the
 * reader is there; otherwise it keeps its position, also when older rows are added above.
 */
export function Transcript({ sessionId }: { readonly sessionId: SessionId }) {
  const source = useRowSource(sessionId);
  const rows = useMemo(() => buildRows(source), [source]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [position] = useState(() => new ReaderPosition());
  const loadEarlier = useEarlier(sessionId);
  const finding = useUi((ui) => ui.findingIn === sessionId);

  const list = useRef<List>(undefined);
  if (list.current) position.sync(list.current);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    paddingStart: 6,
    paddingEnd: 20,
    initialOffset: BEYOND_END_PX,
    // Keeps the position when older rows are added above. Following the end is decided below, by what the reader did.
    anchorTo: 'end',
    scrollEndThreshold: -1,
    observeElementOffset: (instance, report) =>
      observeElementOffset(instance, (_offset, isScrolling) => {
        position.look(instance);
        position.noteOwn(instance);
        // The current position: the report at the end of a scroll has the position of its last event.
        report(instance.scrollElement?.scrollTop ?? 0, isScrolling);
      }),
    scrollToFn: (offset, options, instance) => {
      position.sync(instance);
      elementScroll(offset, options, instance);
      position.noteOwn(instance);
    },
  });
  list.current = virtualizer;
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) => {
    position.sync(instance);
    return isAbove(item, instance.itemSizeCache.has(item.key), instance.scrollOffset ?? 0);
  };

  const foundId = useFoundRow(sessionId, rows, (index) => {
    virtualizer.scrollToIndex(index, { align: 'center' });
    position.isAtEnd = false;
  });

  const totalPx = virtualizer.getTotalSize();
  const prompts = source.pending.length;
  const promptsBefore = useRef(prompts);
  useLayoutEffect(() => {
    // Sending a prompt scrolls to the end, where its answer will appear.
    if (prompts > promptsBefore.current) position.isAtEnd = true;
    promptsBefore.current = prompts;
  }, [prompts, position]);
  // Opens at the end and follows it, also when a row or the view changes its height.
  const followEnd = useCallback(() => {
    position.look(virtualizer);
    if (position.isAtEnd && scroller.current) toEndOf(scroller.current);
    setAtEnd(position.isAtEnd);
  }, [position, virtualizer]);
  useLayoutEffect(() => {
    if (totalPx >= 0) followEnd();
  }, [rows, totalPx, followEnd]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // A card or a bar reduces the height of the list.
    const observer = new ResizeObserver(followEnd);
    observer.observe(element);
    return () => observer.disconnect();
  }, [followEnd]);

  const toEnd = () => {
    position.isAtEnd = true;
    if (scroller.current) toEndOf(scroller.current);
  };
  const onScroll = () => {
    position.look(virtualizer);
    setAtEnd(position.isAtEnd);
    if (scroller.current && scroller.current.scrollTop < EARLIER_THRESHOLD_PX) loadEarlier();
  };
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || !event.target.closest('[aria-expanded]')) return;
    // An expanded row stays where it is, although the list grows below it.
    position.isAtEnd = false;
  };

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        onScroll={onScroll}
        onClickCapture={onClick}
        role="log"
        aria-label={t('transcript.label')}
        // A growing answer is announced once, when it is complete; see the frame's live region.
        aria-live="off"
        // Scrolls, so it must be reachable by keyboard.
        tabIndex={0}
        data-pane="transcript"
        className="min-h-0 flex-1 overflow-y-auto px-6 [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
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
                // The first row has a gap too: it is the first only until older ones are added above.
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
      {!atEnd && (
        <div className="flex shrink-0 justify-center border-t border-border py-1">
          <ToEnd sessionId={sessionId} onClick={toEnd} />
        </div>
      )}
    </div>
  );
}

/** Replaces the virtualizer's own: that checks each frame for five seconds, and each new height of the list starts it again. */
function toEndOf(scroller: HTMLElement): void {
  scroller.scrollTop = scroller.scrollHeight;
}

/**
 * Whether a row that changes its height moves the scroll position, so that the visible rows stay where they are. A row that is
 * measured for the first time counts as above the view if its top is (its whole height was an estimate); later, if its end is,
 * because a row grows at its end.
 */
function isAbove({ start, end }: VirtualItem, wasMeasured: boolean, offset: number): boolean {
  return wasMeasured ? end <= offset : start < offset;
}

/** Requests the page before the loaded items, one at a time. */
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
