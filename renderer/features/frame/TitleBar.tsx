import { Folder, PanelLeft, PanelRight, Settings } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { type Screen, useActiveProject, useActiveSessionId, useHost, useSessionSummary, useUi } from '../../stores/index.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { IconButton, keyLabel } from '../../ui/index.ts';

const MenuButton = lazy(() => import('./MenuButton.tsx').then((module) => ({ default: module.MenuButton })));

/** Screens other than a session. */
const TITLES = {
  workspace: undefined,
  settings: 'frame.settings',
  history: 'frame.sidebar',
  connect: 'onboarding.welcome.connectTitle',
} as const satisfies Record<Screen, MessageKey | undefined>;

/**
 * The window's own title bar, 40 px: it drags the window and leaves room for the system's buttons (`titlebar-area`, set where
 * the host overlays them).
 */
export function TitleBar() {
  const key = useUi((ui) => TITLES[ui.screen]);
  const title = key && t(key);
  const hasMenu = useHost((host) => host.app?.hasMenu);
  return (
    <header className="drag-region relative flex h-10 shrink-0 items-center gap-1 border-b border-border bg-sidebar pr-[calc(100vw_-_env(titlebar-area-width,100vw)_-_env(titlebar-area-x,0px)_+_8px)] pl-[calc(env(titlebar-area-x,0px)_+_8px)]">
      <Suspense fallback={null}>{hasMenu && <MenuButton />}</Suspense>
      {title === undefined ? <SidebarToggle /> : <span className="size-7" />}
      <div className="pointer-events-none absolute inset-x-24 flex items-center justify-center gap-2 text-row text-text-2">
        {title === undefined ? <Crumb /> : <h1 className="font-semibold text-text-1">{title}</h1>}
      </div>
      <div className="no-drag ml-auto flex gap-1">
        {title === undefined && <PanelToggle />}
        <SettingsToggle />
      </div>
    </header>
  );
}

function Crumb() {
  const project = useActiveProject();
  const session = useSessionSummary(useActiveSessionId());
  if (!project) return <h1 className="font-semibold text-text-1">Gantry</h1>;
  return (
    <h1 className="flex min-w-0 items-center gap-2">
      <Folder size={15} strokeWidth={1.6} aria-hidden className="shrink-0" />
      <span className="truncate font-semibold text-text-1">{project.name}</span>
      {session && <span className="truncate">/ {session.title || t('common.untitled')}</span>}
    </h1>
  );
}

function SidebarToggle() {
  const open = useUi((ui) => ui.sidebarOpen);
  const setOpen = useUi((ui) => ui.setSidebarOpen);
  return (
    <IconButton
      label={open ? t('frame.hideSidebar') : t('frame.showSidebar')}
      aria-expanded={open}
      icon={<PanelLeft size={16} strokeWidth={1.6} aria-hidden />}
      className="no-drag"
      onClick={() => setOpen(!open)}
    />
  );
}

function PanelToggle() {
  const open = useUi((ui) => ui.panel !== undefined);
  const toggleTasks = useUi((ui) => ui.toggleTasks);
  const setPanel = useUi((ui) => ui.setPanel);
  return (
    <IconButton
      label={t('frame.tasksPanel')}
      keys={keyLabel('Mod J')}
      data-panel-toggle
      aria-expanded={open}
      icon={<PanelRight size={16} strokeWidth={1.6} aria-hidden />}
      onClick={() => (open ? setPanel(undefined) : toggleTasks())}
    />
  );
}

function SettingsToggle() {
  const open = useUi((ui) => ui.screen === 'settings');
  const showScreen = useUi((ui) => ui.showScreen);
  return (
    <IconButton
      label={t('frame.settings')}
      keys={keyLabel('Mod ,')}
      aria-pressed={open}
      icon={<Settings size={16} strokeWidth={1.6} aria-hidden />}
      onClick={() => showScreen(open ? 'workspace' : 'settings')}
    />
  );
}
