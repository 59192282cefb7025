/**
 * The sessions of all projects: which are in memory, which are on disk. After its last viewer leaves, a session stays in memory
 * without the lease, so that its mode and grants are kept. The idle sessions that were viewed longest ago are removed first.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ItemId, type ProjectId, SessionId } from '../../../preload/contract/index.ts';
import type { SessionOptions, Sessions } from '../engine-api.ts';
import { EngineError } from '../errors.ts';
import { isStorageError } from '../lib/file-errors.ts';
import type { ProjectDirectory } from '../project/project-api.ts';
import { createSkillTool } from '../skill/index.ts';
import { chooseTools, createStructuredOutputTool, defineTool, STRUCTURED_OUTPUT } from '../tool/index.ts';
import {
  createSessionStore,
  emptySession,
  type LoadedSession,
  type SessionStore,
  titleDraft,
  unrecordedStore,
} from '../session-file/index.ts';
import {
  createIndexCache,
  createKeptPrompts,
  createSessionCatalog,
  createSessionIndex,
  createStoredSessions,
  keptPromptsFolder,
  NOTHING_KEPT,
  readUsage,
  SESSION_ID,
} from '../session-list/index.ts';
import { Session } from './session.ts';
import type { SessionDeps } from './session-deps.ts';
import { createSessionAgents } from './session-agents.ts';
import { listSkills } from './session-skills.ts';
import { createSessionEditor } from './session-editor.ts';
import { createSessionTools } from './session-tools.ts';
import { createClosedSessions } from './closed-sessions.ts';

/** The number of idle sessions without viewers that stay in memory. */
const MAX_UNVIEWED = 10;
export interface SessionsDeps extends SessionDeps {
  readonly projects: ProjectDirectory;
  readonly gantryHome: string;
  /** `<qwenRuntime>/projects`. */
  readonly projectsDir: string;
}

export interface OwnedSessions extends Sessions {
  /** A background task of this session has ended. */
  onTaskEnded(sessionId: SessionId): void;
  /** A task of an earlier run was found to have ended with the app. */
  onTaskInterrupted(sessionId: SessionId): void;
  /** A monitor of this session has lines to report. */
  onMonitorOutput(sessionId: SessionId): void;
  /** Cancels every turn and resolves when all have ended. Nothing starts after it. */
  endTurns(): Promise<void>;
  /** Releases every lease. */
  releaseAll(): Promise<void>;
}

