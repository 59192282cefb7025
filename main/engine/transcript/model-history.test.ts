import { expect, test } from 'vitest';
import { closeOpenCalls, createHistoryFold, INTERRUPTED_RESULT } from './model-history.ts';
import { SessionRecord } from './session-record.ts';
import { defined } from '../../../preload/contract/index.ts';

let uuids = 0;
const record = (fields: Record<string, unknown>) => SessionRecord.parse({ uuid: `u${(uuids += 1)}`, ...fields });
const user = (text: string, subtype?: string) =>
  record({ type: 'user', message: { role: 'user', parts: [{ text }] }, ...defined({ subtype }) });
const model = (...parts: unknown[]) => record({ type: 'assistant', message: { role: 'model', parts } });
const call = (id: string | undefined, name = 'glob') => ({ functionCall: { ...defined({ id }), name, args: { a: 1 } } });
const result = (id: string | undefined, response: Record<string, unknown>, name = 'glob') =>
  record({
    type: 'tool_result',
    message: { role: 'user', parts: [{ functionResponse: { ...defined({ id }), name, response } }] },
  });

function historyOf(...records: SessionRecord[]) {
  const fold = createHistoryFold();
  for (const entry of records) fold.push(entry);
  return fold.messages();
}

test('a turn with calls becomes user, assistant, all results in one message, assistant', () => {
  const history = historyOf(
    user('go'),
    model({ text: 'hm', thought: true }, { text: 'I look.' }, call('c1'), call('c2')),
    result('c2', { error: 'broken' }),
    result('c1', { output: 'found' }),
    model({ text: 'Done.' }),
  );
  expect(history).toEqual([
    { role: 'user', text: 'go' },
    {
      role: 'assistant',
      text: 'I look.',
      thinking: 'hm',
      toolCalls: [
        { id: 'c1', name: 'glob', input: { a: 1 } },
        { id: 'c2', name: 'glob', input: { a: 1 } },
      ],
    },
    {
      role: 'tool',
      results: [
        { callId: 'c1', name: 'glob', text: 'found', isError: false },
        { callId: 'c2', name: 'glob', text: 'broken', isError: true },
      ],
    },
    { role: 'assistant', text: 'Done.', thinking: '', toolCalls: [] },
  ]);
});

test('a call without a result gets one that says it was interrupted', () => {
  expect(historyOf(user('go'), model(call('c1'))).at(-1)).toEqual({
    role: 'tool',
    results: [{ callId: 'c1', name: 'glob', text: INTERRUPTED_RESULT, isError: true }],
  });
});

test('a result without a call is dropped', () => {
  expect(historyOf(user('go'), result('lost', { output: 'x' }), model({ text: 'a' })).map((message) => message.role)).toEqual([
    'user',
    'assistant',
  ]);
});

test('calls and results without ids are matched by name', () => {
  const history = historyOf(
    model(call(undefined, 'one'), call(undefined, 'two')),
    result(undefined, { output: '2' }, 'two'),
    result(undefined, { output: '1' }, 'one'),
  );
  const message = history[1];
  expect(message?.role === 'tool' ? message.results.map((entry) => entry.text) : []).toEqual(['1', '2']);
});

test('a compression replaces everything before it', () => {
  const compression = record({
    type: 'system',
    subtype: 'chat_compression',
    systemPayload: {
      compressedHistory: [
        { role: 'user', parts: [{ text: 'summary' }] },
        { role: 'model', parts: [{ text: 'Got it.' }] },
      ],
    },
  });
  expect(
    historyOf(user('old'), model({ text: 'old' }), compression, user('new')).map((message) =>
      message.role === 'tool' ? '' : message.text,
    ),
  ).toEqual(['summary', 'Got it.', 'new']);
});

test('system records and realtime messages are excluded, notifications and mid-turn messages are included', () => {
  const history = historyOf(
    record({ type: 'system', subtype: 'ui_telemetry', systemPayload: {} }),
    user('a', 'notification'),
    user('b', 'realtime_message'),
    user('c', 'mid_turn_user_message'),
  );
  expect(history).toEqual([
    { role: 'user', text: 'a' },
    { role: 'user', text: 'c' },
  ]);
});

test('an attachment is included, an empty answer is dropped', () => {
  const image = record({
    type: 'user',
    message: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }, { text: 'what is it' }] },
  });
  expect(historyOf(image, model({ text: 'thought only', thought: true }))).toEqual([
    { role: 'user', text: 'what is it', media: [{ mimeType: 'image/png', data: 'AAAA' }] },
  ]);
});

test('open calls at the end of a history get results, anything else is unchanged', () => {
  const toolCalls = [{ id: 'a', name: 'glob', input: {} }];
  const answer = { role: 'assistant', text: '', thinking: '', toolCalls } as const;
  expect(closeOpenCalls([answer])).toEqual([
    { role: 'tool', results: [{ callId: 'a', name: 'glob', text: INTERRUPTED_RESULT, isError: true }] },
  ]);
  expect(closeOpenCalls([answer, { role: 'tool', results: [] }])).toEqual([]);
  expect(closeOpenCalls([{ role: 'user', text: 'x' }])).toEqual([]);
});
