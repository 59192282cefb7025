/**
 * The agent side of one ACP connection: which request does what. The SDK checks the parameters of the protocol's own methods; every
 * session is one that this connection has opened.
 */
import { isAbsolute } from 'node:path';
import {
  agent,
  type AgentApp,
  type AgentContext,
  type ClientCapabilities,
  type InitializeResponse,
  type McpServer,
  methods,
} from '@agentclientprotocol/sdk';
import { z } from 'zod';
import {
  Cursor,
  defined,
  MAX_ATTACHED_BYTES,
  MAX_ATTACHMENTS,
  type HostEvent,
  type ProjectId,
  SessionId,
  type SessionSnapshot,
} from '../../preload/contract/index.ts';
import { EngineError } from '../engine/index.ts';
import type { AcpHost } from './acp-host.ts';
import { type AcpSession, createAcpSession } from './acp-session.ts';
import { toServerDrafts, toServerEntries } from './client-editor.ts';
import { loadUpdates } from './replay.ts';
import { invalidParams, sessionNotOpen, toRequestError, unknownSession } from './request-errors.ts';

const AUTH_METHODS = [
  {
    id: 'openai',
    name: 'Use OpenAI API key',
    description: 'Set the variable OPENAI_API_KEY, or run `gantry auth set` in a terminal.',
    _meta: { type: 'terminal', args: ['--auth-type=openai'] },
  },
];

/** How many sessions `session/list` returns, unless the client asks for another number. */
const PAGE = 20;
const MAX_PAGE = 100;

const UpdatesParams = z.object({ sessionId: z.string().min(1).max(300), cwd: z.string().optional() });
const ModelParams = z.object({ sessionId: z.string(), modelId: z.string() });

/** A request that opens a session: a new one, or one of the folder. */
interface OpeningRequest {
  readonly client: AgentContext;
  readonly signal: AbortSignal;
  readonly params: { readonly cwd: string; readonly mcpServers?: readonly McpServer[] | null };
}

