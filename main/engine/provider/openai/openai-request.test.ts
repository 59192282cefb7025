import { expect, test } from 'vitest';
import { realClock } from '../../settings/settings.fixture.ts';
import type { ProviderConfig } from '../provider-config.ts';
import type { ModelMessage } from '../provider.ts';
import { ask } from './openai-provider.fixture.ts';
import { chatRequestBody } from './openai-request.ts';

const DASHSCOPE = 'https://dashscope.aliyuncs.com/compatible-mode/v1';
const OPENROUTER = 'https://openrouter.ai/api/v1';
const OPENAI = 'https://api.openai.com/v1';
const LOCAL = 'http://127.0.0.1:11434/v1';

function config(url: string, generation: object = {}): ProviderConfig {
  return {
    protocol: 'openai',
    endpoint: { providerName: 'T', baseUrl: url, requestUrl: url, envKey: 'K', needsKey: true },
    readKey: async () => 'k',
    generation: generation as ProviderConfig['generation'], // treats absent and undefined members as equal
    clock: realClock(),
    userAgent: 'T',
    idleTimeoutMs: 1000,
  };
}

const TOOLS = ['a', 'b'].map((name) => ({ name, description: name, kind: 'other' as const, parameters: { type: 'object' } }));

test.each<[string, string, object | false, object]>([
  ['DashScope', DASHSCOPE, { budget_tokens: 2000 }, { enable_thinking: true, thinking_budget: 2000 }],
  ['DashScope', DASHSCOPE, false, { enable_thinking: false }],
  ['OpenRouter', OPENROUTER, { effort: 'high' }, { reasoning: { effort: 'high' } }],
  ['OpenRouter', OPENROUTER, { budget_tokens: 9, exclude: true }, { reasoning: { max_tokens: 9, exclude: true } }],
  ['OpenRouter', OPENROUTER, false, { reasoning: { enabled: false } }],
  ['OpenAI', OPENAI, { effort: 'low' }, { reasoning_effort: 'low' }],
  ['a local server', LOCAL, { effort: 'low' }, { reasoning_effort: 'low' }],
])('%s gets its own parameter for how much to think (%s, %o)', (_name, url, reasoning, expected) => {
  expect(chatRequestBody(config(url, { reasoning }), ask('hi'))).toMatchObject(expected);
});

test('without a setting the request does not mention thinking, and hosts that cannot turn it off do not get `off`', () => {
  const named = (body: object) => Object.keys(body).filter((key) => /think|reason/.test(key));
  expect(named(chatRequestBody(config(OPENAI), ask('hi')))).toEqual([]);
  expect(named(chatRequestBody(config(LOCAL, { reasoning: false }), ask('hi')))).toEqual([]);
});

test('DashScope is asked to keep thinking and to see pictures in full; other hosts get no such field', () => {
  const asked = (url: string, modelId: string) => {
    const { preserve_thinking, vl_high_resolution_images } = { ...chatRequestBody(config(url), ask('hi', { modelId })) } as Record<
      string,
      unknown
    >;
    return [preserve_thinking, vl_high_resolution_images];
  };
  expect(asked(DASHSCOPE, 'qwen3-vl-plus')).toEqual([true, true]);
  expect(asked(DASHSCOPE, 'qwen3-coder-plus')).toEqual([true, undefined]);
  expect(asked(OPENROUTER, 'qwen3-vl-plus')).toEqual([undefined, undefined]);
});

test('DashScope gets marks for what to cache: the system text, the last message and the last tool', () => {
  const body = chatRequestBody(config(DASHSCOPE), ask('hi', { system: 'be kind', tools: TOOLS }));
  const mark = { cache_control: { type: 'ephemeral' } };
  expect(body.messages).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'be kind', ...mark }] },
    { role: 'user', content: [{ type: 'text', text: 'hi', ...mark }] },
  ]);
  expect(body.tools?.map((tool) => 'cache_control' in tool)).toEqual([false, true]);
});

