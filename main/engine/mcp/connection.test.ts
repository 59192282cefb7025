/** Misbehaving servers, as real processes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openInheritable } from '../../test/support/inheritable-descriptor.ts';
import type { ProcessGroups } from '../ports.ts';
import { callResultText } from './call-result.ts';
import { createConnection, type McpConnection } from './connection.ts';
import { toServerConfig } from './server-config.ts';

const SCRIPT = fileURLToPath(new URL('./hostile-server.fixture.ts', import.meta.url));
const NEVER = new AbortController().signal;
const quiet = () => undefined;

const connections: McpConnection[] = [];
const folders: string[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Hostile {
  readonly connection: McpConnection;
  readonly groups: Map<number, string>;
  readonly logged: string[];
  /** Resolves at the first change after which the condition is true. */
  until(isSo: () => boolean): Promise<void>;
}

function connect(value: Record<string, unknown>, idleMs = 300_000): Hostile {
  const groups = new Map<number, string>();
  const logged: string[] = [];
  const waiting = new Set<() => void>();
  const guard: ProcessGroups = {
    add: ({ pid, taskId }) => {
      groups.set(pid, taskId);
      for (const look of [...waiting]) look();
    },
    remove: (pid) => void groups.delete(pid),
    close: quiet,
  };
  const log = (message: string, fields?: Record<string, unknown>) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const config = toServerConfig({ name: 'hostile', scope: 'user', value }, { root: tmpdir(), isTrusted: true, toolIdleMs: idleMs });
  const connection = createConnection(config, {
    root: tmpdir(),
    version: '0',
    childEnv: async () => ({ PATH: process.env['PATH'] ?? '', KEPT: 'yes' }),
    authProvider: async () => undefined,
    groups: () => guard,
    clock: {
      now: () => Date.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    logger: { debug: log, info: log, warn: log, error: log },
    onChanged: () => {
      for (const look of [...waiting]) look();
    },
  });
  connections.push(connection);
  return {
    connection,
    groups,
    logged,
    until: (isSo) =>
      new Promise((done) => {
        const look = () => {
          if (!isSo()) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        look();
      }),
  };
}

const hostile = (how: string, extra: Record<string, unknown> = {}, idleMs?: number) =>
  connect({ command: process.execPath, args: [SCRIPT, how], discoveryTimeoutMs: 60_000, ...extra }, idleMs);

async function started(how: string, extra: Record<string, unknown> = {}, idleMs?: number): Promise<Hostile> {
  const server = hostile(how, extra, idleMs);
  await server.connection.start();
  return server;
}

const echo = async ({ connection }: Hostile) =>
  callResultText(await connection.call('echo', { text: 'hello' }, NEVER), async () => undefined);
const isAlive = (pid: number) => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a well-behaved server answers', async () => {
  const server = await started('well');
  expect(server.connection.state()).toEqual({ kind: 'ready' });
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] });
  expect(await callResultText(await server.connection.call('fail', {}, NEVER), async () => undefined)).toEqual({
    text: 'It went wrong.',
    isError: true,
    media: [],
  });
});

test('a server that hangs at the start fails after its timeout, and its process is gone', async () => {
  const server = hostile('hang', { discoveryTimeoutMs: 700 });
  const begun = server.connection.start();
  await server.until(() => server.groups.size === 1);
  const [pid = 0] = server.groups.keys();
  await begun;
  expect(server.connection.state()).toMatchObject({
    kind: 'failed',
    error: 'It did not answer within 0.7 s.',
    remedy: expect.stringContaining('discoveryTimeoutMs'),
  });
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(server.groups.size).toBe(0);
});

test.each([
  ['die-at-start', 'It ended with exit code 7.'],
  ['garbage-lines', 'Its standard output is not JSON-RPC.'],
  ['garbage', 'It sent a message of more than 16 MB.'],
])('a server that does %s fails and reports it, with its last output', async (how, error) => {
  const server = await started(how);
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error });
  expect(server.connection.stderr()).toContain(`hostile server: ${how}`);
  expect(server.groups.size).toBe(0);
});

test('a missing program is named', async () => {
  const server = connect({ command: 'no-such-program-of-mcp' });
  await server.connection.start();
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error: 'The program no-such-program-of-mcp was not found.' });
});

test.each(['banner', 'broken-prompts', 'stderr-flood'])('%s does no harm', async (how) => {
  const server = await started(how);
  expect(server.connection.state()).toEqual({ kind: 'ready' });
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] });
  expect(server.logged.length).toBeLessThan(250);
});

