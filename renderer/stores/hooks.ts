/** Narrow selections: a component renders only when what it shows has changed. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type {
  ItemId,
  ProjectId,
  ProjectSummary,
  ProviderPreset,
  ProviderSummary,
  SessionId,
  SessionSummary,
  SurvivorSummary,
  SettingsView,
  TaskId,
  TaskSummary,
  TranscriptItem,
} from '../../preload/contract/index.ts';
import type { Client, ConnectionState } from '../rpc/index.ts';
import type { Actions } from './actions.ts';
import { useStores } from './context.ts';
import { hasRunningTask, type HostState, type SessionView } from './host-state.ts';
import type { UiState } from './ui-store.ts';

export const useClient = (): Client => useStores().client;
export const useActions = (): Actions => useStores().actions;

export const useConnection = (): ConnectionState => useStore(useStores().connection, (store) => store.state);

export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useStores().ui, select);
}

/** Only for data that the hooks below do not offer; the selection must be stable or a primitive. */
export function useHost<T>(select: (state: HostState) => T): T {
  return useStore(useStores().host, select);
}

export const useActiveSessionId = (): SessionId | undefined => useUi((ui) => ui.activeSessionId);
export const useActiveProjectId = (): ProjectId | undefined => useUi((ui) => ui.activeProjectId);

export function useActiveProject(): ProjectSummary | undefined {
  const id = useActiveProjectId();
  return useHost((host) => (id === undefined ? undefined : host.projects[id]));
}

/** Most recently opened first. */
export function useProjects(): readonly ProjectSummary[] {
  return useStore(
    useStores().host,
    useShallow((host: HostState) => Object.values<ProjectSummary>(host.projects).toSorted((a, b) => b.openedAtMs - a.openedAtMs)),
  );
}

/** Newest first. */
export function useSessionsOfProject(projectId: ProjectId): readonly SessionSummary[] {
  const select = useMemo(() => {
    let from: HostState['sessions'] | undefined;
    let found: readonly SessionSummary[] = [];
    // Called for every change of the state, such as each word of an answer, so it sorts only when a session has changed.
    return ({ sessions }: HostState) => {
      if (sessions === from) return found;
      from = sessions;
      found = Object.values<SessionSummary>(sessions)
        .filter((session) => session.projectId === projectId)
        .toSorted((a, b) => (b.pinnedAtMs ?? 0) - (a.pinnedAtMs ?? 0) || b.updatedAtMs - a.updatedAtMs);
      return found;
    };
  }, [projectId]);
  return useStore(useStores().host, useShallow(select));
}

export function useSessionSummary(id: SessionId | undefined): SessionSummary | undefined {
  return useHost((host) => (id === undefined ? undefined : host.sessions[id]));
}

/** One slice of an open session; `fallback` until it is attached. */
export function useView<T>(sessionId: SessionId | undefined, select: (view: SessionView) => T, fallback: T): T {
  return useHost((host) => {
    const view = sessionId === undefined ? undefined : host.views[sessionId];
    return view ? select(view) : fallback;
  });
}

export function useItem(sessionId: SessionId, itemId: ItemId): TranscriptItem | undefined {
  return useHost((host) => host.views[sessionId]?.items[itemId]);
}

/** Several items at once; items that no longer exist are omitted. */
export function useItems(sessionId: SessionId, itemIds: readonly ItemId[]): readonly TranscriptItem[] {
  return useStore(
    useStores().host,
    useShallow((host: HostState) => itemIds.map((id) => host.views[sessionId]?.items[id]).filter((item) => item !== undefined)),
  );
}

export function useTask(id: TaskId | undefined): TaskSummary | undefined {
  return useHost((host) => (id === undefined ? undefined : host.tasks[id]));
}

/** All tasks of a session, foreground ones included, newest first. */
export function useTasksOfSession(sessionId: SessionId | undefined): readonly TaskSummary[] {
  return useStore(
    useStores().host,
    useShallow((host: HostState) =>
      Object.values<TaskSummary>(host.tasks)
        .filter((task) => task.sessionId === sessionId)
        .toSorted((a, b) => b.startedAtMs - a.startedAtMs),
    ),
  );
}

/** The same for several sessions. */
export function useTasksOfSessions(sessions: readonly SessionSummary[]): readonly TaskSummary[] {
  return useStore(
    useStores().host,
    useShallow((host: HostState) => {
      const ids = new Set(sessions.map(({ id }) => id));
      return Object.values<TaskSummary>(host.tasks)
        .filter((task) => ids.has(task.sessionId))
        .toSorted((a, b) => b.startedAtMs - a.startedAtMs);
    }),
  );
}

export const useHasRunningTask = (sessions: readonly SessionSummary[]): boolean => useHost((host) => hasRunningTask(host, sessions));

/** Commands of an earlier run that are still alive. */
export const useSurvivors = (): readonly SurvivorSummary[] => useHost((host) => host.survivors);

/** The number of running background tasks in all sessions. */
export function useRunningTaskCount(): number {
  return useHost(
    (host) =>
      Object.values<TaskSummary>(host.tasks).filter((task) => task.placement === 'background' && task.endedAtMs === undefined).length,
  );
}

export function useProviders(): {
  readonly providers: readonly ProviderSummary[];
  readonly presets: readonly ProviderPreset[];
  readonly loaded: boolean;
} {
  return useStore(
    useStores().settings,
    useShallow(({ providers, presets, loaded }) => ({ providers, presets, loaded })),
  );
}

/** Undefined until the first answer. */
export const useSettings = (): SettingsView | undefined => useStore(useStores().settings, (store) => store.settings);
