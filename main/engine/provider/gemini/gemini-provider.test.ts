import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import { configFor, READ_TOOL, requestTo, TEST_KEY } from '../anthropic-gemini.fixture.ts';
import { collect, serve, textOf } from '../openai/openai-provider.fixture.ts';
import type { StreamEvent, WireProtocol } from '../provider.ts';
import { openRegistry } from '../catalog/registry.fixture.ts';
import { geminiTarget } from './gemini-client.ts';
import { createGeminiProvider, GEMINI_PROTOCOL } from './gemini-provider.ts';
import { defined } from '../../../../preload/contract/index.ts';

const MODEL = 'gemini-2.5-pro';
const signal = () => new AbortController().signal;
const ask = (url: string, more: Parameters<typeof configFor>[2] = {}, request = requestTo(MODEL), protocol: WireProtocol = 'gemini') =>
  collect(createGeminiProvider(configFor(protocol, url, more)).stream(request, signal()));

async function startMock(prepare: (mock: LLMock) => void): Promise<LLMock> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  prepare(mock);
  await mock.start();
  onTestFinished(() => mock.stop());
  return mock;
}

function toFailure(events: readonly StreamEvent[]) {
  expect(events.filter((event) => event.type === 'done' || event.type === 'error')).toHaveLength(1);
  return events.find((event) => event.type === 'error')?.error;
}

const chunk = (text: string, finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...defined({ finishReason }) }],
});

function send(response: ServerResponse, chunks: readonly object[], end = true): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const data of chunks) response.write(`data: ${JSON.stringify(data)}\r\n\r\n`);
  if (end) response.end();
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

test('thinking, text and calls of the mock server arrive, and the request follows the protocol', async () => {
  const mock = await startMock((m) =>
    m.onMessage('hello', { reasoning: 'Hm.', content: 'I look.', toolCalls: [{ name: 'read_file', arguments: '{"file_path":"/a"}' }] }),
  );
  const events = await ask(mock.url, {}, requestTo(MODEL, { system: 'Be kind.', tools: [READ_TOOL] }));
  expect(textOf(events)).toBe('I look.');
  expect(textOf(events, 'thinking')).toBe('Hm.');
  expect(events.filter((event) => event.type === 'tool_call')).toMatchObject([{ call: { name: 'read_file', input: { file_path: '/a' } } }]);
  expect(events.at(-1)).toEqual({ type: 'done', reason: 'tool_calls' });
  expect(mock.getLastRequest()?.path).toContain(`/v1beta/models/${MODEL}:streamGenerateContent`);
});

test.each<[string, Parameters<LLMock['setChaos']>[0], object]>([
  ['a dropped request', { dropRate: 1 }, { code: 'provider_error', httpStatus: 500 }],
  ['a malformed answer', { malformedRate: 1 }, { code: 'stream_invalid' }],
  ['a limit of requests', { rateLimitRate: 1 }, { code: 'rate_limited', httpStatus: 429, retryAfterMs: expect.any(Number) }],
  ['a lost connection', { disconnectRate: 1 }, { code: 'provider_unreachable' }],
])('%s gives one readable failure after one request', async (_what, chaos, expected) => {
  const mock = await startMock((m) => m.onMessage('hello', { content: 'Hi.' }).setChaos(chaos));
  expect(toFailure(await ask(mock.url))).toMatchObject(expected);
  expect(mock.getRequests()).toHaveLength(1);
});

test('an answer that is cut in the middle is a failure', async () => {
  const mock = await startMock((m) =>
    m.on({ predicate: () => true }, { content: 'A long answer that is never whole.' }, { chunkSize: 3, truncateAfterChunks: 5 }),
  );
  expect(['stream_invalid', 'provider_unreachable']).toContain(toFailure(await ask(mock.url))?.code);
});

test('signatures, extra fields and the schema of a tool are sent unchanged', async () => {
  let body: unknown;
  const url = await serve((request, response) => {
    void readBody(request).then((read) => {
      body = read;
      send(response, [chunk('Yes.', 'STOP')]);
    });
  });
  const origin = new URL(url).origin;
  const signature = { protocol: 'gemini', modelId: MODEL, origin, value: 'c2lnbmF0dXJl' } as const;
  await ask(
    url,
    { generation: { extra_body: { labels: { a: 'b' } }, samplingParams: { temperature: 0 } } },
    requestTo(MODEL, {
      system: 'Be kind.',
      tools: [READ_TOOL],
      messages: [
        { role: 'user', text: 'go' },
        { role: 'assistant', text: '', thinking: '', toolCalls: [{ id: 'c', name: 'read_file', input: { a: 1 }, signature }] },
        { role: 'tool', results: [{ callId: 'c', name: 'read_file', text: 'x', isError: false }] },
      ],
    }),
  );
  expect(body).toMatchObject({
    contents: [
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [{ functionCall: { id: 'c', name: 'read_file', args: { a: 1 } }, thoughtSignature: 'c2lnbmF0dXJl' }] },
      { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'read_file', response: { output: 'x' } } }] },
    ],
    systemInstruction: { parts: [{ text: 'Be kind.' }] },
    tools: [{ functionDeclarations: [{ name: 'read_file', parametersJsonSchema: READ_TOOL.parameters }] }],
    generationConfig: { temperature: 0, thinkingConfig: { includeThoughts: true } },
    labels: { a: 'b' },
  });
});

