import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { HostEvent } from '../../preload/contract/index.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import { createNodePorts } from '../local/node-ports.ts';

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const KEY = 'sk-test-0123456789abcdef';

function setUp(settings?: Record<string, unknown>) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-provider-')));
  cleanup.push(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'project'));
  mkdirSync(join(home, '.qwen'));
  if (settings !== undefined) writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify(settings));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, MOCK_KEY: KEY };
  const engine = createEngine(createNodePorts({ environment, hostKind: 'cli', version: '0.1.0', trustedEndpoints: [], home }));
  cleanup.push(() => engine.close());
  const events: HostEvent[] = [];
  engine.subscribe((event) => events.push(event));
  return { engine, events, home };
}

/** A server for chat completions, with the requests it received. */
async function startModelServer(): Promise<{ baseUrl: string; authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    request.resume().on('end', () => {
      const chunk = (delta: object, finish: string | null) =>
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'mock', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${chunk({ role: 'assistant', content: 'From the wire.' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return { baseUrl: `http://127.0.0.1:${port}/v1`, authorizations };
}

function turnEnd(engine: Engine) {
  return new Promise<Extract<HostEvent, { event: 'turn.ended' }>['data']['result']>((resolve) => {
    engine.subscribe((event) => {
      if (event.event === 'turn.ended') resolve(event.data.result);
    });
  });
}

test('with settings from Qwen Code, a prompt is sent and its answer arrives; the key is nowhere else', async () => {
  const { baseUrl, authorizations } = await startModelServer();
  const { engine, events, home } = setUp({
    modelProviders: { openai: [{ id: 'mock', baseUrl, envKey: 'MOCK_KEY' }] },
    model: { name: 'mock' },
  });
  const project = await engine.projects.open(join(home, 'project'), { trust: true });
  const { summary } = await engine.sessions.create(project.id);
  const ended = turnEnd(engine);
  await engine.sessions.get(summary.id).prompt('hello', 'l1');
  expect((await ended).end).toBe('completed');
  const { items } = await engine.sessions.open(project.id, summary.id);
  expect(items.at(-1)).toMatchObject({ kind: 'assistant', text: 'From the wire.' });
  expect(authorizations).toEqual([`Bearer ${KEY}`]);
  await engine.close();
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect([...texts, JSON.stringify(events)].filter((text) => text.includes(KEY))).toEqual([]);
});

test('without a configuration the prompt is refused with what to do', async () => {
  const { engine, home } = setUp();
  const project = await engine.projects.open(join(home, 'project'));
  const { summary, model } = await engine.sessions.create(project.id);
  expect(model).toBeUndefined();
  await expect(engine.sessions.get(summary.id).prompt('hello', 'l1')).rejects.toMatchObject({ code: 'no_model' });
});

test('a missing key is a failed turn that names the variable', async () => {
  const baseUrl = 'https://models.invalid/v1'; // a server on this machine would need no key
  const { engine, home } = setUp({ modelProviders: { openai: [{ id: 'mock', baseUrl, envKey: 'ABSENT_KEY' }] }, model: { name: 'mock' } });
  const project = await engine.projects.open(join(home, 'project'));
  const { summary } = await engine.sessions.create(project.id);
  const ended = turnEnd(engine);
  await engine.sessions.get(summary.id).prompt('hello', 'l1');
  expect(await ended).toMatchObject({ end: 'failed', error: { code: 'missing_api_key', message: expect.stringContaining('ABSENT_KEY') } });
  expect((await engine.sessions.open(project.id, summary.id)).items.at(-1)).toMatchObject({ kind: 'notice', action: 'open_models' });
});

test('the demo answers through the same engine', async () => {
  const { engine, home } = setUp();
  const project = await engine.projects.open(join(home, 'project'));
  const { providers } = await engine.providers.list(project.id);
  const demo = providers.find((provider) => provider.protocol === 'demo');
  const modelId = demo?.models[0]?.id;
  if (demo === undefined || modelId === undefined) throw new Error('there is no demo');
  const { summary } = await engine.sessions.create(project.id, { model: { providerId: demo.id, modelId } });
  const ended = turnEnd(engine);
  await engine.sessions.get(summary.id).prompt('hello', 'l1');
  expect((await ended).end).toBe('completed');
});
