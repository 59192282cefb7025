import { expect, test } from 'vitest';
import type { Signer, StreamEvent } from '../provider.ts';
import { createOpenAiStreamMapper } from './openai-stream.ts';

const delta = (content: object, finish_reason: string | null = null) => ({ choices: [{ index: 0, delta: content, finish_reason }] });
const finish = (reason: string) => delta({}, reason);
const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: unknown) =>
  delta({ tool_calls: [{ index, id, function: { name, arguments: args } }] });

const SIGNER: Signer = { protocol: 'openai', modelId: 'm', origin: 'https://a.example' };
const TOOLS = [
  { name: 'read_file', parameters: { type: 'object', properties: { file_path: { type: 'string' }, limit: { type: 'number' } } } },
];

function map(...chunks: unknown[]): StreamEvent[] {
  const mapper = createOpenAiStreamMapper({ callIdSeed: 'seed', tools: TOOLS, signer: SIGNER });
  return [...chunks.flatMap((chunk) => mapper.push(chunk)), ...mapper.end()];
}

const callEvent = (id: string, name: string, input: Record<string, unknown>) => ({ type: 'tool_call', call: { id, name, input } });
const done = (reason: string) => ({ type: 'done', reason });

test('text, thinking and usage come in order and end with one done', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  expect(
    map(delta({ reasoning_content: 'hm' }), delta({ content: 'Hello ' }), delta({ content: 'you' }), finish('stop'), {
      choices: [],
      usage,
    }),
  ).toEqual([
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'Hello ' },
    { type: 'text', text: 'you' },
    { type: 'usage', usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 4, thinkingTokens: 2 } },
    done('stop'),
  ]);
});

test('parallel calls that arrive in pieces are emitted complete, in order, at the end', () => {
  expect(
    map(
      call(0, 'a', 'read_file', '{"file_'),
      call(1, 'b', 'glob', ''),
      call(0, undefined, undefined, 'path":"/x"}'),
      call(1, undefined, undefined, '{}'),
      finish('tool_calls'),
    ),
  ).toEqual([callEvent('a', 'read_file', { file_path: '/x' }), callEvent('b', 'glob', {}), done('tool_calls')]);
});

test('calls that all claim index 0 are separated by their ids', () => {
  expect(map(call(0, 'a', 'x', '{"n":1}'), call(0, 'b', 'x', '{"n":2}'), finish('stop'))).toEqual([
    callEvent('a', 'x', { n: 1 }),
    callEvent('b', 'x', { n: 2 }),
    done('tool_calls'),
  ]);
});

test('calls without an index follow each other', () => {
  expect(
    map(call(undefined, 'a', 'x', '{"n":'), call(undefined, undefined, undefined, '1}'), call(undefined, 'b', 'y', '{}'), finish('stop')),
  ).toEqual([callEvent('a', 'x', { n: 1 }), callEvent('b', 'y', {}), done('tool_calls')]);
});

test.each<[string, unknown[], Record<string, unknown>]>([
  ['a call without an id gets one', [call(0, undefined, 'x', '{}')], { id: 'call_seed_0', name: 'x', input: {} }],
  ['a call with an empty id gets one', [call(0, '', 'x', '{}')], { id: 'call_seed_0', name: 'x', input: {} }],
  ['empty arguments are an empty object', [call(0, 'a', 'x', '')], { id: 'a', name: 'x', input: {} }],
  ['arguments that are an object already are taken', [call(0, 'a', 'x', { n: 1 })], { id: 'a', name: 'x', input: { n: 1 } }],
  ['arguments encoded twice are decoded', [call(0, 'a', 'x', JSON.stringify('{"n":1}'))], { id: 'a', name: 'x', input: { n: 1 } }],
  ['a name repeated in every piece is one name', [call(0, 'a', 'x', '{'), call(0, 'a', 'x', '}')], { id: 'a', name: 'x', input: {} }],
])('%s', (_name, chunks, expected) => {
  expect(map(...chunks, finish('tool_calls'))).toEqual([{ type: 'tool_call', call: expected }, done('tool_calls')]);
});

test('two calls with the same id get different ids', () => {
  const events = map(call(0, 'a', 'x', '{}'), call(1, 'a', 'y', '{}'), finish('tool_calls'));
  expect(events.slice(0, 2)).toEqual([callEvent('a', 'x', {}), callEvent('call_seed_1', 'y', {})]);
});

