import { lazy, Suspense, useState } from 'react';
import type { ProjectSummary } from '../preload/contract/index.ts';
import { ConnectionBar, RefusedScreen } from './features/connection/index.ts';
import { ChangesPanel } from './features/changes/index.ts';
import {
  Announcer,
  ErrorBoundary,
  RightPanel,
  Sidebar,
  StatusBar,
  TitleBar,
  Toasts,
  useLeaveGuard,
  useSeen,
  useShortcuts,
  useTheme,
  useTitle,
} from './features/frame/index.ts';
import { HistoryScreen, HistoryShortcuts, UndoToasts } from './features/history/index.ts';
import { FolderDialog, StartScreen, TrustDialog, useDemo, Welcome } from './features/onboarding/index.ts';
import { PaletteHost } from './features/palette/index.ts';
import { Composer, PlanPanel, SessionScreen } from './features/session/index.ts';
import { NotifyBell, TaskNotifications, TaskShortcuts, TasksPanel } from './features/task/index.ts';
import {
  type Stores,
  StoresProvider,
  useActions,
  useActiveProject,
  useActiveSessionId,
  useConnection,
  useHost,
  useSettings,
  useUi,
  useView,
} from './stores/index.ts';
import { t } from './i18n.ts';
import { TooltipProvider } from './ui/index.ts';

// Not needed for the first paint.
const ConnectScreen = lazy(() => import('./features/settings/index.ts').then((module) => ({ default: module.ConnectScreen })));
const SettingsScreen = lazy(() => import('./features/settings/index.ts').then((module) => ({ default: module.SettingsScreen })));

/** The window. */
export function App({ stores }: { readonly stores: Stores }) {
  return (
    <StoresProvider value={stores}>
      <TooltipProvider delayDuration={500}>
        {/* For the parts outside the screens, which have an error boundary each: without this one an error there would leave an empty window. */}
        <ErrorBoundary>
          <AppWindow />
        </ErrorBoundary>
      </TooltipProvider>
    </StoresProvider>
  );
}

function AppWindow() {
  const connection = useConnection();
  const screen = useUi((ui) => ui.screen);
  const showScreen = useUi((ui) => ui.showScreen);
  const settingsProviderId = useUi((ui) => ui.settingsProviderId);
  useShortcuts();
  useTheme();
  useLeaveGuard();
  useSeen();
  useTitle();
  if (connection.kind === 'refused') return <RefusedScreen error={connection.error} />;
  return (
    <div className="flex h-full flex-col overflow-hidden">
      <TitleBar />
      <ConnectionBar />
      <ErrorBoundary key={screen}>
        {screen === 'settings' ? (
          <Suspense fallback={null}>
            <SettingsScreen
              onClose={() => showScreen('workspace')}
              {...(settingsProviderId === undefined ? {} : { focusProviderId: settingsProviderId })}
            />
          </Suspense>
        ) : screen === 'connect' ? (
          <Suspense fallback={null}>
            <main aria-label={t('frame.main')} className="flex min-h-0 flex-1 flex-col">
              <ConnectScreen onClose={() => showScreen('workspace')} />
            </main>
          </Suspense>
        ) : screen === 'history' ? (
          <HistoryScreen />
        ) : (
          <Workspace />
        )}
      </ErrorBoundary>
      <TaskShortcuts />
      <TaskNotifications />
      <HistoryShortcuts />
      <FolderDialog />
      <PaletteHost />
      <Toasts>
        <UndoToasts />
      </Toasts>
      <Announcer />
    </div>
  );
}

function Workspace() {
  const sidebarOpen = useUi((ui) => ui.sidebarOpen);
  const sessionId = useActiveSessionId();
  const project = useActiveProject();
  return (
    <>
      <div className="relative flex min-h-0 flex-1">
        {sidebarOpen && <Sidebar />}
        <main aria-label={t('frame.main')} className="relative flex min-w-0 flex-1 flex-col">
          <Suspense fallback={null}>
            <Centre />
          </Suspense>
        </main>
        <RightPanel
          tasks={<TasksPanel />}
          tools={<NotifyBell className="self-center" />}
          plan={
            <Suspense fallback={null}>
              <PlanPanel sessionId={sessionId} />
            </Suspense>
          }
          changes={
            <Suspense fallback={null}>
              <ChangesPanel sessionId={sessionId} />
            </Suspense>
          }
        />
      </div>
      <StatusBar />
      {project?.trust === 'unknown' && (
        <Suspense fallback={null}>
          <TrustDialog project={project} />
        </Suspense>
      )}
    </>
  );
}

function Centre() {
  const project = useActiveProject();
  const sessionId = useActiveSessionId();
  const loaded = useHost((host) => host.projectsLoaded);
  if (!loaded) return null;
  if (!project) return <FirstRun />;
  if (sessionId === undefined) return <BlankSession key={project.id} project={project} />;
  return <SessionScreen sessionId={sessionId} empty={<EmptySession project={project} />} />;
}

/** Without a model, connecting one comes first; its result stays in view until a folder is open. */
function FirstRun() {
  const settings = useSettings();
  const demo = useDemo();
  const [connects, setConnects] = useState<boolean>();
  if (settings === undefined) return null;
  if (!(connects ?? settings.defaultModel === undefined)) return <Welcome />;
  if (connects === undefined) setConnects(true);
  return <ConnectScreen onDemo={demo && (() => void demo().then(() => setConnects(false)))} />;
}

function EmptySession({ project }: { readonly project: ProjectSummary }) {
  const hasModel = useView(useActiveSessionId(), (view) => view.model !== undefined, false);
  const { prompt } = useActions();
  return <StartScreen project={project} hasModel={hasModel} onStart={prompt} />;
}

/** A folder without an open session: the first prompt creates one. */
function BlankSession({ project }: { readonly project: ProjectSummary }) {
  const settings = useSettings();
  const { prompt, runCommand, setDefaultMode, setDefaultModel } = useActions();
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        <StartScreen project={project} hasModel={settings?.defaultModel !== undefined} onStart={prompt} />
      </div>
      <div className="mx-auto w-full max-w-[828px] px-6 pb-3.5">
        <Composer
          draftKey={project.id}
          earlierPrompts={() => []}
          onSend={prompt}
          onRun={runCommand}
          onStop={undefined}
          mode={settings?.approvalMode ?? 'default'}
          onMode={setDefaultMode}
          model={settings?.defaultModel}
          onModel={setDefaultModel}
          context={undefined}
        />
      </div>
    </>
  );
}
