import { afterEach, describe, expect, test } from 'vitest';
import { createRpcHost } from '../../main/rpc/index.ts';
import type { Logger } from '../../main/engine/index.ts';
import { type HostEvent, ItemId, ProjectId, ProviderId, SessionId, type OutputFrame, ViewerId } from '../../preload/contract/index.ts';
import { type Client, type ConnectionState, createClient } from '../../renderer/rpc/client.ts';
import { createFakeEngine, frame, SESSION, snapshotAt, TASK } from './fake-engine.ts';
import { electronShapedPair, memoryPair, type PairFactory, webSocketPair } from './pairs.ts';

const PROJECT = ProjectId.parse('p1');
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each<[string, PairFactory]>([
  ['memory', memoryPair],
  ['Electron-shaped', electronShapedPair],
  ['WebSocket', webSocketPair],
])('the contract over %s', (_name, makePair) => {
  async function setUp(options: { token?: string; accept?: (token: string | undefined) => boolean } = {}) {
    const fake = createFakeEngine();
    const logged: string[] = [];
    const log = (message: string, fields?: unknown) => void logged.push(`${message} ${JSON.stringify(fields)}`);
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    const host = createRpcHost({
      engine: fake.engine,
      app: {
        describe: () => ({
          version: '1',
          host: 'memory',
          platform: 'linux',
          homePath: '/h',
          canPickFolder: false,
        }),
        pickFolder: async () => null,
        openMenu: async () => undefined,
        dimTitleBar: async () => undefined,
        revealFile: async () => {},
        openExternal: async () => {},
        confirm: async () => true,
      },
      logger,
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      validate: true,
    });
    const pair = await makePair((transport) => host.connect(transport, options.accept === undefined ? {} : { accept: options.accept }));
    const client = createClient({
      open: pair.open,
      ...(options.token === undefined ? {} : { token: options.token }),
    });
    cleanups.push(
      () => pair.close(),
      () => host.close(),
      () => client.close(),
    );
    return { fake, logged, host, pair, client };
  }

  test('a request is answered with its result', async () => {
    const { client } = await setUp();
    expect((await client.request('task.list', {})).tasks.map((task) => task.id)).toEqual([TASK]);
  });

  test('an error with a code arrives with code, message and data', async () => {
    const { client } = await setUp();
    const unknown = SessionId.parse('22222222-2222-4222-8222-222222222222');
    await expect(
      client.request('session.attach', {
        projectId: PROJECT,
        sessionId: unknown,
      }),
    ).rejects.toMatchObject({
      code: 'session_unknown',
      message: `No session ${unknown}.`,
      data: { sessionId: unknown },
    });
  });

  test('a bug in the host becomes an internal error without details, and the log has them', async () => {
    const { client, logged } = await setUp();
    const refusal = client.request('session.rename', {
      projectId: PROJECT,
      sessionId: SESSION,
      title: 't',
    });
    await expect(refusal).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('secret-looking'),
    });
    expect(logged.join('\n')).toContain('request failed');
  });

  test('a key in refused params is not in the log', async () => {
    const { client, logged } = await setUp();
    await expect(
      client.request('provider.setKey', {
        providerId: ProviderId.parse('x'),
        key: 'sk-canary-123456',
        store: 'keyring',
      }),
    ).rejects.toMatchObject({ code: 'internal' });
    expect(logged.join('\n')).toContain('[secret]');
    expect(logged.join('\n')).not.toContain('canary');
  });

  test('an unknown method is refused with its name', async () => {
    const { client } = await setUp();
    // @ts-expect-error the contract has no such method; a foreign client could still send it
    await expect(client.request('session.explode', {})).rejects.toMatchObject({
      code: 'unknown_method',
      message: expect.stringContaining('session.explode'),
    });
    // @ts-expect-error names of Object.prototype are not methods
    await expect(client.request('constructor', {})).rejects.toMatchObject({
      code: 'unknown_method',
    });
  });

  test('bad params are refused with the field, before they reach the engine', async () => {
    const { client } = await setUp();
    await expect(
      client.request('session.rename', {
        projectId: PROJECT,
        sessionId: SESSION,
        // @ts-expect-error a number is not a title
        title: 5,
      }),
    ).rejects.toMatchObject({
      code: 'bad_params',
      message: expect.stringContaining('title'),
    });
  });

  test('after a malformed message the next request works', async () => {
    const { client, pair } = await setUp();
    await client.request('task.list', {});
    for (const junk of [
      null,
      5,
      'not json {',
      { t: 'nonsense' },
      { t: 'request', id: 'x' },
      [],
      { t: 'notify', method: 'task.input', params: { taskId: 1 } },
    ])
      pair.sendRaw(junk);
    expect((await client.request('task.list', {})).tasks).toHaveLength(1);
  });

  test('session events reach only an attached client, in order, and none twice', async () => {
    const { client, fake } = await setUp();
    const seen: HostEvent[] = [];
    client.onEvent((event) => seen.push(event));
    const mode = (seq: number): HostEvent => ({
      event: 'session.modeChanged',
      data: { sessionId: SESSION, seq, mode: 'plan' },
    });
    await client.request('task.list', {});
    fake.emit(mode(2));
    expect(
      (
        await client.request('session.attach', {
          projectId: PROJECT,
          sessionId: SESSION,
        })
      ).snapshot,
    ).toEqual(snapshotAt(3));
    fake.emit(mode(4));
    fake.emit(mode(5));
    await client.request('session.detach', { sessionId: SESSION });
    fake.emit(mode(6));
    await client.request('task.list', {});
    expect(seen).toEqual([mode(4), mode(5)]);
    expect(fake.calls).toContainEqual(['release', SESSION]);
  });

  test('text deltas of one message are merged, and a later event does not overtake them', async () => {
    const { client, fake } = await setUp();
    const seen: HostEvent[] = [];
    await client.request('session.attach', {
      projectId: PROJECT,
      sessionId: SESSION,
    });
    const itemId = ItemId.parse('m1');
    const both = new Promise<void>((resolve) =>
      client.onEvent((event) => {
        seen.push(event);
        if (event.event === 'session.modeChanged') resolve();
      }),
    );
    const delta = (offsetChars: number, text: string): HostEvent => ({
      event: 'message.delta',
      data: { sessionId: SESSION, itemId, part: 'text', offsetChars, text },
    });
    fake.emit(delta(0, 'ab'));
    fake.emit(delta(2, 'cd'));
    fake.emit({
      event: 'session.modeChanged',
      data: { sessionId: SESSION, seq: 4, mode: 'plan' },
    });
    await both;
    expect(seen).toEqual([
      delta(0, 'abcd'),
      {
        event: 'session.modeChanged',
        data: { sessionId: SESSION, seq: 4, mode: 'plan' },
      },
    ]);
  });

  test('terminal bytes arrive as Uint8Array with their offset, after the replay', async () => {
    const { client, fake } = await setUp();
    const { viewerId } = await client.request('task.attach', {
      taskId: TASK,
      cols: 80,
      rows: 24,
      focused: true,
    });
    const seen: OutputFrame[] = [];
    const two = new Promise<void>((resolve) => client.onOutput(viewerId, (output) => seen.push(output) === 2 && resolve()));
    fake.output(frame(viewerId, 'data', 6, '\u001b[1mé'));
    await two;
    expect(seen.map((output) => [output.kind, output.offsetBytes, new TextDecoder().decode(output.bytes)])).toEqual([
      ['replay', 0, 'screen'],
      ['data', 6, '\u001b[1mé'],
    ]);
    expect(Object.prototype.toString.call(seen[1]?.bytes)).toBe('[object Uint8Array]');
  });

  test('notifies arrive in order, and cannot change a view of another client', async () => {
    const { client, fake } = await setUp();
    const { viewerId } = await client.request('task.attach', {
      taskId: TASK,
      cols: 80,
      rows: 24,
      focused: true,
    });
    client.notify('task.input', { taskId: TASK, data: 'a' });
    client.notify('task.resize', { viewerId, cols: 100, rows: 30 });
    client.notify('task.ack', {
      viewerId: ViewerId.parse(99),
      parsedBytes: 10,
    });
    client.notify('task.ack', { viewerId, parsedBytes: 10 });
    await client.request('task.list', {});
    expect(fake.calls).toEqual([
      ['write', TASK, 'a'],
      ['resize', viewerId, 100, 30],
      ['ack', viewerId, 10],
    ]);
  });

  test('a client that disconnects leaves no view and no session behind', async () => {
    const { client, fake, pair, host } = await setUp();
    const { viewerId } = await client.request('task.attach', {
      taskId: TASK,
      cols: 80,
      rows: 24,
      focused: true,
    });
    await client.request('session.attach', {
      projectId: PROJECT,
      sessionId: SESSION,
    });
    await pair.close();
    await expect.poll(() => host.clientCount()).toBe(0);
    expect(fake.calls).toEqual([
      ['detach', viewerId],
      ['release', SESSION],
    ]);
  });

  test('a wrong token is refused with the remedy', async () => {
    const { client } = await setUp({
      token: 'wrong',
      accept: (token) => token === 'right',
    });
    const refused = await new Promise<ConnectionState>((resolve) => client.onState((state) => state.kind === 'refused' && resolve(state)));
    expect(refused).toMatchObject({
      error: {
        code: 'unauthorized',
        message: expect.stringContaining('gantry serve'),
      },
    });
  });
});

