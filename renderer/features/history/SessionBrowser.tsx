import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActions, useHost, useProjects } from '../../stores/index.ts';
import { EmptyState, useNow } from '../../ui/index.ts';
import { buildHistoryRows, type HistoryRow, isSelectable, nextRow } from './history-rows.ts';
import { t } from '../../i18n.ts';
import { HistoryList, rowId } from './HistoryList.tsx';
import type { HistoryPlace } from './HistoryNav.tsx';
import { HistoryStatus } from './HistoryStatus.tsx';
import { ListSkeleton } from './ListSkeleton.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { useOpenHit } from './use-open-hit.ts';
import { useSessionList } from './use-session-list.ts';
import { LEAST_QUERY_CHARS, useTextSearch } from './use-text-search.ts';

/** Unit: rows. */
const PAGE_STEP = 10;
/** Headings change at midnight; a minute is exact enough. Unit: ms. */
const DAY_TICK_MS = 60_000;

export interface SessionBrowserProps {
  readonly place: Exclude<HistoryPlace, { kind: 'trash' }>;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Grows with each request to focus the search field. */
  readonly focusTurn: number;
}

/** One field for titles and all text, and the list below it. The keys work in both. */
export function SessionBrowser({ place, query, onQuery, focusTurn }: SessionBrowserProps) {
  const projects = useProjects();
  const projectsLoaded = useHost((host) => host.projectsLoaded);
  const ids = place.kind === 'folder' ? [place.projectId] : projects.map((project) => project.id);
  const words = query.trim();
  const archived = place.kind === 'archive';
  const list = useSessionList(ids, words, archived);
  const search = useTextSearch(archived ? '' : words, place.kind === 'folder' ? place.projectId : undefined);
  const { openSession, deleteSession, unarchiveSession } = useActions();
  const openHit = useOpenHit();
  const nowMs = useNow(DAY_TICK_MS);
  const [allTitlesFor, setAllTitlesFor] = useState<string>();
  const [activeKey, setActiveKey] = useState<string>();
  const [moves, setMoves] = useState(0);
  const [menuKey, setMenuKey] = useState<string>();
  const [renaming, setRenaming] = useState<SessionSummary>();
  const field = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const listId = useId();

  const { sessions, pinned, total } = list;
  const { hits } = search;
  const allTitles = allTitlesFor === words;
  const rows = useMemo(
    () => buildHistoryRows({ sessions, pinned, total, query: words, hits, allTitles, nowMs }),
    [sessions, pinned, total, words, hits, allTitles, nowMs],
  );
  const held = activeKey === undefined ? -1 : rows.findIndex((row) => row.key === activeKey);
  const active = held === -1 ? rows.findIndex(isSelectable) : held;
  const activeRow = rows[active];

  useEffect(() => field.current?.focus(), [focusTurn]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActiveKey(undefined);
  }, [words, place]);

  const open = (row: HistoryRow | undefined) => {
    if (row?.kind === 'session' && archived) void unarchiveSession(row.session, true);
    else if (row?.kind === 'session') void openSession(row.session.projectId, row.session.id);
    else if (row?.kind === 'hit' || row?.kind === 'hit_session') openHit(row.hit, row.kind === 'hit');
    else if (row?.kind === 'more_titles') setAllTitlesFor(words);
  };
  const move = (step: number) => {
    const row = rows[nextRow(rows, active, step)];
    if (!row) return;
    setActiveKey(row.key);
    setMoves((count) => count + 1);
  };
  const remove = (row: HistoryRow | undefined) => {
    if (row?.kind !== 'session' || archived) return;
    // The row that takes its place becomes the selected one.
    const after = rows[nextRow(rows, active, 1)];
    const next = after === row ? rows[nextRow(rows, active, -1)] : after;
    setActiveKey(next?.key);
    void deleteSession(row.session);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey || menuKey !== undefined) return;
    // React also delivers the keys of dialogs and menus here, although they are elsewhere in the page.
    if (!(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return;
    if (event.target instanceof HTMLButtonElement) return;
    const inField = event.target === field.current;
    const acts: Record<string, (() => void) | undefined> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(PAGE_STEP),
      PageUp: () => move(-PAGE_STEP),
      Home: inField ? undefined : () => move(-rows.length),
      End: inField ? undefined : () => move(rows.length),
      Enter: () => open(activeRow),
      F2: () => activeRow?.kind === 'session' && !archived && setRenaming(activeRow.session),
      // In the field, the key deletes text while there is any.
      Delete: inField && query !== '' ? undefined : () => remove(activeRow),
      ContextMenu: () => activeRow?.kind === 'session' && setMenuKey(activeRow.key),
      ...(event.shiftKey ? { F10: () => activeRow?.kind === 'session' && setMenuKey(activeRow.key) } : {}),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const fieldLabel = archived ? t('history.searchArchived') : t('history.search');
  const searching = !archived && words.length >= LEAST_QUERY_CHARS && search.state === 'searching';
  const isEmpty = rows.length === 0 && !list.loading && !searching && list.failed.length === 0 && projectsLoaded;
  return (
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <div className="mx-auto w-full max-w-[908px] px-6 pt-5 pb-2">
        <label className="flex h-9 items-center gap-2.5 rounded-lg border border-border-strong bg-raised px-3 text-text-3 focus-within:border-accent">
          <Search size={16} strokeWidth={1.6} aria-hidden className="shrink-0" />
          <input
            ref={field}
            type="search"
            role="combobox"
            aria-expanded={rows.length > 0}
            aria-haspopup="grid"
            aria-controls={listId}
            {...(active >= 0 ? { 'aria-activedescendant': rowId(listId, active) } : {})}
            aria-label={fieldLabel}
            placeholder={fieldLabel}
            value={query}
            maxLength={200}
            spellCheck={false}
            onChange={(event) => onQuery(event.target.value)}
            className="min-w-0 flex-1 bg-transparent text-body text-text-1 outline-none [&::-webkit-search-cancel-button]:hidden"
          />
        </label>
        <HistoryStatus list={list} search={search} query={words} hint={archived ? t('history.archivedHint') : t('history.hint')} />
      </div>
      {isEmpty ? <Empty words={words} archived={archived} /> : list.loading && rows.length === 0 && <ListSkeleton />}
      <HistoryList
        id={listId}
        rows={rows}
        query={words}
        showsFolder={place.kind !== 'folder'}
        archived={archived}
        active={active}
        moves={moves}
        menuKey={menuKey}
        onMenu={setMenuKey}
        onActive={setActiveKey}
        onOpen={open}
        onRename={(row) => row.kind === 'session' && setRenaming(row.session)}
        onNearEnd={list.loadMore}
        scroller={scroller}
      />
      {renaming && <RenameDialog session={renaming} onClose={() => setRenaming(undefined)} />}
    </div>
  );
}

function Empty({ words, archived }: { readonly words: string; readonly archived: boolean }) {
  if (words !== '') return <EmptyState title={t('history.noMatch', { query: words })}>{t('history.noMatchDetail')}</EmptyState>;
  return (
    <EmptyState title={archived ? t('history.noArchived') : t('history.empty')}>
      {archived ? t('history.noArchivedDetail') : t('history.emptyDetail')}
    </EmptyState>
  );
}