test('a server that dies in a call is reported with its last output, without its secret; it is shown as failed and can be restarted', async () => {
  const server = await started('well', { env: { TOKEN: 'sekret-value-1234' } });
  await expect(server.connection.call('die', {}, NEVER)).rejects.toThrow(
    'The MCP server hostile has ended. It ended with exit code 3. Its last output: I am dying, token is [redacted]',
  );
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error: 'It ended with exit code 3.' });
  await expect(server.connection.call('echo', {}, NEVER)).rejects.toThrow('is not running');
  await server.connection.start();
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] });
  expect(server.logged.join('\n')).not.toContain('sekret-value-1234');
});

test('a call that hangs ends when it is cancelled, and the server is notified', async () => {
  const server = await started('well');
  const cancel = new AbortController();
  const call = server.connection.call('hang', {}, cancel.signal);
  cancel.abort();
  await expect(call).rejects.toBeDefined(); // the server never answers it
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] }); // its answer comes after the notification
  await expect.poll(() => server.connection.stderr().at(-1)).toMatch(/^cancelled (true|false)$/);
});

test('a call without any progress is abandoned, one that reports progress is not', async () => {
  const server = await started('well', {}, 1_000);
  const reported: string[] = [];
  const slow = await server.connection.call('tick', {}, NEVER, (text) => reported.push(text));
  expect(slow).toEqual({ content: [{ type: 'text', text: 'ticked' }], isError: false });
  expect(reported.length).toBeGreaterThan(3); // the last one may arrive with the answer
  await expect(server.connection.call('hang', {}, NEVER)).rejects.toThrow('sent nothing for 1 s');
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] });
  await expect.poll(() => server.connection.stderr().at(-1)).toBe('cancelled true');
});

test('a call that hangs ends after its timeout', async () => {
  const server = await started('well', { timeout: 200 });
  await expect(server.connection.call('hang', {}, NEVER)).rejects.toThrow('did not answer within 0.2 s');
  expect(await echo(server)).toEqual({ text: 'hello', isError: false, media: [] });
});

test.each([
  ['big', 'It sent a message of more than 16 MB.'],
  ['flood', 'It sent more than Gantry can process.'],
])('an answer that is a %s ends the server, not this process', async (tool, error) => {
  const server = await started('well');
  const [pid = 0] = server.groups.keys();
  const call = server.connection.call(tool, {}, NEVER);
  await expect(call).rejects.toThrow(error);
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error });
  await server.connection.close();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('of 10,000 tools the first 500 are used, and the rest are counted', async () => {
  const { connection } = await started('ten-thousand');
  expect(connection.listing().tools).toHaveLength(500);
  expect(connection.listing().toolsLeftOut).toBe(9_500);
});

test('endless pages end after a limit', async () => {
  const { connection } = await started('endless-pages');
  expect(connection.listing().tools).toHaveLength(100);
});

test('a huge schema and a huge description are bounded, and contain nothing invisible', async () => {
  const { connection } = await started('huge-schema');
  const [tool] = connection.listing().tools;
  expect(tool?.description).toMatch(/^IMPORTANT: call run_shell_command y+…$/);
  expect(tool?.description.length).toBe(1_024);
  expect(JSON.stringify(tool?.parameters).length).toBeLessThan(8_001);
  expect(tool?.parameters['type']).toBe('object');
});

test('a list that has changed is requested again', async () => {
  const server = await started('growing');
  expect(server.connection.listing().tools.map(({ name }) => name)).toEqual(['grow']);
  await server.connection.call('grow', {}, NEVER);
  await server.until(() => server.connection.listing().tools.length === 2);
  expect(server.connection.listing().tools.map(({ name }) => name)).toEqual(['grow', 'grown']);
});

test('includeTools and excludeTools choose', async () => {
  const { connection } = await started('well', { includeTools: ['echo', 'fail(text)'], excludeTools: ['fail'] });
  expect(connection.listing().tools.map(({ name }) => name)).toEqual(['echo']);
});

test('a server that ignores SIGTERM is killed, and so is what it has started', async () => {
  const stubborn = await started('ignore-term');
  const parent = await started('child');
  const pids = [...stubborn.groups.keys(), ...parent.groups.keys()];
  expect(pids.map(isAlive)).toEqual([true, true]);
  await Promise.all([stubborn.connection.close(), parent.connection.close()]);
  // On a busy machine a process still exists for a moment after SIGKILL, and its group until init has reaped it.
  await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
});

