/** Certificates are checked whatever the environment says, wherever a key could be sent. */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createGuardedFetch } from '../engine/mcp/server-fetch.ts';
import { ask, collect, openProvider } from '../engine/provider/openai/openai-provider.fixture.ts';
import { SELF_SIGNED } from './support/self-signed.ts';

beforeEach(() => {
  vi.stubEnv('QWEN_TLS_INSECURE', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // a TCP server's address is never a path
}

/** A server with a certificate that nothing trusts, and the requests that it received nevertheless. */
async function untrustedServer() {
  const requests: string[] = [];
  const server = createServer(SELF_SIGNED, (request, response) => {
    requests.push(request.url ?? '');
    response.end('{}');
  });
  return { url: `https://127.0.0.1:${await listen(server)}/v1`, requests };
}

/** A proxy that opens a tunnel to this machine, which ours would refuse: it is named for a host elsewhere. */
async function tunnelTo(port: number): Promise<string> {
  const proxy = createHttpServer().on('connect', (_request, socket) => {
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => undefined); // the refused handshake
  });
  return `http://127.0.0.1:${await listen(proxy)}`;
}

const ofModel = async (url: string, proxy?: string) => {
  const proxies = proxy === undefined ? {} : { proxies: { proxy, environment: {} } };
  return collect(openProvider(url, proxies).stream(ask('hi'), new AbortController().signal));
};

test('a model behind an untrusted certificate gets no request, whatever QWEN_TLS_INSECURE says', async () => {
  const { url, requests } = await untrustedServer();
  expect(await ofModel(url)).toMatchObject([{ type: 'error', error: { code: 'tls_failed' } }]);
  expect(requests).toEqual([]);
});

test("nor does it through a proxy's tunnel", async () => {
  const { url, requests } = await untrustedServer();
  const proxy = await tunnelTo(Number(new URL(url).port));
  expect(await ofModel('https://model.example/v1', proxy)).toMatchObject([{ type: 'error', error: { code: 'tls_failed' } }]);
  expect(requests).toEqual([]);
});

test('an MCP server behind one gets no request either', async () => {
  const { url, requests } = await untrustedServer();
  const ask = createGuardedFetch({ url, headers: { authorization: 'Bearer x' }, userAgent: 'test' });
  await expect(ask(url)).rejects.toThrow('fetch failed');
  expect(requests).toEqual([]);
});