test('an error in the middle of an answer counts as its status', async () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
  const url = await serve((_request, response) => send(response, [chunk('Half'), error]));
  const events = await ask(url);
  expect(toFailure(events)).toMatchObject({ code: 'provider_error', httpStatus: 503, message: expect.stringContaining('overloaded') });
});

test('the key is sent in its header to its own origin, and a redirect is not followed', async () => {
  let visits = 0;
  const elsewhere = await serve((_request, response) => {
    visits += 1;
    response.end();
  });
  const seen: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    seen.push(request);
    response.writeHead(307, { location: `${elsewhere}/` }).end();
  });
  expect(toFailure(await ask(`${url}/v1beta`))).toMatchObject({ httpStatus: 307 });
  expect(visits).toBe(0);
  expect(seen[0]?.headers).toMatchObject({ 'x-goog-api-key': TEST_KEY, 'user-agent': 'Gantry/0 (test)' });
  expect(seen[0]?.headers).not.toHaveProperty('x-goog-api-client');
  expect(seen[0]?.url).toBe(`/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`);
});

test('silence in the middle of an answer ends the request, and so does cancelling, at once', async () => {
  const url = await serve((_request, response) => send(response, [chunk('Half')], false));
  expect(toFailure(await ask(url, { idleTimeoutMs: 40 }))).toMatchObject({ code: 'timeout' });
  const controller = new AbortController();
  const events: StreamEvent[] = [];
  for await (const event of createGeminiProvider(configFor('gemini', url)).stream(requestTo(MODEL), controller.signal)) {
    events.push(event);
    controller.abort();
  }
  expect(events.map((event) => event.type)).toEqual(['text', 'error']);
  expect(events.at(-1)).toMatchObject({ error: { code: 'cancelled' } });
});

test('the models are those that can answer, by their short names', async () => {
  const url = await serve((_request, response) => {
    response.setHeader('content-type', 'application/json');
    const models = [
      { name: 'models/gemini-2.5-pro', supportedGenerationMethods: ['generateContent'] },
      { name: 'models/embedding-001', supportedGenerationMethods: ['embedContent'] },
    ];
    response.end(JSON.stringify({ models }));
  });
  const config = configFor('gemini', url, { generation: { extra_body: { a: 1 } } });
  expect(await GEMINI_PROTOCOL.listModels(config, TEST_KEY, { timeoutMs: 5000 })).toEqual([{ id: 'gemini-2.5-pro', chats: true }]);
});

test('Vertex AI with a key uses express mode, without a project', async () => {
  const seen: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    seen.push(request);
    send(response, [chunk('Yes.', 'STOP')]);
  });
  const events = await ask(url, { environment: { GOOGLE_CLOUD_PROJECT: 'p' } }, requestTo(MODEL), 'vertex-ai');
  expect(textOf(events)).toBe('Yes.');
  expect(seen[0]?.url).toBe(`/v1beta1/publishers/google/models/${MODEL}:streamGenerateContent?alt=sse`);
  expect(seen[0]?.headers).toMatchObject({ 'x-goog-api-key': TEST_KEY });
});

/** Credentials of another identity provider (workload identity), whose tokens come from a server of the test. */
function credentialsFile(tokenUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-vertex-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'subject'), 'a-subject-token');
  const file = join(folder, 'credentials.json');
  const credentials = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/own',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: tokenUrl,
    credential_source: { file: join(folder, 'subject') },
  };
  writeFileSync(file, JSON.stringify(credentials));
  return file;
}

