/**
 * The user's actions, as requests. They do not change state that the host owns: the events that follow do. Errors: an action
 * that fails raises a toast and resolves to false (or undefined); none rejects.
 */
import type { StoreApi } from 'zustand/vanilla';
import {
  defined,
  type Approval,
  type ApprovalDecision,
  type ApprovalMode,
  type CommandOutcome,
  type EventData,
  type ItemId,
  type KeyChord,
  type ModelRef,
  type ProjectId,
  type ProjectSummary,
  type PromptAttachment,
  type PromptDelivery,
  type QuestionAnswer,
  type SessionId,
  type TaskId,
  type Theme,
} from '../../preload/contract/index.ts';
import { type Client, ClientError } from '../rpc/index.ts';
import { t } from '../i18n.ts';
import { errorText } from './error-text.ts';
import { type HostState, isUnused, withEarlier, withoutPending, withPending, withProject } from './host-state.ts';
import { createSessionActions, type SessionActions } from './session-actions.ts';
import type { SettingsState } from './settings-store.ts';
import type { Sync } from './sync.ts';
import { isWebUrl } from './web-url.ts';
import type { UiState } from './ui-store.ts';

/** `delivery`: what happens to the prompt while a turn runs. */
export interface PromptOptions {
  readonly delivery?: PromptDelivery;
  readonly attachments?: readonly PromptAttachment[];
}

export interface Actions extends SessionActions {
  /** Opens the folder dialog of the system, or Gantry's own if the host has none. */
  pickFolder(): Promise<boolean>;
  openProject(path: string): Promise<boolean>;
  trustProject(projectId: ProjectId, trusted: boolean): Promise<boolean>;
  forgetProject(projectId: ProjectId): Promise<boolean>;

  /** In the active project; if there is none, asks for a folder first. */
  newSession(projectId?: ProjectId): Promise<boolean>;
  openSession(projectId: ProjectId, sessionId: SessionId): Promise<boolean>;
  /** Stops everything that runs in the session; if the window shows it, it leaves it. */
  closeSession(projectId: ProjectId, sessionId: SessionId): Promise<boolean>;
  renameSession(projectId: ProjectId, sessionId: SessionId, title: string): Promise<boolean>;
  loadEarlier(sessionId: SessionId): Promise<boolean>;

  /** Creates a session first if none is open. False: not sent, so the caller keeps the text. */
  prompt(text: string, options?: PromptOptions): Promise<boolean>;
  /** Runs the engine's part of a slash command. Undefined: it failed, and a toast was shown. */
  runSlash(text: string): Promise<CommandOutcome | undefined>;
  /** Runs what the user typed after `!`, without the model. Otherwise like `prompt`. */
  runCommand(command: string): Promise<boolean>;
  unqueue(sessionId: SessionId, localId: string): Promise<boolean>;
  /** Sends a queued prompt now. */
  sendQueued(sessionId: SessionId, localId: string): Promise<boolean>;
  cancelTurn(sessionId: SessionId): Promise<boolean>;
  retryNow(sessionId: SessionId): Promise<boolean>;
  setMode(sessionId: SessionId, mode: ApprovalMode): Promise<boolean>;
  setModel(sessionId: SessionId, model: ModelRef): Promise<boolean>;
  resolveApproval(approval: Approval, decision: ApprovalDecision): Promise<boolean>;
  /** Undefined: the decision is left to the agent. */
  answerQuestion(sessionId: SessionId, itemId: ItemId, answers: readonly QuestionAnswer[] | undefined): Promise<boolean>;

  clearEndedTasks(sessionId: SessionId): Promise<boolean>;
  /** A process of an earlier run. If it has ended meanwhile, it just disappears from the list. */
  stopSurvivor(taskId: TaskId): Promise<boolean>;
  leaveSurvivor(taskId: TaskId): Promise<boolean>;

  setDefaultModel(model: ModelRef): Promise<boolean>;
  setDefaultMode(mode: ApprovalMode): Promise<boolean>;
  setTheme(theme: Theme): Promise<boolean>;
  /** Null: back to the default key. */
  setMoveToBackgroundKey(chord: KeyChord | null): Promise<boolean>;
  refreshSettings(): Promise<boolean>;
  openExternal(url: string): Promise<boolean>;

  /** A choice made in a native menu. */
  invoke(invoked: EventData<'command.invoked'>): void;
}

