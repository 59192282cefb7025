import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientApp, client, methods, type SessionUpdate, type Stream } from '@agentclientprotocol/sdk';
import { createHttpStream } from '@agentclientprotocol/sdk/experimental/http-client';
import { createWebSocketStream } from '@agentclientprotocol/sdk/experimental/ws-client';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../preload/contract/index.ts';
import { calls, hangsAfter, says } from '../test/support/scripted-model.ts';
import { SILENCE_LIMIT_MS } from './acp-routes.ts';
import { type ServerFixtureOptions, startTestServer } from './server.fixture.ts';

const WRITE = calls({ id: 'c1', name: 'write_file', input: { file_path: 'made.txt', content: 'made' } });

/** A server on a real engine. Timers fire when the test says so. */
async function start(options: ServerFixtureOptions = {}) {
  const timers = new Set<{ ms: number; run: () => void }>();
  const {
    engine,
    questions,
    server,
    auth: headers,
  } = await startTestServer(options, {
    now: () => 0,
    after(ms, run) {
      const timer = { ms, run };
      if (ms === 0) queueMicrotask(run);
      else timers.add(timer);
      return () => void timers.delete(timer);
    },
  });
  const fire = (ms: number) => {
    for (const timer of [...timers].filter((each) => each.ms === ms)) {
      timers.delete(timer);
      timer.run();
    }
  };
  return {
    ...{ engine, questions, server, headers, fire },
    overSocket: () => createWebSocketStream(`ws://127.0.0.1:${server.port}/acp`, { headers, WebSocket }),
    overHttp: () => createHttpStream(`${server.url}/acp`, { headers }),
    post: (body: string, more: Record<string, string> = {}) =>
      fetch(`${server.url}/acp`, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json', ...more } }),
  };
}

/** A client that is initialized; it allows everything once, unless `answer` says otherwise. */
async function joinServer(
  stream: Stream,
  answer: () => object | Promise<object> = () => ({ outcome: { outcome: 'selected', optionId: 'proceed_once' } }),
) {
  const updates: SessionUpdate[] = [];
  let asked = 0;
  const app: ClientApp = client({ name: 'editor' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onNotification('*', () => undefined)
    .onRequest(methods.client.session.requestPermission, async () => {
      asked += 1;
      return (await answer()) as never; // typed by the tests
    });
  const connection = app.connect(stream);
  onTestFinished(() => connection.close());
  const { agent } = connection;
  await agent.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} });
  const text = () =>
    updates
      .flatMap((update) => (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text' ? update.content.text : []))
      .join('');
  const prompt = (sessionId: string, said: string) =>
    agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: said }] });
  return { connection, agent, updates, text, prompt, asked: () => asked };
}

/** A window of the same server. */
async function openWindow(port: number, token: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const events: { event: string; data: Record<string, unknown> }[] = [];
  const results = new Map<number, (result: Record<string, unknown>) => void>();
  let next = 0;
  const greeted = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.t === 'welcome') resolve();
      if (frame.t === 'event') events.push(frame);
      if (frame.t === 'result') results.get(frame.id)?.(frame.result);
    });
  });
  socket.send(JSON.stringify({ t: 'hello', protocol: PROTOCOL_VERSION, token }));
  await greeted;
  const request = (method: string, params: object) =>
    new Promise<Record<string, unknown>>((resolve) => {
      next += 1;
      results.set(next, resolve);
      socket.send(JSON.stringify({ t: 'request', id: next, method, params }));
    });
  return { events, request, close: () => socket.close() };
}

test.each(['overSocket', 'overHttp'] as const)('a whole prompt with a permission %s', async (how) => {
  const served = await start({ answers: [WRITE, says('Made it.')] });
  const editor = await joinServer(served[how]());
  const { sessionId } = await editor.agent.request(methods.agent.session.new, { cwd: served.engine.root, mcpServers: [] });
  expect(await editor.prompt(sessionId, 'make it')).toMatchObject({ stopReason: 'end_turn' });
  expect(editor.asked()).toBe(1);
  expect(editor.text()).toBe('Made it.');
  expect(readFileSync(join(served.engine.root, 'made.txt'), 'utf8')).toBe('made');
});

