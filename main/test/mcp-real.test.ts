/** The real servers of the registry, through the whole engine with a scripted model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ModelMessage } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const EVERYTHING = resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const FILESYSTEM = resolve('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
const NEVER = new AbortController().signal;

const open: EngineFixture[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function fixtureWith(mcpServers: object, options: FixtureOptions = {}): Promise<EngineFixture> {
  const files = { ...options.files, '.qwen/settings.json': JSON.stringify({ mcpServers }) };
  const fixture = await createEngineFixture({ ...options, files });
  open.push(fixture);
  return fixture;
}

const program = (script: string, ...args: string[]) => ({ command: process.execPath, args: [script, ...args], discoveryTimeoutMs: 60_000 });

/** The server on a free port, ready for requests. */
async function serveEverything(kind: 'streamableHttp' | 'sse'): Promise<number> {
  const port = await freePort();
  const child = spawn(process.execPath, [EVERYTHING, kind], {
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  await new Promise<void>((ready, fail) => {
    child.once('exit', () => fail(new Error('the server did not start')));
    child.stderr?.on('data', (chunk: Buffer) => /listening|running/i.test(String(chunk)) && ready());
  });
  return port;
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return await new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The results that the model received, by call id. */
function toolResults(fixture: EngineFixture): Record<string, string> {
  const messages: readonly ModelMessage[] = fixture.model.requests.at(-1)?.messages ?? [];
  return Object.fromEntries(
    messages.flatMap((message) => (message.role === 'tool' ? message.results.map((result) => [result.callId, result.text] as const) : [])),
  );
}

const ROUND = [
  calls(
    { id: 'c1', name: 'mcp__everything__echo', input: { message: 'hello there' } },
    { id: 'c2', name: 'mcp__everything__get-sum', input: { a: 2, b: 40 } },
    { id: 'c3', name: 'mcp__everything__get-tiny-image', input: {} },
    { id: 'c4', name: 'mcp__everything__get-structured-content', input: { location: 'New York' } },
    { id: 'c5', name: 'mcp__everything__get-sum', input: { a: 'two' } },
    { id: 'c6', name: 'read_mcp_resource', input: { server: 'everything', uri: 'demo://resource/static/document/features.md' } },
  ),
  says('done'),
];

async function expectEverything(fixture: EngineFixture): Promise<void> {
  const { engine, project } = fixture;
  const id = await newSession(fixture);
  await engine.mcp.ready(project.id);
  const [server] = await engine.mcp.list(project.id);
  expect(server).toMatchObject({ name: 'everything', status: 'ready', isTrusted: true, toolsLeftOut: 0 });
  expect(server?.tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-tiny-image']));

  expect((await fixture.run(id, 'go')).end).toBe('completed');
  const results = toolResults(fixture);
  expect(results['c1']).toBe('Echo: hello there');
  expect(results['c2']).toContain('42');
  const image = /saved as (\S+\.png);/.exec(results['c3'] ?? '')?.[1] ?? '';
  expect(readFileSync(image).subarray(1, 4).toString()).toBe('PNG');
  const media = fixture.model.requests.at(-1)?.messages.flatMap((message) => (message.role === 'tool' ? message.results : []));
  expect(media?.find(({ callId }) => callId === 'c3')?.media).toMatchObject([{ mimeType: 'image/png' }]);
  expect(results['c4']).toContain('temperature');
  expect(results['c5']).toMatch(/^Error: .*everything.*refused|invalid/is);
  expect(results['c6']).toContain('Everything Server');

  const prompts = await engine.mcp.prompts(project.id);
  expect(prompts.find(({ name }) => name === 'args-prompt')?.arguments[0]).toMatchObject({ name: 'city', isRequired: true });
  const call = { server: 'everything', name: 'args-prompt', args: { city: 'Paris' } };
  expect(await engine.mcp.promptText(project.id, call, NEVER)).toContain('Paris');
  await expect(engine.mcp.promptText(project.id, { ...call, name: 'nothing' }, NEVER)).rejects.toMatchObject({ code: 'mcp_failed' });

  const resources = await engine.mcp.resources(project.id);
  expect(resources).toContainEqual(expect.objectContaining({ server: 'everything', uri: 'demo://resource/static/document/features.md' }));
  const [read, lost] = await engine.mcp.expandReferences(
    project.id,
    'Look at @everything:demo://resource/static/document/features.md, and at @everything:demo://nowhere or ask me@example.org',
    NEVER,
  );
  expect(read).toMatchObject({ reference: '@everything:demo://resource/static/document/features.md', isError: false });
  expect(read?.text).toContain('Everything Server');
  expect(lost).toMatchObject({ isError: true });
}

test('server-everything over stdio: tools, an image, prompts and resources', async () => {
  await expectEverything(await fixtureWith({ everything: { ...program(EVERYTHING, 'stdio'), trust: true } }, { answers: ROUND }));
});

test('server-everything over streamable HTTP does the same', async () => {
  const port = await serveEverything('streamableHttp');
  const everything = { httpUrl: `http://127.0.0.1:${port}/mcp`, trust: true, discoveryTimeoutMs: 60_000 };
  await expectEverything(await fixtureWith({ everything }, { answers: ROUND }));
});

test('server-everything over server-sent events does the same', async () => {
  const port = await serveEverything('sse');
  const everything = { url: `http://127.0.0.1:${port}/sse`, trust: true, discoveryTimeoutMs: 60_000 };
  await expectEverything(await fixtureWith({ everything }, { answers: ROUND }));
});

test('a server behind an address that ends is shown as failed after the next call', async () => {
  const port = await serveEverything('streamableHttp');
  const fixture = await fixtureWith(
    { everything: { httpUrl: `http://127.0.0.1:${port}/mcp`, trust: true, discoveryTimeoutMs: 60_000 } },
    { answers: [calls({ id: 'c1', name: 'mcp__everything__echo', input: { message: 'anybody?' } }), says('done')] },
  );
  const id = await newSession(fixture);
  await fixture.engine.mcp.ready(fixture.project.id);
  const gone = new Promise((resolve) => children[0]?.once('exit', resolve));
  children[0]?.kill('SIGKILL');
  await gone;
  await fixture.run(id, 'go');
  expect(toolResults(fixture)['c1']).toMatch(/^Error: The MCP server everything has ended\. It cannot be reached/);
  expect((await fixture.engine.mcp.list(fixture.project.id))[0]).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining('Restart it'),
  });
});

test('server-filesystem over stdio reads and writes in the folder; approval for an untrusted tool shows server, tool and arguments', async () => {
  const fixture = await fixtureWith(
    { files: program(FILESYSTEM, '.') },
    {
      files: { 'notes.txt': 'the notes' },
      answers: [
        calls({ id: 'c1', name: 'mcp__files__read_text_file', input: { path: 'notes.txt' } }),
        calls({ id: 'c2', name: 'mcp__files__write_file', input: { path: 'new.txt', content: 'made by a server' } }),
        says('done'),
      ],
    },
  );
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const { approval } = await fixture.until('approval.requested');
  expect(approval).toMatchObject({ title: 'Call read_text_file of the MCP server files', toolName: 'mcp__files__read_text_file' });
  expect(approval.display).toEqual({ kind: 'text', text: '{\n  "path": "notes.txt"\n}' });
  await fixture.answerNext({ kind: 'allow', scope: 'once' });
  await fixture.answerNext({ kind: 'deny' }, 1);
  await turn;
  expect(toolResults(fixture)['c1']).toBe('the notes');
  expect(toolResults(fixture)['c2']).toContain('refused');
  expect(() => readFileSync(`${fixture.root}/new.txt`)).toThrow('ENOENT');
});

test('an untrusted folder starts none of its own servers', async () => {
  const fixture = await fixtureWith({ files: program(FILESYSTEM, '.') }, { trust: false, answers: [says('done')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  expect(await fixture.engine.mcp.list(fixture.project.id)).toEqual([]);
});

test('a resource named in a prompt is sent with it; one that cannot be read is reported', async () => {
  const fixture = await fixtureWith({ everything: program(EVERYTHING, 'stdio') }, { answers: [says('done')] });
  const id = await newSession(fixture);
  await fixture.engine.mcp.ready(fixture.project.id);
  const offered = await fixture.engine.projects.findFiles(fixture.project.id, 'features.md', 5);
  expect(offered.paths).toContain('everything:demo://resource/static/document/features.md');
  await fixture.run(id, 'Sum up @everything:demo://resource/static/document/features.md and @everything:demo://nowhere');
  expect(JSON.stringify(fixture.model.requests[0]?.messages)).toContain('Everything Server');
  const notices = (await fixture.items(id)).flatMap((item) => (item.kind === 'notice' ? [item.text] : []));
  expect(notices).toEqual([expect.stringMatching(/^@everything:demo:\/\/nowhere was not read: The MCP server everything refused/)]);
});

test("a server's prompts are slash commands with their arguments; missing or unknown ones are reported and nothing is sent", async () => {
  const fixture = await fixtureWith({ everything: program(EVERYTHING, 'stdio') }, { answers: [says('sunny'), says('rainy')] });
  const { engine, project } = fixture;
  const id = await newSession(fixture);
  await fixture.run(id, '/args-prompt New York --state=NY'); // the server is still starting, so the call waits
  const sent = () => fixture.model.requests.at(-1)?.messages.at(-1);
  expect(sent()).toMatchObject({ role: 'user', text: "What's weather in New York, NY?" });
  expect((await fixture.items(id))[0]).toMatchObject({ kind: 'user', text: '/args-prompt New York --state=NY' });
  const listed = (await engine.commands.list(project.id)).filter(({ source }) => source === 'mcp');
  expect(listed).toContainEqual(expect.objectContaining({ name: 'args-prompt', runsIn: 'model', argumentHint: '<city> [--state="..."]' }));
  await fixture.run(id, '/resource-prompt --resourceType=Text --resourceId=1');
  expect(JSON.stringify(sent())).toContain('Resource 1: This is a plaintext resource');
  await expect(fixture.run(id, '/args-prompt')).rejects.toMatchObject({
    code: 'command_failed',
    message: expect.stringContaining('--city="..."'),
  });
  await expect(fixture.run(id, '/no-such-prompt')).rejects.toMatchObject({ code: 'command_unknown' });
  expect(await engine.sessions.get(id).runSlash('/args-prompt help')).toMatchObject({
    kind: 'said',
    text: expect.stringContaining('--city'),
  });
  expect(await engine.sessions.get(id).runSlash('/mcp')).toMatchObject({ text: expect.stringContaining('prompt `/args-prompt`') });
  expect(fixture.model.requests).toHaveLength(2);
});
