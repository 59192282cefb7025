/**
 * Keeps the stores in step with the host: passes events to the reducer, performs its effects, and after each connect requests
 * everything that a window shows. Owns the attaching of views: during an attach the session's events are kept, and applied
 * after the snapshot.
 */
import type { StoreApi } from 'zustand/vanilla';
import { defined, type EventData, type HostEvent, type ProjectId, type SessionId } from '../../preload/contract/index.ts';
import { type Client, ClientError, type ConnectionState } from '../rpc/index.ts';
import { t } from '../i18n.ts';
import { applyEvent, type Effect } from './apply-event.ts';
import { approvalTitle } from './approval-title.ts';
import { errorText } from './error-text.ts';
import { type HostState, without, withProjects, withSessions, withSnapshot, withTasks } from './host-state.ts';
import type { SettingsState } from './settings-store.ts';
import { FLOATING_PANEL_BELOW_PX, type UiState } from './ui-store.ts';

export interface SyncParts {
  readonly client: Client;
  readonly connection: StoreApi<{ readonly state: ConnectionState }>;
  readonly host: StoreApi<HostState>;
  readonly settings: StoreApi<SettingsState>;
  readonly ui: StoreApi<UiState>;
}

export interface Sync {
  /** Attaches to a session and detaches from the previous one. Rejects with the client's error. */
  open(projectId: ProjectId, sessionId: SessionId): Promise<void>;
  /** Attaches again to an open session, for example when its lease has become free. Rejects with the client's error. */
  attachAgain(sessionId: SessionId): Promise<void>;
  refreshSettings(): Promise<void>;
  refreshSurvivors(): Promise<void>;
  refreshSessions(projectId: ProjectId): Promise<void>;
  onCommand(listener: (invoked: EventData<'command.invoked'>) => void): void;
  stop(): void;
}

