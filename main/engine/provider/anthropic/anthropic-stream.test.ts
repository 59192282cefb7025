import { expect, test } from 'vitest';
import { play } from '../anthropic-gemini.fixture.ts';
import type { Signer } from '../provider.ts';
import { createAnthropicStreamMapper } from './anthropic-stream.ts';

const SIGNER: Signer = { protocol: 'anthropic', modelId: 'claude-sonnet-4-6', origin: 'https://api.anthropic.com' };
const read = (...events: readonly object[]) => play(createAnthropicStreamMapper({ callIdSeed: 'seed', signer: SIGNER }), events);

const start = (usage: object = { input_tokens: 10, output_tokens: 1 }) => ({ type: 'message_start', message: { id: 'm', usage } });
const open = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, more: object) => ({ type: 'content_block_delta', index, delta: more });
const close = (index: number) => ({ type: 'content_block_stop', index });
const stop = (stop_reason: string | null, usage: object = { output_tokens: 5 }) => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage,
});
const END = { type: 'message_stop' };
const text = (index: number, words: string) => [
  open(index, { type: 'text', text: '' }),
  delta(index, { type: 'text_delta', text: words }),
  close(index),
];
const toolUse = (index: number, id: string, ...json: readonly string[]) => [
  open(index, { type: 'tool_use', id, name: 'read_file', input: {} }),
  ...json.map((partial_json) => delta(index, { type: 'input_json_delta', partial_json })),
  close(index),
];

test('one answer with thinking, text and calls, and the cached and thinking tokens', () => {
  const events = read(
    start({ input_tokens: 10, cache_read_input_tokens: 200, cache_creation_input_tokens: 30, output_tokens: 1 }),
    { type: 'ping' },
    open(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'Let me ' }),
    delta(0, { type: 'thinking_delta', thinking: 'see.' }),
    delta(0, { type: 'signature_delta', signature: 'EqQB' }),
    close(0),
    ...text(1, 'I look.'),
    ...toolUse(2, 'toolu_1', '', '{"file_', 'path": "/a"}'),
    ...toolUse(3, 'toolu_2'),
    stop('tool_use', { output_tokens: 42, output_tokens_details: { thinking_tokens: 17 } }),
    END,
  );
  expect(events).toEqual([
    { type: 'thinking', text: 'Let me ' },
    { type: 'thinking', text: 'see.' },
    { type: 'text', text: 'I look.' },
    { type: 'thinking_signature', signature: { ...SIGNER, value: 'EqQB' } },
    { type: 'tool_call', call: { id: 'toolu_1', name: 'read_file', input: { file_path: '/a' } } },
    { type: 'tool_call', call: { id: 'toolu_2', name: 'read_file', input: {} } },
    { type: 'usage', usage: { inputTokens: 240, outputTokens: 42, cachedTokens: 200, thinkingTokens: 17 } },
    { type: 'done', reason: 'tool_calls' },
  ]);
});

test('redacted and several blocks of thinking become one signature that keeps their order', () => {
  const events = read(
    start(),
    open(0, { type: 'redacted_thinking', data: 'dark' }),
    close(0),
    open(1, { type: 'thinking', thinking: 'Hm', signature: '' }),
    delta(1, { type: 'signature_delta', signature: 's' }),
    close(1),
    ...text(2, 'Yes.'),
    stop('end_turn'),
    END,
  );
  const signed = events.find((event) => event.type === 'thinking_signature');
  expect(JSON.parse(signed?.signature.value ?? '')).toEqual([{ redacted: 'dark' }, { thinking: 2, signature: 's' }, { text: 4 }]);
});

test('a signature in two pieces is joined', () => {
  const events = read(
    start(),
    open(0, { type: 'thinking', thinking: 'Hm', signature: '' }),
    delta(0, { type: 'signature_delta', signature: 'Eq' }),
    delta(0, { type: 'signature_delta', signature: 'QB' }),
    close(0),
    ...text(1, 'Yes.'),
    stop('end_turn'),
    END,
  );
  expect(events).toContainEqual({ type: 'thinking_signature', signature: { ...SIGNER, value: 'EqQB' } });
});

test('hidden thinking still has its signature', () => {
  const events = read(
    start(),
    open(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'signature_delta', signature: 'EqQB' }),
    close(0),
    ...text(1, 'Yes.'),
    stop('end_turn'),
    END,
  );
  expect(events[1]).toEqual({ type: 'thinking_signature', signature: { ...SIGNER, value: 'EqQB' } });
});

test.each<[string, string]>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
  ['some_reason_of_next_year', 'stop'],
])('%s ends as %s', (reason, expected) => {
  expect(read(start(), ...text(0, 'Yes.'), stop(reason), END).at(-1)).toEqual({ type: 'done', reason: expected });
});

test('broken arguments become a call with a problem, which names the limit if that broke them', () => {
  const broken = (reason: string) => read(start(), ...toolUse(0, 'toolu_1', '{"file_path": "/a'), stop(reason), END)[0];
  expect(broken('tool_use')).toMatchObject({ type: 'tool_call', call: { problem: expect.stringContaining('valid JSON') } });
  expect(broken('max_tokens')).toMatchObject({ type: 'tool_call', call: { problem: expect.stringContaining('output limit') } });
});

test('arguments that are complete in the first event of a call, and a call without an id', () => {
  expect(read(start(), open(0, { type: 'tool_use', name: 'read_file', input: { file_path: '/a' } }), stop('tool_use'), END)[0]).toEqual({
    type: 'tool_call',
    call: { id: 'call_seed_0', name: 'read_file', input: { file_path: '/a' } },
  });
});

test.each<[string, readonly object[], RegExp]>([
  ['without a stop reason', [start(), ...text(0, 'Half')], /broke off/],
  ['with nothing at all', [], /broke off/],
  ['without content', [start(), stop('end_turn'), END], /empty answer/],
  ['with white space alone', [start(), ...text(0, ' \n'), stop('end_turn'), END], /empty answer/],
  ['with only thinking', [start(), open(0, { type: 'thinking', thinking: 'Hm', signature: 's' }), stop('end_turn'), END], /only thinking/],
])('an answer %s is invalid', (_how, events, message) => {
  const output = read(...events);
  expect(output.filter((event) => event.type === 'error' || event.type === 'done')).toHaveLength(1);
  expect(output.at(-1)).toMatchObject({ type: 'error', error: { code: 'stream_invalid', message: expect.stringMatching(message) } });
});

test('unknown events and blocks, and things that are not events, change nothing', () => {
  const events = read(
    start(),
    { type: 'content_block_start' },
    open(0, { type: 'server_tool_use', id: 'x', name: 'web_search', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '{}' }),
    { type: 'message_moved', to: 'there' },
    [],
    delta(9, { type: 'text_delta', text: 'of no block' }),
    ...text(1, 'Yes.'),
    stop('end_turn'),
    END,
  );
  expect(events.map((event) => event.type)).toEqual(['text', 'usage', 'done']);
});
