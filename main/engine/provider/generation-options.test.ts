/** Keys of `generationConfig` that control how a request is made and how often. Source: docs/formats.md 1.4. */
import { expect, test } from 'vitest';
import { toOpenAiMessages } from './openai/openai-messages.ts';
import { ask, collect, openProvider, sendEvents, serve } from './openai/openai-provider.fixture.ts';
import { toOpenApiSchema } from './openapi-schema.ts';
import type { ModelMessage, ProviderFailure, RetryOptions } from './provider.ts';
import { createRetries } from './retry.ts';

const broken: ProviderFailure = { code: 'provider_error', message: '', httpStatus: 500 };
const waits = (failures: readonly ProviderFailure[], retry: RetryOptions, mode: 'normal' | 'unattended' = 'normal') => {
  const next = createRetries(mode, () => 0.5);
  return failures.map((failure, index) => next({ ...failure, retry }, index + 1)?.delayMs ?? 'stop');
};

test('maxRetries limits the retries, and the delays set where they begin and stop to double', () => {
  expect(waits([broken, broken, broken], { maxRetries: 2 })).toEqual([1500, 3000, 'stop']);
  expect(waits([broken], { maxRetries: 0 })).toEqual(['stop']);
  const retry = { initialDelayMs: 100, maxDelayMs: 250, maxRetries: 4 };
  expect(
    waits(
      Array.from({ length: 5 }, () => broken),
      retry,
    ),
  ).toEqual([100, 200, 250, 250, 'stop']);
});

test('maxRetries also limits the retries of an unusable answer', () => {
  const invalid: ProviderFailure = { code: 'stream_invalid', message: '' };
  const busyStream: ProviderFailure = { code: 'rate_limited', message: '' };
  expect(waits([invalid, invalid], { maxRetries: 1 })).toEqual([500, 'stop']);
  expect(waits([busyStream, busyStream], { maxRetries: 1 })).toEqual([60_000, 'stop']);
});

test('a run that waits for a busy service without limit ignores maxRetries', () => {
  const busy: ProviderFailure = { code: 'rate_limited', message: '', httpStatus: 429 };
  expect(
    waits(
      Array.from({ length: 9 }, () => busy),
      { maxRetries: 0 },
      'unattended',
    ),
  ).not.toContain('stop');
});

test('retryErrorCodes adds statuses that are retried', () => {
  const refused: ProviderFailure = { code: 'provider_error', message: '', httpStatus: 409 };
  expect(waits([refused], {})).toEqual(['stop']);
  expect(waits([refused], { statuses: [409] })).toEqual([1500]);
});

test('a failure of the provider carries the retry settings of its model', async () => {
  const url = await serve((_request, response) => void response.writeHead(500).end());
  const generation = { maxRetries: 3, retryErrorCodes: [409], retryInitialDelayMs: 10, retryMaxDelayMs: 20 };
  const [event] = await collect(openProvider(url, { generation }).stream(ask('hi'), new AbortController().signal));
  expect(event).toMatchObject({ type: 'error', error: { retry: { maxRetries: 3, statuses: [409], initialDelayMs: 10, maxDelayMs: 20 } } });
});

test('an endless answer is abandoned after its lifetime, although data keeps arriving', async () => {
  const url = await serve((_request, response) => {
    sendEvents(response, [], false);
    const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'and ' } }] })}\n\n`;
    const writing = setInterval(() => response.write(chunk), 5);
    response.on('close', () => clearInterval(writing));
  });
  const events = await collect(openProvider(url, { lifetimeMs: 200 }).stream(ask('hi'), new AbortController().signal));
  expect(events.at(-1)).toMatchObject({
    type: 'error',
    error: { code: 'timeout', message: expect.stringContaining('QWEN_STREAM_MAX_LIFETIME_MS') },
  });
  expect(events.length).toBeGreaterThan(2);
});

test('openapi_30 removes from tool schemas what OpenAPI 3.0 does not know', async () => {
  const bodies: unknown[] = [];
  const url = await serve((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      sendEvents(response, [JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }] }), '[DONE]']);
    });
  });
  const parameters = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { a: { type: ['string', 'null'], description: 'd' }, b: { const: 'x' }, c: { $ref: '#/$defs/n' } },
    $defs: { n: { type: 'number', exclusiveMinimum: 0 } },
    required: ['a'],
  };
  const request = ask('hi', { tools: [{ name: 't', description: '', kind: 'other', parameters }] });
  await collect(openProvider(url, { generation: { schemaCompliance: 'openapi_30' } }).stream(request, new AbortController().signal));
  expect(bodies).toMatchObject([
    {
      tools: [
        {
          function: {
            parameters: {
              type: 'object',
              properties: {
                a: { type: 'string', description: 'd', nullable: true },
                b: { enum: ['x'] },
                c: { type: 'number', minimum: 0 },
              },
              required: ['a'],
            },
          },
        },
      ],
    },
  ]);
  expect(JSON.stringify(bodies)).not.toMatch(/\$schema|\$defs|\$ref|"const"|exclusiveMinimum/);
});

test('a tool without parameters stays an object', () => {
  expect(toOpenApiSchema({ type: 'object' })).toEqual({ type: 'object', properties: {} });
});

const SEEN: readonly ModelMessage[] = [
  { role: 'assistant', text: '', thinking: '', toolCalls: [{ id: 'a', name: 'read_file', input: {} }] },
  {
    role: 'tool',
    results: [{ callId: 'a', name: 'read_file', text: 'a picture', isError: false, media: [{ mimeType: 'image/png', data: 'AA==' }] }],
  },
];
const resultMessages = (results: { splitsMedia?: boolean; asParts?: boolean }, history = SEEN) =>
  toOpenAiMessages('', history, {
    returnsThinking: false,
    takes: { image: true, pdf: true },
    signer: { protocol: 'openai', modelId: 'm' },
    results,
  }).slice(1);
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };

test('media from a tool follows its result, or is inside it if splitToolMedia is false', () => {
  expect(resultMessages({}).map(({ role }) => role)).toEqual(['tool', 'user']);
  expect(resultMessages({ splitsMedia: false })).toEqual([
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'a picture' }, image] },
  ]);
});

test('a result is a text, or a list with one text if toolResultContentFormat is parts', () => {
  expect(resultMessages({})[0]?.content).toBe('a picture');
  expect(resultMessages({ asParts: true })[0]?.content).toEqual([{ type: 'text', text: 'a picture' }]);
});