export interface ActionParts {
  readonly client: Client;
  readonly host: StoreApi<HostState>;
  readonly settings: StoreApi<SettingsState>;
  readonly ui: StoreApi<UiState>;
  readonly sync: Sync;
}

const EARLIER_PAGE = 200;

export function createActions({ client, host, ui, sync }: ActionParts): Actions {
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const isCancelled = error instanceof ClientError && error.code === 'cancelled'; // by the user
      if (!isCancelled) ui.getState().raiseToast('error', errorText(error));
      return false;
    }
  };

  const adopt = (project: ProjectSummary) => host.setState(withProject(host.getState(), project), true);

  const createSession = async (projectId: ProjectId) => {
    const { snapshot } = await client.request('session.create', { projectId });
    await sync.open(projectId, snapshot.summary.id);
    return snapshot.summary.id;
  };

  const settleSurvivor = async (method: 'survivor.stop' | 'survivor.leave', taskId: TaskId) => {
    try {
      await client.request(method, { taskId });
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'task_unknown')) throw error; // it has ended by itself, which was the aim
    } finally {
      await sync.refreshSurvivors();
    }
  };

  const openOrCreate = async () => {
    const { activeProjectId, activeSessionId } = ui.getState();
    if (activeProjectId === undefined) throw new Error(t('error.noFolder'));
    return activeSessionId ?? (await createSession(activeProjectId));
  };

  /** Another window may have closed the session meanwhile; then it is opened again. */
  const inOpenSession = async <T>(run: (sessionId: SessionId) => Promise<T>): Promise<T> => {
    const sessionId = await openOrCreate();
    try {
      return await run(sessionId);
    } catch (error) {
      const { activeProjectId } = ui.getState();
      if (!(error instanceof ClientError && error.code === 'session_unknown') || activeProjectId === undefined) throw error;
      await sync.open(activeProjectId, sessionId);
      return await run(sessionId);
    }
  };

  /** Opens its session first, if another one is shown. */
  const openTask = (taskId: TaskId) =>
    attempt(async () => {
      const task = host.getState().tasks[taskId];
      const session = task === undefined ? undefined : host.getState().sessions[task.sessionId];
      if (session === undefined) return; // both are gone: the list has nothing to show
      if (session.id !== ui.getState().activeSessionId) await sync.open(session.projectId, session.id);
      ui.getState().openTask(taskId);
    });

  const actions: Actions = {
    ...createSessionActions({ client, host, ui, sync, attempt }),
    pickFolder: () =>
      attempt(async () => {
        // A native menu may send a command before the host's first answer has arrived.
        const { canPickFolder } = host.getState().app ?? (await client.request('app.describe', {}));
        if (!canPickFolder) return ui.getState().setFolderDialogOpen(true);
        const { path } = await client.request('app.pickFolder', {});
        if (path !== null) await actions.openProject(path);
      }),
    openProject: (path) =>
      attempt(async () => {
        const { project } = await client.request('project.open', { path });
        adopt(project);
        ui.getState().showSession(project.id, undefined);
        await Promise.all([sync.refreshSessions(project.id), sync.refreshSettings()]);
        ui.getState().focusComposer();
      }),
    trustProject: (projectId, trusted) =>
      attempt(async () => {
        adopt((await client.request('project.trust', { projectId, trusted })).project);
        await sync.refreshSettings();
      }),
    forgetProject: (projectId) => attempt(() => client.request('project.forget', { projectId })),

    newSession: async (chosen) => {
      const projectId = chosen ?? ui.getState().activeProjectId;
      if (projectId === undefined) return actions.pickFolder();
      const { activeProjectId, activeSessionId } = ui.getState();
      const open = activeSessionId === undefined ? undefined : host.getState().views[activeSessionId];
      // A session that has not started yet is new enough.
      if (open && projectId === activeProjectId && isUnused(open)) {
        ui.getState().focusComposer();
        return true;
      }
      return attempt(() => createSession(projectId));
    },
    openSession: (projectId, sessionId) => attempt(() => sync.open(projectId, sessionId)),
    closeSession: (projectId, sessionId) =>
      attempt(async () => {
        await client.request('session.close', { sessionId });
        if (ui.getState().activeSessionId === sessionId) ui.getState().showSession(projectId, undefined);
      }),
    renameSession: (projectId, sessionId, title) => attempt(() => client.request('session.rename', { projectId, sessionId, title })),
    loadEarlier: (sessionId) =>
      attempt(async () => {
        const beforeItemId = host.getState().views[sessionId]?.order[0];
        if (beforeItemId === undefined) return;
        const page = await client.request('session.earlier', { sessionId, beforeItemId, limit: EARLIER_PAGE });
        host.setState(withEarlier(host.getState(), sessionId, page), true);
      }),

    prompt: (text, { delivery, attachments = [] } = {}) =>
      attempt(() =>
        inOpenSession(async (sessionId) => {
          const localId = crypto.randomUUID();
          const files =
            attachments.length === 0 ? {} : { attachments: attachments.map(({ name, mimeType, data }) => ({ name, mimeType, data })) };
          host.setState(withPending(host.getState(), sessionId, { localId, text }), true);
          try {
            await client.request('session.prompt', { sessionId, text, localId, ...files, ...defined({ delivery }) });
          } catch (error) {
            host.setState(withoutPending(host.getState(), sessionId, localId), true);
            throw error;
          }
        }),
      ),
    runCommand: (command) => attempt(() => inOpenSession((sessionId) => client.request('session.runCommand', { sessionId, command }))),
    runSlash: async (text) => {
      let outcome: CommandOutcome | undefined;
      await attempt(async () => {
        ({ outcome } = await inOpenSession((sessionId) => client.request('command.run', { sessionId, text })));
      });
      return outcome;
    },
    sendQueued: (sessionId, localId) => attempt(() => client.request('session.sendQueued', { sessionId, localId })),
    unqueue: (sessionId, localId) => attempt(() => client.request('session.unqueue', { sessionId, localId })),
    cancelTurn: (sessionId) => attempt(() => client.request('session.cancel', { sessionId })),
    retryNow: (sessionId) => attempt(() => client.request('session.retryNow', { sessionId })),
    setMode: (sessionId, mode) => attempt(() => client.request('session.setMode', { sessionId, mode })),
    setModel: (sessionId, model) => attempt(() => client.request('session.setModel', { sessionId, model })),
    resolveApproval: ({ sessionId, id, digest }, decision) =>
      attempt(() => client.request('approval.resolve', { sessionId, approvalId: id, digest, decision })),
    answerQuestion: (sessionId, itemId, answers) =>
      attempt(() => client.request('question.answer', { sessionId, itemId, ...(answers === undefined ? {} : { answers: [...answers] }) })),

    clearEndedTasks: (sessionId) => attempt(() => client.request('task.clearEnded', { sessionId })),

    stopSurvivor: (taskId) => attempt(() => settleSurvivor('survivor.stop', taskId)),
    leaveSurvivor: (taskId) => attempt(() => settleSurvivor('survivor.leave', taskId)),

    setDefaultModel: (model) => attempt(() => client.request('settings.setDefaultModel', { model }).then(sync.refreshSettings)),
    setDefaultMode: (mode) => attempt(() => client.request('settings.setApprovalMode', { mode }).then(sync.refreshSettings)),
    setTheme: (theme) => attempt(() => client.request('settings.setTheme', { theme }).then(sync.refreshSettings)),
    setMoveToBackgroundKey: (chord) =>
      attempt(() => client.request('settings.setMoveToBackgroundKey', { chord }).then(sync.refreshSettings)),
    refreshSettings: () => attempt(sync.refreshSettings),
    openExternal: async (url) => {
      if (host.getState().app?.host !== 'server') return attempt(() => client.request('app.openExternal', { url }));
      // In a browser the page opens it, during the click; the new page gets no reference to this one.
      if (!isWebUrl(url)) return false;
      window.open(url, '_blank', 'noopener,noreferrer');
      return true;
    },

    invoke: ({ command, path, problem, taskId }) => {
      const { showScreen, toggleTasks, setSidebarOpen, sidebarOpen, focusComposer } = ui.getState();
      if (command === 'new_session') void actions.newSession();
      else if (command === 'open_folder') {
        if (path === undefined) void actions.pickFolder();
        else if (problem === undefined) void actions.openProject(path);
        else ui.getState().raiseToast('warning', t(`error.open.${problem}`, { path }));
      } else if (command === 'open_settings') showScreen('settings');
      else if (command === 'toggle_tasks') toggleTasks();
      else if (command === 'toggle_sidebar') setSidebarOpen(!sidebarOpen);
      else if (command === 'open_task') taskId !== undefined && void openTask(taskId);
      else focusComposer();
    },
  };
  return actions;
}
