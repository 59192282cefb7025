import { expect, test } from 'vitest';
import { realClock } from '../../settings/settings.fixture.ts';
import type { ModelMessage, Signer } from '../provider.ts';
import type { ProviderConfig } from '../provider-config.ts';
import { ask, collect, openProvider, serve, textOf } from './openai-provider.fixture.ts';
import { toResponsesInput } from './openai-responses-messages.ts';
import { responsesRequestBody } from './openai-responses-provider.ts';

const SIGNER: Signer = { protocol: 'openai-responses', modelId: 'gpt-5', origin: 'https://api.openai.com' };
const options = { takes: { image: true, pdf: true }, signer: SIGNER };
const call = (id: string) => ({ id, name: 'glob', input: { pattern: '*' } });
const wireCall = (id: string) => ({ type: 'function_call', call_id: id, name: 'glob', arguments: '{"pattern":"*"}' });
const result = (callId: string, text: string) => ({ callId, name: 'glob', text, isError: false });
const kept = (encrypted: string, afterCalls: number, afterText = false) => ({ encrypted, summary: ['s'], afterCalls, afterText });
const reasoning = (encrypted: string) => ({
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 's' }],
  encrypted_content: encrypted,
});

function history(value: string, signer: Partial<Signer> = {}): ModelMessage[] {
  return [
    { role: 'user', text: 'find' },
    {
      role: 'assistant',
      text: 'I look',
      thinking: 's',
      thinkingSignature: { ...SIGNER, ...signer, value },
      toolCalls: [call('a'), call('b')],
    },
    { role: 'tool', results: [result('a', 'one')] },
  ];
}

test('a history becomes items in the same order, reasoning before what it led to, and each call has its result', () => {
  expect(toResponsesInput(history(JSON.stringify([kept('e1', 0), kept('e2', 1, true)])), options)).toEqual([
    { type: 'message', role: 'user', content: 'find' },
    reasoning('e1'),
    { type: 'message', role: 'assistant', content: 'I look' },
    wireCall('a'),
    reasoning('e2'),
    wireCall('b'),
    { type: 'function_call_output', call_id: 'a', output: 'one' },
    { type: 'function_call_output', call_id: 'b', output: expect.stringContaining('interrupted') },
  ]);
});

test.each<[string, Partial<Signer>]>([
  ['another model', { modelId: 'gpt-4.1' }],
  ['another protocol', { protocol: 'anthropic' }],
  ['another address', { origin: 'https://other.example' }],
])('reasoning of %s is omitted', (_who, signer) => {
  const items = toResponsesInput(history(JSON.stringify([kept('e1', 0)]), signer), options);
  expect(items.filter((item) => item.type === 'reasoning')).toEqual([]);
});

test('invalid stored reasoning does no harm', () => {
  expect(toResponsesInput(history('{"broken'), options).filter((item) => item.type === 'reasoning')).toEqual([]);
});