test.each([
  ['broken JSON', '{"a": ', 'tool_calls', /not a valid JSON object/],
  ['a list', '[1]', 'tool_calls', /not a valid JSON object/],
  ['an answer cut at the limit', '{"a": "lo', 'length', /output limit/],
])('%s in arguments is a call with a problem', (_name, text, reason, problem) => {
  expect(map(call(0, 'a', 'x', text), finish(reason))).toEqual([
    { type: 'tool_call', call: { id: 'a', name: 'x', input: { invalidJson: text }, problem: expect.stringMatching(problem) } },
    done('tool_calls'),
  ]);
});

test('a call without a name has a problem', () => {
  expect(map(call(0, 'a', undefined, '{}'), finish('tool_calls'))[0]).toMatchObject({
    call: { name: 'unknown', problem: 'The call names no tool.' },
  });
});

test.each<[string, unknown[], RegExp]>([
  ['no chunk at all', [], /broke off/],
  ['text without a finish reason', [delta({ content: 'half' })], /broke off/],
  ['a call without a finish reason', [call(0, 'a', 'x', '{}')], /broke off/],
  ['nothing but a finish reason', [finish('stop')], /empty answer/],
  ['nothing but white space', [delta({ content: ' \n' }), finish('stop')], /empty answer/],
  ['nothing but thinking', [delta({ reasoning_content: 'hm' }), finish('stop')], /sent only thinking/],
])('%s is an invalid stream', (_name, chunks, message) => {
  const last = map(...chunks).at(-1);
  expect(last).toEqual({ type: 'error', error: { code: 'stream_invalid', message: expect.stringMatching(message) } });
});

test('an answer that used its whole budget for thinking is cut, not invalid', () => {
  expect(map(delta({ reasoning: 'hm' }), finish('length'))).toEqual([{ type: 'thinking', text: 'hm' }, done('length')]);
});

test('a filtered answer says so', () => {
  expect(map(finish('content_filter'))).toEqual([done('content_filter')]);
});

test('an unknown finish reason counts as stop', () => {
  expect(map(delta({ content: 'x' }), finish('eos')).at(-1)).toEqual(done('stop'));
});

test('chunks of unknown shape are skipped', () => {
  expect(map(null, 7, { choices: 'no' }, { object: 'ping' }, delta({ content: 'x', tool_calls: 'odd' }), finish('stop'))).toEqual([
    { type: 'text', text: 'x' },
    done('stop'),
  ]);
});

test('a complete message instead of deltas is read', () => {
  expect(map({ choices: [{ message: { content: 'all' }, finish_reason: 'stop' }] })).toEqual([{ type: 'text', text: 'all' }, done('stop')]);
});

test('think tags become thinking, wherever the pieces are cut', () => {
  const whole = '\n<think>deep <b>thought</think>\n\nThe answer is a < b.';
  for (let size = 1; size <= whole.length; size += 1) {
    const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    const events = map(...pieces.map((content) => delta({ content })), finish('stop'));
    const join = (type: 'text' | 'thinking') => events.map((event) => (event.type === type ? event.text : '')).join('');
    expect([join('thinking'), join('text')]).toEqual(['deep <b>thought', 'The answer is a < b.']);
  }
});

test('a think tag in the middle of an answer is text', () => {
  expect(map(delta({ content: 'The tag <think> opens.' }), finish('stop'))[0]).toEqual({ type: 'text', text: 'The tag <think> opens.' });
});

test('calls that a small model writes as text at the end are calls', () => {
  const content = 'I look.\n<tool_call>\n{"name": "read_file", "arguments": {"file_path": "/x"}}\n</tool_call>\n';
  expect(map(delta({ content }), finish('stop'))).toEqual([
    { type: 'text', text: 'I look.\n' },
    callEvent('call_seed_0', 'read_file', { file_path: '/x' }),
    done('tool_calls'),
  ]);
});

test.each([
  ['in the middle of a text', 'Write <tool_call>{"name":"read_file"}</tool_call> like this.'],
  ['of a tool that was not offered', '<tool_call>{"name":"rm_rf","arguments":{}}</tool_call>'],
  ['that is never closed', 'See <tool_call>{"name":"read_file"'],
])('a written call %s stays text', (_name, content) => {
  const events = map(delta({ content }), finish('stop'));
  expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).toBe(content);
  expect(events.at(-1)).toEqual(done('stop'));
});