test('Vertex AI without a key uses a token of the application default credentials, and the project in the address', async () => {
  const seen: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    seen.push(request);
    send(response, [chunk('Yes.', 'STOP')]);
  });
  let exchanged = 0;
  const tokenServer = await serve((_request, response) => {
    exchanged += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'ya29.a-token', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 }));
  });
  const account = credentialsFile(`${tokenServer}/token`);
  const environment = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'europe-west4', GOOGLE_APPLICATION_CREDENTIALS: account };
  for (const _turn of [1, 2]) {
    expect(textOf(await ask(url, { key: undefined, needsKey: false, environment }, requestTo(MODEL), 'vertex-ai'))).toBe('Yes.');
  }
  expect(seen[0]?.url).toBe(`/v1beta1/projects/p/locations/europe-west4/publishers/google/models/${MODEL}:streamGenerateContent?alt=sse`);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer ya29.a-token', 'Bearer ya29.a-token']);
  expect(exchanged).toBe(1);
});

test('refused credentials explain how to sign in, and nothing is sent', async () => {
  let visits = 0;
  const url = await serve((_request, response) => {
    visits += 1;
    response.end();
  });
  const tokenServer = await serve((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'invalid_grant' }));
  });
  const environment = { GOOGLE_CLOUD_PROJECT: 'q', GOOGLE_APPLICATION_CREDENTIALS: credentialsFile(`${tokenServer}/token`) };
  const failure = toFailure(await ask(url, { key: undefined, needsKey: false, environment }, requestTo(MODEL), 'vertex-ai'));
  expect(failure).toMatchObject({ code: 'auth_failed', message: expect.stringContaining('gcloud auth application-default login') });
  expect(failure?.message).not.toContain('a-subject-token');
  expect(visits).toBe(0);
});

test('the sign-in to the cloud is never sent to an address from settings', async () => {
  const environment = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_APPLICATION_CREDENTIALS: '/absent.json' };
  const events = await ask('https://thief.example', { key: undefined, needsKey: false, environment }, requestTo(MODEL), 'vertex-ai');
  expect(toFailure(events)).toMatchObject({ code: 'auth_failed', message: expect.stringContaining('not to thief.example') });
});

test.each([
  ['global', 'https://aiplatform.googleapis.com'],
  ['us-central1', 'https://us-central1-aiplatform.googleapis.com'],
  ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
  ['thief.example/', 'https://aiplatform.googleapis.com'],
])('a project in %s is requested at %s', (location, baseUrl) => {
  const environment = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: location };
  const config = configFor('vertex-ai', 'https://aiplatform.googleapis.com/', { environment });
  expect(geminiTarget(config, undefined).baseUrl).toBe(baseUrl);
  expect(geminiTarget(config, 'a key')).toMatchObject({ baseUrl: 'https://aiplatform.googleapis.com', cloud: undefined });
});

test('the console stays silent whatever the environment contains', async () => {
  const names = ['GOOGLE_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_CLOUD_PROJECT'];
  const before = names.map((name) => process.env[name]);
  const logged: unknown[] = [];
  const { debug, warn } = console;
  Object.assign(console, { debug: (...words: unknown[]) => logged.push(words), warn: (...words: unknown[]) => logged.push(words) });
  for (const name of names) process.env[name] = 'of-the-host';
  onTestFinished(() => {
    Object.assign(console, { debug, warn });
    names.forEach((name, at) => {
      if (before[at] === undefined) delete process.env[name];
      else process.env[name] = before[at];
    });
  });
  const headers: string[] = [];
  const url = await serve((request, response) => {
    headers.push(JSON.stringify(request.headers), request.url ?? '');
    send(response, [chunk('Yes.', 'STOP')]);
  });
  await ask(url);
  await ask(url, { key: undefined, needsKey: false });
  await ask(url, {}, requestTo(MODEL), 'vertex-ai');
  expect(logged).toEqual([]);
  expect(headers).toHaveLength(6);
  expect(headers.join(' ')).not.toContain('of-the-host');
});

test('a folder, also a trusted one, cannot choose whose cloud the user signs in to', async () => {
  const user = { modelProviders: { 'vertex-ai': [{ id: MODEL }] }, model: { name: MODEL } };
  const wanted = { env: { GOOGLE_CLOUD_PROJECT: 'of-a-stranger', GOOGLE_APPLICATION_CREDENTIALS: '/of/a/stranger.json' } };
  const theirs = openRegistry({ user });
  const { context } = await theirs.openProject({ trust: true, settings: wanted });
  await expect(theirs.registry.resolve(context)).rejects.toMatchObject({ code: 'missing_api_key' });
  const own = openRegistry({ user, environment: { GOOGLE_CLOUD_PROJECT: 'my-own' } });
  const { context: again } = await own.openProject({ trust: true, settings: wanted });
  expect(await own.registry.resolve(again)).toMatchObject({ modelId: MODEL });
});
