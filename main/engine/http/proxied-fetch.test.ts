import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import { createServer as createNetServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ask, collect, openProvider, sendEvents, serve, textOf } from '../provider/openai/openai-provider.fixture.ts';
import { fetchThrough } from './proxied-fetch.ts';
import { proxyFor } from './proxy-choice.ts';

const chosen = (target: string, environment: Record<string, string>, proxy?: string) =>
  proxyFor(new URL(target), { proxy, environment })?.href;

test('the settings take precedence over the environment, and each scheme has its variable', () => {
  const both = { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://h:1' };
  expect(chosen('https://api.example.com', both, 'http://own:1')).toBe('http://own:1/');
  expect(chosen('https://api.example.com', both)).toBe('http://s:1/');
  expect(chosen('http://api.example.com', both)).toBe('http://h:1/');
  expect(chosen('https://api.example.com', { HTTP_PROXY: 'h:1' })).toBe('http://h:1/');
  expect(chosen('https://api.example.com', { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://s:1' })).toBe('http://low:1/');
  expect(chosen('http://api.example.com', { HTTPS_PROXY: 'http://s:1' })).toBeUndefined();
  expect(chosen('https://api.example.com', {})).toBeUndefined();
});

test.each<[string, string, boolean]>([
  ['https://api.example.com', 'example.com', false],
  ['https://api.example.com', '.example.com', false],
  ['https://api.example.com', 'other.org, *.example.com', false],
  ['https://api.example.com', 'api.example.com:443', false],
  ['https://api.example.com', 'api.example.com:8443', true],
  ['https://badexample.com', 'example.com', true],
  ['https://api.example.com', '*', false],
  ['http://127.0.0.1:11434/v1', '', false],
  ['http://localhost:11434/v1', '', false],
  ['http://[::1]:1', '', false],
  ['http://10.0.0.1', '', true],
])('%s with NO_PROXY=%s goes through the proxy: %s', (target, list, expected) => {
  expect(chosen(target, { NO_PROXY: list }, 'http://own:1') !== undefined).toBe(expected);
});

test.each(['socks5://user:canary@h:1', 'http://'])('an invalid proxy prevents the request: %s', (written) => {
  expect(() => chosen('https://api.example.com', {}, written)).toThrow(/^The setting proxy does not name a proxy/);
});

/** A proxy that sends every request to `target`, whatever host is named. */
async function httpProxy(target: string, seen: IncomingMessage[] = []) {
  return serve((request, response) => {
    seen.push(request);
    const { pathname } = new URL(request.url ?? '');
    const onward = httpRequest(`${target}${pathname}`, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
}

async function getPort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

const proxies = (proxy: string) => ({ proxy, environment: {} });
const CHUNKS = [
  JSON.stringify({ choices: [{ index: 0, delta: { content: 'through the wall' } }] }),
  JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  '[DONE]',
];

test.each(['openai', 'openai-responses', 'anthropic', 'gemini'] as const)('a request of %s goes through the proxy', async (protocol) => {
  const seen: IncomingMessage[] = [];
  const model = await serve((_request, response) => void response.writeHead(401).end('{}'));
  const proxy = await httpProxy(model, seen);
  const provider = openProvider('http://model.test/v1', { protocol, proxies: proxies(proxy.replace('//', '//me:pass%20word@')) });
  const [event] = await collect(provider.stream(ask('hi'), new AbortController().signal));
  expect(event).toMatchObject({ type: 'error', error: { code: 'auth_failed' } });
  expect(seen[0]?.url).toMatch(/^http:\/\/model\.test\//);
  expect(seen[0]?.headers).toMatchObject({
    host: 'model.test',
    'proxy-authorization': `Basic ${Buffer.from('me:pass word').toString('base64')}`,
  });
});

test.each(['an answer', Buffer.from('an answer')])('a body of %o arrives unchanged', async (body) => {
  const seen = Promise.withResolvers<string>();
  const proxy = await serve((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      seen.resolve(`${request.headers['content-length'] ?? ''} ${text}`);
      response.writeHead(204).end();
    });
  });
  const answer = await fetchThrough(new URL(proxy), new URL('http://model.test/x'), { method: 'POST', headers: new Headers(), body });
  expect([answer.status, await seen.promise]).toEqual([204, '9 an answer']);
});

test('an answer streams through the proxy', async () => {
  const model = await serve((_request, response) => sendEvents(response, CHUNKS));
  const provider = openProvider('http://model.test/v1', { proxies: proxies(await httpProxy(model)) });
  expect(textOf(await collect(provider.stream(ask('hi'), new AbortController().signal)))).toBe('through the wall');
});

test('the connection to the proxy is closed if the reader leaves in the middle', async () => {
  const closed = Promise.withResolvers<void>();
  const proxy = await serve((_request, response) => {
    sendEvents(response, CHUNKS.slice(0, 1), false);
    response.on('close', () => closed.resolve());
  });
  const provider = openProvider('http://model.test/v1', { proxies: proxies(proxy) });
  for await (const _event of provider.stream(ask('hi'), new AbortController().signal)) break;
  await closed.promise;
});

test('a cancelled request is reported as cancelled', async () => {
  const controller = new AbortController();
  const proxy = await serve(() => controller.abort());
  const provider = openProvider('http://model.test/v1', { proxies: proxies(proxy) });
  expect(await collect(provider.stream(ask('hi'), controller.signal))).toMatchObject([{ type: 'error', error: { code: 'cancelled' } }]);
});

test('an https host is requested through a tunnel, in which the proxy reads nothing', async () => {
  const connects: IncomingMessage[] = [];
  const first = Promise.withResolvers<Buffer>();
  const server = createServer().on('connect', (request, socket) => {
    connects.push(request);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.once('data', (bytes) => {
      first.resolve(bytes);
      socket.destroy();
    });
  });
  const port = await getPort(server);
  const provider = openProvider('https://model.test/v1', { key: 'canary', proxies: proxies(`http://u:p@127.0.0.1:${port}`) });
  const [event] = await collect(provider.stream(ask('hi'), new AbortController().signal));
  expect(event).toMatchObject({ type: 'error' });
  expect([connects[0]?.url, connects[0]?.headers['proxy-authorization']]).toEqual(['model.test:443', 'Basic dTpw']);
  const bytes = await first.promise;
  expect(bytes[0]).toBe(0x16); // the beginning of a TLS handshake
  expect(bytes.toString('latin1')).toContain('model.test');
  expect(bytes.toString('latin1')).not.toContain('canary');
});

test.each<[string, number, string]>([
  ['http://model.test/v1', 407, 'requires a name and a password'],
  ['https://model.test/v1', 407, 'requires a name and a password'],
  ['https://model.test/v1', 403, 'does not connect to model.test'],
])('a proxy that refuses %s with %i is named without its password', async (url, status, mention) => {
  const server = createServer((_request, response) => void response.writeHead(status).end());
  server.on('connect', (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  const proxy = `http://127.0.0.1:${await getPort(server)}`;
  const provider = openProvider(url, { proxies: proxies(proxy.replace('//', '//me:canary@')) });
  const [event] = await collect(provider.stream(ask('hi'), new AbortController().signal));
  expect(event).toMatchObject({ type: 'error', error: { code: 'provider_unreachable', message: expect.stringContaining(mention) } });
  expect(JSON.stringify(event)).toContain(new URL(proxy).host);
  expect(JSON.stringify(event)).not.toContain('canary');
});

test('an unreachable proxy is not mistaken for the host', async () => {
  const server = createNetServer();
  const port = await getPort(server);
  await new Promise((resolve) => server.close(resolve));
  for (const url of ['http://model.test/v1', 'https://model.test/v1']) {
    const provider = openProvider(url, { proxies: proxies(`http://127.0.0.1:${port}`) });
    const [event] = await collect(provider.stream(ask('hi'), new AbortController().signal));
    expect(event).toMatchObject({
      type: 'error',
      error: { code: 'provider_unreachable', message: expect.stringContaining(`the proxy http://127.0.0.1:${port} does not answer`) },
    });
  }
});

test('a body that is neither text nor bytes is not sent partially', async () => {
  const proxy = new URL(await serve((_request, response) => void response.end()));
  const sent = fetchThrough(proxy, new URL('http://model.test'), { headers: new Headers(), body: new Blob() });
  await expect(sent).rejects.toThrow('fetch failed');
});
