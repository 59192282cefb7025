import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, collect, sendEvents, serve } from './openai/openai-provider.fixture.ts';
import { openRegistry } from './catalog/registry.fixture.ts';

const CHUNK = { choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: 'stop' }] };

async function asked(url: string, options: { model?: object; project?: object } = {}) {
  const user = { modelProviders: { openai: [{ id: 'm', baseUrl: `${url}/v1`, envKey: 'K' }] }, model: { name: 'm', ...options.model } };
  const { registry, openProject, machine } = openRegistry({ user, environment: { K: 'sk-canary-canary' } });
  const { context } = await openProject({ trust: true, settings: { model: options.project } });
  const { provider } = await registry.resolve(context);
  await collect(provider.stream(ask('my question'), new AbortController().signal));
  return { root: context.root, home: machine.paths.home };
}

const onlyFile = (folder: string) => {
  const [name = '', ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^openai-\d{4}-\d\d-\d\dT.*\.json$/);
  expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  return readFileSync(join(folder, name), 'utf8');
};

test('a request and its answer are logged, without the key', async () => {
  const url = await serve((_request, response) => sendEvents(response, [JSON.stringify(CHUNK), '[DONE]']));
  const { root } = await asked(url, { model: { enableOpenAILogging: true } });
  const text = onlyFile(join(root, 'logs', 'openai'));
  expect(JSON.parse(text)).toMatchObject({
    timestamp: expect.any(String),
    request: { model: 'gpt-test', messages: [{ role: 'user', content: 'my question' }] },
    response: { status: 200, chunks: [CHUNK] },
  });
  expect(text).not.toContain('canary');
});

test('a refusal is logged unchanged, in the folder that the settings name', async () => {
  const url = await serve(
    (_request, response) => void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"no"}'),
  );
  const { home } = await asked(url, { model: { enableOpenAILogging: true, openAILoggingDir: '~/asked' } });
  expect(JSON.parse(onlyFile(join(home, 'asked')))).toMatchObject({ response: { status: 400, body: { error: 'no' } } });
});

test('a key that the server repeats is masked', async () => {
  const url = await serve((request, response) => {
    const key = String(request.headers.authorization).slice('Bearer '.length);
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: `wrong key "${key}"` }));
  });
  const { home } = await asked(url, { model: { enableOpenAILogging: true, openAILoggingDir: '~/asked' } });
  const text = onlyFile(join(home, 'asked'));
  expect(text).toContain('wrong key \\"[key redacted]\\"');
  expect(text).not.toContain('canary');
});

test('an unreachable server is logged as an error', async () => {
  const { home } = await asked('http://127.0.0.1:9', { model: { enableOpenAILogging: true, openAILoggingDir: '~/asked' } });
  expect(JSON.parse(onlyFile(join(home, 'asked')))).toMatchObject({ error: expect.any(String) });
});

test('nothing is logged if the setting is false', async () => {
  const url = await serve((_request, response) => sendEvents(response, [JSON.stringify(CHUNK), '[DONE]']));
  const { root, home } = await asked(url, { model: { enableOpenAILogging: false, openAILoggingDir: '~/asked' } });
  expect([readdirSync(root), readdirSync(home)]).toEqual([['.qwen'], ['.gantry', '.qwen']]);
});

test('a folder cannot choose where prompts are written', async () => {
  const url = await serve((_request, response) => sendEvents(response, [JSON.stringify(CHUNK), '[DONE]']));
  const { root } = await asked(url, { project: { enableOpenAILogging: true, openAILoggingDir: 'here' } });
  expect(readdirSync(root)).toEqual(['.qwen']);
});
