import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { Approval, ApprovalId, type HostEvent, ItemId, ProjectSummary, SessionSnapshot, TurnId } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/index.ts';
import { createFakeEngine, type EngineScript } from '../test/support/fake-engine.ts';
import { createEventLog } from './event-log.ts';
import { createEventStream } from './event-stream.ts';
import { createSessionHub } from './session-hub.ts';
import { addSessionRoutes, toHttpError } from './session-routes.ts';

const project = ProjectSummary.parse({ id: 'p', path: '/w', name: 'w', trust: 'trusted', projectFiles: [], exists: true, openedAtMs: 0 });
const snapshotOf = (id: string): SessionSnapshot =>
  SessionSnapshot.parse({
    summary: { id, projectId: 'p', title: '', updatedAtMs: 0, createdAtMs: 0, state: 'idle', endedTurns: 0 },
    seq: 0,
    items: [],
    earlierItems: 0,
    approvals: [],
    queue: [],
    mode: 'default',
    context: { usedTokens: 0, windowTokens: 0 },
    tasks: [],
  });
const sessionId = snapshotOf('s1').summary.id;
const clock = { now: () => 1000, after: () => () => {} };
const approval = Approval.parse({
  id: 'ap1',
  sessionId: 's1',
  toolCallId: 'c1',
  toolName: 'run_shell_command',
  toolKind: 'shell',
  title: 'Run a command',
  action: { code: 'run' },
  reason: 'Commands ask',
  command: 'ls',
  display: { kind: 'none' },
  createdAtMs: 0,
  digest: 'd1',
});

