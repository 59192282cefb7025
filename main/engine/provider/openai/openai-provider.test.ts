import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import type { StreamEvent } from '../provider.ts';
import { ask, collect, openProvider, sendEvents, serve, textOf } from './openai-provider.fixture.ts';

const signal = () => new AbortController().signal;
const chunk = (delta: object, finish_reason: string | null = null) =>
  JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });

async function startMock(prepare: (mock: LLMock) => void): Promise<{ mock: LLMock; url: string }> {
  const mock = new LLMock({ port: 0 });
  prepare(mock);
  await mock.start();
  onTestFinished(() => mock.stop());
  return { mock, url: `${mock.url}/v1` };
}

function toFailure(events: readonly StreamEvent[]) {
  const errors = events.filter((event) => event.type === 'error');
  expect(events.filter((event) => event.type === 'done' || event.type === 'error')).toHaveLength(1);
  expect(errors).toHaveLength(1);
  return errors[0]?.error;
}

test('an answer streams as text and ends with usage and done', async () => {
  const { mock, url } = await startMock((m) =>
    m.onMessage('hello', { content: 'Hi there, friend!', usage: { prompt_tokens: 7, completion_tokens: 3 } }),
  );
  const events = await collect(openProvider(url).stream(ask('hello', { system: 'be kind', maxOutputTokens: 50 }), signal()));
  expect(textOf(events)).toBe('Hi there, friend!');
  expect(events.slice(-2)).toMatchObject([
    { type: 'usage', usage: { inputTokens: 7, outputTokens: 3 } },
    { type: 'done', reason: 'stop' },
  ]);
  expect(mock.getLastRequest()?.body).toMatchObject({
    model: 'gpt-test',
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 50,
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'hello' },
    ],
  });
});

test('reasoning is emitted as thinking', async () => {
  const { url } = await startMock((m) => m.onMessage('why', { content: 'Because.', reasoning: 'Let me see.' }));
  const events = await collect(openProvider(url).stream(ask('why'), signal()));
  expect([textOf(events, 'thinking'), textOf(events)]).toEqual(['Let me see.', 'Because.']);
});

test('parallel calls arrive complete', async () => {
  const toolCalls = [
    { name: 'glob', arguments: '{"pattern":"*.ts"}', id: 'c1' },
    { name: 'read_file', arguments: '{"file_path":"/x"}', id: 'c2' },
  ];
  const { mock, url } = await startMock((m) => m.onMessage('look', { content: 'I look.', toolCalls }));
  const tools = [{ name: 'glob', description: 'Finds', kind: 'search' as const, parameters: { type: 'object' } }];
  const events = await collect(openProvider(url).stream(ask('look', { tools }), signal()));
  expect(events.filter((event) => event.type === 'tool_call').map((event) => event.call)).toEqual([
    { id: 'c1', name: 'glob', input: { pattern: '*.ts' } },
    { id: 'c2', name: 'read_file', input: { file_path: '/x' } },
  ]);
  expect(events.at(-1)).toEqual({ type: 'done', reason: 'tool_calls' });
  expect(mock.getLastRequest()?.body).toMatchObject({ tools: [{ type: 'function', function: { name: 'glob' } }] });
});

test('settings of an entry are sent as written', async () => {
  const { mock, url } = await startMock((m) => m.onMessage('hello', { content: 'Hi' }));
  const generation = {
    samplingParams: { temperature: 0.2, top_k: 5, max_tokens: 9 },
    extra_body: { enable_thinking: true },
    customHeaders: { 'x-team': 'blue' },
  };
  await collect(openProvider(url, { generation }).stream(ask('hello', { maxOutputTokens: 50 }), signal()));
  const request = mock.getLastRequest();
  expect(request?.body).toMatchObject({ temperature: 0.2, top_k: 5, max_tokens: 9, enable_thinking: true, stream: true });
  expect(request?.headers).toMatchObject({ 'x-team': 'blue', 'user-agent': 'Gantry/0 (test)' });
  expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-stainless') || name.startsWith('openai-'))).toEqual([]);
});

