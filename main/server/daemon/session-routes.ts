/** Sessions: opened, listed, searched, closed and deleted. */
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Cursor, defined, SessionId, type SessionSnapshot } from '../../../preload/contract/index.ts';
import { BadInput, createUpdateMapper, diffTexts, readRows, replayedUpdates, settleUpdates, toMode } from '../../acp-shapes/index.ts';
import { EngineError } from '../../engine/index.ts';
import { type DaemonContext, findSession, openFolder, workspaceOf } from './daemon-context.ts';
import { toState } from './info-routes.ts';
import { HttpFault, noSession, type Route, route } from './route.ts';
import { type HubSession, SESSION_OPTIONS } from './session-hub.ts';
import { AcpShape, hasRunningTasks, OpenedJson, SessionJson, toIso, toListedJson } from './session-json.ts';

const Cwd = z.string().min(1).max(4096).refine(isAbsolute, '`cwd` must be an absolute path').optional();
const NewSession = z.object({
  cwd: Cwd,
  sessionScope: z.enum(['single', 'thread']).optional().describe('thread: always a new session'),
  sessionId: z.string().optional().describe('An existing session'),
  approvalMode: z.string().optional(),
});
const Restore = z.object({ cwd: Cwd, approvalMode: z.string().optional() });
const Ids = z.object({ sessionIds: z.array(z.string().min(1).max(300)).min(1).max(100) });
const Failure = z.object({ sessionId: z.string(), error: z.string() });
const Event = z.object({ v: z.literal(1), type: z.string(), data: AcpShape });

const REPLAY_HEAD = { v: 1, type: 'session_update' } as const;

