import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { configFor, READ_TOOL, requestTo, TEST_KEY } from '../anthropic-gemini.fixture.ts';
import { collect, serve, textOf } from '../openai/openai-provider.fixture.ts';
import type { StreamEvent } from '../provider.ts';
import { ANTHROPIC_PROTOCOL, createAnthropicProvider } from './anthropic-provider.ts';

const MODEL = 'claude-sonnet-4-6';
const signal = () => new AbortController().signal;
const ask = (url: string, more: Parameters<typeof configFor>[2] = {}, request = requestTo(MODEL)) =>
  collect(createAnthropicProvider(configFor('anthropic', url, more)).stream(request, signal()));

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

/** Events as the vendor's documentation shows them. */
function send(response: ServerResponse, events: readonly { readonly type: string }[], end = true): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  if (end) response.end();
}
const START = { type: 'message_start', message: { id: 'm', usage: { input_tokens: 3, output_tokens: 1 } } };
const HALF = [
  START,
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Half' } },
];

test('thinking, text and calls of the mock server arrive, and the request follows the protocol', async () => {
  const mock = await startMock((m) =>
    m.onMessage('hello', { reasoning: 'Hm.', content: 'I look.', toolCalls: [{ name: 'read_file', arguments: '{"file_path":"/a"}' }] }),
  );
  const events = await ask(mock.url, {}, requestTo(MODEL, { system: 'Be kind.', tools: [READ_TOOL] }));
  expect(textOf(events)).toBe('I look.');
  expect(textOf(events, 'thinking')).toBe('Hm.');
  expect(events.filter((event) => event.type === 'tool_call')).toMatchObject([{ call: { name: 'read_file', input: { file_path: '/a' } } }]);
  expect(events.at(-1)).toEqual({ type: 'done', reason: 'tool_calls' });
  expect(mock.getLastRequest()?.path).toBe('/v1/messages');
});

test('a round of calls is sent back with its thinking, as a strict server requires', async () => {
  const mock = new LLMock({ port: 0, logLevel: 'silent', strict: true });
  mock.on({ predicate: () => true }, { reasoning: 'Hm.', toolCalls: [{ name: 'read_file', arguments: '{}' }] });
  await mock.start();
  onTestFinished(() => mock.stop());
  const first = await ask(mock.url, {}, requestTo('claude-haiku-4-5', { tools: [READ_TOOL] }));
  const calls = first.flatMap((event) => (event.type === 'tool_call' ? [event.call] : []));
  const signature = first.find((event) => event.type === 'thinking_signature')?.signature;
  expect(signature?.value).not.toBe('');
  const results = calls.map((call) => ({ callId: call.id, name: call.name, text: 'x', isError: false }));
  const second = await ask(
    mock.url,
    {},
    requestTo('claude-haiku-4-5', {
      tools: [READ_TOOL],
      messages: [
        { role: 'user', text: 'hello' },
        { role: 'assistant', text: '', thinking: 'Hm.', ...(signature && { thinkingSignature: signature }), toolCalls: calls },
        { role: 'tool', results },
      ],
    }),
  );
  expect(second.at(-1)).toEqual({ type: 'done', reason: 'tool_calls' });
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

test.each([
  ['overloaded_error', 'provider_error', 529],
  ['rate_limit_error', 'rate_limited', 429],
  ['api_error', 'provider_error', 500],
])('%s in the middle of an answer counts as its status', async (type, code, httpStatus) => {
  const url = await serve((_request, response) => send(response, [...HALF, { type: 'error', ...{ error: { type, message: 'Sorry.' } } }]));
  const events = await ask(url);
  expect(textOf(events)).toBe('Half');
  expect(toFailure(events)).toMatchObject({ code, httpStatus, message: expect.stringContaining('Sorry.') });
});

test.each<[string, number, string, string, string]>([
  ['exhausted credit', 400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'quota_exceeded'],
  ['an overlong prompt', 400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'context_too_long'],
  [
    'a prompt that leaves no room for the answer',
    400,
    'invalid_request_error',
    'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000',
    'context_too_long',
  ],
  ['an unknown model', 404, 'not_found_error', 'model: claude-0', 'model_unknown'],
  ['a wrong key', 401, 'authentication_error', 'invalid x-api-key', 'auth_failed'],
])('%s is reported with its remedy', async (_what, status, type, message, code) => {
  const url = await serve((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error: { type, message } }));
  });
  expect(toFailure(await ask(url))).toMatchObject({ code, message: expect.stringContaining(url) });
});

const seenBy = async (more: Parameters<typeof configFor>[2] = {}): Promise<IncomingHttpHeaders> => {
  let path: string | undefined;
  let headers: IncomingHttpHeaders = {};
  const url = await serve((request, response) => {
    headers = request.headers;
    path = request.url;
    send(response, HALF);
  });
  await ask(`${url}/v1/`, more); // a habit from the OpenAI protocol
  expect(path).toBe('/v1/messages');
  return headers;
};

test('a compatible server gets the key in both headers, and no SDK header except the version', async () => {
  const headers = await seenBy({
    generation: { customHeaders: { 'x-own': 'yes', 'Anthropic-Beta': 'own-beta' }, reasoning: { budget_tokens: 2000 } },
  });
  expect(headers).toMatchObject({
    'x-api-key': TEST_KEY,
    authorization: `Bearer ${TEST_KEY}`,
    'anthropic-version': '2023-06-01',
    'x-own': 'yes',
    'anthropic-beta': expect.stringMatching(/^own-beta/),
    'user-agent': 'Gantry/0 (test)',
  });
  expect(Object.keys(headers).filter((name) => name.startsWith('x-stainless'))).toEqual([]);
});

test('a server that needs no key and has none gets none', async () => {
  const headers = await seenBy({ key: undefined, needsKey: false });
  expect(headers).not.toHaveProperty('x-api-key');
  expect(headers).not.toHaveProperty('authorization');
});

test('without its key nothing is sent', async () => {
  expect(toFailure(await ask('http://127.0.0.1:9', { key: undefined }))).toMatchObject({ code: 'missing_api_key' });
});

test('a redirect is not followed', async () => {
  let visits = 0;
  const elsewhere = await serve((_request, response) => {
    visits += 1;
    response.end();
  });
  const url = await serve((_request, response) => response.writeHead(307, { location: `${elsewhere}/v1/messages` }).end());
  expect(toFailure(await ask(url))).toMatchObject({ httpStatus: 307 });
  expect(visits).toBe(0);
});

test('silence in the middle of an answer ends the request, and so does cancelling, at once', async () => {
  const url = await serve((_request, response) => send(response, HALF, false));
  expect(toFailure(await ask(url, { idleTimeoutMs: 40 }))).toMatchObject({ code: 'timeout' });
  const controller = new AbortController();
  const events: StreamEvent[] = [];
  for await (const event of createAnthropicProvider(configFor('anthropic', url)).stream(requestTo(MODEL), controller.signal)) {
    events.push(event);
    controller.abort();
  }
  expect(events.map((event) => event.type)).toEqual(['text', 'error']);
  expect(events.at(-1)).toMatchObject({ error: { code: 'cancelled' } });
});

test('the models are those that the endpoint lists', async () => {
  const url = await serve((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: [{ id: 'claude-a' }, { id: 'claude-b' }], has_more: false }));
  });
  const listed = await ANTHROPIC_PROTOCOL.listModels(configFor('anthropic', url), TEST_KEY, { timeoutMs: 5000 });
  expect(listed).toEqual([
    { id: 'claude-a', chats: true },
    { id: 'claude-b', chats: true },
  ]);
});
