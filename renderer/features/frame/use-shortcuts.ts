import { useEffect } from 'react';
import { useStores } from '../../stores/index.ts';
import { hasMod } from '../../ui/index.ts';
import { WINDOW_KEYS, type WindowKey } from './window-keys.ts';

/** The panes that F6 cycles through, in their order on the screen. */
const PANES = ['sidebar', 'transcript', 'approval', 'composer', 'panel'] as const;

/** The window's keyboard shortcuts. In a terminal every key belongs to the program, except those with Ctrl or Cmd below. */
export function useShortcuts(): void {
  const { ui, host, actions } = useStores();
  useEffect(() => {
    const chords: Record<WindowKey, () => void> = {
      k: () => ui.getState().setPaletteOpen(true),
      n: () => actions.newSession(),
      o: () => actions.pickFolder(),
      ',': () => ui.getState().showScreen(ui.getState().screen === 'settings' ? 'workspace' : 'settings'),
      j: () => ui.getState().toggleTasks(),
      l: () => ui.getState().focusComposer(),
    };
    const interrupt = () => {
      const { activeSessionId, screen } = ui.getState();
      if (screen !== 'workspace' || activeSessionId === undefined) return false;
      // The turn waits for the user. Escape leaves the approval pending and leads to it; stopping the turn would cancel the call.
      const card = document.querySelector<HTMLElement>('[data-pane="approval"]');
      if (card !== null) {
        card.focus();
        return true;
      }
      const { views, sessions } = host.getState();
      // Without a turn, a user command may run; Escape stops that.
      if (!views[activeSessionId]?.turn && sessions[activeSessionId]?.state !== 'running') return false;
      void actions.cancelTurn(activeSessionId);
      return true;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isDialogOpen()) return;
      const inTerminal = event.target instanceof Element && event.target.closest('.xterm') !== null;
      const pressed = event.key.toLowerCase();
      const found = hasMod(event) && !event.altKey && !event.shiftKey ? WINDOW_KEYS.find(({ key }) => key === pressed) : undefined;
      const chord = found && chords[found.key];
      // Ctrl+J, Ctrl+L and Ctrl+N have a meaning for programs in a terminal; Cmd has none.
      if (chord && (!inTerminal || event.metaKey)) {
        event.preventDefault();
        chord();
      } else if (event.key === 'F6') {
        event.preventDefault();
        focusNextPane(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape' && !inTerminal && interrupt()) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [ui, host, actions]);
}

const isDialogOpen = () => document.querySelector('[role="dialog"]') !== null;

function focusNextPane(step: 1 | -1): void {
  const panes = PANES.map((name) => document.querySelector<HTMLElement>(`[data-pane="${name}"]`)).filter((pane) => pane !== null);
  const active = document.activeElement;
  const region = (pane: HTMLElement) => pane.closest('nav, aside, form, section') ?? pane;
  const at = panes.findIndex((pane) => pane === active || region(pane).contains(active));
  const next = at === -1 ? 0 : (at + step + panes.length) % panes.length;
  panes[next]?.focus();
}
