/** What a client may send that is wrong: each gets an error, and the connection and its sessions go on. */
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createEngineFixture } from '../test/support/engine-fixture.ts';
import { calls, says, type ScriptedAnswer } from '../test/support/scripted-model.ts';
import type { AcpHost } from './acp-host.ts';
import { serveLines } from './index.ts';
import { MAX_LINE_BYTES } from './line-stream.ts';

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A connection over lines, without the SDK's client, which would not send such things. */
async function connect(answers: readonly ScriptedAnswer[] = []) {
  const engine = await createEngineFixture({ answers });
  const input = new PassThrough();
  const lines: Answer[] = [];
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const host: AcpHost = {
    ...{ engine: engine.engine, logger: silent, version: '0', workspace: engine.root, sessionOptions: {} },
    clock: {
      now: () => 0,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    openFolder: (path) => engine.engine.projects.open(path, { remember: false }),
    watch: () => () => undefined,
  };
  const ended = serveLines(host, input, async (text) => void lines.push(JSON.parse(text)));
  onTestFinished(async () => {
    input.end();
    await ended;
    await engine.close();
  });
  let next = 1_000;
  const write = (text: string) => void input.write(`${text}\n`);
  async function ask(method: string, params: object): Promise<Answer> {
    next += 1;
    const id = next;
    write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    await expect.poll(() => lines.some((line) => line.id === id && line.method === undefined)).toBe(true);
    return lines.find((line) => line.id === id) ?? {};
  }
  await ask('initialize', { protocolVersion: 1 });
  return { engine, lines, write, ask };
}

const ping = { cwd: '/', mcpServers: [] };

test.each<[string, string, number]>([
  ['no JSON', 'not json', -32700],
  ['half a message', '{"jsonrpc":"2.0","id":1,', -32700],
  ['a number', '12', -32600],
  ['null', 'null', -32600],
  ['a list', '[]', -32600],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"initialize"}]', -32600],
  ['an empty object', '{}', -32600],
  ['another version', '{"jsonrpc":"1.0","id":1,"method":"initialize"}', -32600],
  ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":7}', -32600],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{"a":1},"method":"initialize"}', -32600],
  ['a line that is too long', `"${'x'.repeat(MAX_LINE_BYTES)}"`, -32600],
  ['binary data', '\u0000\u0001\u0002', -32700],
])('%s is answered with an error', async (_name, line, code) => {
  const { lines, write, ask } = await connect();
  write(line);
  await expect.poll(() => lines.some((answer) => answer.error?.code === code)).toBe(true);
  expect((await ask('authenticate', { methodId: 'openai' })).result).toEqual({});
});

const UUID = '123e4567-e89b-12d3-a456-426614174000';

test.each<[string, object, number]>([
  ['nonsense', {}, -32601],
  ['terminal/create', {}, -32601],
  ['fs/read_text_file', { sessionId: 'x', path: '/etc/passwd' }, -32601],
  ['session/request_permission', {}, -32601],
  ['__proto__', {}, -32601],
  ['constructor', {}, -32601],
  ['authenticate', {}, -32602],
  ['authenticate', { methodId: 7 }, -32602],
  ['session/new', {}, -32602],
  ['session/new', { cwd: 7, mcpServers: [] }, -32602],
  ['session/new', { cwd: 'relative', mcpServers: [] }, -32602],
  ['session/new', { cwd: '../..', mcpServers: [] }, -32602],
  ['session/new', { cwd: '/no/such/folder', mcpServers: [] }, -32602],
  ['session/new', { cwd: '/etc/passwd', mcpServers: [] }, -32602],
  ['session/new', { ...ping, mcpServers: 'x' }, -32602],
  ['session/new', { ...ping, mcpServers: [{ name: 'x' }] }, -32602],
  ['session/new', { ...ping, additionalDirectories: ['relative'] }, -32602],
  ['session/load', { sessionId: '../../etc/passwd', ...ping }, -32002],
  ['session/load', { sessionId: '', ...ping }, -32002],
  ['session/load', { sessionId: UUID, ...ping }, -32002],
  ['session/load', { sessionId: UUID, cwd: 'relative', mcpServers: [] }, -32602],
  ['session/load', { sessionId: 7, ...ping }, -32602],
  ['session/resume', { sessionId: '../x', ...ping }, -32002],
  ['session/list', { cwd: 'relative' }, -32602],
  ['session/list', { cwd: '/no/such/folder' }, -32602],
  ['session/list', { cursor: 'x'.repeat(501) }, -32602],
  ['session/prompt', { sessionId: UUID, prompt: [] }, -32603],
  ['session/prompt', { sessionId: UUID, prompt: 'x' }, -32602],
  ['session/set_mode', { sessionId: UUID, modeId: 'yolo' }, -32602],
  ['session/set_model', { sessionId: UUID, modelId: 'x' }, -32602],
  ['session/set_model', { sessionId: UUID }, -32602],
  ['session/set_config_option', { sessionId: UUID, configId: 'mode', value: 'yolo' }, -32602],
  ['qwen/session/loadUpdates', {}, -32602],
  ['qwen/session/loadUpdates', { sessionId: UUID, cwd: '../..' }, -32602],
])('%s with %j is refused with %d', async (method, params, code) => {
  const { ask } = await connect();
  expect((await ask(method, params)).error?.code).toBe(code);
  expect((await ask('authenticate', { methodId: 'openai' })).result).toEqual({});
});

