import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defined, PROTOCOL_VERSION, ProjectId, ProjectSummary } from '../../preload/contract/index.ts';
import type { Clock, Logger } from '../engine/index.ts';
import { SECURITY_HEADERS } from '../local/page-files.ts';
import { createFakeEngine, type EngineScript } from '../test/support/fake-engine.ts';
import { startServer } from './index.ts';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const project = ProjectSummary.parse({
  id: 'p1',
  path: '/p',
  name: 'p',
  trust: 'trusted',
  projectFiles: [],
  exists: true,
  openedAtMs: 1,
});

/** Timers fire when the test triggers them. */
function manualClock(): Clock & { fire(ms: number): void } {
  const timers = new Set<{ ms: number; run: () => void }>();
  return {
    now: () => 0,
    after(ms, run) {
      const timer = { ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    fire(ms) {
      for (const timer of [...timers].filter((candidate) => candidate.ms === ms)) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

async function start(options: { hostname?: string; token?: string; port?: number; script?: EngineScript } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-server-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const rendererRoot = join(folder, 'renderer');
  await mkdir(join(rendererRoot, 'assets'), { recursive: true });
  await writeFile(join(rendererRoot, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(rendererRoot, 'assets', 'index-abc.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(rendererRoot, 'assets', 'link.txt'));
  const clock = manualClock();
  const fake = createFakeEngine(options.script ?? { projects: { list: async () => [project] } });
  const server = await startServer({
    engine: fake.engine,
    logger: silent,
    clock,
    version: '1.2.3',
    rendererRoot,
    workspace: folder,
    confirm: 'in_page',
    port: options.port ?? 0,
    validate: true,
    ...defined({ hostname: options.hostname, token: options.token }),
  });
  cleanups.push(() => server.close());
  return { server, fake, clock };
}

/** A request whose path and headers are sent exactly as given; fetch would normalize them. */
function raw(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function connect(port: number, headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
  cleanups.push(() => socket.terminate());
  return socket;
}

async function nextFrame(socket: WebSocket): Promise<unknown> {
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

async function hello(socket: WebSocket, token: string | undefined): Promise<unknown> {
  await once(socket, 'open');
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'hello', protocol: PROTOCOL_VERSION, token }));
  return answer;
}

test('the page and health are public, and carry the security headers', async () => {
  const { server } = await start();
  const page = await raw(server.port, '/');
  expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("script-src 'self';"),
  });
  expect(await raw(server.port, '/health')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  const asset = await raw(server.port, '/assets/index-abc.js');
  expect(asset).toMatchObject({ status: 200, body: 'export {};' });
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': expect.stringContaining('immutable'),
  });
});

test.each<[string, number, 'with' | 'without']>([
  ['/', 200, 'without'],
  ['/assets/index-abc.js', 200, 'without'],
  ['/assets/none.js', 404, 'without'],
  ['/health', 200, 'without'],
  ['/capabilities', 401, 'without'],
  ['/capabilities', 200, 'with'],
  ['/nothing', 404, 'with'],
  ['/session/none/tasks', 404, 'with'],
])('%s answers %i without a cookie, and with the security headers (%s the token)', async (path, status, token) => {
  const { server } = await start();
  const answer = await raw(server.port, path, token === 'with' ? { authorization: `Bearer ${server.token}` } : {});
  expect(answer.status).toBe(status);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers).toMatchObject(SECURITY_HEADERS);
});

test('a cookie or a token in the address gives no access, and a refused page gets neither', async () => {
  const { server } = await start();
  const cookie = `token=${server.token}`;
  expect((await raw(server.port, `/capabilities?${cookie}`, { cookie })).status).toBe(401);
  const refused = await raw(server.port, '/', { host: 'evil.example' });
  expect([refused.status, refused.headers['set-cookie']]).toEqual([403, undefined]);
  expect(refused.headers).toMatchObject(SECURITY_HEADERS);
});

test('an internal error is answered without its details', async () => {
  const open = async () => {
    throw new Error('canary of a fault');
  };
  const { server } = await start({ script: { projects: { open } } });
  const response = await fetch(`http://127.0.0.1:${server.port}/session`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('canary');
});

test('everything else needs the token in the Authorization header', async () => {
  const { server } = await start();
  expect(await raw(server.port, '/capabilities')).toMatchObject({ status: 401, body: expect.stringContaining('"error"') });
  expect((await raw(server.port, '/capabilities', { authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await raw(server.port, `/nothing?token=${server.token}`)).status).toBe(401);
  expect((await raw(server.port, '/nothing', { authorization: `Bearer ${server.token}` })).status).toBe(404);
});

test.each([
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/assets//etc/hostname',
  '/assets/%00',
  '/assets/%zz',
  '/assets/',
  '/assets/link.txt',
])('%s serves no file outside the page', async (path) => {
  const { server } = await start();
  const answer = await raw(server.port, path);
  expect([401, 404]).toContain(answer.status);
  expect(answer.body).not.toContain('secret');
});

test.each([
  [{ host: 'evil.example' }, 403],
  [{ host: 'evil.example:4170' }, 403],
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'null' }, 403],
])('a request with %j is refused with %i', async (headers, status) => {
  const { server } = await start();
  const answer = await raw(server.port, '/health', headers);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
});

test.each(['192.0.2.7', '[2001:db8::1]', '0.0.0.0'])('on loopback a Host of %s is refused, with the right port too', async (name) => {
  const { server } = await start();
  expect((await raw(server.port, '/health', { host: `${name}:${server.port}` })).status).toBe(403);
});

test.each(['127.0.0.1', 'localhost'])('a Host of %s with another port is refused', async (name) => {
  const { server } = await start();
  expect((await raw(server.port, '/health', { host: `${name}:${server.port + 1}` })).status).toBe(403);
  expect((await raw(server.port, '/health', { host: name })).status).toBe(403);
});

test("the server's own page may send requests, by each of its names", async () => {
  const { server } = await start();
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    const host = `${name}:${server.port}`;
    expect((await raw(server.port, '/health', { host, origin: `http://${host}` })).status).toBe(200);
  }
});

test('a WebSocket with the token is accepted and served', async () => {
  const { server } = await start();
  const socket = connect(server.port, { origin: server.url });
  expect(await hello(socket, server.token)).toEqual({ t: 'welcome', protocol: PROTOCOL_VERSION });
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'request', id: 1, method: 'project.list', params: {} }));
  expect(await answer).toEqual({ t: 'result', id: 1, result: { projects: [project] } });
});

