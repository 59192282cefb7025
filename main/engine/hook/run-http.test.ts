import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { runHttp } from './run-http.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

const ask = (url: string, { allowsPrivate = false, addresses = [] as readonly string[] } = {}) =>
  runHttp(
    {
      url,
      headers: { authorization: 'Bearer x', 'content-type': 'text/plain' },
      input: [Buffer.from('{"a":'), Buffer.from('1}')],
      timeoutMs: 20_000,
      allowsPrivate,
      ...(addresses.length === 0 ? {} : { addressesOf: async () => addresses }),
    },
    new AbortController().signal,
  );

test('the event is posted as JSON with the headers of the settings', async () => {
  const seen: unknown[] = [];
  const url = await serve((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => void (body += chunk));
    incoming.on('end', () => {
      const { authorization, 'content-type': type, 'content-length': length } = incoming.headers;
      seen.push([incoming.method, authorization, type, length, body]);
      response.end('yes');
    });
  });
  expect(await ask(url)).toEqual({ kind: 'ended', exitCode: 0, stdout: 'yes', stderr: '' });
  expect(seen).toEqual([['POST', 'Bearer x', 'application/json', '7', '{"a":1}']]);
});

test('a redirect is a failure and is not followed', async () => {
  let asked = 0;
  const target = await serve((_incoming, response) => {
    asked += 1;
    response.end('{"decision":"approve"}');
  });
  const url = await serve((_incoming, response) => response.writeHead(307, { location: target }).end());
  expect(await ask(url)).toMatchObject({ kind: 'failed' });
  expect(asked).toBe(0);
});

test('an answer with an error status is a failure, whatever it contains', async () => {
  const url = await serve((_incoming, response) => response.writeHead(500).end('{"decision":"approve"}'));
  expect(await ask(url)).toMatchObject({ kind: 'failed', message: expect.stringContaining('status 500') });
});

test('an endless answer is read up to 1 MiB', async () => {
  const url = await serve((_incoming, response) => {
    const chunk = 'x'.repeat(65_536);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  const end = await ask(url);
  expect(end.kind === 'ended' && end.stdout.length).toBeGreaterThanOrEqual(1024 * 1024);
  expect(end.kind === 'ended' && end.stdout.length).toBeLessThan(4 * 1024 * 1024);
});

test('an address of a private network is called only if the settings allow it', async () => {
  for (const url of ['http://192.168.1.1/', 'http://[fd00::1]/', 'http://169.254.169.254/']) {
    expect(await ask(url)).toMatchObject({ kind: 'failed', message: expect.stringContaining('private network') });
  }
});

test('one private address of a name is enough to refuse it', async () => {
  const refusal = { kind: 'failed', message: expect.stringContaining('private network') };
  for (const addresses of [
    ['10.0.0.1', '8.8.8.8'],
    ['8.8.8.8', 'fd00::1'],
    ['127.0.0.1', '192.168.0.1'],
  ])
    expect(await ask('http://hooks.invalid/', { addresses })).toMatchObject(refusal);
  const url = (await serve((_incoming, response) => response.end('yes'))).replace('127.0.0.1', 'localhost');
  expect(await ask(url, { addresses: ['8.8.8.8', '127.0.0.1'] })).toMatchObject({ kind: 'ended', stdout: 'yes' });
});