test.each([
  [401, { message: 'Incorrect API key provided' }, 'auth_failed', 401],
  [403, { message: 'no access' }, 'permission_denied', 403],
  [404, { message: 'The model gpt-test does not exist', code: 'model_not_found' }, 'model_unknown', 404],
  [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }, 'quota_exceeded', 429],
  [500, { message: 'oops' }, 'provider_error', 500],
])('status %i (%o) is %s', async (status, body, code, httpStatus) => {
  const { mock, url } = await startMock((m) => m.nextRequestError(status, body).onMessage('hello', { content: 'second time' }));
  const events = await collect(openProvider(url).stream(ask('hello'), signal()));
  expect(toFailure(events)).toMatchObject({ code, httpStatus, message: expect.stringContaining(`Test (${url})`) });
  expect(mock.getRequests()).toHaveLength(1); // the SDK itself does not retry
});

test('a 429 carries its Retry-After', async () => {
  const { url } = await startMock((m) =>
    m.onMessage('hello', { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 11 }),
  );
  expect(toFailure(await collect(openProvider(url).stream(ask('hello'), signal())))).toMatchObject({
    code: 'rate_limited',
    retryAfterMs: 11_000,
  });
});

test('a connection cut in the middle keeps the text and gives one error', async () => {
  const { url } = await startMock((m) =>
    m.onMessage('hello', { content: 'A long answer that never ends' }, { chunkSize: 5, latency: 10, truncateAfterChunks: 4 }),
  );
  const events = await collect(openProvider(url).stream(ask('hello'), signal()));
  expect(textOf(events)).not.toBe('');
  expect(['provider_unreachable', 'stream_invalid']).toContain(toFailure(events)?.code);
});

test.each<[string, string[], string]>([
  ['an event that is not JSON', ['{"choices": [{'], 'stream_invalid'],
  ['an end without a finish reason', [chunk({ content: 'half' }), '[DONE]'], 'stream_invalid'],
  ['nothing at all', ['[DONE]'], 'stream_invalid'],
  [
    'an error inside the stream',
    [chunk({ content: 'half' }), '{"error":{"message":"server overloaded","type":"server_error"}}'],
    'rate_limited',
  ],
  [
    'an error beside the choice',
    [chunk({ content: 'half' }), '{"choices":[{"delta":{},"finish_reason":"error","error":{"code":502,"message":"down"}}]}', '[DONE]'],
    'provider_error',
  ],
  ['an unknown error inside the stream', ['{"error":{"message":"boom"}}'], 'provider_error'],
])('%s gives one error', async (_name, lines, code) => {
  const url = await serve((_request, response) => sendEvents(response, lines));
  expect(toFailure(await collect(openProvider(`${url}/v1`).stream(ask('hello'), signal())))).toMatchObject({ code });
});

test('a web page instead of an answer points to the base URL', async () => {
  const url = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hello</html>'));
  expect(toFailure(await collect(openProvider(url).stream(ask('hello'), signal())))).toMatchObject({
    code: 'provider_error',
    message: expect.stringContaining('/v1'),
  });
});