test('a window of the server and an editor have one session: both see the turn, and the window answers the question', async () => {
  const served = await start({ answers: [WRITE, says('Made it.'), says('And more.')] });
  const editor = await joinServer(served.overSocket(), () => new Promise(() => undefined));
  const { sessionId } = await editor.agent.request(methods.agent.session.new, { cwd: served.engine.root, mcpServers: [] });
  const window = await openWindow(served.server.port, served.server.token);
  await window.request('session.attach', { projectId: served.engine.project.id, sessionId });
  const done = editor.prompt(sessionId, 'make it');
  await expect.poll(() => window.events.find(({ event }) => event === 'approval.requested')).toBeDefined();
  await expect.poll(editor.asked).toBe(1);
  const requested = window.events.find(({ event }) => event === 'approval.requested');
  const approval = requested?.data['approval'] as { id: string; digest: string };
  await window.request('approval.resolve', {
    sessionId,
    approvalId: approval.id,
    digest: approval.digest,
    decision: { kind: 'allow', scope: 'once' },
  });
  expect(await done).toMatchObject({ stopReason: 'end_turn' });
  // The other way round: what the window sends is shown in the editor, prompt included.
  await window.request('session.prompt', { sessionId, text: 'and more', localId: 'w1' });
  await expect.poll(editor.text).toBe('Made it.And more.');
  expect(editor.updates).toContainEqual(
    expect.objectContaining({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'and more' } }),
  );
});

test('an editor that drops and returns has missed nothing', async () => {
  const served = await start({ answers: [hangsAfter('Begun.'), says('Later.')] });
  const first = await joinServer(served.overSocket());
  const { sessionId } = await first.agent.request(methods.agent.session.new, { cwd: served.engine.root, mcpServers: [] });
  const lost = first.prompt(sessionId, 'work').catch(() => undefined);
  await expect.poll(first.text).toBe('Begun.');
  first.connection.close();
  await lost;
  const second = await joinServer(served.overSocket());
  await second.agent.request(methods.agent.session.load, { sessionId, cwd: served.engine.root, mcpServers: [] });
  expect(second.text()).toBe('Begun.');
  await second.agent.notify(methods.agent.session.cancel, { sessionId });
  await served.engine.until('turn.ended', ({ result }) => result.end === 'cancelled');
  await second.prompt(sessionId, 'go on');
  expect(second.text()).toContain('Later.');
});

test('"never ask" is confirmed outside the client, and refused without the confirmation', async () => {
  const served = await start({ confirms: false });
  const editor = await joinServer(served.overSocket());
  const { sessionId } = await editor.agent.request(methods.agent.session.new, { cwd: served.engine.root, mcpServers: [] });
  await expect(editor.agent.request(methods.agent.session.setMode, { sessionId, modeId: 'yolo' })).rejects.toMatchObject({ code: -32603 });
  await expect(editor.prompt(sessionId, '/approval-mode yolo')).rejects.toMatchObject({ code: -32603 });
  await editor.agent.request(methods.agent.session.setMode, { sessionId, modeId: 'plan' });
  expect(served.questions.map(({ message }) => message)).toEqual(['Never ask in this session?', 'Never ask in this session?']);
  expect(served.engine.engine.sessions.get(sessionId as never).describe().mode).toBe('plan');
});

test("a client's MCP server is confirmed outside the client before it is started", async () => {
  const served = await start({ confirms: false });
  const editor = await joinServer(served.overSocket());
  const server = { name: 'x', command: '/bin/echo', args: ['started'], env: [] };
  await expect(editor.agent.request(methods.agent.session.new, { cwd: served.engine.root, mcpServers: [server] })).rejects.toMatchObject({
    message: expect.stringContaining('not confirmed'),
  });
  expect(served.questions[0]?.detail).toContain('["/bin/echo","started"]');
});

