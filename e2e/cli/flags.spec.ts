/** Flags that depend on other processes, files or the clock, on the built command line. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { processesWith } from '../support/processes.ts';
import { type Answer, type CliRig, lastPrompt, type Message, parseLines, startCliRig } from './cli-rig.ts';

const EVERYTHING = resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const SERVERS = { all: { command: process.execPath, args: [EVERYTHING, 'stdio'] } };

const rigs: CliRig[] = [];
async function setUp(answer?: Answer): Promise<CliRig> {
  const rig = await startCliRig(answer);
  rigs.push(rig);
  return rig;
}
test.afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

/** Calls this once, then reports completion. */
const callsOnce =
  (name: string, parameters: object): Answer =>
  ({ messages }) =>
    messages.at(-1)?.role === 'tool'
      ? { content: 'Done.' }
      : { toolCalls: [{ name, arguments: JSON.stringify(parameters), id: 'call_1' }] };

const changeSettings = async (rig: CliRig, change: (settings: Record<string, unknown>) => object) => {
  const path = join(rig.home, '.qwen', 'settings.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
};

test('a prompt of an MCP server is a slash command, with its arguments; an unknown one is text for the model', async () => {
  const rig = await setUp();
  await changeSettings(rig, (settings) => ({ ...settings, mcpServers: SERVERS }));
  expect(await rig.run(['-p', '/args-prompt Leipzig'])).toMatchObject({ code: 0, out: 'Hello there.\n' });
  expect(lastPrompt(rig.requests)).toContain("What's weather in Leipzig?");
  expect((await rig.run(['-p', '/no-such-prompt'])).code).toBe(0);
  expect(lastPrompt(rig.requests)).toContain('/no-such-prompt');
});

test('--mcp-config adds a server for this run, and no process is left behind', async () => {
  const rig = await setUp(callsOnce('mcp__all__echo', { message: 'over the wire' }));
  const config = join(rig.project, 'servers.json');
  await writeFile(config, JSON.stringify({ mcpServers: SERVERS }));
  const { code, out } = await rig.run(['-p', 'go', '--mcp-config', config, '--allowed-tools', 'mcp__all__echo', '-o', 'stream-json']);
  expect(code).toBe(0);
  const [init] = parseLines(out);
  expect(init).toMatchObject({ mcp_servers: [{ name: 'all' }] });
  expect(JSON.stringify(rig.requests.at(-1)?.messages)).toContain('Echo: over the wire');
  expect(await processesWith(rig.home)).toEqual([]);
  const broken = await rig.run(['-p', 'go', '--mcp-config', '{ "mcpServers": 1 }']);
  expect(broken.code).not.toBe(0);
  expect(broken.err).toContain('--mcp-config');
  expect(rig.requests).toHaveLength(2);
});

test('--json-schema makes the answer one object that matches the schema; other answers are returned to the model', async () => {
  const rig = await setUp(({ messages }) => {
    const calls = messages.filter(({ role }) => role === 'tool').length;
    const given = calls === 0 ? { lamps: 'many' } : { lamps: 3 };
    return { toolCalls: [{ name: 'structured_output', arguments: JSON.stringify(given), id: `call_${calls}` }] };
  });
  const schema = { type: 'object', properties: { lamps: { type: 'integer' } }, required: ['lamps'] };
  const { code, out } = await rig.run(['-p', 'count', '--json-schema', JSON.stringify(schema), '-o', 'json']);
  expect(code).toBe(0);
  const messages = JSON.parse(out) as Message[]; // by the format
  expect(messages.at(-1)).toMatchObject({ type: 'result', is_error: false, structured_result: { lamps: 3 } });
  expect(rig.requests).toHaveLength(2);
});

test('--auth-type uses only providers of that protocol, and names the values that it accepts', async () => {
  const rig = await setUp();
  await changeSettings(rig, (settings) => ({
    ...settings,
    modelProviders: {
      ...(settings['modelProviders'] as object), // as the rig has written it
      anthropic: [{ id: 'other', baseUrl: 'http://127.0.0.1:1', envKey: 'SCRIPTED_KEY' }],
    },
    security: { auth: { selectedType: 'anthropic' } },
    model: { name: 'other' },
  }));
  expect(await rig.run(['-p', 'hi', '--auth-type', 'openai'])).toMatchObject({ code: 0, out: 'Hello there.\n' });
  expect(rig.requests).toHaveLength(1);
  const refused = await rig.run(['-p', 'hi', '--auth-type', 'qwen-oauth']);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain('qwen-oauth');
  expect(rig.requests).toHaveLength(1);
});

test('--max-wall-time ends a run during a command, with the command', async () => {
  const rig = await setUp(callsOnce('run_shell_command', { command: 'echo $$ > pid; exec sleep 60', is_background: false }));
  const { code, err } = await rig.run(['-p', 'wait', '--approval-mode', 'yolo', '--max-wall-time', '4s']);
  expect(err).toContain('--max-wall-time');
  expect(code).toBe(55);
  const pid = Number(await readFile(join(rig.project, 'pid'), 'utf8'));
  expect(pid).toBeGreaterThan(0);
  expect(() => process.kill(pid, 0)).toThrow();
});
