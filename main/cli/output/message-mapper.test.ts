import { expect, test } from 'vitest';
import {
  defined,
  type AssistantItem,
  type HostEvent,
  ItemId,
  SessionId,
  type ToolItem,
  type TurnEnd,
  TurnId,
  type TurnPhase,
  type TurnResult,
  type Usage,
} from '../../../preload/contract/index.ts';
import { createMessageMapper } from './message-mapper.ts';

const sessionId = SessionId.parse('s1');
const seq = 1;
const usage = (inputTokens: number, outputTokens: number, cachedTokens = 0): Usage => ({
  inputTokens,
  outputTokens,
  cachedTokens,
  thinkingTokens: 0,
});
const NONE = { input_tokens: 0, output_tokens: 0 };

const assistant = (id: string, part: Partial<AssistantItem> = {}): AssistantItem => ({
  kind: 'assistant',
  id: ItemId.parse(id),
  text: '',
  thinking: '',
  model: 'm',
  createdAtMs: 0,
  streaming: true,
  ...part,
});
const tool = (id: string, part: Partial<ToolItem> = {}): ToolItem => ({
  kind: 'tool',
  id: ItemId.parse(id),
  name: 'glob',
  toolKind: 'search',
  verb: 'search',
  target: '*',
  status: 'pending',
  startedAtMs: 0,
  display: { kind: 'none' },
  ...part,
});
const added = (item: AssistantItem | ToolItem): HostEvent => ({ event: 'item.added', data: { sessionId, seq, item } });
const changed = (item: AssistantItem | ToolItem): HostEvent => ({ event: 'item.changed', data: { sessionId, seq, item } });
const delta = (id: string, part: 'text' | 'thinking', offsetChars: number, text: string): HostEvent => ({
  event: 'message.delta',
  data: { sessionId, itemId: ItemId.parse(id), part, offsetChars, text },
});
const phase = (now: TurnPhase, spent?: Usage): HostEvent => ({
  event: 'turn.changed',
  data: { sessionId, seq, turn: { id: TurnId.parse('t'), phase: now, startedAtMs: 0, ...defined({ usage: spent }) } },
});
const started: HostEvent = {
  event: 'turn.started',
  data: { sessionId, seq, turn: { id: TurnId.parse('t'), phase: 'preparing', startedAtMs: 0 } },
};
const endedResult = (spent: Usage, end: TurnEnd = 'completed'): TurnResult => ({
  turnId: TurnId.parse('t'),
  end,
  usage: spent,
  durationMs: 1,
  apiDurationMs: 1,
  modelRequests: 1,
  denied: [],
});
const ended = (spent: Usage, end?: TurnEnd): HostEvent => ({
  event: 'turn.ended',
  data: { sessionId, seq, result: endedResult(spent, end) },
});

function map(events: readonly HostEvent[], includePartials = false) {
  let next = 0;
  const mapper = createMessageMapper({ sessionId, model: 'session-model', newId: () => `u${(next += 1)}`, includePartials });
  return { messages: events.flatMap((event) => mapper.push(event)), lastText: mapper.lastText() };
}

/** The parts that a consumer reads: the kind, the content, and the usage of each message. */
function gist(messages: readonly ReturnType<typeof map>['messages'][number][]) {
  return messages.map((message) => {
    if (message.type === 'assistant') return [message.message.content, message.message.stop_reason, message.message.usage];
    if (message.type === 'stream_event') return message.event;
    return message.type === 'user' ? message.message.content[0] : message;
  });
}

const total = (input: number, output: number, cached = 0) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: cached,
  total_tokens: input + output,
});

