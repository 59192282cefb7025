import { expect, test } from 'vitest';
import { type HostFrame, PROTOCOL_VERSION, ProjectId, SessionId, SessionSnapshot } from '../../preload/contract/index.ts';
import type { Sessions } from '../engine/index.ts';
import { createFakeEngine } from '../test/support/fake-engine.ts';
import { createRpcHost, type HostTransport } from './index.ts';

const projectId = ProjectId.parse('p1');
const sessionId = SessionId.parse('11111111-1111-4111-8111-111111111111');
const snapshot = SessionSnapshot.parse({
  summary: { id: sessionId, projectId, title: 'A', updatedAtMs: 1, createdAtMs: 1, state: 'idle', endedTurns: 0 },
  seq: 3,
  items: [],
  earlierItems: 0,
  approvals: [],
  queue: [],
  mode: 'default',
  context: { usedTokens: 0, windowTokens: 1000 },
  tasks: [],
});

/** A host whose engine opens sessions when the test says so. */
function setUp() {
  const released: SessionId[] = [];
  const opening: ((snapshot: SessionSnapshot) => void)[] = [];
  const open = () => new Promise<SessionSnapshot>((done) => opening.push(done));
  const sessions: Partial<Sessions> = { open, create: open, release: (id) => void released.push(id) };
  const fake = createFakeEngine({ sessions });
  const nothing = () => undefined;
  const refuse = async (): Promise<never> => {
    throw new Error('not here');
  };
  const host = createRpcHost({
    engine: fake.engine,
    app: {
      describe: () => ({ version: '1', host: 'memory', platform: 'linux', homePath: '/h', canPickFolder: false }),
      pickFolder: refuse,
      openMenu: refuse,
      dimTitleBar: refuse,
      revealFile: refuse,
      openExternal: refuse,
      confirm: async () => true,
    },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    after: () => nothing,
    validate: true,
  });

  function connect() {
    const sent: HostFrame[] = [];
    let onFrame: (frame: unknown) => void = nothing;
    let close: () => void = nothing;
    const transport: HostTransport = {
      send: (frame) => void sent.push(frame),
      onFrame: (listener) => (onFrame = listener),
      onClose: (listener) => (close = listener),
      close: nothing,
    };
    host.connect(transport);
    onFrame({ t: 'hello', protocol: PROTOCOL_VERSION });
    let id = 0;
    const ask = (method: string, params: object) => {
      id += 1;
      onFrame({ t: 'request', id, method, params });
      return id;
    };
    const answered = (asked: number) => expect.poll(() => sent.some((frame) => frame.t === 'result' && frame.id === asked)).toBe(true);
    return { sent, ask, answered, close: () => close() };
  }

  const opened = async (count: number) => {
    await expect.poll(() => opening.length).toBe(count);
    opening[count - 1]?.(snapshot);
    await new Promise((done) => setImmediate(done)); // the answer is on its way
  };
  return { fake, host, connect, opened, released };
}

test('a session that another window still shows is not released by the one that leaves it', async () => {
  const { connect, opened, released } = setUp();
  const first = connect();
  const second = connect();
  const attached = first.ask('session.attach', { projectId, sessionId });
  await opened(1);
  await first.answered(attached);
  second.ask('session.attach', { projectId, sessionId });
  await opened(2);
  await first.answered(first.ask('session.detach', { sessionId }));
  expect(released).toEqual([]);
  second.close();
  expect(released).toEqual([sessionId]);
});

test.each(['session.attach', 'session.create'])('a window that closes during %s leaves nothing open', async (method) => {
  const { connect, opened, released } = setUp();
  const client = connect();
  client.ask(method, { projectId, ...(method === 'session.attach' ? { sessionId } : {}) });
  client.close();
  await opened(1);
  expect(released).toEqual([sessionId]);
});

test('a session that was left before it was open stays left: none of its events arrive', async () => {
  const { fake, connect, opened, released } = setUp();
  const client = connect();
  client.ask('session.attach', { projectId, sessionId });
  await client.answered(client.ask('session.detach', { sessionId }));
  await opened(1);
  fake.emit({ event: 'session.modeChanged', data: { sessionId, seq: 4, mode: 'plan' } });
  expect(client.sent.filter((frame) => frame.t === 'event')).toEqual([]);
  expect(released.at(-1)).toBe(sessionId);
});

test('events from before the answer follow it, except those in the snapshot', async () => {
  const { fake, connect, opened } = setUp();
  const client = connect();
  const asked = client.ask('session.attach', { projectId, sessionId });
  await expect.poll(() => client.sent.length).toBe(1);
  fake.emit({ event: 'session.modeChanged', data: { sessionId, seq: 3, mode: 'plan' } });
  fake.emit({ event: 'session.modeChanged', data: { sessionId, seq: 4, mode: 'yolo' } });
  await opened(1);
  await client.answered(asked);
  expect(client.sent.slice(1)).toEqual([
    { t: 'result', id: asked, result: { snapshot } },
    { t: 'event', event: 'session.modeChanged', data: { sessionId, seq: 4, mode: 'yolo' } },
  ]);
});

test('a session that a client of another protocol watches is released when the last client has left it', async () => {
  const { host, released, connect, opened } = setUp();
  const client = connect();
  const attached = client.ask('session.attach', { projectId, sessionId });
  await opened(1);
  await client.answered(attached);
  const leave = host.watch(sessionId);
  host.watch(SessionId.parse('22222222-2222-4222-8222-222222222222'));
  client.close();
  expect(released).toEqual([]);
  leave();
  leave();
  expect(released).toEqual([sessionId]);
});
