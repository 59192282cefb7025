/** A real engine with a scripted model, and the SDK's own client on a connection in memory. */
import {
  type ClientConnection,
  client,
  type ContentBlock,
  methods,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { onTestFinished } from 'vitest';
import type { EngineFixture, FixtureOptions } from '../test/support/engine-fixture.ts';
import { createEngineFixture } from '../test/support/engine-fixture.ts';
import { createAcpAgent } from './acp-agent.ts';
import type { AcpHost } from './acp-host.ts';

export type PermissionAnswer = (request: RequestPermissionRequest) => object | Promise<object>;

export interface AcpFixtureOptions extends FixtureOptions {
  /** Absent: every request is allowed once. */
  readonly answer?: PermissionAnswer;
  readonly host?: Partial<AcpHost>;
  readonly capabilities?: object;
  /** What the client does for the requests of this name. */
  readonly requests?: Readonly<Record<string, (params: Record<string, unknown>) => unknown>>;
  /** On the engine of another fixture. */
  readonly on?: EngineFixture;
}

export interface AcpFixture {
  readonly engine: EngineFixture;
  readonly connection: ClientConnection;
  readonly updates: readonly (SessionUpdate & { readonly sessionId: string })[];
  readonly asked: readonly RequestPermissionRequest[];
  readonly notices: readonly { readonly method: string; readonly params: unknown }[];
  /** A request as it is, without types. */
  send(method: string, params: object): Promise<Record<string, unknown>>;
  open(params?: object): Promise<string>;
  prompt(sessionId: string, ...blocks: (string | ContentBlock)[]): Promise<Record<string, unknown>>;
  ofKind<K extends SessionUpdate['sessionUpdate']>(kind: K): Extract<SessionUpdate, { sessionUpdate: K }>[];
  /** The text of all chunks of one kind. */
  text(kind: 'agent_message_chunk' | 'agent_thought_chunk' | 'user_message_chunk'): string;
}

export const ALLOW = { outcome: { outcome: 'selected', optionId: 'proceed_once' } };

export async function createAcpFixture(options: AcpFixtureOptions = {}): Promise<AcpFixture> {
  const engine = options.on ?? (await createEngineFixture(options));
  const updates: (SessionUpdate & { sessionId: string })[] = [];
  const asked: RequestPermissionRequest[] = [];
  const notices: { method: string; params: unknown }[] = [];
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const host: AcpHost = {
    ...{ engine: engine.engine, logger: silent, version: '0.1.0', workspace: engine.root },
    clock: { now: () => Date.now(), after: (ms, run) => clearLater(setTimeout(run, ms)) },
    openFolder: (path) => engine.engine.projects.open(path, { remember: false }),
    sessionOptions: {},
    watch: () => () => undefined,
    ...options.host,
  };
  const app = client({ name: 'test' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push({ ...params.update, sessionId: params.sessionId }))
    .onNotification('*', ({ method, params }) => void notices.push({ method, params }))
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      asked.push(params);
      return (await (options.answer ?? (() => ALLOW))(params)) as never; // tests answer with invalid shapes too
    });
  for (const [method, run] of Object.entries(options.requests ?? {}))
    app.onRequest(
      method,
      (params) => params as Record<string, unknown>,
      ({ params }) => run(params),
    );
  const connection = app.connect(createAcpAgent(host));
  const send: AcpFixture['send'] = (method, params) => connection.agent.request<Record<string, unknown>>(method, params);
  await send('initialize', { protocolVersion: 1, clientCapabilities: options.capabilities ?? {} });
  onTestFinished(async () => {
    connection.close();
    if (options.on === undefined) await engine.close();
  });
  const ofKind: AcpFixture['ofKind'] = (kind) => updates.filter((update) => update.sessionUpdate === kind) as never; // narrowed by the filter
  return {
    ...{ engine, connection, updates, asked, notices, send, ofKind },
    open: async (params = {}) => String((await send('session/new', { cwd: engine.root, mcpServers: [], ...params }))['sessionId']),
    prompt: (sessionId, ...blocks) =>
      send('session/prompt', {
        sessionId,
        prompt: blocks.map((block) => (typeof block === 'string' ? { type: 'text', text: block } : block)),
      }),
    text: (kind) =>
      ofKind(kind)
        .map(({ content }) => (content.type === 'text' ? content.text : ''))
        .join(''),
  };
}

function clearLater(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}
