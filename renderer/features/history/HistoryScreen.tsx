import { useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { type HistoryPlace, HistoryNav } from './HistoryNav.tsx';
import { SessionBrowser } from './SessionBrowser.tsx';
import { TrashList } from './TrashList.tsx';
import { useEffect, useEffectEvent, useState } from 'react';

/** All sessions of all folders, below the title bar. Escape leaves the screen. */
export function HistoryScreen() {
  const { projectId, query: firstQuery, turn } = useUi((ui) => ui.historyFor);
  const showScreen = useUi((ui) => ui.showScreen);
  const [place, setPlace] = useState<HistoryPlace>(placeOf(projectId));
  const [query, setQuery] = useState(firstQuery);
  const [shownTurn, setShownTurn] = useState(turn);
  if (turn !== shownTurn) {
    // It may be opened again while it is open: with another folder, or another query.
    setShownTurn(turn);
    setPlace(placeOf(projectId));
    setQuery(firstQuery);
  }
  const close = () => showScreen('workspace');
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role="dialog"], [role="menu"]') !== null) return;
    event.preventDefault();
    if (query === '') close();
    else setQuery('');
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onEscape(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  return (
    <div className="flex min-h-0 flex-1">
      <HistoryNav place={place} onPlace={setPlace} onClose={close} />
      <main aria-label={t('history.label')} className="flex min-w-0 flex-1 flex-col">
        {place.kind === 'trash' ? <TrashList /> : <SessionBrowser place={place} query={query} onQuery={setQuery} focusTurn={turn} />}
      </main>
    </div>
  );
}

const placeOf = (projectId: Extract<HistoryPlace, { kind: 'folder' }>['projectId'] | undefined): HistoryPlace =>
  projectId === undefined ? { kind: 'all' } : { kind: 'folder', projectId };