test.each<[string, string, Record<string, unknown>]>([
  [
    'of Qwen3-Coder, with types from the schema',
    '<tool_call>\n<function=read_file>\n<parameter=file_path>\n/x\n</parameter>\n<parameter=limit>\n3\n</parameter>\n</function>\n</tool_call>',
    { file_path: '/x', limit: 3 },
  ],
  [
    'of Qwen3-Coder without the outer tag',
    'I read it.\n<function=read_file><parameter=file_path>/x</parameter></function>\n</tool_call>',
    { file_path: '/x' },
  ],
  ['that is nothing but JSON', '{ "name": "read_file", "arguments": {"file_path": "/x"} }', { file_path: '/x' }],
  ['in a fence', '```json\n{"name": "read_file", "parameters": {"file_path": "/x"}}\n```', { file_path: '/x' }],
])('a call as text %s is a call, wherever the pieces are cut', (_name, content, input) => {
  for (const size of [1, 7, content.length]) {
    const pieces = content.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    const events = map(...pieces.map((piece) => delta({ content: piece })), finish('stop'));
    expect(events.filter((event) => event.type === 'tool_call')).toEqual([callEvent('call_seed_0', 'read_file', input)]);
    expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).not.toMatch(/function|parameter|"name"/);
  }
});

test.each([
  ['JSON of something else', '{"name": "Alice", "age": 3}'],
  ['JSON that never ends', '{"name": "read_file", "arguments": {'],
  ['a list', '[1, 2]'],
  ['a function tag in prose', 'Write <function=foo> like this.'],
])('%s stays text, to the last character', (_name, content) => {
  const events = map(...[...content].map((piece) => delta({ content: piece })), finish('stop'));
  expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).toBe(content);
  expect(events.at(-1)).toEqual(done('stop'));
});

test('signed reasoning arrives in pieces and is kept complete', () => {
  const details = (list: object[]) => delta({ reasoning_details: list });
  const events = map(
    details([{ type: 'reasoning.text', text: 'Let ', index: 0 }]),
    details([{ type: 'reasoning.text', text: 'me see.', index: 0 }]),
    details([{ type: 'reasoning.text', signature: 'sig', index: 0 }]),
    details([{ type: 'reasoning.encrypted', data: 'AA', index: 1 }]),
    delta({ content: 'Yes.' }),
    finish('stop'),
  );
  const signed = events.find((event) => event.type === 'thinking_signature');
  expect(JSON.parse(signed?.signature.value ?? '')).toEqual([
    { type: 'reasoning.text', text: 'Let me see.', index: 0, signature: 'sig' },
    { type: 'reasoning.encrypted', data: 'AA', index: 1 },
  ]);
});

test('parts instead of text, as Mistral sends them for thinking models, are read', () => {
  expect(
    map(
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
      delta({ content: [{ type: 'text', text: 'Yes.' }] }),
      finish('stop'),
    ),
  ).toEqual([{ type: 'thinking', text: 'hm' }, { type: 'text', text: 'Yes.' }, done('stop')]);
});

test.each([
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['MAX_TOKENS', 'length'],
  ['sensitive', 'content_filter'],
  ['safety', 'content_filter'],
  ['SAFETY', 'content_filter'],
])('the finish reason %s means %s', (reason, expected) => {
  expect(map(delta({ content: 'half' }), finish(reason)).at(-1)).toEqual(done(expected));
});

test.each<[object, object]>([
  [
    { choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', error: { code: 502, message: 'upstream is down' } }] },
    { code: '502', text: 'upstream is down' },
  ],
  ...['error', 'network_error', 'insufficient_system_resource', 'abort'].map((code): [object, object] => [
    finish(code),
    { code, text: '' },
  ]),
])('an error in the form of a finish reason is a fault, not an answer: %o', (chunk, expected) => {
  const mapper = createOpenAiStreamMapper({ callIdSeed: 'seed', tools: TOOLS, signer: SIGNER });
  mapper.push(delta({ content: 'half' }));
  mapper.push(chunk);
  expect(mapper.fault?.()).toEqual({ kind: 'in_stream', ...expected });
});

test('usage beside the choice, and cached tokens under another name, are counted', () => {
  const chunk = {
    choices: [{ delta: { content: 'Hi' }, finish_reason: 'stop', usage: { prompt_tokens: 9, completion_tokens: 2, cached_tokens: 5 } }],
  };
  expect(map(chunk)).toContainEqual({
    type: 'usage',
    usage: { inputTokens: 9, outputTokens: 2, cachedTokens: 5, thinkingTokens: 0 },
  });
});