test.each<[string, HostEvent[], unknown[]]>([
  [
    'a streamed answer is one message with the usage',
    [
      started,
      added(assistant('a')),
      delta('a', 'text', 0, 'Hel'),
      delta('a', 'text', 3, 'lo'),
      phase('streaming', usage(10, 2, 4)),
      ended(usage(10, 2, 4)),
    ],
    [[[{ type: 'text', text: 'Hello' }], null, total(10, 2, 4)]],
  ],
  [
    'an answer in one piece is emitted from the item',
    [added(assistant('a', { text: 'Hello', thinking: 'Hm', streaming: false })), ended(usage(1, 1))],
    [
      [[{ type: 'thinking', thinking: 'Hm', signature: '' }], null, NONE],
      [[{ type: 'text', text: 'Hello' }], null, total(1, 1)],
    ],
  ],
  [
    'thinking, text and tool calls are separate messages, and only the last has the usage',
    [
      added(assistant('a')),
      delta('a', 'thinking', 0, 'Hm'),
      delta('a', 'text', 0, 'Looking'),
      phase('streaming', usage(10, 5)),
      changed(assistant('a', { thinking: 'Hm', text: 'Looking', streaming: false })),
      added(tool('c1', { input: { pattern: '*' } })),
      added(tool('c2', { name: 'read_file' })),
      phase('running_tools', usage(10, 5)),
      changed(tool('c1', { status: 'success', summary: 'Found 1 file' })),
      changed(tool('c2', { status: 'error', error: 'No such file', display: { kind: 'text', text: 'x' } })),
    ],
    [
      [[{ type: 'thinking', thinking: 'Hm', signature: '' }], null, NONE],
      [[{ type: 'text', text: 'Looking' }], null, NONE],
      [
        [
          { type: 'tool_use', id: 'c1', name: 'glob', input: { pattern: '*' } },
          { type: 'tool_use', id: 'c2', name: 'read_file', input: {} },
        ],
        'tool_use',
        total(10, 5),
      ],
      { type: 'tool_result', tool_use_id: 'c1', is_error: false, content: 'Found 1 file' },
      { type: 'tool_result', tool_use_id: 'c2', is_error: true, content: 'No such file' },
    ],
  ],
  [
    'each answer carries its own share of the usage',
    [
      added(tool('c1')),
      phase('streaming', usage(10, 1)),
      phase('running_tools', usage(10, 1)),
      changed(tool('c1', { status: 'success' })),
      phase('streaming', usage(10, 1)),
      added(assistant('b', { text: 'Done' })),
      ended(usage(25, 4)),
    ],
    [
      [[{ type: 'tool_use', id: 'c1', name: 'glob', input: {} }], 'tool_use', total(10, 1)],
      { type: 'tool_result', tool_use_id: 'c1', is_error: false, content: '' },
      [[{ type: 'text', text: 'Done' }], null, total(15, 3)],
    ],
  ],
  [
    'thinking that resumes after text is a separate run',
    [added(assistant('a')), delta('a', 'thinking', 0, '1'), delta('a', 'text', 0, '2'), delta('a', 'thinking', 1, '3'), ended(usage(1, 1))],
    [
      [[{ type: 'thinking', thinking: '1', signature: '' }], null, NONE],
      [[{ type: 'text', text: '2' }], null, NONE],
      [[{ type: 'thinking', thinking: '3', signature: '' }], null, total(1, 1)],
    ],
  ],
  [
    'a delta that overlaps is trimmed',
    [added(assistant('a')), delta('a', 'text', 0, 'Hel'), delta('a', 'text', 1, 'ello'), ended(usage(1, 1))],
    [[[{ type: 'text', text: 'Hello' }], null, total(1, 1)]],
  ],
  [
    'the final item supplies text lost in a gap of the deltas',
    [
      added(assistant('a')),
      delta('a', 'text', 0, 'He'),
      delta('a', 'text', 4, 'o'),
      changed(assistant('a', { text: 'Hello' })),
      ended(usage(1, 1)),
    ],
    [[[{ type: 'text', text: 'Hello' }], null, total(1, 1)]],
  ],
  [
    'a retried answer is emitted once',
    [
      added(assistant('a')),
      delta('a', 'text', 0, 'broken'),
      { event: 'item.removed', data: { sessionId, seq, itemId: ItemId.parse('a') } },
      phase('retrying'),
      added(assistant('b', { text: 'whole' })),
      ended(usage(2, 2)),
    ],
    [[[{ type: 'text', text: 'whole' }], null, total(2, 2)]],
  ],
  [
    'the result of a call answered before its tools run waits for its message',
    [added(tool('c1', { status: 'error', error: 'no such tool' })), phase('running_tools', usage(1, 1))],
    [
      [[{ type: 'tool_use', id: 'c1', name: 'glob', input: {} }], 'tool_use', total(1, 1)],
      { type: 'tool_result', tool_use_id: 'c1', is_error: true, content: 'no such tool' },
    ],
  ],
  [
    'a result is emitted once, whatever changes later',
    [
      added(tool('c1')),
      phase('running_tools'),
      changed(tool('c1', { status: 'success' })),
      changed(tool('c1', { status: 'success', summary: 'again' })),
    ],
    [
      [[{ type: 'tool_use', id: 'c1', name: 'glob', input: {} }], 'tool_use', total(0, 0)],
      { type: 'tool_result', tool_use_id: 'c1', is_error: false, content: '' },
    ],
  ],
  ['an answer without content is not a message', [added(assistant('a')), ended(usage(1, 0))], []],
  [
    'events of another session emit nothing',
    [{ event: 'item.added', data: { sessionId: SessionId.parse('other'), seq, item: assistant('a', { text: 'x' }) } }, ended(usage(0, 0))],
    [],
  ],
])('%s', (_name, events, expected) => {
  expect(gist(map(events).messages)).toEqual(expected);
});

test('a whole message has every field of the format', () => {
  const { messages, lastText } = map([added(assistant('a', { text: 'Hi', model: 'qwen' })), ended(usage(1, 1))]);
  expect(messages).toEqual([
    {
      type: 'assistant',
      uuid: 'u2',
      session_id: 's1',
      parent_tool_use_id: null,
      message: {
        id: 'u2',
        type: 'message',
        role: 'assistant',
        model: 'qwen',
        content: [{ type: 'text', text: 'Hi' }],
        stop_reason: null,
        usage: total(1, 1),
      },
    },
  ]);
  expect(lastText).toBe('Hi');
});

