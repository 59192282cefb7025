import type { ApprovalMode, Theme } from '../../../preload/contract/index.ts';
import { useActions, useActiveSessionId, useProviders, useStores, useView } from '../../stores/index.ts';
import { t } from '../../i18n.ts';

export interface PaletteAction {
  readonly id: string;
  readonly label: string;
  /** The format that `keyLabel` expects. */
  readonly keys?: string;
  readonly run: () => void;
}

export interface PaletteActions {
  readonly actions: readonly PaletteAction[];
  readonly models: readonly PaletteAction[];
  readonly settings: readonly PaletteAction[];
}

const MODES: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];
const THEMES: readonly Theme[] = ['system', 'dark', 'light'];

/** All actions of the palette that apply at the moment. */
export function usePaletteActions(): PaletteActions {
  const { ui } = useStores();
  const act = useActions();
  const { providers } = useProviders();
  const sessionId = useActiveSessionId();
  const works = useView(sessionId, (view) => view.turn !== undefined, false);
  const state = () => ui.getState();
  const setMode = (mode: ApprovalMode) => void (sessionId === undefined ? act.setDefaultMode(mode) : act.setMode(sessionId, mode));
  return {
    actions: [
      { id: 'new', label: t('palette.newSession'), keys: 'Mod N', run: () => void act.newSession() },
      ...(works && sessionId !== undefined
        ? [{ id: 'stop', label: t('palette.interrupt'), keys: 'Esc', run: () => void act.cancelTurn(sessionId) }]
        : []),
      { id: 'open', label: t('palette.openFolder'), keys: 'Mod O', run: () => void act.pickFolder() },
      { id: 'compose', label: t('palette.compose'), keys: 'Mod L', run: () => state().focusComposer() },
      { id: 'all', label: t('palette.allSessions'), keys: 'Mod Shift F', run: () => state().showHistory() },
      { id: 'tasks', label: t('palette.tasks'), keys: 'Mod J', run: () => state().toggleTasks() },
      { id: 'sidebar', label: t('palette.sidebar'), run: () => state().setSidebarOpen(!state().sidebarOpen) },
    ],
    models: providers.flatMap((provider) =>
      provider.models.map((model) => {
        const ref = { providerId: provider.id, modelId: model.id };
        return {
          id: `${provider.id} ${model.id}`,
          label: t('palette.model', { name: model.name ?? model.id, provider: provider.name }),
          run: () => void (sessionId === undefined ? act.setDefaultModel(ref) : act.setModel(sessionId, ref)),
        };
      }),
    ),
    settings: [
      { id: 'settings', label: t('palette.settingsScreen'), keys: 'Mod ,', run: () => state().showScreen('settings') },
      ...MODES.map((mode) => ({
        id: `mode-${mode}`,
        label: t('palette.mode', { name: t(`modes.${mode}.name`) }),
        run: () => setMode(mode),
      })),
      ...THEMES.map((theme) => ({ id: `theme-${theme}`, label: t(`palette.theme.${theme}`), run: () => void act.setTheme(theme) })),
    ],
  };
}
