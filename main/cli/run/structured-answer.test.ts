import { expect, test } from 'vitest';
import { type HostEvent, ItemId, SessionId, type ToolItem } from '../../../preload/contract/index.ts';
import { noAnswerFailure, watchStructuredAnswer } from './structured-answer.ts';

function answerOf(...items: readonly Partial<ToolItem>[]): object | undefined {
  const watch = watchStructuredAnswer();
  for (const [at, part] of items.entries()) {
    const item: ToolItem = {
      kind: 'tool',
      id: ItemId.parse('c'),
      name: 'structured_output',
      toolKind: 'other',
      verb: '',
      target: '',
      status: 'running',
      startedAtMs: 0,
      display: { kind: 'none' },
      ...part,
    };
    const event: HostEvent = { event: at === 0 ? 'item.added' : 'item.changed', data: { sessionId: SessionId.parse('s'), seq: at, item } };
    watch.push(event);
  }
  return watch.answer();
}

const input = { risk: 'low' };

test('the answer is the input of the successful call', () => {
  expect(answerOf({ input }, { status: 'success' })).toEqual(input);
});

test.each<[string, readonly Partial<ToolItem>[]]>([
  ['that still runs', [{ input }]],
  ['that failed', [{ input }, { status: 'error' }]],
  ['that was denied', [{ input }, { status: 'denied' }]],
  [
    'of a subagent',
    [
      { input, parentId: ItemId.parse('p') },
      { status: 'success', parentId: ItemId.parse('p') },
    ],
  ],
  [
    'of another tool',
    [
      { input, name: 'glob' },
      { status: 'success', name: 'glob' },
    ],
  ],
])('a call %s does not count', (_which, items) => {
  expect(answerOf(...items)).toBeUndefined();
});

test('a refused answer does not replace the accepted one', () => {
  const second = { id: ItemId.parse('d') };
  expect(answerOf({ input }, { status: 'success' }, { ...second, input: { risk: 'high' } }, { ...second, status: 'error' })).toEqual(input);
});

test('without an answer, the beginning of the text is quoted', () => {
  expect(noAnswerFailure('').message).not.toContain('It said');
  expect(noAnswerFailure('a\nb').message).toMatch(/It said: a b$/);
  expect(noAnswerFailure('x'.repeat(500)).message).toMatch(/It said: x{200}…$/);
});