function setUp(script: EngineScript = {}) {
  const calls: unknown[][] = [];
  let created = 0;
  const fake = createFakeEngine({
    projects: { open: async () => project },
    tasks: { list: () => [] },
    ...script,
    sessions: {
      create: async () => snapshotOf(`s${(created += 1)}`),
      open: async (_project, id) => snapshotOf(id),
      ...script.sessions,
    },
    session: (id) => ({
      prompt: async (...given) => (calls.push(['prompt', id, ...given]), {}),
      work: { cancel: () => void calls.push(['cancel', id]) },
      approvals: { resolve: (...given) => void calls.push(['resolve', id, ...given]) },
      ...script.session?.(id),
    }),
  });
  const app = new Hono();
  const stop = new AbortController();
  addSessionRoutes(app, {
    engine: fake.engine,
    hub: createSessionHub(fake.engine, clock),
    clock,
    version: '1',
    workspace: '/w',
    signal: stop.signal,
    confirm: () => undefined,
  });
  app.onError((error, context) => {
    const mapped = toHttpError(error);
    if (mapped === undefined) throw error;
    return context.json(mapped.body, mapped.status);
  });
  const post = async (path: string, body?: unknown) => {
    const response = await app.request(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return { app, fake, calls, post, stop };
}

const delta = (text: string): HostEvent => ({
  event: 'message.delta',
  data: { sessionId, itemId: ItemId.parse('a'), part: 'text', offsetChars: 0, text },
});

/** The whole text of the stream when it has ended. */
async function readAll(app: Hono, stop: AbortController, lastEventId?: string): Promise<string> {
  const response = await app.request('/session/s1/events', { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  queueMicrotask(() => stop.abort());
  return response.text();
}

test('a session is opened once for a folder, unless another one is requested', async () => {
  const { post } = setUp();
  const first = {
    sessionId: 's1',
    workspaceCwd: '/w',
    attached: false,
    clientId: expect.any(String),
    createdAt: '1970-01-01T00:00:01.000Z',
  };
  expect(await post('/session')).toEqual({ status: 200, body: first });
  expect(await post('/session', { cwd: '/w' })).toEqual({ status: 200, body: { ...first, attached: true } });
  expect(await post('/session', { sessionScope: 'thread' })).toMatchObject({ body: { sessionId: 's2', attached: false } });
  expect(await post('/session', { sessionId: 'old' })).toMatchObject({ body: { sessionId: 'old', attached: false } });
});

test('a prompt is answered with its id and the position of its events', async () => {
  const { post, calls } = setUp();
  await post('/session');
  const answer = await post('/session/s1/prompt', {
    prompt: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  });
  expect(answer).toEqual({ status: 200, body: { promptId: expect.any(String), lastEventId: 0, eventEpoch: expect.any(String) } });
  expect(calls).toEqual([['prompt', 's1', 'a\nb', (answer.body as { promptId: string }).promptId]]);
});

test.each<[string, unknown, number]>([
  ['/session/nobody/prompt', { prompt: [{ type: 'text', text: 'a' }] }, 404],
  ['/session/s1/prompt', { prompt: 'a' }, 400],
  ['/session/s1/prompt', { prompt: [{ type: 'image' }] }, 400],
  ['/session/s1/permission/none', { outcome: { outcome: 'cancelled' } }, 404],
  ['/session/s1/permission/none', { outcome: 'yes' }, 400],
])('POST %s with %j is refused with %i', async (path, body, status) => {
  const { post } = setUp();
  await post('/session');
  expect(await post(path, body)).toEqual({ status, body: expect.objectContaining({ error: expect.any(String) }) });
});

test('a full queue is 429', async () => {
  const prompt = async () => Promise.reject(new EngineError('queue_full', 'Five prompts wait already.'));
  const { post } = setUp({ session: () => ({ prompt }) });
  await post('/session');
  expect(await post('/session/s1/prompt', { prompt: [{ type: 'text', text: 'a' }] })).toMatchObject({
    status: 429,
    body: { code: 'queue_full' },
  });
});

test('events are numbered, named and have the id of their prompt', async () => {
  const { app, fake, post, stop } = setUp();
  await post('/session');
  const user = { kind: 'user', id: ItemId.parse('u'), text: 'hi', createdAtMs: 0, localId: 'prompt-1' } as const;
  fake.emit({ event: 'item.added', data: { sessionId, seq: 1, item: user } });
  fake.emit(delta('Hello'));
  const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 0, thinkingTokens: 0 };
  const result = {
    turnId: TurnId.parse('t'),
    end: 'completed',
    usage,
    durationMs: 1,
    apiDurationMs: 1,
    modelRequests: 1,
    denied: [],
  } as const;
  fake.emit({ event: 'turn.ended', data: { sessionId, seq: 2, result: { ...result, denied: [] } } });
  const text = await readAll(app, stop, '1');
  const chunk = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'Hello' } };
  const event = (id: number, type: string, data: object) =>
    `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, v: 1, type, promptId: 'prompt-1', data: { sessionId: 's1', ...data }, _meta: { serverTimestamp: 1000 } })}\n\n`;
  expect(text).toBe(
    `retry: 3000\n\n${event(2, 'session_update', { update: chunk })}${event(3, 'turn_complete', { stopReason: 'end_turn', usage })}event: replay_complete\ndata: {"lastEventId":3}\n\n`,
  );
});

test('a client without a Last-Event-ID receives only new events', async () => {
  const { app, fake, post, stop } = setUp();
  await post('/session');
  fake.emit(delta('before'));
  const response = await app.request('/session/s1/events');
  fake.emit(delta('after'));
  stop.abort();
  const text = await response.text();
  expect(text).toContain('after');
  expect(text).not.toContain('before');
});

test.each(['x', '-1', '1.5', ''])('a Last-Event-ID of "%s" replays everything', async (header) => {
  const { app, fake, post, stop } = setUp();
  await post('/session');
  fake.emit(delta('before'));
  expect(await readAll(app, stop, header)).toContain('before');
});

test('a stream that its reader cancels receives no more events', async () => {
  const log = createEventLog();
  const timers = new Set<() => void>();
  const counting = { now: () => 0, after: (_ms: number, run: () => void) => (timers.add(run), () => void timers.delete(run)) };
  const reader = createEventStream(log, counting, undefined, new AbortController().signal).getReader();
  expect(timers.size).toBe(1);
  await reader.cancel();
  expect(() => log.append('x', () => '{}')).not.toThrow();
  expect(timers.size).toBe(0);
});

test('a permission is requested, and the first answer counts', async () => {
  const { app, fake, post, stop, calls } = setUp();
  await post('/session');
  fake.emit({ event: 'approval.requested', data: { sessionId, seq: 1, approval } });
  const allow = { outcome: { outcome: 'selected', optionId: 'proceed_once' } };
  expect(await post('/session/s1/permission/ap1', allow)).toEqual({ status: 200, body: {} });
  expect(calls).toEqual([['resolve', 's1', 'ap1', 'd1', { kind: 'allow', scope: 'once' }]]);
  fake.emit({ event: 'approval.resolved', data: { sessionId, seq: 2, approvalId: ApprovalId.parse('ap1') } });
  expect((await post('/session/s1/permission/ap1', allow)).status).toBe(404);
  const text = await readAll(app, stop, '0');
  expect(text).toMatch(/event: permission_request\n.*"requestId":"ap1".*"command":"ls".*"optionId":"proceed_always"/);
  expect(text).toContain('event: permission_resolved');
});

test.each<[object, object]>([
  [
    { outcome: 'selected', optionId: 'proceed_once' },
    { kind: 'allow', scope: 'once' },
  ],
  [
    { outcome: 'selected', optionId: 'proceed_always' },
    { kind: 'allow', scope: 'session' },
  ],
  [{ outcome: 'selected', optionId: 'cancel' }, { kind: 'deny' }],
  [{ outcome: 'cancelled' }, { kind: 'deny' }],
])('the answer %j means %j', async (outcome, decision) => {
  const { fake, post, calls } = setUp();
  await post('/session');
  fake.emit({ event: 'approval.requested', data: { sessionId, seq: 1, approval } });
  expect((await post('/session/s1/permission/ap1', { outcome })).status).toBe(200);
  expect(calls).toEqual([['resolve', 's1', 'ap1', 'd1', decision]]);
});

test('an answer with an unknown option decides nothing', async () => {
  const { fake, post, calls } = setUp();
  await post('/session');
  fake.emit({ event: 'approval.requested', data: { sessionId, seq: 1, approval } });
  expect((await post('/session/s1/permission/ap1', { outcome: { outcome: 'selected', optionId: 'proceed_never' } })).status).toBe(400);
  expect(calls).toEqual([]);
});

test('a deleted session is unknown', async () => {
  const { fake, post } = setUp();
  await post('/session');
  fake.emit({ event: 'session.removed', data: { projectId: project.id, sessionId } });
  expect((await post('/session/s1/prompt', { prompt: [{ type: 'text', text: 'a' }] })).status).toBe(404);
});

test('a server follows a hundred sessions and refuses more', async () => {
  const { post } = setUp();
  const statuses: number[] = [];
  for (let count = 0; count < 101; count += 1) statuses.push((await post('/session', { sessionScope: 'thread' })).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(100);
  expect(statuses.at(-1)).toBe(429);
});

test('events after the end of a turn belong to no prompt', async () => {
  const { app, fake, post, stop } = setUp();
  await post('/session');
  fake.emit({
    event: 'item.added',
    data: { sessionId, seq: 1, item: { kind: 'user', id: ItemId.parse('u'), text: 'hi', createdAtMs: 0, localId: 'prompt-1' } },
  });
  const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 0, thinkingTokens: 0 };
  const result = {
    turnId: TurnId.parse('t'),
    end: 'completed',
    usage,
    durationMs: 1,
    apiDurationMs: 1,
    modelRequests: 1,
    denied: [],
  } as const;
  fake.emit({ event: 'turn.ended', data: { sessionId, seq: 2, result: { ...result, denied: [] } } });
  fake.emit({ event: 'session.modeChanged', data: { sessionId, seq: 3, mode: 'plan' } });
  const text = await readAll(app, stop, '0');
  const [last = ''] = text.match(/data: \{[^\n]*approval_mode_changed[^\n]*/) ?? [];
  expect(last).toContain('"mode":"plan"');
  expect(last).not.toContain('prompt-1');
});

test('a client is notified that older events are lost, and receives heartbeats', async () => {
  const log = createEventLog(2);
  for (let count = 0; count < 5; count += 1) log.append('x', (id) => String(id));
  const timers: (() => void)[] = [];
  const beating = { now: () => 0, after: (_ms: number, run: () => void) => (timers.push(run), () => undefined) };
  const stop = new AbortController();
  const stream = createEventStream(log, beating, 1, stop.signal);
  timers.shift()?.();
  timers.shift()?.();
  stop.abort();
  const text = await new Response(stream).text();
  expect(text).toContain('event: history_truncated\ndata: {"lastEventId":1}');
  expect(text.match(/: heartbeat/g)).toHaveLength(2);
});

test('a cancel without a running turn succeeds', async () => {
  const cancel = () => {
    throw new EngineError('turn_not_running', 'No turn runs.');
  };
  const { post } = setUp({ session: () => ({ work: { cancel } }) });
  await post('/session');
  expect((await post('/session/s1/cancel')).status).toBe(204);
});

test('capabilities and tasks are returned', async () => {
  const { app, post } = setUp();
  await post('/session');
  expect(await (await app.request('/capabilities')).json()).toMatchObject({
    v: 1,
    workspaceCwd: '/w',
    features: expect.arrayContaining(['events']),
  });
  expect(await (await app.request('/session/s1/tasks')).json()).toEqual({ sessionId: 's1', tasks: [] });
});

test('a log keeps the latest events and reports lost older ones', () => {
  const log = createEventLog(3);
  for (let count = 0; count < 5; count += 1) log.append('x', (id) => String(id));
  expect(log.after(3)).toEqual({ events: [4, 5].map((id) => ({ id, type: 'x', json: String(id) })), isCut: false });
  expect(log.after(1)).toMatchObject({ events: [{ id: 3 }, { id: 4 }, { id: 5 }], isCut: true });
  expect(log.after(2).isCut).toBe(false);
  expect(log.after(99)).toEqual({ events: [], isCut: false });
});

test('a client that reads nothing is disconnected with a reason', async () => {
  const log = createEventLog();
  const stream = createEventStream(log, clock, undefined, new AbortController().signal);
  const big = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 10; count += 1) log.append('big', () => big);
  const text = await new Response(stream).text();
  expect(text.length).toBeLessThan(9 * 1024 * 1024);
  expect(text).toMatch(/event: client_evicted\ndata: \{"reason":"too slow"\}\n\n$/);
});

test('a session for a client that cannot answer questions asks none', async () => {
  const options: unknown[] = [];
  const { post } = setUp({
    sessions: {
      create: async (_project, given) => (options.push(given), snapshotOf('s1')),
      open: async (_project, id, given) => (options.push(given), snapshotOf(id)),
    },
  });
  await post('/session', {});
  await post('/session', { sessionId: '5b76bde4-bb2f-423a-8cd4-f92b830c8b0e' });
  expect(options).toEqual([{ answersQuestions: false }, { answersQuestions: false }]);
});
