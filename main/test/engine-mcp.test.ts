/** MCP servers in the engine: how long a turn waits for them, what the model receives, how settings and keys apply. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { EngineError } from '../engine/index.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const SCRIPT = fileURLToPath(new URL('../engine/mcp/hostile-server.fixture.ts', import.meta.url));
const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

const program = (how: string, extra: object = {}) => ({
  command: process.execPath,
  args: [SCRIPT, how],
  discoveryTimeoutMs: 60_000,
  ...extra,
});

async function fixtureWith(mcpServers: object, options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ ...options, files: { '.qwen/settings.json': JSON.stringify({ mcpServers }) } });
  open.push(fixture);
  return fixture;
}

const toolNames = (fixture: EngineFixture, request: number) => fixture.model.requests[request]?.tools.map(({ name }) => name) ?? [];
const lastResult = (fixture: EngineFixture) => {
  const message = fixture.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool');
  return message?.role === 'tool' ? (message.results[0]?.text ?? '') : '';
};

test('a few tools are in the first request; the prompt names the server', async () => {
  const fixture = await fixtureWith({ few: program('well') }, { answers: [says('done')] });
  await fixture.run(await newSession(fixture), 'go');
  expect(toolNames(fixture, 0)).toContain('mcp__few__echo');
  expect(fixture.model.requests[0]?.system).toContain('MCP servers: few.');
});

test('many tools are not in the request until they are searched for', async () => {
  const fixture = await fixtureWith(
    { many: program('ten-thousand', { trust: true }) },
    { answers: [calls({ id: 'c1', name: 'tool_search', input: { query: 'select:mcp__many__tool_77' } }), says('done')] },
  );
  await fixture.run(await newSession(fixture), 'go');
  expect(toolNames(fixture, 0).filter((name) => name.startsWith('mcp__'))).toEqual([]);
  expect(
    Buffer.byteLength(JSON.stringify({ system: fixture.model.requests[0]?.system, tools: fixture.model.requests[0]?.tools })),
  ).toBeLessThan(16 * 1024);
  expect(toolNames(fixture, 1).filter((name) => name.startsWith('mcp__'))).toEqual(['mcp__many__tool_77']);
});

test('in a window a server that hangs does not delay a turn for long, and is named', async () => {
  const fixture = await fixtureWith(
    { slow: program('hang', { discoveryTimeoutMs: 600_000 }), good: program('well') },
    {
      hostKind: 'desktop',
      answers: [says('one'), says('two')],
    },
  );
  const id = await newSession(fixture);
  await fixture.run(id, 'go'); // the server never answers, and its own limit is longer than that of this test
  await fixture.run(id, 'go on');
  const notices = (await fixture.items(id)).flatMap((item) => (item.kind === 'notice' ? [item.text] : []));
  expect(notices[0]).toContain('slow');
});

test('without a window the first request waits for the servers', async () => {
  const fixture = await fixtureWith(
    { good: program('well'), slow: program('hang', { discoveryTimeoutMs: 1_500 }) },
    { answers: [says('one')] },
  );
  await fixture.run(await newSession(fixture), 'go');
  expect(toolNames(fixture, 0)).toContain('mcp__good__echo');
  expect((await fixture.engine.mcp.list(fixture.project.id)).map(({ name, status }) => [name, status])).toEqual([
    ['good', 'ready'],
    ['slow', 'failed'],
  ]);
});

test("a folder's own server gets the variables it names, and neither model keys nor Node's variables", async () => {
  const env = { STOLEN: '$OPENAI_API_KEY', TOKEN: '${MY_TOKEN}' };
  const fixture = await fixtureWith(
    { spy: program('well', { env, trust: true }) },
    {
      answers: [calls({ id: 'c1', name: 'mcp__spy__environment', input: {} }), says('done')],
      environment: { OPENAI_API_KEY: 'sk-very-secret-key', MY_TOKEN: 'of mine', NODE_OPTIONS: '--no-warnings' },
    },
  );
  await fixture.run(await newSession(fixture), 'go');
  const seen: Record<string, string> = JSON.parse(lastResult(fixture));
  expect(JSON.stringify(seen)).not.toContain('sk-very-secret-key');
  expect(seen).toMatchObject({ STOLEN: '$OPENAI_API_KEY', TOKEN: 'of mine' });
  expect(Object.keys(seen)).not.toContain('NODE_OPTIONS');
});

test('a server is disabled and enabled, added and removed; each change applies to the settings and to what runs', async () => {
  const fixture = await fixtureWith({ one: program('well') });
  const { engine, project, root } = fixture;
  const states = async () => (await engine.mcp.list(project.id)).map(({ name, status }) => `${name} ${status}`);
  expect(await states()).toEqual(['one stopped']);
  await engine.mcp.ready(project.id);
  expect(await states()).toEqual(['one ready']);
  await engine.mcp.setEnabled(project.id, 'one', false);
  expect(await states()).toEqual(['one disabled']);
  await engine.mcp.setEnabled(project.id, 'one', true);
  await engine.mcp.ready(project.id);
  expect(await states()).toEqual(['one ready']);
  await engine.mcp.add(project.id, 'project', 'two', { transport: 'stdio', command: process.execPath, args: [SCRIPT, 'well'] });
  await engine.mcp.ready(project.id);
  expect(await states()).toEqual(['one ready', 'two ready']);
  await engine.mcp.remove(project.id, 'project', 'two');
  expect(await states()).toEqual(['one ready']);
  expect(readFileSync(join(root, '.qwen', 'settings.json'), 'utf8')).not.toContain('two');
  await expect(engine.mcp.restart(project.id, 'two')).rejects.toMatchObject({ code: 'mcp_server_unknown' });
  await expect(engine.mcp.signIn(project.id, 'one')).rejects.toMatchObject({ code: 'not_supported' });
});

test('a prompt of a server that hangs can be stopped like a turn; a built-in command keeps its name', async () => {
  const fixture = await fixtureWith({ stuck: program('hanging-prompt') }, { answers: [says('still here')] });
  const { engine, project } = fixture;
  await engine.mcp.ready(project.id);
  const id = await newSession(fixture);
  const commands = await engine.commands.list(project.id);
  expect(commands.filter(({ source }) => source === 'mcp').map(({ name }) => name)).toEqual(['slow']);
  expect(await engine.sessions.get(id).runSlash('/context')).toMatchObject({ kind: 'said', text: expect.stringContaining('In use') });
  const sent = engine.sessions
    .get(id)
    .prompt('/slow', 'local-slow')
    .catch((error: unknown) => error);
  const stop = () => {
    try {
      engine.sessions.get(id).work.cancel();
      return 'stopped';
    } catch (error) {
      return error instanceof EngineError ? error.code : error;
    }
  };
  await expect.poll(stop).toBe('stopped'); // as soon as the turn has started
  expect(await sent).toMatchObject({ code: 'cancelled' });
  expect((await fixture.run(id, 'hello')).end).toBe('completed');
});

test('if a folder loses its trust, its servers end', async () => {
  const fixture = await fixtureWith({ one: program('well') });
  const { engine, project } = fixture;
  await engine.mcp.ready(project.id);
  await engine.projects.trust(project.id, false);
  await fixture.until('mcp.changed');
  expect(await engine.mcp.list(project.id)).toEqual([]);
});

test('a server that ends during a call fails only that call', async () => {
  const fixture = await fixtureWith(
    { bad: program('well', { trust: true }), good: program('well', { trust: true }) },
    {
      answers: [
        calls({ id: 'c1', name: 'mcp__bad__die', input: {} }, { id: 'c2', name: 'mcp__good__echo', input: { text: 'still here' } }),
        says('done'),
      ],
    },
  );
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  const rows = (await fixture.items(id)).flatMap((item) => (item.kind === 'tool' ? [[item.status, item.summary ?? item.error]] : []));
  expect(rows).toEqual([
    ['error', expect.stringContaining('The MCP server bad has ended. It ended with exit code 3.')],
    ['success', 'still here'],
  ]);
});
