import { expect, test } from 'vitest';
import type { GenerationConfig } from '../../settings/index.ts';
import { configFor, READ_TOOL, requestTo } from '../anthropic-gemini.fixture.ts';
import type { ModelMessage } from '../provider.ts';
import { betaHeaders, messagesRequestBody, getOutputLimit, requestHeaders, setsSampling } from './anthropic-request.ts';
import { claudeVersion, thinkingFor } from './anthropic-thinking.ts';

const URL = 'https://api.anthropic.com';
const body = (modelId: string, generation: Partial<GenerationConfig> = {}, messages?: readonly ModelMessage[]) =>
  messagesRequestBody(
    configFor('anthropic', URL, { generation }),
    requestTo(modelId, { system: 'Be kind.', tools: [READ_TOOL, { ...READ_TOOL, name: 'b' }], ...(messages && { messages }) }),
  );

test('the betas of the fields are named, after those of the settings, each once', () => {
  const thinks = { thinking: { type: 'enabled', budget_tokens: 2000 } } as const;
  const both = 'mine,interleaved-thinking-2025-05-14,effort-2025-11-24';
  expect(betaHeaders({})).toEqual({});
  expect(betaHeaders({ thinking: { type: 'disabled' } })).toEqual({});
  expect(betaHeaders(thinks)).toEqual({ 'anthropic-beta': 'interleaved-thinking-2025-05-14' });
  expect(
    betaHeaders({ ...thinks, output_config: {} }, { 'Anthropic-Beta': 'mine, effort-2025-11-24' })
      ['anthropic-beta']?.split(',')
      .sort(),
  ).toEqual(both.split(',').sort());
});

test('the stable beginning is marked: the last tool, the system text, and the last two user messages', () => {
  const marked = body('claude-sonnet-4-6', {}, [
    { role: 'user', text: 'one' },
    { role: 'assistant', text: 'a', thinking: '', toolCalls: [] },
    { role: 'user', text: 'two' },
    { role: 'assistant', text: 'b', thinking: '', toolCalls: [{ id: 'c', name: 'read_file', input: {} }] },
    { role: 'tool', results: [{ callId: 'c', name: 'read_file', text: 'x', isError: false }] },
  ]);
  const mark = { cache_control: { type: 'ephemeral' } };
  expect(marked.tools).toEqual([expect.not.objectContaining(mark), expect.objectContaining(mark)]);
  expect(marked.system).toEqual([{ type: 'text', text: 'Be kind.', ...mark }]);
  expect(marked.messages.map((message) => JSON.stringify(message).includes('cache_control'))).toEqual([false, false, true, false, true]);
  expect(JSON.stringify(marked).split('cache_control')).toHaveLength(5); // the protocol allows four marks
});

test('nothing is marked if the settings disable it', () => {
  expect(JSON.stringify(body('claude-sonnet-4-6', { enableCacheControl: false }))).not.toContain('cache_control');
});

test.each<[string, unknown, unknown]>([
  ['claude-sonnet-4-6', undefined, { thinking: { type: 'adaptive', display: 'summarized' } }],
  ['claude-opus-5-5', { effort: 'high' }, { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } }],
  ['claude-opus-4-7', false, { thinking: { type: 'disabled' } }],
  ['claude-mythos-5', false, undefined],
  ['claude-haiku-4-5', undefined, { thinking: { type: 'enabled', budget_tokens: 10_240 } }],
  ['claude-opus-4-20250514', { budget_tokens: 2000 }, { thinking: { type: 'enabled', budget_tokens: 2000 } }],
  ['claude-3-7-sonnet-20250219', { budget_tokens: 500_000 }, { thinking: { type: 'enabled', budget_tokens: 30_976 } }],
  ['claude-3-5-sonnet-20241022', { effort: 'high' }, undefined],
  ['kimi-k2', undefined, undefined],
  ['kimi-k2', { effort: 'low' }, { thinking: { type: 'enabled', budget_tokens: 4096 } }],
])('%s with reasoning %j gets %j', (modelId, reasoning, expected) => {
  expect(thinkingFor(modelId, reasoning, 32_000)).toEqual(expected);
});

test('a small output limit leaves no room for a budget', () => {
  expect(thinkingFor('claude-haiku-4-5', undefined, 1500)).toBeUndefined();
});