export function createSessions(deps: SessionsDeps): OwnedSessions {
  const live = new Map<SessionId, Session>();
  const unviewed = new Set<SessionId>();
  const opening = new Map<SessionId, Promise<Session>>();
  const closing = new Map<SessionId, Promise<void>>();
  const endedTurns = new Map<SessionId, { count: number }>();
  const index = createSessionIndex(createIndexCache(join(deps.gantryHome, 'index'), deps.logger));
  const catalog = createSessionCatalog({
    projects: deps.projects,
    index,
    projectsDir: deps.projectsDir,
    liveSummary: (id) => live.get(id)?.summary(),
    endedTurns: (id) => endedTurns.get(id)?.count ?? 0,
  });
  const stored = createStoredSessions({ ...deps, catalog, dismiss, ...createClosedSessions(deps) });

  const getSession = (sessionId: SessionId): Session => {
    const session = live.get(sessionId);
    if (session === undefined)
      throw new EngineError('session_unknown', 'This session is not open. Open it again.', { data: { sessionId } });
    return session;
  };

  const getTurnCounter = (id: SessionId) => {
    const counter = endedTurns.get(id) ?? { count: 0 };
    endedTurns.set(id, counter);
    return counter;
  };

  const realPaths = (folders: readonly string[]) => Promise.all(folders.map((folder) => deps.fs.realPath(folder)));

  /** Folders named in the settings may be on a disk that is not mounted. */
  async function existingFolders(folders: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(folders.map(async (folder) => ((await deps.fs.stat(folder))?.isDirectory === true ? [folder] : [])));
    return found.flat();
  }

  async function build(
    id: SessionId,
    projectId: ProjectId,
    options: SessionOptions,
    load: (store: SessionStore) => Promise<LoadedSession>,
  ): Promise<Session> {
    const project = deps.projects.get(projectId);
    const run = await project.runSettings();
    const extraFolders = await realPaths([...(options.extraFolders ?? []), ...(await existingFolders(run.includeFolders))]);
    const allowedTools = [...(options.allowedTools ?? []), ...run.tools.allowed];
    const identity = { id, projectId, project, options: { ...options, allowedTools } };
    const offered = deps.mcp.layerOf(project).child(); // starts its servers without waiting for them
    const agents = await createSessionAgents(identity, deps);
    offered.add([defineTool(createSkillTool(() => listSkills(identity, deps))), ...agents.tools]);
    const registry = chooseTools(offered, run.tools);
    // Not subject to the list of core tools: without it the run could not end.
    if (options.outputSchema !== undefined && !run.tools.excluded.includes(STRUCTURED_OUTPUT))
      registry.add([await createStructuredOutputTool(options.outputSchema)]);
    const tools = createSessionTools(identity, extraFolders, deps);
    const editor = createSessionEditor(tools, (servers) => deps.mcp.lend(project, offered, servers));
    const rowContext = tools.context(ItemId.parse(id), () => undefined);
    const recorded = createSessionStore(identity, deps, (name, args) => offered.describe(name, args, rowContext));
    const store = run.keepsRecords ? recorded : unrecordedStore(recorded);
    try {
      const loaded = await load(store);
      const mode = options.mode ?? (await project.approvalMode());
      const keeping = { folder: keptPromptsFolder(deps.gantryHome, id), nowMs: () => deps.clock.now(), logger: deps.logger };
      const kept = run.keepsRecords ? createKeptPrompts({ ...keeping, findRecords: store.findRecords }) : NOTHING_KEPT;
      const session = new Session(
        { identity, store, loaded, mode, tools, editor, agents, extraFolders, keptPrompts: kept, endedTurns: getTurnCounter(id) },
        { ...deps, registry },
      );
      await session.recallPrompts();
      live.set(id, session);
      return session;
    } catch (error) {
      await store.release();
      throw error;
    }
  }

  async function open(projectId: ProjectId, sessionId: SessionId, options: SessionOptions = {}): Promise<Session> {
    await closing.get(sessionId);
    unviewed.delete(sessionId);
    const known = live.get(sessionId);
    if (known !== undefined) {
      await known.resume();
      return known;
    }
    if (!SESSION_ID.test(sessionId)) throw new EngineError('session_unknown', 'This is not a session id.', { data: { sessionId } });
    const pending =
      opening.get(sessionId) ??
      build(sessionId, projectId, options, async (store) => {
        if (!(await store.exists())) return await store.load(); // throws session_unknown and acquires no lease
        await store.tryAcquire().catch((error: unknown) => {
          if (!(error instanceof EngineError && isStorageError(error))) throw error; // otherwise it can be read, and the next prompt tries again
          deps.logger.warn('A session is open without its lease', { sessionId, error: error.message });
        });
        return await store.load();
      }).finally(() => opening.delete(sessionId));
    opening.set(sessionId, pending);
    return pending;
  }

  async function dismiss(sessionId: SessionId): Promise<void> {
    const session = live.get(sessionId);
    if (session === undefined) return;
    if (!session.isIdle) throw new EngineError('session_busy', 'This session is working. Stop it before you delete it.');
    live.delete(sessionId);
    unviewed.delete(sessionId);
    await session.release();
  }

  async function close(sessionId: SessionId, session: Session): Promise<void> {
    await session.endTurn();
    await deps.tasks.closeSession(sessionId);
    live.delete(sessionId);
    unviewed.delete(sessionId);
    await session.release();
    deps.emit({ event: 'session.changed', data: { summary: { ...session.summary(), state: 'idle' } } });
  }

  /** The sessions viewed longest ago are released; sessions that work, wait or run tasks stay. */
  async function evict(): Promise<void> {
    for (const id of [...unviewed]) {
      if (unviewed.size <= MAX_UNVIEWED) return;
      const session = live.get(id);
      if (session !== undefined && !session.isIdle) continue;
      unviewed.delete(id);
      live.delete(id);
      await session?.release();
    }
  }

  return {
    ...stored,
    list: (projectId) => catalog.list(projectId),
    usage: (sinceMs) => readUsage({ recordsFile: join(deps.qwenHome, 'usage_record.jsonl'), projectsDir: deps.projectsDir, sinceMs }),
    async create(projectId, options = {}) {
      const id = options.sessionId ?? SessionId.parse(randomUUID());
      if (!SESSION_ID.test(id)) throw new EngineError('bad_params', 'A session id is a UUID.', { data: { sessionId: id } });
      const session = await build(id, projectId, options, async (store) => {
        if (live.has(id) || (await store.exists()))
          throw new EngineError('bad_params', 'A session with this id already exists. Resume it instead.', { data: { sessionId: id } });
        return emptySession();
      });
      return await session.snapshot();
    },
    open: async (projectId, sessionId, options) => (await open(projectId, sessionId, options)).snapshot(),
    get: getSession,
    openText: async (sessionId, itemId, part) => stored.prepareText(getSession(sessionId).readText(itemId, part)),
    async restartTask(taskId) {
      const task = deps.tasks.get(taskId);
      if (task === undefined) throw new EngineError('task_unknown', 'This task no longer exists.', { data: { taskId } });
      return await getSession(task.sessionId).restartTask(task);
    },
    async rename(projectId, sessionId, title) {
      const known = live.get(sessionId);
      if (known !== undefined) return await known.rename(title);
      if (!SESSION_ID.test(sessionId)) throw new EngineError('session_unknown', 'This is not a session id.', { data: { sessionId } });
      const project = deps.projects.get(projectId);
      const store = createSessionStore({ id: sessionId, project }, deps, () => ({ verb: 'call', target: '', toolKind: 'other' }));
      if (!(await store.exists())) throw new EngineError('session_unknown', 'This folder has no such session.', { data: { sessionId } });
      try {
        const loaded = await store.makeWritable();
        await store.append([titleDraft(title)]);
        const nowMs = deps.clock.now();
        const createdAtMs = loaded?.createdAtMs ?? nowMs;
        const summary = {
          id: sessionId,
          projectId,
          title,
          createdAtMs,
          updatedAtMs: nowMs,
          state: 'idle' as const,
          endedTurns: getTurnCounter(sessionId).count,
        };
        deps.emit({ event: 'session.changed', data: { summary } });
      } finally {
        await store.release();
      }
    },
    release(sessionId) {
      const session = live.get(sessionId);
      if (session === undefined) return;
      unviewed.delete(sessionId);
      unviewed.add(sessionId); // moved to the end: it was viewed last
      const failed = (error: unknown) => deps.logger.warn('A session could not be released', { sessionId, error: String(error) });
      session.suspend().then(evict).catch(failed);
    },
    async close(sessionId) {
      const session = live.get(sessionId);
      if (session === undefined) return;
      const ended = closing.get(sessionId) ?? close(sessionId, session).finally(() => closing.delete(sessionId));
      closing.set(sessionId, ended);
      await ended;
    },
    onTaskEnded: (sessionId) => live.get(sessionId)?.notifications.onTaskEnded(),
    onTaskInterrupted: (sessionId) => live.get(sessionId)?.showStoppedNotice(),
    onMonitorOutput: (sessionId) => live.get(sessionId)?.notifications.onMonitorOutput(),
    async endTurns() {
      await Promise.all([...live.values()].map((session) => session.endTurn()));
    },
    async releaseAll() {
      await Promise.all([...[...live.values()].map((session) => session.release()), stored.close(), index.flush()]);
      live.clear();
    },
  };
}