test('an answer is emitted once it is in the file, and never if it could not be written', () => {
  const mapper = createMessageMapper({ sessionId, model: 'm', newId: () => 'u', includePartials: false });
  const thought = [added(assistant('a')), delta('a', 'thinking', 0, 'hm'), delta('a', 'text', 0, 'so')];
  expect([started, ...thought].flatMap((event) => mapper.push(event))).toEqual([]);
  const written = mapper.push(changed(assistant('a', { thinking: 'hm', text: 'so', streaming: false })));
  expect(gist(written)).toEqual([[[{ type: 'thinking', thinking: 'hm', signature: '' }], null, NONE]]);
  expect(gist(mapper.push(ended(usage(1, 1))))).toEqual([[[{ type: 'text', text: 'so' }], null, total(1, 1)]]);

  expect(map([started, ...thought, ended(usage(1, 1), 'failed')])).toEqual({ messages: [], lastText: '' });
});

test('a retried answer emits nothing of its first attempt', () => {
  const removed: HostEvent = { event: 'item.removed', data: { sessionId, seq, itemId: ItemId.parse('a') } };
  const first = [added(assistant('a')), delta('a', 'thinking', 0, 'hm'), delta('a', 'text', 0, 'half')];
  const { messages, lastText } = map([
    started,
    ...first,
    removed,
    added(assistant('b', { text: 'whole', streaming: false })),
    ended(usage(1, 1)),
  ]);
  expect(gist(messages)).toEqual([[[{ type: 'text', text: 'whole' }], null, total(1, 1)]]);
  expect(lastText).toBe('whole');
});

test('the last text comes from the last answer', () => {
  const events = [
    added(assistant('a', { text: 'first' })),
    added(tool('c')),
    phase('running_tools'),
    added(assistant('b', { text: 'second' })),
    ended(usage(1, 1)),
  ];
  expect(map(events).lastText).toBe('second');
});

test('partial messages bracket each answer once and number the blocks of each message from 0', () => {
  const events = [
    added(assistant('a')),
    delta('a', 'thinking', 0, 'Hm'),
    delta('a', 'text', 0, 'Lo'),
    delta('a', 'text', 2, 'ok'),
    added(tool('c1', { input: { a: 1 } })),
    added(tool('c2')),
    phase('running_tools', usage(1, 1)),
  ];
  const block = (index: number, type: 'content_block_start' | 'content_block_delta', part: object) => ({
    type,
    index,
    [type === 'content_block_start' ? 'content_block' : 'delta']: part,
  });
  expect(gist(map(events, true).messages)).toEqual([
    { type: 'message_start', message: { id: 'u1', role: 'assistant', model: 'm', content: [] } },
    block(0, 'content_block_start', { type: 'thinking', thinking: '', signature: '' }),
    block(0, 'content_block_delta', { type: 'thinking_delta', thinking: 'Hm' }),
    { type: 'content_block_stop', index: 0 },
    [[{ type: 'thinking', thinking: 'Hm', signature: '' }], null, NONE],
    block(0, 'content_block_start', { type: 'text', text: '' }),
    block(0, 'content_block_delta', { type: 'text_delta', text: 'Lo' }),
    block(0, 'content_block_delta', { type: 'text_delta', text: 'ok' }),
    { type: 'content_block_stop', index: 0 },
    [[{ type: 'text', text: 'Look' }], null, NONE],
    block(0, 'content_block_start', { type: 'tool_use', id: 'c1', name: 'glob', input: {} }),
    block(0, 'content_block_delta', { type: 'input_json_delta', partial_json: '{"a":1}' }),
    { type: 'content_block_stop', index: 0 },
    block(1, 'content_block_start', { type: 'tool_use', id: 'c2', name: 'glob', input: {} }),
    block(1, 'content_block_delta', { type: 'input_json_delta', partial_json: '{}' }),
    { type: 'content_block_stop', index: 1 },
    [
      [
        { type: 'tool_use', id: 'c1', name: 'glob', input: { a: 1 } },
        { type: 'tool_use', id: 'c2', name: 'glob', input: {} },
      ],
      'tool_use',
      total(1, 1),
    ],
    { type: 'message_stop' },
  ]);
});

test('a dropped answer ends its partial messages without a whole one', () => {
  const events: HostEvent[] = [
    added(assistant('a')),
    delta('a', 'text', 0, 'x'),
    { event: 'item.removed', data: { sessionId, seq, itemId: ItemId.parse('a') } },
  ];
  expect(gist(map(events, true).messages).slice(-2)).toEqual([{ type: 'content_block_stop', index: 0 }, { type: 'message_stop' }]);
});