test.each([undefined, 'wrong'])('a WebSocket with token %s is refused and closed', async (token) => {
  const { server } = await start();
  const socket = connect(server.port);
  const closed = once(socket, 'close');
  expect(await hello(socket, token)).toMatchObject({ t: 'refused', error: { code: 'unauthorized' } });
  await closed;
});

test('a WebSocket that sends a request before its hello is refused', async () => {
  const { server } = await start();
  const socket = connect(server.port);
  await once(socket, 'open');
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'request', id: 1, method: 'project.list', params: {} }));
  expect(await answer).toMatchObject({ t: 'refused', error: { code: 'malformed_frame' } });
});

test.each([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
  'an upgrade with %j is refused',
  async (headers: Record<string, string>) => {
    const { server } = await start();
    const socket = connect(server.port, headers);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  },
);

/** The first line of the answer to an upgrade whose target is sent exactly as given. */
function upgrade(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
    );
    cleanups.push(() => void socket.destroy());
    socket.once('data', (data) => resolve(String(data).split('\r\n', 1)[0] ?? ''));
    socket.on('error', reject);
  });
}

test.each(['//', 'http://', '//host:99999/ws', '/ws/', '/other'])(
  'an upgrade of %s is refused, and the server keeps running',
  async (target) => {
    const { server } = await start();
    expect(await upgrade(server.port, target)).toBe('HTTP/1.1 404 Not Found');
    expect(await raw(server.port, '/health')).toMatchObject({ status: 200 });
  },
);

