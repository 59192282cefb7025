import { expect, test } from 'vitest';
import { ItemId, type ToolDisplay, type TranscriptItem } from '../../../preload/contract/index.ts';
import { noticeDraft, toolResultDraft } from './record-drafts.ts';
import { SessionRecord } from './session-record.ts';
import { createTranscriptFold, INTERRUPTED_ERROR } from './transcript-fold.ts';

let uuids = 0;
const record = (fields: Record<string, unknown>) =>
  SessionRecord.parse({ uuid: `u${(uuids += 1)}`, timestamp: '2026-01-01T00:00:00.000Z', cwd: '/p', ...fields });
const atMs = Date.UTC(2026, 0, 1);

function itemsOf(...records: SessionRecord[]): TranscriptItem[] {
  const fold = createTranscriptFold((name) => ({ verb: 'call', target: name, toolKind: 'other' }));
  const items: TranscriptItem[] = [];
  const take = (steps: ReturnType<typeof fold.finish>) => {
    for (const step of steps) {
      if (step.kind === 'added') items.push(step.item);
      else items[items.findIndex((item) => item.id === step.item.id)] = step.item;
    }
  };
  for (const entry of records) take(fold.push(entry));
  take(fold.finish());
  return items;
}

const callOf = (name: string, args: Record<string, unknown>, id = 'c1') =>
  record({ type: 'assistant', model: 'm', message: { role: 'model', parts: [{ functionCall: { id, name, args } }] } });
const resultOf = (resultDisplay: unknown, status = 'success', id = 'c1') =>
  record({
    type: 'tool_result',
    message: { parts: [{ functionResponse: { id, response: status === 'success' ? { output: 'x' } : { error: 'went wrong' } } }] },
    toolCallResult: { callId: id, status, resultDisplay },
  });

test('an answer is one row with its thinking, and each call is a row', () => {
  const [answer, tool] = itemsOf(
    record({
      type: 'assistant',
      model: 'm',
      message: {
        role: 'model',
        parts: [{ text: 'hm', thought: true }, { text: 'I look.' }, { functionCall: { id: 'c1', name: 'glob', args: {} } }],
      },
    }),
    resultOf('Found 1 file'),
  );
  expect(answer).toMatchObject({ kind: 'assistant', text: 'I look.', thinking: 'hm', model: 'm', streaming: false, createdAtMs: atMs });
  expect(tool).toMatchObject({
    kind: 'tool',
    id: 'c1',
    verb: 'call',
    target: 'glob',
    status: 'success',
    display: { kind: 'text', text: 'Found 1 file' },
  });
});

test("Qwen Code's displays are shown in their own kind", () => {
  const displayOf = (name: string, args: Record<string, unknown>, shown: unknown, status?: string): ToolDisplay | undefined => {
    const [item] = itemsOf(callOf(name, args), resultOf(shown, status));
    return item?.kind === 'tool' ? item.display : undefined;
  };
  expect(
    displayOf(
      'edit',
      { file_path: '/p/a.ts' },
      { fileDiff: '--- a\n+++ b\n@@\n-x\n+y\n+z\n', fileName: 'a.ts', originalContent: 'x', newContent: 'y' },
    ),
  ).toMatchObject({
    kind: 'diff',
    path: '/p/a.ts',
    added: 2,
    removed: 1,
    isNewFile: false,
  });
  expect(displayOf('run_shell_command', { command: 'ls' }, 'a.txt')).toEqual({
    kind: 'shell',
    command: 'ls',
    cwd: '/p',
    outcome: 'completed',
    output: 'a.txt',
  });
  expect(
    displayOf('run_shell_command', { command: 'ls' }, { type: 'shell_result', output: 'late', outcome: 'timed_out' }, 'error'),
  ).toMatchObject({ outcome: 'timed_out', output: 'late' });
  expect(displayOf('todo_write', {}, { type: 'todo_list', todos: [{ id: '1', content: 'x', status: 'pending' }] })).toMatchObject({
    kind: 'todos',
  });
  expect(displayOf('agent', {}, { type: 'task_execution', anything: true })).toEqual({ kind: 'none' });
});

const displays: readonly ToolDisplay[] = [
  { kind: 'none' },
  { kind: 'text', text: 'words' },
  { kind: 'diff', path: '/p/a.ts', patch: '@@\n-x\n+y\n', added: 1, removed: 1, isNewFile: true, truncated: false },
  { kind: 'todos', todos: [{ id: '1', content: 'x', status: 'pending' }] },
];

test.each(displays)('a display of kind $kind is unchanged after writing and reading', (display) => {
  const item = {
    kind: 'tool',
    id: ItemId.parse('c1'),
    name: 'edit',
    toolKind: 'edit',
    verb: 'edit',
    target: 'a.ts',
    status: 'denied',
    startedAtMs: 5,
    display,
  } as const;
  const draft = toolResultDraft({ callId: 'c1', name: 'edit', text: 'no', isError: true }, item, 'Refused by you');
  const [loaded] = itemsOf(callOf('edit', { file_path: '/p/a.ts' }), record({ ...draft }));
  expect(loaded).toMatchObject({ verb: 'edit', target: 'a.ts', status: 'denied', startedAtMs: 5, display });
});

test('a call without a result is interrupted', () => {
  expect(itemsOf(callOf('glob', {}))).toMatchObject([{ status: 'cancelled', error: INTERRUPTED_ERROR }]);
});

test('calls that share an id have separate rows', () => {
  const items = itemsOf(callOf('glob', {}), resultOf('one'), callOf('glob', {}), resultOf('two'));
  expect(items.map((item) => (item.kind === 'tool' && item.display.kind === 'text' ? item.display.text : ''))).toEqual(['one', 'two']);
  expect(new Set(items.map((item) => item.id)).size).toBe(2);
});

test("notifications and our notices are quiet rows, mid-turn messages are the user's", () => {
  const notice = {
    kind: 'notice',
    id: ItemId.parse('n1'),
    createdAtMs: 1,
    level: 'error',
    text: 'broken',
    code: 'timeout',
    action: 'retry',
  } as const;
  const items = itemsOf(
    record({
      type: 'user',
      subtype: 'notification',
      message: { parts: [{ text: '<xml/>' }] },
      systemPayload: { displayText: 'It ended' },
      gantry: { taskId: 'bg_1' },
    }),
    record({ type: 'user', subtype: 'mid_turn_user_message', message: { parts: [{ text: 'wait' }] } }),
    record({ ...noticeDraft(notice) }),
    record({ type: 'system', subtype: 'chat_compression', systemPayload: {} }),
    record({ type: 'system', subtype: 'ui_telemetry', systemPayload: {} }),
    record({ type: 'of_a_later_version' }),
  );
  expect(items).toMatchObject([
    { kind: 'notice', level: 'quiet', text: 'It ended', taskId: 'bg_1', action: 'open_task' },
    { kind: 'user', text: 'wait' },
    { ...notice },
    { kind: 'notice', level: 'quiet' },
  ]);
  expect(items).toHaveLength(4);
});
