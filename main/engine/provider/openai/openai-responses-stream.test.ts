import { expect, test } from 'vitest';
import type { Signer, StreamEvent } from '../provider.ts';
import { createResponsesStreamMapper } from './openai-responses-stream.ts';

const SIGNER: Signer = { protocol: 'openai-responses', modelId: 'gpt-5', origin: 'https://api.openai.com' };

function map(...events: object[]): StreamEvent[] {
  const mapper = createResponsesStreamMapper({ callIdSeed: 'seed', signer: SIGNER });
  return [...events.flatMap((event) => mapper.push(event)), ...mapper.end()];
}

const completed = (more: object = {}) => ({ type: 'response.completed', response: { status: 'completed', error: null, ...more } });
const done = (reason: string) => ({ type: 'done', reason });
const textDelta = (delta: string) => ({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta });

/** The shapes of the API reference, "Streaming events", reduced to the fields that matter. */
const REASONING = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'I look.' }], encrypted_content: 'gAAAA' };
const CALL = {
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'read_file',
  arguments: '{"file_path":"/a"}',
  status: 'completed',
};
const THINKS_AND_CALLS = [
  { type: 'response.created', response: { status: 'in_progress' } },
  { type: 'response.output_item.added', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
  {
    type: 'response.reasoning_summary_part.added',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    part: { type: 'summary_text', text: '' },
  },
  { type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', output_index: 0, summary_index: 0, delta: 'I look.' },
  { type: 'response.output_item.done', output_index: 0, item: REASONING },
  { type: 'response.output_item.added', output_index: 1, item: { ...CALL, arguments: '', status: 'in_progress' } },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta: '{"file_path":' },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta: '"/a"}' },
  { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 1, arguments: '{"file_path":"/a"}' },
  { type: 'response.output_item.done', output_index: 1, item: CALL },
  completed({
    usage: {
      input_tokens: 50,
      input_tokens_details: { cached_tokens: 20 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 10 },
    },
  }),
];

test('thinking, its signature, a call and the usage come in order and end with one done', () => {
  const value = JSON.stringify([{ encrypted: 'gAAAA', summary: ['I look.'], afterCalls: 0, afterText: false }]);
  expect(map(...THINKS_AND_CALLS)).toEqual([
    { type: 'thinking', text: 'I look.' },
    { type: 'thinking_signature', signature: { ...SIGNER, value } },
    { type: 'tool_call', call: { id: 'call_1', name: 'read_file', input: { file_path: '/a' } } },
    { type: 'usage', usage: { inputTokens: 50, outputTokens: 30, cachedTokens: 20, thinkingTokens: 10 } },
    done('tool_calls'),
  ]);
});

test('a blank line separates two summaries of reasoning', () => {
  const part = { type: 'response.reasoning_summary_part.added' };
  const words = (delta: string) => ({ type: 'response.reasoning_summary_text.delta', delta });
  const events = map(part, words('First.'), part, words('Second.'), textDelta('Yes.'), completed());
  expect(events.map((event) => (event.type === 'thinking' ? event.text : '')).join('')).toBe('First.\n\nSecond.');
});

test('reasoning between text and calls keeps its position', () => {
  const reasoning = (encrypted_content: string) => ({
    type: 'response.output_item.done',
    item: { type: 'reasoning', summary: [], encrypted_content },
  });
  const call = (index: number) => ({
    type: 'response.output_item.done',
    output_index: index,
    item: { ...CALL, id: `fc_${index}`, call_id: `call_${index}` },
  });
  const events = map(reasoning('e0'), textDelta('I look.'), reasoning('e1'), call(2), reasoning('e2'), call(4), completed());
  const signed = events.find((event) => event.type === 'thinking_signature');
  const kept: unknown[] = JSON.parse(signed?.signature.value ?? '[]');
  expect(kept).toEqual([
    { encrypted: 'e0', summary: [], afterCalls: 0, afterText: false },
    { encrypted: 'e1', summary: [], afterCalls: 0, afterText: true },
    { encrypted: 'e2', summary: [], afterCalls: 1, afterText: true },
  ]);
});

test('text is emitted as it arrives, and the finished item does not repeat it', () => {
  const item = { type: 'message', content: [{ type: 'output_text', text: 'Hello you' }] };
  expect(map(textDelta('Hello '), textDelta('you'), { type: 'response.output_item.done', output_index: 0, item }, completed())).toEqual([
    { type: 'text', text: 'Hello ' },
    { type: 'text', text: 'you' },
    done('stop'),
  ]);
});

test('a server that sends only finished items works too', () => {
  const item = { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] };
  expect(
    map(
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.output_item.done', output_index: 1, item: CALL },
      completed(),
    ),
  ).toEqual([
    { type: 'text', text: 'Hello' },
    { type: 'tool_call', call: { id: 'call_1', name: 'read_file', input: { file_path: '/a' } } },
    done('tool_calls'),
  ]);
});

test('interleaved arguments of parallel calls are separated by their index', () => {
  const added = (index: number, id: string) => ({
    type: 'response.output_item.added',
    output_index: index,
    item: { type: 'function_call', call_id: id, name: 'glob', arguments: '' },
  });
  const piece = (index: number, delta: string) => ({ type: 'response.function_call_arguments.delta', output_index: index, delta });
  const events = map(
    added(0, 'a'),
    added(1, 'b'),
    piece(0, '{"pattern"'),
    piece(1, '{"pattern"'),
    piece(0, ':"*"}'),
    piece(1, ':"?"}'),
    completed(),
  );
  expect(events.filter((event) => event.type === 'tool_call').map(({ call }) => [call.id, call.input])).toEqual([
    ['a', { pattern: '*' }],
    ['b', { pattern: '?' }],
  ]);
});

test.each<[string, object[], string, RegExp]>([
  ['an end without completion', [textDelta('half')], 'stream_invalid', /before the response was completed/],
  ['nothing at all', [completed()], 'stream_invalid', /empty answer/],
  ['nothing but thinking', [{ type: 'response.reasoning_text.delta', delta: 'hm' }, completed()], 'stream_invalid', /sent only thinking/],
])('%s is an invalid stream', (_name, events, code, message) => {
  expect(map(...events).at(-1)).toMatchObject({ type: 'error', error: { code, message: expect.stringMatching(message) } });
});

test.each([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
])('an answer cut by %s ends with %s', (reason, expected) => {
  const end = { type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason } } };
  expect(map(textDelta('half'), end).at(-1)).toEqual(done(expected));
});

test.each([
  [{ type: 'response.failed', response: { error: { code: 'server_error', message: 'The model failed.' } } }],
  [{ type: 'error', code: 'server_error', message: 'The model failed.', param: null }],
])('an error in the stream is a fault: %o', (event) => {
  const mapper = createResponsesStreamMapper({ callIdSeed: 'seed', signer: SIGNER });
  expect(mapper.push(event)).toEqual([]);
  expect(mapper.fault?.()).toEqual({ kind: 'in_stream', code: 'server_error', text: 'The model failed.' });
});