export function startSync(parts: SyncParts): Sync {
  const { client, connection, host, settings, ui } = parts;
  /** Sessions that are being attached, with the events that arrived meanwhile. */
  const attaching = new Map<SessionId, { readonly events: HostEvent[]; readonly done: Promise<void> }>();
  const panelOpenedFor = new Set<SessionId>();
  let onCommand: (invoked: EventData<'command.invoked'>) => void = () => {};
  let settingsAsked = 0;

  const report = (error: unknown) => {
    // A lost connection has its own bar, and everything is requested again when it is back.
    if (connection.getState().state.kind === 'ready') ui.getState().raiseToast('error', errorText(error));
  };

  const apply = (event: HostEvent) => {
    const { activeSessionId, showSession } = ui.getState();
    // Deleted, in this window or another: there is nothing left to show.
    if (event.event === 'session.removed' && event.data.sessionId === activeSessionId) showSession(event.data.projectId, undefined);
    const applied = applyEvent(host.getState(), event);
    if (applied.state !== host.getState()) host.setState(applied.state, true);
    for (const effect of applied.effects) perform(effect);
  };

  const receive = (event: HostEvent) => {
    const sessionId = 'sessionId' in event.data && event.event !== 'session.removed' ? event.data.sessionId : undefined;
    const waiting = sessionId === undefined ? undefined : attaching.get(sessionId);
    if (waiting) waiting.events.push(event);
    else apply(event);
  };

  /** A caller that requests an attach in progress waits for that one. */
  const attach = (projectId: ProjectId, sessionId: SessionId): Promise<void> => {
    const underWay = attaching.get(sessionId);
    if (underWay) return underWay.done;
    const events: HostEvent[] = [];
    const done = client.request('session.attach', { projectId, sessionId }).then(
      ({ snapshot }) => {
        attaching.delete(sessionId);
        host.setState(withSnapshot(host.getState(), snapshot), true);
        events.forEach(apply);
      },
      (error: unknown) => {
        attaching.delete(sessionId);
        throw error;
      },
    );
    attaching.set(sessionId, { events, done });
    return done;
  };

  const attachAgain = async (sessionId: SessionId) => {
    const view = host.getState().views[sessionId];
    if (view) await attach(view.projectId, sessionId);
  };

  const perform = (effect: Effect) => {
    const { announce, raiseToast, setPanel } = ui.getState();
    if (effect.kind === 'attach_again') attachAgain(effect.sessionId).catch(report);
    else if (effect.kind === 'refresh_settings') refreshSettings().catch(report);
    else if (effect.kind === 'refresh_survivors') refreshSurvivors().catch(report);
    else if (effect.kind === 'confirm_in_terminal') raiseToast('warning', t('frame.confirmInTerminal'));
    else if (effect.kind === 'raise_notice') raiseToast(effect.notice.level, effect.notice.message);
    else if (effect.kind === 'invoke_command') onCommand(effect.invoked);
    else if (effect.kind === 'approval_requested') announce(t('announce.approval', { title: approvalTitle(effect.action) }));
    else if (effect.kind === 'question_asked')
      announce(t(effect.isPlan ? 'announce.plan' : 'announce.question', { question: effect.question }));
    else if (effect.kind === 'background_task_ended')
      announce(t('announce.taskEnded', { command: effect.task.command, status: effect.task.status }));
    else if (effect.kind === 'turn_ended') announce(t(`announce.turnEnded.${effect.result.end}`));
    else {
      announce(t('announce.taskInBackground', { command: effect.task.command }));
      const { sessionId } = effect.task;
      if (sessionId !== ui.getState().activeSessionId || panelOpenedFor.has(sessionId)) return;
      panelOpenedFor.add(sessionId);
      if (window.innerWidth >= FLOATING_PANEL_BELOW_PX && ui.getState().panel === undefined) setPanel('tasks');
    }
  };

  const refreshSettings = async () => {
    settingsAsked += 1;
    const asked = settingsAsked;
    const { activeProjectId } = ui.getState();
    const params = activeProjectId === undefined ? {} : { projectId: activeProjectId };
    const [view, list] = await Promise.all([client.request('settings.describe', params), client.request('provider.list', params)]);
    // Only the latest request counts: an earlier answer may describe files that have changed since.
    if (asked === settingsAsked) settings.setState({ settings: view.settings, ...list, loaded: true });
  };

  const refreshSurvivors = async () => {
    const { survivors } = await client.request('survivor.list', {});
    host.setState({ survivors });
  };

  /** Once for each connect; a user who closes the panel has seen them. */
  const reportSurvivors = async () => {
    await refreshSurvivors();
    const { survivors } = host.getState();
    if (survivors.length === 0) return;
    const { announce, panel, setPanel } = ui.getState();
    announce(t('announce.survivors', { count: survivors.length }));
    if (window.innerWidth >= FLOATING_PANEL_BELOW_PX && panel === undefined) setPanel('tasks');
  };

  const refreshSessions = async (projectId: ProjectId) => {
    const { sessions: latest, pinned = [] } = await client.request('session.list', { projectId });
    const known = new Set(latest.map(({ id }) => id));
    const sessions = [...latest, ...pinned.filter(({ id }) => !known.has(id))];
    host.setState(withSessions(host.getState(), projectId, sessions), true);
    const { seenTurns, markSeen } = ui.getState();
    // A session that is new to this window is not unread.
    for (const session of sessions) if (seenTurns[session.id] === undefined) markSeen(session.id, session.endedTurns);
  };

  const refreshProjects = async () => {
    const isStart = ui.getState().activeProjectId === undefined;
    const [{ projects }, last] = await Promise.all([
      client.request('project.list', {}),
      isStart ? client.request('project.lastShown', {}).catch(() => undefined) : undefined, // if it fails, the first folder is shown
    ]);
    host.setState(withProjects(host.getState(), projects), true);
    const { activeProjectId, showSession } = ui.getState();
    const isListed = (id: ProjectId | undefined) => projects.some((project) => project.id === id);
    const first = projects.toSorted((a, b) => b.openedAtMs - a.openedAtMs)[0];
    if (!isListed(activeProjectId) && last?.view !== undefined && isListed(last.view.projectId)) {
      showSession(last.view.projectId, last.view.sessionId);
      void reattach();
    } else if (first && !isListed(activeProjectId)) showSession(first.id, undefined);
    await Promise.all(projects.map((project) => refreshSessions(project.id)));
  };

  const reattach = async () => {
    const { activeProjectId, activeSessionId, showSession } = ui.getState();
    if (!activeProjectId || !activeSessionId) return;
    try {
      await attach(activeProjectId, activeSessionId);
    } catch (error) {
      if (connection.getState().state.kind !== 'ready') return;
      // A session without a prompt has no file: after a restart there is nothing to report about it.
      if (!(error instanceof ClientError && error.code === 'session_unknown')) report(error);
      showSession(activeProjectId, undefined);
    }
  };

  /**
   * A session that could not be opened has nothing to show, so the previous one is shown. After a lost connection it is tried
   * again.
   */
  const leaveUnopened = (sessionId: SessionId, before: UiState) => {
    const { activeProjectId, activeSessionId, showScreen, showSession } = ui.getState();
    const isShown = activeSessionId === sessionId && host.getState().views[sessionId] === undefined;
    if (!isShown || connection.getState().state.kind !== 'ready') return;
    const projectId = before.activeProjectId ?? activeProjectId;
    if (projectId === undefined) return;
    showSession(projectId, before.activeSessionId === sessionId ? undefined : before.activeSessionId);
    showScreen(before.screen);
  };

  const load = () => {
    client.request('app.describe', {}).then((app) => host.setState({ app }), report);
    client.request('task.list', {}).then(({ tasks }) => host.setState(withTasks(host.getState(), tasks), true), report);
    refreshProjects().then(refreshSettings).catch(report);
    reportSurvivors().catch(() => undefined); // a host that cannot report survivors has nothing to stop
    void reattach();
  };

  const stops = [
    client.onEvent(receive),
    ui.subscribe(({ activeProjectId: projectId, activeSessionId: sessionId }, before) => {
      if (projectId === undefined || (projectId === before.activeProjectId && sessionId === before.activeSessionId)) return;
      client.notify('project.shown', { projectId, ...defined({ sessionId }) });
    }),
    client.onState((state) => {
      connection.setState({ state });
      if (state.kind === 'ready') load();
    }),
  ];

  return {
    open: async (projectId, sessionId) => {
      const before = ui.getState();
      before.showSession(projectId, sessionId);
      try {
        await attach(projectId, sessionId);
      } catch (error) {
        leaveUnopened(sessionId, before);
        throw error;
      }
      for (const id of openViews(host.getState())) {
        if (id === sessionId || id === ui.getState().activeSessionId) continue;
        host.setState({ views: without(host.getState().views, id) });
        client.request('session.detach', { sessionId: id }).catch(report);
      }
      if (before.activeSessionId !== sessionId) ui.getState().focusComposer();
    },
    attachAgain,
    refreshSettings,
    refreshSurvivors,
    refreshSessions,
    onCommand: (listener) => {
      onCommand = listener;
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function openViews(state: HostState): SessionId[] {
  return Object.values(state.views).map((view: HostState['views'][SessionId]) => view.sessionId);
}