test.each([
  ['claude-3-7-sonnet-20250219', 3.7],
  ['claude-3-opus-20240229', 3],
  ['claude-opus-4-20250514', 4],
  ['claude-sonnet-4-5-20250929', 4.5],
  ['anthropic/claude-sonnet-4.5', 4.5],
  ['claude-2.1', 2.1],
  ['claude-instant-1.2', 1.2],
  ['claude-v1', 1],
  ['claude-something-new', Number.POSITIVE_INFINITY],
])('%s is generation %d', (modelId, version) => {
  expect(claudeVersion(modelId)).toBe(version);
});

test('the output limit is always set: from the settings, the request, or the model', () => {
  expect(body('claude-sonnet-4-6', { samplingParams: { max_tokens: 777 } }).max_tokens).toBe(777);
  const asked = requestTo('claude-sonnet-4-6', { maxOutputTokens: 64 });
  expect(messagesRequestBody(configFor('anthropic', URL), asked).max_tokens).toBe(64);
  expect(['claude-3-opus-20240229', 'claude-3-5-haiku-latest', 'claude-opus-4-1', 'qwen3-coder-plus', 'x'].map(getOutputLimit)).toEqual([
    4096, 8192, 32_000, 32_000, 8192,
  ]);
});

test('parameters of the OpenAI protocol are dropped, and so are those that thinking forbids', () => {
  const samplingParams = { temperature: 0.2, top_k: 5, presence_penalty: 1, stop_sequences: ['x'] };
  const adaptive = body('claude-sonnet-4-6', { samplingParams });
  expect(adaptive).toMatchObject({ stop_sequences: ['x'] });
  expect(setsSampling(adaptive)).toBe(false);
  const cool = body('claude-haiku-4-5', { samplingParams });
  expect(cool).toMatchObject({ temperature: 0.2, top_k: 5 });
  expect(cool).not.toHaveProperty('thinking');
  expect(cool).not.toHaveProperty('presence_penalty');
  expect(setsSampling(cool)).toBe(true);
  expect(body('claude-haiku-4-5', { samplingParams, reasoning: { effort: 'low' } })).not.toHaveProperty('temperature');
});

test('the vendor gets the older version only if a temperature is set, other servers always', () => {
  const older = { 'anthropic-version': '2023-06-01' };
  expect(requestHeaders(URL, 'k', true)).toEqual(older);
  expect(requestHeaders(URL, 'k', false)).toEqual({});
  expect(requestHeaders('https://api.anthropic.com.thief.example', 'k', false)).toEqual({ ...older, authorization: 'Bearer k' });
  expect(requestHeaders('http://127.0.0.1:1', undefined, false)).toEqual(older);
});

test('a `thinking` parameter takes precedence over our own choice', () => {
  const thinking = { type: 'enabled', budget_tokens: 5000 };
  expect(body('claude-sonnet-4-6', { samplingParams: { thinking } }).thinking).toEqual(thinking);
});

const ROUND: readonly ModelMessage[] = [
  { role: 'user', text: 'go' },
  { role: 'assistant', text: '', thinking: 'mine', toolCalls: [{ id: 'c', name: 'read_file', input: {} }] },
  { role: 'tool', results: [{ callId: 'c', name: 'read_file', text: 'x', isError: false }] },
];

test('a round of calls that another model began continues without a budget, because its thinking is foreign', () => {
  expect(body('claude-haiku-4-5', {}, ROUND).thinking).toBeUndefined();
  expect(body('claude-sonnet-4-6', {}, ROUND).thinking).toMatchObject({ type: 'adaptive' });
  const [first, answer, results] = ROUND;
  if (first === undefined || answer?.role !== 'assistant' || results === undefined) throw new Error('the round is not as written');
  const signed = { ...answer, thinkingSignature: { protocol: 'anthropic', modelId: 'claude-haiku-4-5', value: 'sig' } as const };
  expect(body('claude-haiku-4-5', {}, [first, signed, results]).thinking).toMatchObject({ type: 'enabled' });
  expect(
    body('claude-haiku-4-5', {}, [
      ...ROUND,
      { role: 'assistant', text: 'done', thinking: '', toolCalls: [] },
      { role: 'user', text: 'more' },
    ]).thinking,
  ).toMatchObject({ type: 'enabled' });
});

test('equal history gives equal bytes', () => {
  expect(JSON.stringify(body('claude-haiku-4-5', {}, ROUND))).toBe(JSON.stringify(body('claude-haiku-4-5', {}, structuredClone(ROUND))));
});