test('an answer that arrives whole although a stream was requested is read', async () => {
  const answer = { choices: [{ message: { role: 'assistant', content: 'Whole.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3 } };
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
  );
  const events = await collect(openProvider(`${url}/v1`).stream(ask('hello'), signal()));
  expect(textOf(events)).toBe('Whole.');
  expect(events.at(-1)).toEqual({ type: 'done', reason: 'stop' });
});

test('an error with status 200 gives one error', async () => {
  const body = JSON.stringify({ error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } });
  const url = await serve((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  expect(toFailure(await collect(openProvider(`${url}/v1`).stream(ask('hello'), signal())))).toMatchObject({ code: 'quota_exceeded' });
});

test('silence in the middle ends the request after the idle timeout, and closes the connection', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    request.socket.on('close', () => closed.resolve());
    sendEvents(response, [chunk({ content: 'half' })], false);
  });
  const events = await collect(openProvider(`${url}/v1`, { idleTimeoutMs: 50 }).stream(ask('hello'), signal()));
  expect(textOf(events)).toBe('half');
  expect(toFailure(events)).toMatchObject({ code: 'timeout', message: expect.stringContaining('nothing more') });
  await closed.promise;
});

test('silence after the finish reason means that the answer is complete', async () => {
  const url = await serve((_request, response) => sendEvents(response, [chunk({ content: 'all' }), chunk({}, 'stop')], false));
  const events = await collect(openProvider(`${url}/v1`, { idleTimeoutMs: 50 }).stream(ask('hello'), signal()));
  expect(events).toEqual([
    { type: 'text', text: 'all' },
    { type: 'done', reason: 'stop' },
  ]);
});

test('without any answer the request ends after the timeout of the entry', async () => {
  const url = await serve(() => undefined);
  const events = await collect(openProvider(`${url}/v1`, { generation: { timeout: 50 } }).stream(ask('hello'), signal()));
  expect(toFailure(events)).toMatchObject({ code: 'timeout' });
});

test.each(['before the answer', 'in the middle of the answer'])(
  'cancelling %s ends the stream at once and closes the connection',
  async (when) => {
    const closed = Promise.withResolvers<void>();
    const controller = new AbortController();
    const url = await serve((request, response) => {
      request.socket.on('close', () => closed.resolve());
      if (when === 'before the answer') controller.abort();
      else sendEvents(response, [chunk({ content: 'half' })], false);
    });
    const events: StreamEvent[] = [];
    for await (const event of openProvider(`${url}/v1`).stream(ask('hello'), controller.signal)) {
      events.push(event);
      if (event.type === 'text') controller.abort();
    }
    expect(toFailure(events)).toMatchObject({ code: 'cancelled' });
    await closed.promise;
  },
);

test('the connection is closed if the reader leaves in the middle', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    request.socket.on('close', () => closed.resolve());
    sendEvents(response, [chunk({ content: 'half' })], false);
  });
  for await (const event of openProvider(`${url}/v1`).stream(ask('hello'), signal())) {
    if (event.type === 'text') break;
  }
  await closed.promise;
});

test('a request that was cancelled before it began is not sent', async () => {
  let asked = 0;
  const url = await serve(() => void (asked += 1));
  expect(toFailure(await collect(openProvider(url).stream(ask('hello'), AbortSignal.abort())))).toMatchObject({ code: 'cancelled' });
  expect(asked).toBe(0);
});

test('without a key nothing is sent, and the error names the variable', async () => {
  let asked = 0;
  const url = await serve(() => void (asked += 1));
  expect(toFailure(await collect(openProvider(url, { key: undefined }).stream(ask('hello'), signal())))).toMatchObject({
    code: 'missing_api_key',
    message: expect.stringContaining('TEST_KEY'),
  });
  expect(asked).toBe(0);
});

test('an endpoint that needs no key gets no Authorization header', async () => {
  const headers = Promise.withResolvers<NodeJS.Dict<string | string[]>>();
  const url = await serve((request, response) => {
    headers.resolve(request.headers);
    sendEvents(response, [chunk({ content: 'hi' }, 'stop')]);
  });
  await collect(openProvider(`${url}/v1`, { key: undefined, needsKey: false }).stream(ask('hello'), signal()));
  expect((await headers.promise)['authorization']).toBeUndefined();
});

test('if nothing listens at the address, the failure says so', async () => {
  const mock = new LLMock({ port: 0 });
  await mock.start();
  const gone = `${mock.url}/v1`;
  await mock.stop();
  expect(toFailure(await collect(openProvider(gone).stream(ask('hello'), signal())))).toMatchObject({
    code: 'provider_unreachable',
    message: expect.stringContaining('Nothing listens'),
  });
});

test('a redirect to another origin never gets the key', async () => {
  const seen: (string | undefined)[] = [];
  const thief = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  const url = await serve((_request, response) => response.writeHead(307, { location: `${thief}/v1/chat/completions` }).end());
  expect(toFailure(await collect(openProvider(`${url}/v1`).stream(ask('hello'), signal())))).toMatchObject({
    code: 'provider_error',
    httpStatus: 307,
  });
  expect(seen).toEqual([]);
});
