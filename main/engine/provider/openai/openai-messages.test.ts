import { expect, test } from 'vitest';
import type { ModelMessage } from '../provider.ts';
import { type ChatHistoryOptions, returnsThinking, toOpenAiMessages, toOpenAiTools } from './openai-messages.ts';

const call = (id: string) => ({ id, name: 'glob', input: { pattern: '*' } });
const wireCall = (id: string) => ({ id, type: 'function', function: { name: 'glob', arguments: '{"pattern":"*"}' } });
const options = (returnsThinking: boolean): ChatHistoryOptions => ({
  returnsThinking,
  takes: { image: true, pdf: true },
  signer: { protocol: 'openai', modelId: 'm', origin: 'https://a.example' },
});
const result = (callId: string, text: string) => ({ callId, name: 'glob', text, isError: false });

test('a history becomes messages in the same order', () => {
  const history: ModelMessage[] = [
    { role: 'user', text: 'find' },
    { role: 'assistant', text: 'I look', thinking: 'hm', toolCalls: [call('a'), call('b')] },
    { role: 'tool', results: [result('a', 'one'), result('b', 'two')] },
    { role: 'assistant', text: 'There.', thinking: '', toolCalls: [] },
  ];
  expect(toOpenAiMessages('be brief', history, options(true))).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'find' },
    { role: 'assistant', content: 'I look', reasoning_content: 'hm', tool_calls: [wireCall('a'), wireCall('b')] },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
    { role: 'assistant', content: 'There.' },
  ]);
});

test('every call has a result and every result its call', () => {
  const history: ModelMessage[] = [
    { role: 'tool', results: [result('lost', 'x')] },
    { role: 'assistant', text: '', thinking: '', toolCalls: [call('a'), call('b')] },
    { role: 'tool', results: [result('b', 'two'), result('b', 'again')] },
    { role: 'user', text: 'go on' },
    { role: 'assistant', text: '', thinking: 'nothing came', toolCalls: [] },
  ];
  expect(toOpenAiMessages('', history, options(false))).toEqual([
    { role: 'assistant', content: '', tool_calls: [wireCall('a'), wireCall('b')] },
    { role: 'tool', tool_call_id: 'a', content: expect.stringContaining('interrupted') },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
    { role: 'user', content: 'go on' },
  ]);
});

test('the beginning keeps its bytes when the history grows', () => {
  const start: ModelMessage[] = [
    { role: 'user', text: 'a' },
    { role: 'assistant', text: 'b', thinking: 't', toolCalls: [] },
  ];
  const longer: ModelMessage[] = [...start, { role: 'user', text: 'c' }];
  const bytes = (messages: ModelMessage[]) => JSON.stringify(toOpenAiMessages('s', messages, options(true))).slice(0, -1);
  expect(bytes(longer).startsWith(bytes(start))).toBe(true);
});

test('tools keep their schema', () => {
  const parameters = { type: 'object', properties: {} };
  expect(toOpenAiTools([{ name: 'glob', description: 'Finds', kind: 'search', parameters }])).toEqual([
    { type: 'function', function: { name: 'glob', description: 'Finds', parameters } },
  ]);
});

test.each([
  ['api.deepseek.com', 'deepseek-v4', true],
  ['dashscope.aliyuncs.com', 'qwen3.5-plus', true],
  ['api.openai.com', 'gpt-5', false],
  ['api.groq.com', 'qwen3-32b', false],
  ['127.0.0.1', 'llama', false],
])('thinking is sent back to %s %s: %s', (host, model, expected) => {
  expect(returnsThinking(host, model)).toBe(expected);
});
