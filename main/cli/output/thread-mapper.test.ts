import { expect, test } from 'vitest';
import { type HostEvent, ItemId, SessionId, type ToolItem, type TranscriptItem, TurnId } from '../../../preload/contract/index.ts';
import { createThreadMapper } from './thread-mapper.ts';

const sessionId = SessionId.parse('s');
let seq = 0;
const at = () => ({ sessionId, seq: (seq += 1) });
const added = (item: TranscriptItem): HostEvent => ({ event: 'item.added', data: { ...at(), item } });
const changed = (item: TranscriptItem): HostEvent => ({ event: 'item.changed', data: { ...at(), item } });
const phase = (): HostEvent => ({
  event: 'turn.changed',
  data: { ...at(), turn: { id: TurnId.parse('t'), phase: 'running_tools', startedAtMs: 0 } },
});

const call = (id: string, more: Partial<ToolItem> = {}): ToolItem => ({
  kind: 'tool',
  id: ItemId.parse(id),
  name: 'agent',
  toolKind: 'task',
  verb: 'ask',
  target: 'x',
  status: 'pending',
  startedAtMs: 0,
  input: {},
  display: { kind: 'none' },
  ...more,
});
const says = (id: string, text: string, parentId?: string): TranscriptItem => ({
  kind: 'assistant',
  id: ItemId.parse(id),
  text,
  thinking: '',
  model: 'm',
  createdAtMs: 0,
  streaming: false,
  ...(parentId === undefined ? {} : { parentId: ItemId.parse(parentId) }),
});

test('messages of a subagent belong to its call, even when two work at once, and do not set the last text', () => {
  const mapper = createThreadMapper({ sessionId, model: 'm', newId: () => 'u', includePartials: false });
  const a = ItemId.parse('a');
  const inner = call('inner', { name: 'glob', parentId: a });
  const messages = [
    added(says('main-1', 'I ask two')),
    added(call('a')),
    added(call('b')),
    phase(),
    added(says('a-1', 'from a', 'a')),
    added(says('b-1', 'from b', 'b')),
    added(inner),
    changed({ ...inner, status: 'success', endedAtMs: 1, summary: '3 files' }),
    added(says('a-2', 'a is done', 'a')),
    changed(call('a', { status: 'success', endedAtMs: 2, summary: 'a is done' })),
    changed(call('b', { status: 'success', endedAtMs: 2, summary: 'from b' })),
    added(says('main-2', 'the end')),
    phase(),
  ].flatMap((event) => mapper.push(event));
  const threads = messages.flatMap((message) => {
    if (message.type !== 'assistant' && message.type !== 'user') return [];
    const [block] = message.message.content;
    const what = block?.type === 'text' ? block.text : block?.type === 'tool_result' ? `result ${block.tool_use_id}` : block?.type;
    return [[message.parent_tool_use_id, what]];
  });
  expect(threads).toEqual([
    [null, 'I ask two'],
    [null, 'tool_use'],
    ['a', 'from a'],
    ['a', 'tool_use'],
    ['a', 'result inner'],
    ['a', 'a is done'],
    [null, 'result a'],
    ['b', 'from b'],
    [null, 'result b'],
    [null, 'the end'],
  ]);
  expect(mapper.lastText()).toBe('the end');
});