test('images and documents are sent if the model accepts them, and named if not', () => {
  const media = [
    { mimeType: 'image/png', data: 'QUJD' },
    { mimeType: 'application/pdf', data: 'REVG', name: 'a.pdf' },
  ];
  const messages: ModelMessage[] = [
    { role: 'user', text: 'look', media },
    { role: 'assistant', text: '', thinking: '', toolCalls: [call('a')] },
    { role: 'tool', results: [{ ...result('a', 'read'), media }] },
  ];
  const taken = toResponsesInput(messages, options);
  const parts = [
    { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'auto' },
    { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,REVG' },
  ];
  expect(taken[0]).toMatchObject({ content: [{ type: 'input_text', text: 'look' }, ...parts] });
  expect(taken.at(-1)).toMatchObject({ output: [{ type: 'input_text', text: 'read' }, ...parts] });
  const left = JSON.stringify(toResponsesInput(messages, { ...options, takes: { image: false, pdf: false } }));
  expect(left).not.toContain('QUJD');
  expect(left).toContain('a.pdf (application/pdf) was omitted');
});

test('the beginning keeps its bytes when the history grows', () => {
  const start = history(JSON.stringify([kept('e1', 0)]));
  const longer: ModelMessage[] = [
    ...start,
    { role: 'assistant', text: 'There.', thinking: '', toolCalls: [] },
    { role: 'user', text: 'c' },
  ];
  const bytes = (messages: ModelMessage[]) => JSON.stringify(toResponsesInput(messages, options)).slice(0, -1);
  expect(bytes(longer).startsWith(bytes(start))).toBe(true);
});

function config(generation: Partial<NonNullable<ProviderConfig['generation']>> = {}): ProviderConfig {
  return {
    protocol: 'openai-responses',
    endpoint: {
      providerName: 'T',
      baseUrl: 'https://api.openai.com/v1',
      requestUrl: 'https://api.openai.com/v1',
      envKey: 'K',
      needsKey: true,
    },
    readKey: async () => 'k',
    generation: generation as ProviderConfig['generation'], // treats absent and undefined members as equal
    clock: realClock(),
    userAgent: 'T',
    idleTimeoutMs: 1000,
  };
}

test('the service stores nothing, and a model that thinks is asked for its thinking', () => {
  const body = responsesRequestBody(config(), ask('hi', { modelId: 'gpt-5', system: 'be kind', maxOutputTokens: 9 }));
  expect(body).toMatchObject({
    instructions: 'be kind',
    store: false,
    stream: true,
    max_output_tokens: 9,
    reasoning: { summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  });
  expect(responsesRequestBody(config(), ask('hi', { modelId: 'gpt-4.1' }))).not.toHaveProperty('reasoning');
});

test('the settings control how much to think, additional parameters, and the output limit', () => {
  const generation = {
    reasoning: { effort: 'high' },
    samplingParams: { temperature: 1, max_tokens: 5 },
    extra_body: { service_tier: 'flex' },
  };
  const body = responsesRequestBody(config(generation), ask('hi', { modelId: 'mine', maxOutputTokens: 9 }));
  expect(body).toMatchObject({ reasoning: { effort: 'high' }, temperature: 1, max_output_tokens: 5, service_tier: 'flex' });
  expect(body).not.toHaveProperty('max_tokens');
  expect(responsesRequestBody(config({ reasoning: false }), ask('hi', { modelId: 'gpt-5' }))).not.toHaveProperty('reasoning');
});

test('an organization that gets no summary of the thinking gets its answer without one', async () => {
  const bodies: string[] = [];
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      if (bodies.length === 1) {
        const error = {
          message: 'Your organization must be verified to generate reasoning summaries.',
          param: 'reasoning.summary',
          code: 'unsupported_value',
        };
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"type":"response.output_text.delta","delta":"Hi"}\n\n');
      response.end('data: {"type":"response.completed","response":{}}\n\n');
    });
  });
  const provider = openProvider(`${url}/v1`, { protocol: 'openai-responses' });
  const events = await collect(provider.stream(ask('hello', { modelId: 'o4-mini' }), new AbortController().signal));
  expect(textOf(events)).toBe('Hi');
  expect(bodies.map((body) => body.includes('"summary":"auto"'))).toEqual([true, false]);
  expect(bodies[1]).toContain('reasoning.encrypted_content');
});

test.each([
  ['{"type":"response.failed","response":{"error":{"code":"server_error","message":"The model failed."}}}', 'provider_error'],
  ['{"type":"error","code":"context_length_exceeded","message":"Too long."}', 'context_too_long'],
  ['{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"Slow down."}}}', 'rate_limited'],
])('a failure that the stream reports ends it with one error: %s', async (line, code) => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"type":"response.output_text.delta","delta":"Hi"}\n\n');
    response.end(`data: ${line}\n\n`);
  });
  const provider = openProvider(`${url}/v1`, { protocol: 'openai-responses' });
  const events = await collect(provider.stream(ask('hello'), new AbortController().signal));
  expect(events).toMatchObject([{ type: 'text' }, { type: 'error', error: { code, message: expect.stringContaining('Test') } }]);
});
