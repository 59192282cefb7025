import { useEffect } from 'react';
import { useStores } from '../../stores/index.ts';
import { hasMod } from '../../ui/index.ts';

/** Ctrl or Cmd with Shift+F opens the search of all sessions; pressed again, it goes back. Mount once. */
export function HistoryShortcuts() {
  const { ui } = useStores();
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!hasMod(event) || !event.shiftKey || event.altKey || event.key.toLowerCase() !== 'f') return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      const { screen, showHistory, showScreen } = ui.getState();
      if (screen === 'history') showScreen('workspace');
      else showHistory();
    };
    // Capturing, because a terminal would otherwise handle the key first.
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, [ui]);
  return null;
}
