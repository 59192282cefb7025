import { expect, test } from 'vitest';
import { play } from '../anthropic-gemini.fixture.ts';
import type { Signer } from '../provider.ts';
import { createGeminiStreamMapper } from './gemini-stream.ts';
import { defined } from '../../../../preload/contract/index.ts';

const SIGNER: Signer = { protocol: 'gemini', modelId: 'gemini-3-pro', origin: 'https://generativelanguage.googleapis.com' };
const read = (...chunks: readonly unknown[]) => play(createGeminiStreamMapper({ callIdSeed: 'seed', signer: SIGNER }), chunks);
const chunk = (parts: readonly object[], finishReason?: string, more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...defined({ finishReason }) }],
  ...more,
});

test('one answer with thoughts, text and calls, each call with its own signature, and the cached and thinking tokens', () => {
  const events = read(
    chunk([{ text: 'Let me see.', thought: true }]),
    chunk([{ text: 'I ' }, { text: 'look.', thoughtSignature: 'of-text' }]),
    chunk([
      { functionCall: { name: 'read_file', args: { file_path: '/a' } }, thoughtSignature: 'of-call' },
      { functionCall: { id: 'own', name: 'now' } },
    ]),
    chunk([{ text: '' }], 'STOP', {
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        totalTokenCount: 150,
      },
    }),
  );
  expect(events).toEqual([
    { type: 'thinking', text: 'Let me see.' },
    { type: 'text', text: 'I ' },
    { type: 'text', text: 'look.' },
    { type: 'thinking_signature', signature: { ...SIGNER, value: 'of-text' } },
    {
      type: 'tool_call',
      call: { id: 'call_seed_0', name: 'read_file', input: { file_path: '/a' }, signature: { ...SIGNER, value: 'of-call' } },
    },
    { type: 'tool_call', call: { id: 'own', name: 'now', input: {} } },
    { type: 'usage', usage: { inputTokens: 100, outputTokens: 50, cachedTokens: 60, thinkingTokens: 30 } },
    { type: 'done', reason: 'tool_calls' },
  ]);
});

test('the last usage counts, not the first', () => {
  const counted = (candidatesTokenCount: number) => ({ usageMetadata: { promptTokenCount: 10, candidatesTokenCount } });
  const events = read(chunk([{ text: 'I ' }], undefined, counted(1)), chunk([{ text: 'look.' }], 'STOP', counted(7)));
  expect(events).toContainEqual({
    type: 'usage',
    usage: { inputTokens: 10, outputTokens: 7, cachedTokens: 0, thinkingTokens: 0 },
  });
});

test.each<[string, string]>([
  ['STOP', 'stop'],
  ['FINISH_REASON_UNSPECIFIED', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
])('%s ends as %s', (reason, expected) => {
  expect(read(chunk([{ text: 'Yes.' }], reason)).at(-1)).toEqual({ type: 'done', reason: expected });
});

test('a blocked prompt and a completely hidden answer end with the filter', () => {
  expect(read({ promptFeedback: { blockReason: 'SAFETY' } })).toEqual([{ type: 'done', reason: 'content_filter' }]);
  expect(read({ candidates: [{ finishReason: 'SAFETY', index: 0 }] })).toEqual([{ type: 'done', reason: 'content_filter' }]);
});

test.each<[string, readonly unknown[], RegExp]>([
  ['without a finish reason', [chunk([{ text: 'Half' }])], /broke off/],
  ['with nothing at all', [], /broke off/],
  ['without content', [chunk([], 'STOP')], /empty answer/],
  ['with white space alone', [chunk([{ text: '\n' }], 'STOP')], /empty answer/],
  ['with only thoughts', [chunk([{ text: 'Hm', thought: true }], 'STOP')], /only thinking/],
  ['with a call that the service cannot parse', [chunk([], 'MALFORMED_FUNCTION_CALL')], /could not parse/],
])('an answer %s is invalid', (_how, chunks, message) => {
  const output = read(...chunks);
  expect(output.filter((event) => event.type === 'error' || event.type === 'done')).toHaveLength(1);
  expect(output.at(-1)).toMatchObject({ type: 'error', error: { code: 'stream_invalid', message: expect.stringMatching(message) } });
});

test('a call without a name has a problem, and two calls with the same id get different ones', () => {
  const events = read(
    chunk([{ functionCall: { id: 'x', name: 'a' } }, { functionCall: { id: 'x', name: 'b' } }, { functionCall: { args: {} } }], 'STOP'),
  );
  expect(events.slice(0, 3)).toMatchObject([
    { call: { id: 'x', name: 'a' } },
    { call: { id: 'call_seed_1', name: 'b' } },
    { call: { id: 'call_seed_2', name: 'unknown', problem: expect.any(String) } },
  ]);
});

test('chunks of another shape change nothing', () => {
  expect(
    read(null, 'text', { candidates: 'none' }, { candidates: [{ content: { parts: [7, null] } }] }, chunk([{ text: 'Yes.' }], 'STOP')),
  ).toEqual([
    { type: 'text', text: 'Yes.' },
    { type: 'done', reason: 'stop' },
  ]);
});