export function createAcpAgent(host: AcpHost): AgentApp {
  const sessions = new Map<string, AcpSession>();
  const options = { ...host.sessionOptions, sendsUnknownCommands: true };
  let connectionSignal: AbortSignal | undefined;
  let capabilities: ClientCapabilities | undefined;

  /** A session may be opened again on the same connection: the last answer counts. */
  function adopt(session: AcpSession): AcpSession {
    sessions.get(session.id)?.close();
    sessions.set(session.id, session);
    return session;
  }

  function find(sessionId: string): AcpSession {
    const session = sessions.get(sessionId);
    if (session === undefined) throw sessionNotOpen(sessionId);
    return session;
  }

  /** Qwen Code's clients expect the code of a wrong parameter from these requests. */
  function findForSetting(sessionId: string): AcpSession {
    const session = sessions.get(sessionId);
    if (session === undefined) throw invalidParams(`Session not found for id: ${sessionId}`);
    return session;
  }

  async function openFolder(cwd: string) {
    if (!isAbsolute(cwd)) throw invalidParams(`cwd must be an absolute path, not "${cwd.slice(0, 300)}".`);
    return host.openFolder(cwd);
  }

  /** Events that arrive while the snapshot is on its way are handed over with it. */
  async function track(
    { client, signal, params: { cwd, mcpServers } }: OpeningRequest,
    replays: boolean,
    open: (projectId: ProjectId) => Promise<SessionSnapshot>,
  ) {
    const project = await openFolder(cwd);
    const drafts = toServerDrafts(mcpServers ?? []);
    for (const [name, server] of drafts)
      await host.confirm?.('mcp.add', { projectId: project.id, scope: 'project', name, server }, { signal });
    const editor = { capabilities, servers: toServerEntries(drafts) };
    const earlier: HostEvent[] = [];
    const stop = host.engine.subscribe((event) => void earlier.push(event));
    try {
      const snapshot = await open(project.id);
      return adopt(createAcpSession({ host, client, project, snapshot, earlier, replays, editor }));
    } finally {
      stop();
    }
  }

  async function reopen(
    request: OpeningRequest & { readonly params: { readonly sessionId: string } },
    { replays }: { readonly replays: boolean },
  ) {
    const { sessionId } = request.params;
    const id = SessionId.safeParse(sessionId).data;
    if (id === undefined) throw unknownSession(sessionId);
    try {
      return await track(request, replays, (projectId) => host.engine.sessions.open(projectId, id, options));
    } catch (error) {
      throw error instanceof EngineError && error.code === 'session_unknown' ? unknownSession(sessionId) : error;
    }
  }

  /** Every handler of a request answers with an error of the protocol. */
  function guard<Context, Answer>(handler: (context: Context) => Promise<Answer> | Answer): (context: Context) => Promise<Answer> {
    return async (context) => {
      try {
        return await handler(context);
      } catch (error) {
        throw toRequestError(error, host.logger);
      }
    };
  }

  async function reopened(session: AcpSession) {
    const choices = await session.choices();
    afterAnswer(session);
    return { ...choices, _meta: { hasRunningBackgroundTasks: session.hasRunningTasks } };
  }

  /** After the answer: the client knows the session only then. */
  function afterAnswer(session: AcpSession): void {
    host.clock.after(0, () => session.greet());
  }

  return agent({ name: 'gantry' })
    .onConnect((connection) => {
      connectionSignal = connection.signal;
      void connection.closed.then(() => {
        for (const session of sessions.values()) session.close();
        sessions.clear();
      });
    })
    .onRequest(methods.agent.initialize, ({ params }) => {
      capabilities = params.clientCapabilities;
      return describeAgent(host.version);
    })
    .onRequest(
      methods.agent.authenticate,
      guard(({ params: { methodId } }) => {
        if (!AUTH_METHODS.some(({ id }) => id === methodId))
          throw invalidParams(`Unknown authentication method: ${methodId.slice(0, 300)}`);
        return {}; // keys are read at each request to a model, so there is nothing to do
      }),
    )
    .onRequest(
      methods.agent.session.new,
      guard(async (request: OpeningRequest & { readonly params: { readonly additionalDirectories?: readonly string[] | null } }) => {
        const { additionalDirectories } = request.params;
        const relative = (additionalDirectories ?? []).find((folder) => !isAbsolute(folder));
        if (relative !== undefined) throw invalidParams(`additionalDirectories must be absolute paths, not "${relative.slice(0, 300)}".`);
        const extraFolders = [...(host.sessionOptions.extraFolders ?? []), ...(additionalDirectories ?? [])];
        const session = await track(request, false, (projectId) => host.engine.sessions.create(projectId, { ...options, extraFolders }));
        const choices = await session.choices();
        afterAnswer(session);
        return { sessionId: session.id, ...choices };
      }),
    )
    .onRequest(
      methods.agent.session.load,
      guard(async (request) => {
        const session = await reopen(request, { replays: true });
        await session.replay();
        return reopened(session);
      }),
    )
    .onRequest(
      methods.agent.session.resume,
      guard(async (request) => {
        const session = await reopen(request, { replays: false });
        return reopened(session);
      }),
    )
    .onRequest(
      methods.agent.session.list,
      guard(({ params: { cwd, cursor, _meta } }) => listSessions(cwd ?? host.workspace, cursor ?? undefined, _meta?.['size'])),
    )
    .onRequest(
      methods.agent.session.prompt,
      guard(({ params, signal }) => find(params.sessionId).prompt(params.prompt, unlessClosed(signal))),
    )
    .onRequest(
      methods.agent.session.setMode,
      guard(async ({ params, signal }) => {
        await findForSetting(params.sessionId).setMode(params.modeId, signal);
        return {};
      }),
    )
    .onRequest(
      'session/set_model',
      ModelParams,
      guard(async ({ params: { sessionId, modelId } }) => {
        const session = findForSetting(sessionId);
        return { _meta: { qwenModelSwitch: await session.setModel(modelId) } };
      }),
    )
    .onRequest(
      methods.agent.session.setConfigOption,
      guard(async ({ params: { sessionId, configId, value }, signal }) => {
        const session = findForSetting(sessionId);
        if (configId === 'mode') await session.setMode(String(value), signal);
        else if (configId === 'model') await session.setModel(String(value));
        else throw invalidParams(`Unsupported configId: ${configId.slice(0, 300)}`);
        return { configOptions: (await session.choices()).configOptions };
      }),
    )
    .onRequest(
      'qwen/session/loadUpdates',
      UpdatesParams,
      guard(({ params: { sessionId, cwd = host.workspace } }) => {
        if (!isAbsolute(cwd)) throw invalidParams(`cwd must be an absolute path, not "${cwd.slice(0, 300)}".`);
        return loadUpdates(host, { sessionId, cwd });
      }),
    )
    .onNotification(methods.agent.session.cancel, async ({ params: { sessionId } }) => {
      await sessions.get(sessionId)?.cancel();
    });

  /** A prompt goes on without its client: another one may watch it, or it returns. */
  function unlessClosed(signal: AbortSignal): AbortSignal {
    const control = new AbortController();
    signal.addEventListener('abort', () => connectionSignal?.aborted !== true && control.abort(), { once: true });
    return control.signal;
  }

  async function listSessions(cwd: string, cursor: string | undefined, size: unknown) {
    const project = await openFolder(cwd);
    const limit = typeof size === 'number' && size >= 1 ? Math.min(Math.floor(size), MAX_PAGE) : PAGE;
    const from = cursor === undefined ? undefined : Cursor.safeParse(cursor);
    if (from?.success === false) throw invalidParams('The cursor must be one that an earlier list has returned.');
    const page = await host.engine.sessions.page(project.id, { limit, ...defined({ cursor: from?.data }) });
    return {
      sessions: page.sessions.map(({ id, title, createdAtMs, updatedAtMs, firstPrompt }) => {
        const startTime = new Date(createdAtMs).toISOString();
        return {
          ...{ sessionId: id, cwd: project.path, title, updatedAt: new Date(updatedAtMs).toISOString() },
          _meta: { createdAt: startTime, startTime, preview: firstPrompt ?? title },
        };
      }),
      ...(page.next === undefined ? {} : { nextCursor: page.next }),
    };
  }
}

function describeAgent(version: string): InitializeResponse {
  return {
    protocolVersion: 1,
    agentInfo: { name: 'gantry', title: 'Gantry', version },
    authMethods: AUTH_METHODS,
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { image: true, audio: false, embeddedContext: true },
      sessionCapabilities: { list: {}, resume: {}, additionalDirectories: {} },
      mcpCapabilities: { http: true, sse: true },
      _meta: { imageCapability: { autoHandlesWrongModel: false, maxBytes: MAX_ATTACHED_BYTES, maxImagesPerTurn: MAX_ATTACHMENTS } },
    },
  };
}
