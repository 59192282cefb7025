import { createServer, type RequestListener, type Server } from 'node:http';
import type { LookupFunction } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { isPublicAddress } from '../../http/web-address.ts';
import { fetchPage, isSameSite } from '../../http/web-request.ts';
import type { ToolContext } from '../tool.ts';
import { createWebFetchTool } from './web-fetch.ts';
import { defined } from '../../../../preload/contract/index.ts';

let workspace: TestWorkspace;
const servers: Server[] = [];
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await workspace.remove();
});

async function serve(answer: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, port: address.port };
}

const resolvesTo =
  (...answers: string[][]): LookupFunction =>
  (_name, _options, callback) =>
    callback(
      null,
      (answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? [])).map((address) => ({ address, family: 4 })),
    );

const permissive = (): ToolContext => ({
  ...workspace.context,
  runSettings: async () => ({
    results: {},
    search: { respectGitIgnore: true, respectQwenIgnore: true, ignoreFiles: [] },
    shell: {},
    web: { allowPrivate: true },
  }),
});

const tool = createWebFetchTool();
const get = (url: string, format?: 'auto' | 'html' | 'text') =>
  tool.execute({ url, prompt: 'the point', ...defined({ format }) }, permissive(), never);

test.each([
  ['8.8.8.8', true],
  ['1.1.1.1', true],
  ['2606:4700:4700::1111', true],
  ['::ffff:8.8.8.8', true],
  ['64:ff9b::808:808', true],
  ['127.0.0.1', false],
  ['127.8.9.1', false],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.100.100.200', false],
  ['168.63.129.16', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['0:0:0:0:0:ffff:a00:1', false],
  ['::7f00:1', false],
  ['64:ff9b::7f00:1', false],
  ['64:ff9b::', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['fd00:ec2::254', false],
  ['ff02::1', false],
  ['2001:db8::1', false],
  ['2002:7f00:1::', false],
  ['nonsense', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
  'ftp://example.com/',
  'https://user:secret@example.com/',
  'example.com',
])('%s is refused before anybody is asked', async (url) => {
  const preview = await tool.preview({ url, prompt: 'x' }, workspace.context);
  expect(preview.ok).toBe(false);
  expect((await tool.execute({ url, prompt: 'x' }, workspace.context, never)).isError).toBe(true);
});

test('the approval shows the whole address and names the host', async () => {
  const preview = await tool.preview({ url: 'https://example.com/a?b=c', prompt: 'x' }, workspace.context);
  expect(preview).toMatchObject({ ok: true, action: { code: 'fetch', host: 'example.com' }, url: 'https://example.com/a?b=c' });
});

test('a name that resolves to a private address is not connected to', async () => {
  let asked = 0;
  const { port } = await serve((_request, response) => {
    asked += 1;
    response.end('secret');
  });
  for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['169.254.169.254']]) {
    const answer = await fetchPage(`http://rebind.test:${port}/`, { allowPrivate: false, lookup: resolvesTo(addresses) }, never);
    expect(answer).toMatchObject({ kind: 'failed', message: expect.stringContaining('private network') });
  }
  expect(asked).toBe(0);
});

test('the checked address is the one that is fetched: a name is resolved once', async () => {
  const { port } = await serve((_request, response) => response.end('hello'));
  const lookup = resolvesTo(['127.0.0.1'], ['203.0.113.9']);
  const answer = await fetchPage(`http://twice.test:${port}/`, { allowPrivate: true, lookup }, never);
  expect(answer).toMatchObject({ kind: 'page', status: 200 });
});

test('a page becomes Markdown with its title, whole links and a warning', async () => {
  const { url } = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<html><head><title>News</title><script>steal()</script></head><body><nav><a href="/x">menu</a></nav><article><h1>Head</h1><p>${'Words of an article. '.repeat(30)}<a href="/deep">more</a></p><pre><code>a = 1</code></pre></article></body></html>`,
    );
  });
  const { text, summary, isError } = await get(`${url}/page`);
  expect(isError).toBe(false);
  expect(text).toContain(`Page: ${url}/page (News)`);
  expect(text).toContain('Wanted: the point');
  expect(text).toContain('written by strangers');
  expect(text).toContain(`[more](${url}/deep)`);
  expect(text).not.toContain('steal');
  expect(summary).toMatch(/^Fetched News/);
});

test('a page without an article is converted whole', async () => {
  const { url } = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<html><body><ul><li>one</li><li>two</li></ul></body></html>');
  });
  expect((await get(url)).text).toMatch(/-\s+one\n-\s+two/);
});

test('JSON and text come as they are, HTML too where it is wanted', async () => {
  const { url } = await serve((request, response) => {
    response.setHeader('content-type', request.url === '/json' ? 'application/json' : 'text/html');
    response.end(request.url === '/json' ? '{"a": 1}' : '<b>bold</b>');
  });
  expect((await get(`${url}/json`)).text).toContain('{"a": 1}');
  expect((await get(url, 'html')).text).toContain('<b>bold</b>');
  expect((await get(url, 'text')).text).toMatch(/\n\nbold$/);
});

test('another charset and a packed body are understood', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=gbk', 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.from([0xc4, 0xe3, 0xba, 0xc3])));
  });
  expect((await get(url)).text).toContain('你好');
});

test('a decompression bomb is cut at the limit and reported', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x61)));
  });
  const answer = await fetchPage(url, { allowPrivate: true, maxBytes: 1000 }, never);
  expect(answer).toMatchObject({ kind: 'page', isCut: true });
  expect(answer.kind === 'page' && answer.body.length).toBe(1000);
});

test('content that is not text is refused by its type', async () => {
  const { url } = await serve((_request, response) => {
    response.setHeader('content-type', 'image/png');
    response.end(Buffer.from([0x89, 0x50]));
  });
  expect(await get(url)).toMatchObject({ isError: true, text: expect.stringContaining('image/png') });
});

test('an error of the server is an error, with what it said', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('no such page');
  });
  expect(await get(url)).toMatchObject({ isError: true, text: `Error: ${url}/ answered 404: no such page` });
});

test('a redirect on the same host is followed, any other is reported', async () => {
  const { url } = await serve((request, response) => {
    const to = { '/a': '/b', '/away': 'https://evil.test/?q=1' }[request.url ?? ''];
    if (to === undefined) return void response.writeHead(200, { 'content-type': 'text/plain' }).end('arrived');
    response.writeHead(302, { location: to }).end();
  });
  expect((await get(`${url}/a`)).text).toContain('arrived');
  expect((await get(`${url}/away`)).text).toContain('moved to another site: https://evil.test/?q=1');
});

test.each([
  ['http://a.test/', 'https://a.test/', true],
  ['https://a.test/', 'http://a.test/', false],
  ['http://a.test/', 'https://a.test:8443/', false],
  ['http://a.test:8080/', 'https://a.test/', false],
  ['https://a.test/', 'https://a.test:8443/', false],
  ['https://a.test/', 'https://www.a.test/', true],
  ['https://a.test/', 'https://b.a.test/', false],
])('a redirect from %s to %s stays on the site: %s', (from, to, expected) => {
  expect(isSameSite(new URL(from), new URL(to))).toBe(expected);
});

test('a page is fetched through the configured proxy, and each hop is checked first', async () => {
  const asked: string[] = [];
  const { url: proxy } = await serve((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === 'http://a.example.com/moved') return void response.writeHead(302, { location: '/there' }).end();
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync('through the proxy'));
  });
  const through = (address: string, lookup: LookupFunction, environment: Record<string, string> = {}) =>
    fetchPage(address, { allowPrivate: false, lookup, proxies: { proxy, environment } }, never);
  const page = await through('http://a.example.com/moved', resolvesTo(['8.8.8.8']));
  expect(page.kind === 'page' && Buffer.from(page.body).toString()).toBe('through the proxy');
  const unknown: LookupFunction = (_name, _options, answer) => answer(new Error('ENOTFOUND'), []);
  expect(await through('http://only.proxy-knows.com/', unknown)).toMatchObject({ kind: 'page' });
  expect(asked).toEqual(['http://a.example.com/moved', 'http://a.example.com/there', 'http://only.proxy-knows.com/']);
  for (const [address, lookup] of [
    ['http://intranet/', unknown],
    ['http://wiki.internal/', unknown],
    ['http://printer.local/', unknown],
    ['http://b.example.com/', resolvesTo(['10.0.0.1'])],
    ['http://10.0.0.1/', unknown],
    ['http://a.example.com/moved', resolvesTo(['8.8.8.8'], ['192.168.0.1'])], // another answer at the second hop
  ] as const)
    expect(await through(address, lookup)).toMatchObject({ kind: 'failed', message: expect.stringContaining('private network') });
  expect(asked.slice(3)).toEqual(['http://a.example.com/moved']);
  await through('http://c.example.com/', resolvesTo(['127.0.0.1']), { NO_PROXY: '.example.com' });
  expect(asked).toHaveLength(4);
});

test('a redirect is checked like a first address', async () => {
  const { port } = await serve((_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
  const answer = await fetchPage(`http://127.0.0.1:${port}/`, { allowPrivate: true }, never);
  expect(answer.kind).not.toBe('page');
});

test('redirects in a circle end', async () => {
  const { url } = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
  expect(await get(url)).toMatchObject({ isError: true, text: expect.stringContaining('more than 5 times') });
});

test('a silent server and a cancellation end the wait', async () => {
  const { url } = await serve(() => undefined);
  const answer = await fetchPage(url, { allowPrivate: true, timeoutMs: 50 }, never);
  expect(answer).toMatchObject({ kind: 'failed', message: expect.stringContaining('within 0.05 s') });
  const abort = new AbortController();
  const waiting = fetchPage(url, { allowPrivate: true }, abort.signal);
  abort.abort();
  expect(await waiting).toEqual({ kind: 'failed', message: 'Cancelled.' });
});

test('a body that never ends is left at the time limit', async () => {
  const { url } = await serve((_request, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).write('begin'));
  const answer = await fetchPage(url, { allowPrivate: true, timeoutMs: 80 }, never);
  expect(answer).toMatchObject({ kind: 'failed', message: expect.stringContaining('did not answer in full') });
});

test.each([
  ['nested ten thousand deep', `${'<div>'.repeat(10_000)}deep${'</div>'.repeat(10_000)}`],
  ['of opening script tags', `deep${'<script>'.repeat(100_000)}`],
  ['of broken tags', `deep${'<a '.repeat(100_000)}`],
])(
  'HTML %s is read without making anybody wait',
  async (_name, html) => {
    const { url } = await serve((_request, response) => void response.setHeader('content-type', 'text/html').end(html));
    expect((await get(url)).text).toContain('deep');
  },
  3_000,
);
