/**
 * The first of `qwen serve`'s routes: sessions, prompts, events, permissions, cancel, tasks. Source: docs/formats.md 8. Errors:
 * `{ error, code? }` with a status; bodies are checked before anything is done.
 */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { type ApprovalDecision, ERROR_FACTS, PROTOCOL_VERSION, SessionId } from '../../preload/contract/index.ts';
import { type Clock, type Engine, EngineError, reportableError } from '../engine/index.ts';
import type { RpcHost } from '../rpc/index.ts';
import { createEventStream } from './event-stream.ts';
import type { HubSession, SessionHub } from './session-hub.ts';

/** Source: docs/formats.md 8. Unit: bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** This protocol answers approvals; it has no message for a question of the agent. */
const NO_QUESTIONS = { answersQuestions: false } as const;

const SessionBody = z.object({
  cwd: z.string().min(1).optional(),
  sessionScope: z.enum(['single', 'thread']).optional(),
  sessionId: z.string().optional(),
});
const PromptBody = z.object({ prompt: z.array(z.object({ type: z.literal('text'), text: z.string() })).min(1) });
const PermissionBody = z.object({
  outcome: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('selected'), optionId: z.enum(['proceed_once', 'proceed_always', 'cancel']) }),
    z.object({ outcome: z.literal('cancelled') }),
  ]),
});

export interface SessionRouteOptions {
  readonly engine: Engine;
  readonly hub: SessionHub;
  readonly clock: Clock;
  readonly version: string;
  /** The folder of a session if the client names none. */
  readonly workspace: string;
  /** The page has the token of these routes too, so they confirm what it would have to confirm. */
  readonly confirm: RpcHost['confirm'];
  /** Ends the event streams. */
  readonly signal: AbortSignal;
}

export function addSessionRoutes(app: Hono, options: SessionRouteOptions): void {
  const { engine, hub } = options;

  app.use(
    '/session/*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => context.json({ error: `The body is longer than ${MAX_BODY_BYTES} bytes.` }, 413),
    }),
  );
  app.get('/capabilities', (context) => context.json(describeCapabilities(options)));

  app.post('/session', async (context) => {
    const body = await parseBody(context, SessionBody);
    const cwd = resolve(body.cwd ?? options.workspace);
    const known = body.sessionId === undefined && body.sessionScope !== 'thread' ? hub.findByFolder(cwd) : undefined;
    return context.json(toSessionJson(known ?? (await openSession(options, cwd, body.sessionId)), known !== undefined));
  });

  app.post('/session/:id/prompt', async (context) => {
    const session = await findSession(context);
    const { prompt } = await parseBody(context, PromptBody);
    const promptId = randomUUID();
    const lastEventId = session.log.lastId();
    await engine.sessions.open(session.projectId, session.id); // it may have left memory since
    const text = prompt.map((part) => part.text).join('\n');
    await options.confirm('session.prompt', { sessionId: session.id, text, localId: promptId }, { signal: options.signal });
    await engine.sessions.get(session.id).prompt(text, promptId);
    return context.json({ promptId, lastEventId, eventEpoch: hub.epoch });
  });

  app.get('/session/:id/events', async (context) => {
    const session = await findSession(context);
    const header = context.req.header('last-event-id');
    const lastEventId = header === undefined ? undefined : z.coerce.number().int().nonnegative().catch(0).parse(header);
    const stream = createEventStream(session.log, options.clock, lastEventId, options.signal);
    return context.body(stream, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  });

  app.post('/session/:id/permission/:requestId', async (context) => {
    const session = await findSession(context);
    const { outcome } = await parseBody(context, PermissionBody);
    const approval = [...session.approvals.values()].find(({ id }) => id === context.req.param('requestId'));
    if (approval === undefined)
      throw new EngineError('approval_unknown', 'There is no such pending permission request; it may already be answered.');
    engine.sessions.get(session.id).approvals.resolve(approval.id, approval.digest, toDecision(outcome));
    return context.json({});
  });

  app.post('/session/:id/cancel', async (context) => {
    const session = await findSession(context);
    try {
      engine.sessions.get(session.id).work.cancel();
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'turn_not_running')) throw error; // nothing runs, which was the aim
    }
    return context.body(null, 204);
  });

  app.get('/session/:id/tasks', async (context) => {
    const session = await findSession(context);
    return context.json({ sessionId: session.id, tasks: engine.tasks.list(session.id) });
  });

  async function findSession(context: Context): Promise<HubSession> {
    const session = hub.find(context.req.param('id') ?? '');
    if (session === undefined) throw new EngineError('session_unknown', 'No such session. POST /session opens one.');
    return session;
  }
}

async function openSession({ engine, hub }: SessionRouteOptions, cwd: string, wanted: string | undefined): Promise<HubSession> {
  const project = await engine.projects.open(cwd, { remember: true });
  const snapshot =
    wanted === undefined
      ? await engine.sessions.create(project.id, NO_QUESTIONS)
      : await engine.sessions.open(project.id, toSessionId(wanted), NO_QUESTIONS);
  return hub.add({ id: snapshot.summary.id, projectId: project.id, cwd, approvals: snapshot.approvals });
}

function toSessionId(text: string): SessionId {
  const id = SessionId.safeParse(text).data;
  if (id === undefined) throw new EngineError('session_unknown', 'This is no session id.');
  return id;
}

function toSessionJson(session: HubSession, attached: boolean) {
  return {
    sessionId: session.id,
    workspaceCwd: session.cwd,
    attached,
    clientId: randomUUID(),
    createdAt: new Date(session.createdAtMs).toISOString(),
  };
}

function toDecision(outcome: z.infer<typeof PermissionBody>['outcome']): ApprovalDecision {
  if (outcome.outcome === 'cancelled' || outcome.optionId === 'cancel') return { kind: 'deny' };
  return { kind: 'allow', scope: outcome.optionId === 'proceed_always' ? 'session' : 'once' };
}

function describeCapabilities({ version, workspace }: SessionRouteOptions) {
  return {
    v: 1,
    protocolVersions: [PROTOCOL_VERSION],
    gantryVersion: version,
    mode: 'in-process',
    features: ['session', 'prompt', 'events', 'last-event-id', 'permission', 'cancel', 'tasks', 'acp'],
    workspaceCwd: workspace,
    transports: ['rest', 'websocket'],
    policy: { permission: 'first-responder' },
  };
}

class BadBody extends Error {}

async function parseBody<S extends z.ZodType>(context: Context, schema: S): Promise<z.infer<S>> {
  const text = await context.req.text();
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new BadBody('The body is not JSON.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadBody(parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`).join('; '));
}

/** Maps a route's error to its HTTP response; undefined for an internal error. */
export function toHttpError(
  error: unknown,
): { readonly status: 400 | 404 | 409 | 429 | 500 | 507; readonly body: { error: string; code?: string } } | undefined {
  if (error instanceof BadBody) return { status: 400, body: { error: error.message } };
  const coded = reportableError(error);
  if (coded !== undefined) return { status: ERROR_FACTS[coded.code]?.httpStatus ?? 400, body: { error: coded.message, code: coded.code } };
  return undefined;
}
