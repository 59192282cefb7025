import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createGuardedFetch } from './server-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(): Promise<{ readonly origin: string; readonly seen: (string | undefined)[][] }> {
  const seen: (string | undefined)[][] = [];
  const server = createServer((request, response) => {
    seen.push([request.headers.authorization, request.headers['x-key']?.toString()]);
    response.writeHead(200).end('{}');
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  return { origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, seen };
}

test('headers of the settings and bearer tokens are sent only to the server; sign-in requests to another origin are allowed', async () => {
  const [own, other] = [await listen(), await listen()];
  const fetch = createGuardedFetch({ url: `${own.origin}/mcp`, headers: { 'X-Key': 'mine' }, userAgent: 'test' });
  await fetch(`${own.origin}/mcp`, { headers: { authorization: 'Bearer token' } });
  await fetch(`${other.origin}/token`, { headers: { authorization: 'Bearer token' } });
  await fetch(`${other.origin}/token`, { headers: { authorization: 'Basic client' } });
  expect(own.seen).toEqual([['Bearer token', 'mine']]);
  expect(other.seen).toEqual([
    [undefined, undefined],
    ['Basic client', undefined],
  ]);
});

test('a remote server cannot make Gantry send requests to this machine or to a page without encryption', async () => {
  const { origin, seen } = await listen();
  const fetch = createGuardedFetch({ url: 'https://mcp.example/mcp', headers: {}, userAgent: 'test' });
  await expect(fetch(`${origin}/.well-known/oauth-authorization-server`)).rejects.toThrow('refused');
  await expect(fetch('http://169.254.169.254/latest')).rejects.toThrow('refused');
  expect(seen).toEqual([]);
});

test('requests to a remote server use the configured proxy, with headers and a form unchanged', async () => {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push([request.method, request.url, request.headers['x-key'], body].join(' '));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"through": "proxy"}');
    });
  });
  servers.push(proxy);
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const fetch = createGuardedFetch({
    url: 'http://mcp.example.com/mcp',
    headers: { 'X-Key': 'mine' },
    userAgent: 'test',
    proxies: async () => ({ proxy: `http://127.0.0.1:${port}`, environment: {} }),
  });
  const response = await fetch('http://mcp.example.com/mcp', { method: 'POST', body: new URLSearchParams({ grant: 'a b' }) });
  expect(await response.json()).toEqual({ through: 'proxy' });
  expect(asked).toEqual(['POST http://mcp.example.com/mcp mine grant=a+b']);
});