test('token, host and origin are checked as everywhere', async () => {
  const { server, headers } = await start();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: 1 } });
  const post = (given: Record<string, string>) =>
    fetch(`${server.url}/acp`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...given } });
  expect((await post({})).status).toBe(401);
  expect((await post({ authorization: 'Bearer wrong-token-wrong-token' })).status).toBe(401);
  expect((await post({ ...headers, origin: 'http://evil.example' })).status).toBe(403);
  const upgrade = async (given: Record<string, string>) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/acp`, { headers: given });
    const [, response] = await once(socket, 'unexpected-response');
    socket.on('error', () => undefined);
    socket.terminate();
    return response.statusCode;
  };
  expect(await upgrade({})).toBe(401);
  expect(await upgrade({ authorization: 'Bearer wrong-token-wrong-token' })).toBe(401);
  expect(await upgrade({ ...headers, origin: 'http://evil.example' })).toBe(403);
  expect(await upgrade({ ...headers, host: 'evil.example' })).toBe(403);
});

test('a client over HTTP that is silent and does not listen is forgotten', async () => {
  const served = await start();
  const first = await served.post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: 1 } }));
  const connection = { 'acp-connection-id': first.headers.get('acp-connection-id') ?? '' };
  const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'session/list', params: { cwd: served.engine.root } });
  expect((await served.post(list, connection)).status).toBe(202);
  served.fire(SILENCE_LIMIT_MS);
  await expect.poll(async () => (await served.post(list, connection)).status).toBe(404);
});

const valid = { jsonrpc: '2.0', id: 1, method: 'session/list', params: {} };

test.each([
  ['no JSON', 'not json', 400],
  ['an empty body', '', 400],
  ['a number', '7', 400],
  ['a batch', JSON.stringify([valid]), 400],
  ['no connection', JSON.stringify(valid), 400],
  ['an initialize without an id', JSON.stringify({ jsonrpc: '2.0', method: 'initialize' }), 400],
  [
    'an initialize with wrong types',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: 'x' } }),
    200,
  ],
  ['too much', `"${'x'.repeat(33 * 1024 * 1024)}"`, 413],
])('a POST with %s gets an error and ends nothing', async (_name, body, status) => {
  const served = await start();
  const response = await served.post(body);
  expect(response.status).toBe(status);
  const answer = await response.json();
  expect(JSON.stringify(answer)).toMatch(/error/);
  expect((await fetch(`${served.server.url}/health`)).status).toBe(200);
});

/** A WebSocket without the SDK's client, which would not send such things. */
async function rawSocket({ server, headers }: Awaited<ReturnType<typeof start>>) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/acp`, { headers });
  onTestFinished(() => socket.terminate());
  const answers: { id?: unknown; result?: unknown; error?: { code: number } }[] = [];
  socket.on('message', (data) => void answers.push(JSON.parse(String(data))));
  await once(socket, 'open');
  const answerTo = async (id: number) => {
    await expect.poll(() => answers.some((answer) => answer.id === id)).toBe(true);
    return answers.find((answer) => answer.id === id);
  };
  const send = (message: object) => socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  send({ id: 1, method: 'initialize', params: { protocolVersion: 1 } });
  await answerTo(1);
  return { socket, answers, answerTo, send };
}

test('messages over a WebSocket that are none get an error, and the connection goes on', async () => {
  const served = await start();
  const { socket, answers, answerTo, send } = await rawSocket(served);
  const bad = [
    '',
    'not json',
    '{',
    '7',
    'null',
    '"x"',
    '[]',
    `[${JSON.stringify(valid)}]`,
    '{}',
    '{"jsonrpc":"1.0","id":2,"method":"x"}',
    '{"jsonrpc":"2.0","id":{},"method":"x"}',
  ];
  for (const text of bad) socket.send(text);
  await expect.poll(() => answers.filter(({ error }) => error?.code === -32700 || error?.code === -32600)).toHaveLength(bad.length);
  const params = { cwd: served.engine.root };
  for (const [id, method] of [
    'nonsense',
    'session/prompt',
    'session/close',
    'terminal/create',
    'session/set_mode',
    'constructor',
  ].entries()) {
    send({ id: 100 + id, method, params });
    expect((await answerTo(100 + id))?.error?.code).toBeLessThan(-32000);
  }
  send({ id: 200, method: 'session/list', params });
  expect((await answerTo(200))?.result).toEqual({ sessions: [] });
});

test('a message that is too long ends its own connection alone, and the session is there for the next one', async () => {
  const served = await start({ answers: [says('Still here.')] });
  const { socket, answerTo, send } = await rawSocket(served);
  const params = { cwd: served.engine.root, mcpServers: [] };
  send({ id: 2, method: 'session/new', params });
  const opened = await answerTo(2);
  const { sessionId } = opened?.result === undefined ? { sessionId: '' } : (opened.result as { sessionId: string });
  const other = await joinServer(served.overSocket());
  socket.send('x'.repeat(33 * 1024 * 1024));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1009);
  await other.agent.request(methods.agent.session.resume, { sessionId, ...params });
  await other.prompt(sessionId, 'hi');
  expect(other.text()).toBe('Still here.');
});
