/** The whole sign-in against a server of our own; the test plays the browser. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { SecretStore } from '../ports.ts';
import { createConnection } from './connection.ts';
import { awaitCode } from './loopback.ts';
import { toAccount, beginSignIn, isSignedIn, quietProvider } from './oauth.ts';
import { toServerConfig, type RemoteConfig } from './server-config.ts';

const servers: Server[] = [];
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const logged: string[] = [];
const log = (message: string, fields?: unknown) => void logged.push(`${message} ${JSON.stringify(fields)}`);
const logger = { debug: log, info: log, warn: log, error: log };
const clock = {
  now: () => Date.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

function secretStore(keyring: 'available' | 'unavailable' = 'available') {
  const kept = new Map<string, string>();
  const store: SecretStore = {
    get: async (account) => (kept.has(account) ? { value: kept.get(account) ?? '', where: 'keyring' } : undefined),
    set: async (account, value) => void kept.set(account, value),
    delete: async (account) => void kept.delete(account),
    describe: async () => ({ keyring, fileAllowed: false, filePath: '/keys.json' }),
    allowFile: async () => undefined,
    isLocked: () => false,
    moveAll: async () => undefined,
  };
  return { store, kept };
}

interface Protected {
  readonly url: string;
  /** Every Authorization header that the tool server received. */
  readonly seen: string[];
  /** The valid token; changing it invalidates the old one. */
  token: string;
  refreshes: number;
}

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** `signInAt`: the page that it names for the browser; absent: one of its own. */
async function protectedServer(signInAt?: string): Promise<Protected> {
  const state: { url: string; seen: string[]; token: string; refreshes: number } = {
    url: '',
    seen: [],
    token: 'token-1-abcdefgh',
    refreshes: 0,
  };
  let challenge = '';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origin = new URL(state.url).origin;
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname.startsWith('/.well-known/oauth-protected-resource'))
      return json(response, 200, { resource: state.url, authorization_servers: [origin] });
    if (url.pathname.startsWith('/.well-known/'))
      return json(response, 200, {
        issuer: origin,
        authorization_endpoint: signInAt ?? `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
      });
    if (url.pathname === '/register') return json(response, 201, { ...JSON.parse(await readBody(request)), client_id: 'client-1' });
    if (url.pathname === '/authorize') {
      challenge = url.searchParams.get('code_challenge') ?? '';
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'code-1');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/token') {
      const form = new URLSearchParams(await readBody(request));
      if (form.get('grant_type') === 'refresh_token') {
        state.refreshes += 1;
        if (form.get('refresh_token') !== 'refresh-1') return json(response, 400, { error: 'invalid_grant' });
      } else {
        const made = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (form.get('code') !== 'code-1' || made !== challenge) return json(response, 400, { error: 'invalid_grant' });
      }
      return json(response, 200, { access_token: state.token, token_type: 'Bearer', refresh_token: 'refresh-1', expires_in: 3600 });
    }
    const authorization = request.headers.authorization ?? '';
    if (authorization !== '') state.seen.push(authorization);
    if (authorization !== `Bearer ${state.token}`)
      return json(
        response,
        401,
        {},
        { 'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` },
      );
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(await readBody(request));
    if (id === undefined) return void response.writeHead(202).end();
    const result =
      method === 'initialize'
        ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'p', version: '1' } }
        : { tools: [{ name: 'secret_tool', inputSchema: { type: 'object' } }] };
    json(response, 200, { jsonrpc: '2.0', id, result });
  };
  const server = createServer((request, response) => void answer(request, response));
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`;
  return state;
}

function remote(url: string): RemoteConfig {
  return { kind: 'http', url, headers: {}, oauth: {} };
}

function connectionTo(url: string, store: SecretStore) {
  const config = toServerConfig(
    { name: 'guarded', scope: 'user', value: { httpUrl: url } },
    { root: tmpdir(), isTrusted: true, toolIdleMs: 300_000 },
  );
  const connection = createConnection(config, {
    root: tmpdir(),
    version: '0',
    childEnv: async () => ({}),
    authProvider: (name, to) => quietProvider({ secrets: store, logger }, name, to),
    groups: () => ({ add: () => undefined, remove: () => undefined, close: () => undefined }),
    clock,
    logger,
    onChanged: () => undefined,
  });
  ended.push(() => connection.close());
  return connection;
}

const begin = (url: string, store: SecretStore) =>
  beginSignIn('guarded', remote(url), { secrets: store, logger, clock, root: tmpdir(), version: '0' });

test('signing in opens the page that the server names, stores the tokens under name and origin, and the tools are available', async () => {
  const server = await protectedServer();
  const { store, kept } = secretStore();
  const connection = connectionTo(server.url, store);
  await connection.start();
  expect(connection.state().kind).toBe('needs_sign_in');

  const signIn = await begin(server.url, store);
  ended.push(signIn.cancel);
  expect(new URL(signIn.url).pathname).toBe('/authorize');
  const page = await fetch(signIn.url); // follows the redirect to the loopback port, as a browser does
  expect(await page.text()).toContain('You are signed in');
  expect(await signIn.done).toBe(true);
  expect([...kept.keys()]).toEqual([`mcp:guarded@${new URL(server.url).origin}`]);
  expect(await isSignedIn(store, 'guarded', remote(server.url))).toBe(true);

  await connection.start();
  expect(connection.state()).toEqual({ kind: 'ready' });
  expect(connection.listing().tools.map(({ name }) => name)).toEqual(['secret_tool']);
  expect(new Set(server.seen)).toEqual(new Set(['Bearer token-1-abcdefgh']));
  expect(logged.join('\n')).not.toMatch(/token-1|refresh-1|code-1/);
});

test('an expired token is renewed and stored; one that cannot be renewed requires a sign-in', async () => {
  const server = await protectedServer();
  const { store, kept } = secretStore();
  const account = toAccount('guarded', remote(server.url));
  const { origin: issuer } = new URL(server.url);
  const tokens = { access_token: 'old', token_type: 'Bearer', refresh_token: 'refresh-1', issuer };
  const client = { client_id: 'client-1', issuer };
  kept.set(account, JSON.stringify({ tokens, client }));
  server.token = 'token-2-abcdefgh';
  const connection = connectionTo(server.url, store);
  await connection.start();
  expect(connection.state()).toEqual({ kind: 'ready' });
  expect(kept.get(account)).toContain('token-2-abcdefgh');

  kept.set(account, JSON.stringify({ tokens: { ...tokens, refresh_token: 'wrong' }, client }));
  server.token = 'token-3-abcdefgh';
  await connection.start();
  expect(connection.state().kind).toBe('needs_sign_in');
  expect(kept.size).toBe(0);
});

test('the tokens of a server are never sent to another address under its name', async () => {
  const [mine, other] = [await protectedServer(), await protectedServer()];
  const { store, kept } = secretStore();
  const tokens = { access_token: mine.token, token_type: 'Bearer' };
  kept.set(toAccount('guarded', remote(mine.url)), JSON.stringify({ tokens, client: { client_id: 'c' } }));
  const connection = connectionTo(other.url, store);
  await connection.start();
  expect(connection.state().kind).toBe('needs_sign_in');
  expect(other.seen).toEqual([]);
});

test('if tokens cannot be stored no sign-in begins', async () => {
  const server = await protectedServer();
  await expect(begin(server.url, secretStore('unavailable').store)).rejects.toMatchObject({ code: 'consent_required' });
});

test.each(['http://elsewhere.example/authorize', 'ftp://elsewhere.example/authorize', 'gantry-test://run?x=1'])(
  'no browser is sent to %s',
  async (signInAt) => {
    const server = await protectedServer(signInAt);
    const { store, kept } = secretStore();
    await expect(begin(server.url, store)).rejects.toMatchObject({ code: 'provider_error' });
    expect(kept.size).toBe(0);
  },
);

test('the loopback port accepts only the answer to the sign-in that was started', async () => {
  const state = randomUUID();
  const listener = await awaitCode({ state, port: 0, clock, limitMs: 10_000 });
  ended.push(listener.close);
  const ask = (query: string) => fetch(`${listener.redirectUrl}${query}`).then(({ status }) => status);
  expect(await ask('?code=stolen&state=guess')).toBe(400);
  expect(await ask('?code=stolen')).toBe(400);
  expect(await fetch(new URL('/other', listener.redirectUrl)).then(({ status }) => status)).toBe(404);
  expect(await ask(`?code=mine&state=${state}`)).toBe(200);
  expect(await listener.code).toBe('mine');
});

test('the wait for a browser that does not return has a time limit', async () => {
  const listener = await awaitCode({ state: 's', port: 0, clock, limitMs: 30 });
  expect(await listener.code).toBeUndefined();
});