test('other hosts get cache marks only if the settings enable them, and DashScope none if the settings disable them', () => {
  const hasMarks = (url: string, generation: object) =>
    JSON.stringify(chatRequestBody(config(url, generation), ask('hi', { system: 's' }))).includes('cache_control');
  expect([
    hasMarks(OPENAI, {}),
    hasMarks(OPENROUTER, { enableCacheControl: true }),
    hasMarks(DASHSCOPE, { enableCacheControl: false }),
  ]).toEqual([false, true, false]);
});

test('OpenAI gets a key that groups the requests of a session and reveals nothing about it; other hosts get none', () => {
  const keyOf = (url: string, text: string, more: ModelMessage[] = []) =>
    Reflect.get(chatRequestBody(config(url), ask('', { system: 's', messages: [{ role: 'user', text }, ...more] })), 'prompt_cache_key');
  const first = keyOf(OPENAI, 'hello');
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf(OPENAI, 'hello', [{ role: 'assistant', text: 'Hi', thinking: '', toolCalls: [] }])).toBe(first);
  expect(keyOf(OPENAI, 'another session')).not.toBe(first);
  expect([keyOf(LOCAL, 'hello'), keyOf(DASHSCOPE, 'hello')]).toEqual([undefined, undefined]);
});

test('images and documents are sent if the model accepts them; those from a tool follow its results', () => {
  const media = [
    { mimeType: 'image/png', data: 'QUJD' },
    { mimeType: 'application/pdf', data: 'REVG', name: 'a.pdf' },
  ];
  const messages: ModelMessage[] = [
    { role: 'user', text: 'look', media },
    { role: 'assistant', text: '', thinking: '', toolCalls: [{ id: 'c', name: 'a', input: {} }] },
    { role: 'tool', results: [{ callId: 'c', name: 'a', text: 'read', isError: false, media }] },
  ];
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } };
  const pdf = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,REVG' } };
  expect(chatRequestBody(config(OPENAI), ask('', { modelId: 'gpt-5', messages })).messages).toMatchObject([
    { role: 'user', content: [{ type: 'text', text: 'look' }, image, pdf] },
    { role: 'assistant' },
    { role: 'tool', content: 'read' },
    { role: 'user', content: [{ type: 'text' }, image, pdf] },
  ]);
});

test('a model that reads no images gets a note instead, so that it does not refuse the request', () => {
  const messages: ModelMessage[] = [{ role: 'user', text: 'look', media: [{ mimeType: 'image/png', data: 'QUJD', name: 'shot.png' }] }];
  const content = (modelId: string, generation: object = {}) =>
    JSON.stringify(chatRequestBody(config(LOCAL, generation), ask('', { modelId, messages })).messages);
  expect(content('qwen3-coder:30b')).toContain('shot.png (image/png) was omitted');
  expect(content('qwen3-coder:30b')).not.toContain('QUJD');
  expect(content('qwen3-coder:30b', { modalities: { image: true } })).toContain('QUJD');
  expect(content('qwen2.5-vl:7b')).toContain('QUJD');
  expect(content('gpt-5', { modalities: { image: false } })).not.toContain('QUJD');
});

test('what a model of another maker has signed is sent back to it, and only to it', () => {
  const details = [{ type: 'reasoning.text', text: 'hm', signature: 's' }];
  const answer = (modelId: string): ModelMessage => ({
    role: 'assistant',
    text: 'Hi',
    thinking: 'hm',
    thinkingSignature: { protocol: 'openai', modelId, origin: 'https://openrouter.ai', value: JSON.stringify(details) },
    toolCalls: [],
  });
  const sent = (from: string) =>
    chatRequestBody(config(OPENROUTER), ask('', { modelId: 'anthropic/claude-sonnet-4', messages: [answer(from)] })).messages[0];
  expect(sent('anthropic/claude-sonnet-4')).toMatchObject({ reasoning_details: details });
  expect(sent('google/gemini-3')).not.toHaveProperty('reasoning_details');
});