test('a client of another protocol version is refused with both numbers', async () => {
  const fake = createFakeEngine();
  const sent: unknown[] = [];
  const quiet = () => {};
  const host = createRpcHost({
    engine: fake.engine,
    app: {
      describe: () => ({
        version: '1',
        host: 'memory',
        platform: 'linux',
        homePath: '/h',
        canPickFolder: false,
      }),
      pickFolder: async () => null,
      openMenu: async () => undefined,
      dimTitleBar: async () => undefined,
      revealFile: async () => {},
      openExternal: async () => {},
      confirm: async () => true,
    },
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    after: () => quiet,
    validate: true,
  });
  let deliver: ((value: unknown) => void) | undefined;
  let closed = false;
  host.connect({
    send: (output) => void sent.push(output),
    onFrame: (listener) => {
      deliver = listener;
    },
    onClose: quiet,
    close: () => {
      closed = true;
    },
  });
  deliver?.({ t: 'hello', protocol: 999 });
  expect(sent).toEqual([
    {
      t: 'refused',
      error: {
        code: 'protocol_mismatch',
        message: expect.stringContaining('999'),
      },
    },
  ]);
  expect([closed, host.clientCount()]).toEqual([true, 0]);
  host.close();
});

test('a client whose connection is cut gets connection_lost for pending requests, then reconnects', async () => {
  let live: { frame: (value: unknown) => void; close: () => void } | undefined;
  const client: Client = createClient({
    open: () => {
      let onFrame = (_value: unknown) => {};
      let onClose = () => {};
      queueMicrotask(() => onFrame({ t: 'welcome', protocol: 1 }));
      live = { frame: (value) => onFrame(value), close: () => onClose() };
      return {
        send: () => {},
        onOpen: () => {},
        onFrame: (listener) => {
          onFrame = listener;
        },
        onClose: (listener) => {
          onClose = listener;
        },
        close: () => {},
      };
    },
  });
  const states: string[] = [];
  const readyAgain = new Promise<void>((resolve) =>
    client.onState((state) => {
      states.push(state.kind);
      if (states.filter((kind) => kind === 'ready').length === 2) resolve();
    }),
  );
  const first = client.request('task.list', {});
  await Promise.resolve();
  live?.close();
  await expect(first).rejects.toMatchObject({ code: 'connection_lost' });
  await expect(client.request('task.list', {})).rejects.toMatchObject({
    code: 'connection_lost',
  });
  await readyAgain;
  expect(states).toEqual(['connecting', 'ready', 'lost', 'connecting', 'ready']);
  client.close();
});
