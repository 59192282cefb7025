import { expect, test } from 'vitest';
import { OPENAI, OPENAI_RESPONSES } from './support/agent-protocols.ts';
import { runChaos } from './support/chaos-run.ts';
import { problemsOf } from './support/request-validity.ts';

test('20 turns over two protocols, with a third of the requests failing: each turn ends, no history is invalid, and the files load', async () => {
  const report = await runChaos({ protocols: [OPENAI, OPENAI_RESPONSES], turns: 20, seed: 7, rate: 0.08, turnsPerSession: 10 });
  expect(report.problems).toEqual([]);
  expect(Object.values(report.ends).reduce((sum, count) => sum + count, 0)).toBe(20);
  expect(Object.keys(report.spoilt).sort()).toEqual(['429', '500', 'cut', 'malformed']);
});

const call = (id: string) => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, type: 'function', function: { name: 'x', arguments: '{}' } }],
});
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'r' });
const user = { role: 'user', content: 'u' };

test.each<[string, object, number]>([
  ['a whole history', { messages: [user, call('a'), result('a'), user] }, 0],
  ['a call without a result', { messages: [user, call('a'), user] }, 1],
  ['a call without a result at the end', { messages: [user, call('a')] }, 1],
  ['a result without a call', { messages: [user, result('a')] }, 1],
  ['two results of one call', { messages: [user, call('a'), result('a'), result('a')] }, 1],
  ['an empty answer', { messages: [user, { role: 'assistant', content: '' }] }, 1],
  ['a lost output', { input: [{ type: 'function_call', call_id: 'a' }, { type: 'message' }] }, 1],
  [
    'a lost response',
    {
      contents: [
        { role: 'model', parts: [{ functionCall: {} }, { functionCall: {} }] },
        { role: 'user', parts: [{ functionResponse: {} }] },
      ],
    },
    2,
  ],
  [
    'a lost tool result',
    {
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a' }] },
        { role: 'user', content: [{ type: 'text' }] },
      ],
    },
    1,
  ],
])('the check of histories detects %s', (_name, body, problems) => {
  expect(problemsOf(JSON.stringify(body))).toHaveLength(problems);
});
