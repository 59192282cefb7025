import { expect, test } from 'vitest';
import type { ModelMessage } from '../provider/provider.ts';
import { compactedHistory, fitForSummary, planCompaction } from './compaction-state.ts';
import { estimateMessages } from './token-estimate.ts';

const user = (text: string): ModelMessage => ({ role: 'user', text });
const says = (text: string): ModelMessage => ({ role: 'assistant', text, thinking: '', toolCalls: [] });
const round = (id: string, chars: number): ModelMessage[] => [
  { role: 'assistant', text: '', thinking: '', toolCalls: [{ id, name: 'read_file', input: { file_path: `${id}.ts` } }] },
  { role: 'tool', results: [{ callId: id, name: 'read_file', text: 'x'.repeat(chars), isError: false }] },
];

function expectPaired(messages: readonly ModelMessage[]): void {
  for (const [at, message] of messages.entries()) {
    const next = messages[at + 1];
    const calls = message.role === 'assistant' ? message.toolCalls.map((call) => call.id) : [];
    if (message.role === 'assistant') expect(next?.role === 'tool' ? next.results.map((result) => result.callId) : []).toEqual(calls);
    if (message.role === 'tool') expect(messages[at - 1]).toMatchObject({ role: 'assistant' });
  }
}

const HISTORY = [
  user('one'),
  ...round('a', 4000),
  says('A.'),
  user('two'),
  ...Array.from({ length: 8 }, (_, at) => round(`b${at}`, 1000 * at)).flat(),
];

test('a call stays with its result, wherever the limit lies', () => {
  const limits = Array.from({ length: Math.ceil(estimateMessages(HISTORY) / 97) }, (_, at) => at * 97);
  const plans = limits.flatMap((keep) => planCompaction(HISTORY, keep) ?? []);
  for (const plan of plans) expectPaired(compactedHistory(plan, 'summary'));
  expect(plans.length).toBeGreaterThan(limits.length / 2);
  expect(new Set(plans.map(({ older }) => older.length)).size).toBeGreaterThan(5);
});

test('results that the model has not read yet are kept, however long they are', () => {
  const plan = planCompaction([...HISTORY, ...round('last', 100_000)], 10);
  expect(plan?.kept).toHaveLength(2);
  expect(plan?.request).toBe('two');
  expect(plan?.recentFiles[0]).toBe('last.ts');
});

test('messages too long for one request keep the ends of long texts, then lose the oldest messages, but never half a pair', () => {
  const lengths = new Set<number>();
  for (let budget = 20; budget < 4000; budget += 20) {
    const fitted = fitForSummary(HISTORY, budget);
    expectPaired(fitted);
    expect(fitted[0]).toEqual(user('one'));
    lengths.add(fitted.length);
  }
  expect(lengths.size).toBeGreaterThan(5);
  expect(fitForSummary(HISTORY, 1_000_000)).toBe(HISTORY);
});

test('a beginning of less than a twentieth is not summarized', () => {
  const beginning = [user('one'), says('A.')];
  const withLast = (chars: number) => [...beginning, user('two'), says('x'.repeat(chars))];
  const keepAll = (messages: readonly ModelMessage[]) => planCompaction(messages, estimateMessages(messages.slice(2)));
  expect(keepAll(withLast(2000))).toBeUndefined();
  expect(keepAll(withLast(200))?.older).toEqual(beginning);
});

test('the five files read or changed last are listed, the latest first', () => {
  const history = [user('one'), ...['a', 'b', 'a', 'c', 'd', 'e', 'f'].flatMap((id) => round(id, 400)), says('Done.'), user('two')];
  expect(planCompaction(history, 10)?.recentFiles).toEqual(['f.ts', 'e.ts', 'd.ts', 'c.ts', 'a.ts']);
});

test('a long argument of a call is shortened like a text', () => {
  const write: ModelMessage = {
    role: 'assistant',
    text: '',
    thinking: 'long '.repeat(1000),
    toolCalls: [{ id: 'w', name: 'write_file', input: { file_path: 'w.ts', content: 'x'.repeat(9000), count: 1 } }],
  };
  const result: ModelMessage = { role: 'tool', results: [{ callId: 'w', name: 'write_file', text: 'Created.', isError: false }] };
  const [, written] = fitForSummary([user('one'), write, result], 700);
  const content = `${'x'.repeat(1000)}\n[7000 characters left out]\n${'x'.repeat(1000)}`;
  expect(written).toEqual({
    ...write,
    thinking: '',
    toolCalls: [{ id: 'w', name: 'write_file', input: { file_path: 'w.ts', content, count: 1 } }],
  });
});