export function sessionRoutes(daemon: DaemonContext): readonly Route[] {
  const { engine, hub } = daemon;

  async function adopt(cwd: string, open: (projectId: HubSession['project']['id']) => Promise<SessionSnapshot>) {
    const project = await openFolder(daemon, cwd);
    const snapshot = await open(project.id);
    return { snapshot, session: hub.add({ project, cwd, snapshot }) };
  }

  async function reopen(cwd: string, wanted: string) {
    const id = SessionId.safeParse(wanted).data;
    if (id === undefined) throw noSession(wanted);
    try {
      return await adopt(cwd, (projectId) => engine.sessions.open(projectId, id, SESSION_OPTIONS));
    } catch (error) {
      throw error instanceof EngineError && error.code === 'session_unknown' ? noSession(wanted) : error;
    }
  }

  async function setMode(session: HubSession, wanted: string | undefined): Promise<void> {
    if (wanted === undefined) return;
    const mode = toMode(wanted);
    const handle = await session.open();
    await daemon.confirm('session.setMode', { sessionId: session.id, mode }, { signal: daemon.signal });
    handle.setMode(mode);
  }

  function toOpened(session: HubSession, attached: boolean): z.input<typeof OpenedJson> {
    const now = session.now();
    return {
      ...{ sessionId: session.id, workspaceCwd: session.cwd, attached, clientId: session.join() },
      createdAt: toIso(now.createdAtMs),
      ...{ hasActivePrompt: now.isRunning, hasRunningBackgroundTasks: hasRunningTasks(daemon, session) },
      ...{ lastEventId: session.log.lastId(), eventEpoch: hub.epoch },
    };
  }

  /** `cwd` of a session that is open here is known. */
  async function restore(id: string, cwd: string | undefined) {
    const known = hub.find(id);
    return { wasOpen: known !== undefined, ...(await reopen(cwd ?? known?.cwd ?? daemon.workspace, id)) };
  }

  /** In the folder of the session, or in that of the server. */
  async function forEach(sessionIds: readonly string[], run: (projectId: HubSession['project']['id'], id: SessionId) => Promise<unknown>) {
    const [done, notFound, errors] = [[] as string[], [] as string[], [] as z.input<typeof Failure>[]];
    for (const sessionId of sessionIds) {
      const id = SessionId.safeParse(sessionId).data;
      const projectId = hub.find(sessionId)?.project.id ?? (await openFolder(daemon, daemon.workspace)).id;
      try {
        if (id === undefined) throw noSession(sessionId);
        await run(projectId, id);
        done.push(sessionId);
      } catch (error) {
        const isUnknown = error instanceof HttpFault || (error instanceof EngineError && error.code === 'session_unknown');
        if (!isUnknown && !(error instanceof EngineError)) throw error;
        if (isUnknown) notFound.push(sessionId);
        else errors.push({ sessionId, error: error.message });
      }
    }
    return { done, notFound, errors };
  }

  return [
    route({
      ...{ method: 'post', path: '/session', summary: 'Open a session of a folder, or a new one' },
      body: NewSession,
      answer: OpenedJson,
      async run({ body }) {
        const cwd = resolve(body.cwd ?? daemon.workspace);
        const known = body.sessionId === undefined && body.sessionScope !== 'thread' ? hub.findByFolder(cwd) : undefined;
        const wanted = body.sessionId;
        const { session } =
          known !== undefined
            ? { session: known }
            : wanted === undefined
              ? await adopt(cwd, (projectId) => engine.sessions.create(projectId, SESSION_OPTIONS))
              : await reopen(cwd, wanted);
        await setMode(session, body.approvalMode);
        return toOpened(session, known !== undefined);
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/load', summary: 'Open a stored session and return its transcript as events' },
      body: Restore,
      answer: OpenedJson.extend({
        state: AcpShape,
        compactedReplay: z.array(Event),
        liveJournal: z.array(Event),
        historyHasMore: z.boolean(),
      }),
      async run({ params, body }) {
        const { session, snapshot, wasOpen } = await restore(params['id'] ?? '', body.cwd);
        const opened = toOpened(session, wasOpen);
        await setMode(session, body.approvalMode);
        const { events, left } = await replay(daemon, session, snapshot);
        return { ...opened, state: await toState(daemon, session), compactedReplay: events, liveJournal: [], historyHasMore: left > 0 };
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/resume', summary: 'Open a stored session without its transcript' },
      body: Restore,
      answer: OpenedJson.extend({ state: AcpShape }),
      async run({ params, body }) {
        const { session, wasOpen } = await restore(params['id'] ?? '', body.cwd);
        await setMode(session, body.approvalMode);
        return { ...toOpened(session, wasOpen), state: await toState(daemon, session) };
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/detach', summary: 'Leave a session; it goes on' },
      run({ params, clientId }) {
        if (clientId !== undefined) findSession(daemon, params['id']).leave(clientId);
        return undefined;
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/heartbeat', summary: 'Say that the client is alive' },
      answer: z.object({ sessionId: z.string(), clientId: z.string().optional(), lastSeenAt: z.number() }),
      run: ({ params, clientId }) => ({
        ...{ sessionId: findSession(daemon, params['id']).id, lastSeenAt: daemon.clock.now() },
        ...defined({ clientId }),
      }),
    }),
    route({
      ...{ method: 'patch', path: '/session/:id/metadata', summary: 'Rename a session' },
      body: z.object({ displayName: z.string().trim().min(1).max(200) }),
      answer: z.object({ sessionId: z.string(), displayName: z.string() }),
      async run({ params, body: { displayName } }) {
        const { id, project } = findSession(daemon, params['id']);
        await engine.sessions.rename(project.id, id, displayName);
        return { sessionId: id, displayName };
      },
    }),
    route({
      ...{ method: 'delete', path: '/session/:id', summary: 'Stop the work of a session and close it; its file stays' },
      async run({ params }) {
        const session = findSession(daemon, params['id']);
        await engine.sessions.close(session.id);
        session.add('session_closed', { reason: 'client_close' });
        hub.forget(session.id);
        return undefined;
      },
    }),
    route({
      ...{ method: 'get', path: '/workspace/:workspace/sessions', summary: 'The sessions of a folder, newest first' },
      query: z.object({
        size: z.coerce.number().int().min(1).max(1000).optional(),
        cursor: z.string().min(1).max(500).optional(),
        archiveState: z.enum(['active', 'archived']).optional(),
      }),
      answer: z.object({ sessions: z.array(SessionJson), nextCursor: z.string().optional() }),
      async run({ context, query: { size = 100, cursor, archiveState } }) {
        const cwd = workspaceOf(context);
        const { id } = await openFolder(daemon, cwd);
        const archived = archiveState === 'archived';
        const from = cursor === undefined ? undefined : Cursor.parse(cursor);
        const page = await engine.sessions.page(id, { limit: size, archived, ...defined({ cursor: from }) });
        const pinned = cursor === undefined ? (page.pinned ?? []) : [];
        const sessions = [...pinned, ...page.sessions.filter((session) => !pinned.some((other) => other.id === session.id))];
        return { sessions: sessions.map((each) => toListedJson(daemon, cwd, each, archived)), ...defined({ nextCursor: page.next }) };
      },
    }),
    route({
      ...{ method: 'get', path: '/workspace/:workspace/sessions/search', summary: 'Sessions whose messages contain a text' },
      query: z.object({ q: z.string().min(1).max(500), maxResults: z.coerce.number().int().min(1).max(100).optional() }),
      answer: z.object({ results: z.array(z.object({ session: SessionJson, snippet: z.string() })) }),
      async run({ context, query: { q, maxResults = 20 } }) {
        const cwd = workspaceOf(context);
        const { id: projectId } = await openFolder(daemon, cwd);
        const { hits } = await engine.sessions.search({ projectId, query: q, limit: maxResults }, context.req.raw.signal);
        const firsts = hits.filter(({ sessionId }, at) => hits.findIndex((other) => other.sessionId === sessionId) === at);
        const results = await Promise.all(
          firsts.map(async ({ sessionId, snippet: { before, match, after } }) => {
            const summary = (await engine.sessions.find(projectId, sessionId))[0];
            return summary === undefined ? [] : [{ session: toListedJson(daemon, cwd, summary, false), snippet: before + match + after }];
          }),
        );
        return { results: results.flat() };
      },
    }),
    route({
      ...{ method: 'post', path: '/sessions/delete', summary: 'Move sessions to the trash' },
      body: Ids,
      answer: z.object({ removed: z.array(z.string()), notFound: z.array(z.string()), errors: z.array(Failure) }),
      async run({ body }) {
        const { done, ...rest } = await forEach(body.sessionIds, async (projectId, id) => {
          await engine.sessions.close(id);
          await engine.sessions.delete(projectId, id);
          hub.forget(id);
        });
        return { removed: done, ...rest };
      },
    }),
    route({
      ...{ method: 'post', path: '/sessions/archive', summary: 'Archive sessions' },
      body: Ids,
      answer: z.object({ archived: z.array(z.string()), notFound: z.array(z.string()), errors: z.array(Failure) }),
      async run({ body }) {
        const { done, ...rest } = await forEach(body.sessionIds, (projectId, id) => engine.sessions.archive(projectId, id));
        return { archived: done, ...rest };
      },
    }),
    route({
      ...{ method: 'post', path: '/sessions/unarchive', summary: 'Restore archived sessions' },
      body: Ids,
      answer: z.object({ unarchived: z.array(z.string()), notFound: z.array(z.string()), errors: z.array(Failure) }),
      async run({ body }) {
        const { done, ...rest } = await forEach(body.sessionIds, (projectId, id) => engine.sessions.unarchive(projectId, id));
        return { unarchived: done, ...rest };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/transcript', summary: 'The transcript as events, oldest first' },
      query: z.object({ limit: z.coerce.number().int().min(1).max(1000).optional(), cursor: z.string().max(20).optional() }),
      answer: z.object({
        ...{ v: z.literal(1), sessionId: z.string(), events: z.array(Event), hasMore: z.boolean(), nextCursor: z.string().optional() },
        ...{ startTime: z.string(), lastUpdated: z.string() },
      }),
      async run({ params, query: { limit = 200, cursor = '0' } }) {
        const session = findSession(daemon, params['id']);
        const from = Number(cursor);
        if (!Number.isSafeInteger(from) || from < 0) throw new BadInput('The cursor must be one that an earlier page has returned.');
        const { events } = await replay(daemon, session, await session.snapshot());
        const hasMore = from + limit < events.length;
        const { createdAtMs, updatedAtMs } = session.now();
        return {
          ...{ v: 1 as const, sessionId: session.id, events: events.slice(from, from + limit), hasMore },
          ...(hasMore ? { nextCursor: String(from + limit) } : {}),
          ...{ startTime: toIso(createdAtMs), lastUpdated: toIso(updatedAtMs) },
        };
      },
    }),
  ];
}

async function replay({ engine, clock }: DaemonContext, { id, project }: HubSession, snapshot: SessionSnapshot) {
  const mapper = createUpdateMapper({
    root: project.path,
    nowMs: () => clock.now(),
    isOwnPrompt: () => false,
    isPrompting: () => false,
    diff: async ({ path, patch }) => ({ type: 'diff', path, ...diffTexts(patch, undefined, 'after') }),
  });
  const rows = await readRows(engine.sessions.get(id), snapshot);
  const updates = await settleUpdates(replayedUpdates(rows, mapper));
  return { events: updates.map((update) => ({ ...REPLAY_HEAD, data: { sessionId: id, update } })), left: rows.left };
}