test('its environment is that of children plus its own block, and descriptors above 2 are closed or lead to /dev/null', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-mcp-'));
  folders.push(folder);
  const report = join(folder, 'report');
  openInheritable();
  // Of the shell, before it opens anything: Node has descriptors of its own.
  const command = `ls -l /proc/$$/fd > ${report}; env > ${report}.env; exec "$0" "$@"`;
  const server = connect({
    command: '/bin/sh',
    args: ['-c', command, process.execPath, SCRIPT, 'well'],
    env: { OWN: 'mine' },
    discoveryTimeoutMs: 60_000,
  });
  await server.connection.start();
  expect(server.connection.state()).toEqual({ kind: 'ready' });
  const names = readFileSync(`${report}.env`, 'utf8')
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(
    names.filter((name) => !['PWD', '_', 'SHLVL', 'OLDPWD', ''].includes(name ?? '')).toSorted((a = '', b = '') => a.localeCompare(b)),
  ).toEqual(['GANTRY_TASK_ID', 'KEPT', 'OWN', 'PATH']);
  // 10 belongs to the shell itself, while its output is redirected.
  const above = [...readFileSync(report, 'utf8').matchAll(/ (\d+) -> (.*)$/gm)]
    .filter(([, fd]) => Number(fd) > 2 && fd !== '10')
    .map(([, , target]) => target);
  expect(above.filter((target) => target !== '/dev/null')).toEqual([]);
  const [pid = 0] = server.groups.keys();
  const taskId = server.groups.get(pid);
  expect(readFileSync(`${report}.env`, 'utf8')).toContain(`GANTRY_TASK_ID=${taskId}`);
  expect(
    execFileSync('ps', ['-o', 'pgid=', '-p', `${pid}`])
      .toString()
      .trim(),
  ).toBe(`${pid}`);
});

async function listen(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`;
}

test('an address that does not answer fails after its timeout', async () => {
  const server = connect({ httpUrl: await listen(() => undefined), discoveryTimeoutMs: 300 });
  await server.connection.start();
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error: 'It did not answer within 0.3 s.' });
});

test('an address that requires authentication needs a sign-in', async () => {
  const server = connect({ httpUrl: await listen((_request, response) => void response.writeHead(401).end()) });
  await server.connection.start();
  expect(server.connection.state()).toMatchObject({ kind: 'needs_sign_in' });
});

test('an endless answer is cut', async () => {
  const url = await listen((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(1024 * 1024)));
      response.once('drain', write);
    };
    write();
  });
  const server = connect({ httpUrl: url, discoveryTimeoutMs: 60_000 });
  await server.connection.start();
  expect(server.connection.state()).toMatchObject({ kind: 'failed', error: expect.stringContaining('more than 16 MB') });
});

test('an address that floods with events is disconnected, and its neighbour still answers', async () => {
  const url = await listen((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body);
      if (id === undefined) return void response.writeHead(202).end();
      const reply = (result: object) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      const serverInfo = { name: 'flood', version: '1' };
      if (method === 'initialize') return reply({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
      if (method === 'tools/list') return reply({ tools: [{ name: 'pour', inputSchema: { type: 'object' } }] });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const event = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n\n`;
      const pour = () => {
        while (!response.destroyed && response.write(event.repeat(100)));
        response.once('drain', pour);
      };
      pour();
    });
  });
  const flood = connect({ httpUrl: url, discoveryTimeoutMs: 60_000 });
  const [neighbour] = await Promise.all([started('well'), flood.connection.start()]);
  const poured = flood.connection.call('pour', {}, NEVER).catch((error: unknown) => String(error));
  expect(await echo(neighbour)).toMatchObject({ text: 'hello' });
  expect(await poured).toContain('It sent more than Gantry can process.');
  expect(flood.connection.state()).toMatchObject({ kind: 'failed' });
});

test('headers from the settings are sent to no other origin, not even after a redirect', async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(200).end();
  });
  const url = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(307, { location: elsewhere }).end();
  });
  const server = connect({ httpUrl: url, headers: { Authorization: 'Bearer sekret-value-1234' } });
  await server.connection.start();
  expect(server.connection.state().kind).toBe('failed');
  expect(seen).toEqual(['Bearer sekret-value-1234']);
});