test.each<[string, object]>([
  ['nothing', []],
  ['a block of an unknown kind', [{ type: 'video', data: '' }]],
  ['a block without its text', [{ type: 'text' }]],
  ['sound', [{ type: 'audio', mimeType: 'audio/wav', data: 'AAAA' }]],
  ['an image that is none', [{ type: 'image', mimeType: 'image/png', data: 'AAAA' }]],
  ['an image of no base64', [{ type: 'image', mimeType: 'image/png', data: '???' }]],
  ['another kind of image', [{ type: 'image', mimeType: 'image/svg+xml', data: 'AAAA' }]],
  ['a text of a million characters and more', [{ type: 'text', text: 'x'.repeat(1_000_001) }]],
])('a prompt with %s is refused, and the session takes the next one', async (_name, prompt) => {
  const { engine, ask } = await connect([says('Fine.')]);
  const { result } = await ask('session/new', { cwd: engine.root, mcpServers: [] });
  const sessionId = result?.['sessionId'];
  expect((await ask('session/prompt', { sessionId, prompt })).error?.code).toBe(-32602);
  expect((await ask('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'hi' }] })).result).toMatchObject({
    stopReason: 'end_turn',
  });
});

test('answers that were not asked for, and notifications of any kind, change nothing', async () => {
  const { engine, lines, write, ask } = await connect([
    calls({ id: 'c1', name: 'write_file', input: { file_path: 'new.txt', content: 'x' } }),
    says('Done.'),
  ]);
  const { result } = await ask('session/new', { cwd: engine.root, mcpServers: [] });
  const sessionId = result?.['sessionId'];
  const allow = { outcome: { outcome: 'selected', optionId: 'proceed_once' } };
  for (const id of [0, 1, 2, 'x', null]) write(JSON.stringify({ jsonrpc: '2.0', id, result: allow }));
  write(JSON.stringify({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: 'nope' } }));
  write(JSON.stringify({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId } }));
  write(JSON.stringify({ jsonrpc: '2.0', method: 'session/cancel', params: 7 }));
  write(JSON.stringify({ jsonrpc: '2.0', method: 'nonsense', params: {} }));
  write(JSON.stringify({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 5_000 } }));
  const done = ask('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'write' }] });
  const request = () => lines.find(({ method }) => method === 'session/request_permission');
  await expect.poll(request).toBeDefined();
  // A second answer to the same request is as unknown as one to another request.
  for (const answer of [{ outcome: { outcome: 'cancelled' } }, allow])
    write(JSON.stringify({ jsonrpc: '2.0', id: request()?.id, result: answer }));
  expect((await done).result).toMatchObject({ stopReason: 'end_turn' });
  expect(await engine.engine.projects.findFiles(engine.project.id, 'new.txt', 5)).toMatchObject({ paths: [] });
});

test('a hundred requests at once are each answered once', async () => {
  const { engine, lines, ask } = await connect();
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask('session/list', { cwd: engine.root })));
  expect(answers.every(({ result }) => Array.isArray(result?.['sessions']))).toBe(true);
  const ids = lines.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