test('an upgrade of another path is refused', async () => {
  const { server } = await start();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/elsewhere`);
  const [error] = await once(socket, 'error');
  expect(String(error)).toContain('404');
});

test('a WebSocket that sends nothing is closed after two seconds', async () => {
  const { server, clock } = await start();
  const socket = connect(server.port);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  clock.fire(2000);
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1008, 'no hello in time']);
});

test('a hello ends the limit', async () => {
  const { server, clock } = await start();
  const socket = connect(server.port);
  await hello(socket, server.token);
  clock.fire(2000);
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'request', id: 7, method: 'project.list', params: {} }));
  expect(await answer).toMatchObject({ t: 'result', id: 7 });
});

test('a client that does not answer a ping is disconnected, one that answers stays', async () => {
  const { server, clock } = await start();
  const dead = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { autoPong: false });
  cleanups.push(() => dead.terminate());
  const alive = connect(server.port);
  await Promise.all([hello(dead, server.token), hello(alive, server.token)]);
  const pinged = once(dead, 'ping');
  clock.fire(15_000);
  await pinged;
  const answer = nextFrame(alive); // its answer follows its pong, so the server has received the pong
  alive.send(JSON.stringify({ t: 'request', id: 1, method: 'project.list', params: {} }));
  await answer;
  const closed = once(dead, 'close');
  clock.fire(15_000);
  await closed;
  expect(alive.readyState).toBe(WebSocket.OPEN);
});

test.each([
  ['text that is no JSON', 'not json'],
  ['a binary message', Buffer.from([1, 2, 3])],
  ['JSON that is no frame', '[1]'],
])('%s does not harm the connection', async (_name, message) => {
  const { server } = await start();
  const socket = connect(server.port);
  await hello(socket, server.token);
  socket.send(message);
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'request', id: 2, method: 'project.list', params: {} }));
  expect(await answer).toMatchObject({ t: 'result', id: 2 });
});

test('a message over the limit closes only its own connection', async () => {
  const { server } = await start();
  const [big, other] = [connect(server.port), connect(server.port)];
  await Promise.all([hello(big, server.token), hello(other, server.token)]);
  const closed = once(big, 'close');
  big.send('x'.repeat(9 * 1024 * 1024));
  expect((await closed)[0]).toBe(1009);
  expect(other.readyState).toBe(WebSocket.OPEN);
});

test('two clients get the same event', async () => {
  const { server, fake } = await start();
  const [one, two] = [connect(server.port), connect(server.port)];
  await Promise.all([hello(one, server.token), hello(two, server.token)]);
  const frames = Promise.all([nextFrame(one), nextFrame(two)]);
  fake.emit({ event: 'project.removed', data: { projectId: ProjectId.parse('p1') } });
  const expected = { t: 'event', event: 'project.removed', data: { projectId: 'p1' } };
  expect(await frames).toEqual([expected, expected]);
});

test('a browser has no folder dialog and gets an error', async () => {
  const { server } = await start();
  const socket = connect(server.port);
  await hello(socket, server.token);
  const answer = nextFrame(socket);
  socket.send(JSON.stringify({ t: 'request', id: 1, method: 'app.pickFolder', params: {} }));
  expect(await answer).toMatchObject({ t: 'error', error: { code: 'not_supported' } });
});

test('a port in use is reported with the flag for another one', async () => {
  const { server } = await start();
  await expect(start({ port: server.port })).rejects.toMatchObject({
    reason: 'port_in_use',
    message: expect.stringMatching(new RegExp(`Port ${server.port} .*--port`)),
  });
});

test('an address that other machines can reach needs an explicit token', async () => {
  await expect(start({ hostname: '0.0.0.0' })).rejects.toMatchObject({
    reason: 'token_needed',
    message: expect.stringContaining('--token'),
  });
  await expect(start({ hostname: '0.0.0.0', token: 'short' })).rejects.toMatchObject({ reason: 'bad_token' });
  const { server } = await start({ hostname: '0.0.0.0', token: 'a-token-of-my-own' });
  expect((await raw(server.port, '/nothing', { authorization: 'Bearer a-token-of-my-own' })).status).toBe(404);
  expect((await raw(server.port, '/health', { host: `evil.example:${server.port}` })).status).toBe(403);
});

test('each start creates another token', async () => {
  const [one, two] = [await start(), await start()];
  expect(one.server.token).toMatch(/^[\w-]{43}$/);
  expect(one.server.token).not.toBe(two.server.token);
});

test('closing notifies the clients and does not close the engine', async () => {
  const { server, fake } = await start();
  const socket = connect(server.port);
  await hello(socket, server.token);
  const closed = once(socket, 'close');
  await server.close();
  expect((await closed)[0]).toBe(1012);
  expect(fake.closeCount()).toBe(0);
  await expect(raw(server.port, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
