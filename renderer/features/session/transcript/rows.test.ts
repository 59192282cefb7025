import { expect, test } from 'vitest';
import type { ItemId, TranscriptItem } from '../../../../preload/contract/index.ts';
import { assistant, itemId, tool, user } from '../../../test/samples.ts';
import { buildRows, countLooks, type RowSource } from './rows.ts';

const source = (items: readonly TranscriptItem[], over: Partial<RowSource> = {}): RowSource => ({
  order: items.map((item) => item.id),
  items: Object.fromEntries(items.map((item) => [item.id, item])) as Record<ItemId, TranscriptItem>,
  pending: [],
  turnRunning: false,
  ...over,
});
const keys = (items: readonly TranscriptItem[], over?: Partial<RowSource>) => buildRows(source(items, over)).map((row) => row.key);

test('consecutive finished reads and searches are one row', () => {
  expect(keys([user('u', 'x'), tool('r1'), tool('r2', { toolKind: 'search' }), tool('e', { toolKind: 'edit' })])).toEqual([
    'u',
    'explored:r1',
    'e',
  ]);
});

test('the answer before the next prompt, and the last one of a finished turn, have actions', () => {
  const items = [
    user('u', 'x'),
    assistant('a', { text: 'First' }),
    tool('r1'),
    assistant('b', { text: 'Done' }),
    user('v', 'y'),
    assistant('c', { text: 'Ok' }),
  ];
  const last = (over?: Partial<RowSource>) => buildRows(source(items, over)).flatMap((row) => ('isLast' in row ? [row.key] : []));
  expect(last()).toEqual(['b', 'c']);
  expect(last({ turnRunning: true })).toEqual(['b']);
});

test('a single read stays a row of its own', () => {
  expect(keys([tool('r1'), tool('e', { toolKind: 'edit' })])).toEqual(['r1', 'e']);
});

test('a read that runs or failed is not collapsed', () => {
  expect(keys([tool('r1'), tool('r2'), tool('r3', { status: 'running' })])).toEqual(['explored:r1', 'r3']);
  expect(keys([tool('r1'), tool('r2', { status: 'error' }), tool('r3')])).toEqual(['r1', 'r2', 'r3']);
});

test('thinking between two reads is collapsed with them, an answer is not', () => {
  expect(keys([tool('r1'), assistant('t', { thinking: 'hm' }), tool('r2')])).toEqual(['explored:r1']);
  expect(keys([tool('r1'), assistant('a', { text: 'So:' }), tool('r2')])).toEqual(['r1', 'a', 'r2']);
});

test('thinking after the last read keeps its row', () => {
  expect(keys([tool('r1'), tool('r2'), assistant('t', { thinking: 'hm' })])).toEqual(['explored:r1', 't']);
});

test('an answer without text yet has no row', () => {
  expect(keys([user('u', 'x'), assistant('a', { streaming: true })])).toEqual(['u']);
});

test('pending prompts and the running turn follow the items', () => {
  const prompt = (localId: string) => ({ localId, text: localId });
  expect(keys([user('u', 'x')], { pending: [prompt('p')], turnRunning: true })).toEqual(['u', 'prompt:p', 'turn']);
});

test('a row is tight below another tool row, and a running command keeps its gap', () => {
  const running = tool('s', {
    toolKind: 'shell',
    status: 'running',
    display: { kind: 'shell', command: 'npm test', cwd: '/', outcome: 'running' },
  });
  const rows = buildRows(source([user('u', 'x'), tool('e1', { toolKind: 'edit' }), tool('e2', { toolKind: 'edit' }), running]));
  expect(rows.map((row) => row.tight)).toEqual([false, false, true, false]);
});

test('a file that was read twice is counted once', () => {
  expect(countLooks([tool('1'), tool('2'), tool('3', { target: 'b.ts' }), tool('4', { toolKind: 'search' })])).toEqual({
    files: 2,
    searches: 1,
  });
});

test('the rows of a subagent are below the call that started it, even if rows of the session come between', () => {
  const of = (id: string) => ({ ...tool(id), parentId: itemId('agent') });
  const items = [user('u', 'x'), tool('agent', { toolKind: 'other' }), of('a1'), assistant('t', { text: 'meanwhile' }), of('a2')];
  expect(keys(items)).toEqual(['u', 'agent', 't']);
  expect(buildRows(source(items))[1]).toMatchObject({ kind: 'agent', childIds: ['a1', 'a2'] });
  expect(keys([{ ...tool('a1', { toolKind: 'edit' }), parentId: itemId('older') }])).toEqual(['a1']);
});

test('the rows of a nested subagent are below the same call', () => {
  const items = [
    tool('agent', { toolKind: 'task' }),
    { ...tool('inner'), parentId: itemId('agent') },
    { ...tool('deep'), parentId: itemId('inner') },
  ];
  expect(buildRows(source(items))).toMatchObject([{ kind: 'agent', id: 'agent', childIds: ['inner', 'deep'] }]);
});

test('a row below a collapsed group is tight; thinking before the group and current thinking keep their own rows', () => {
  const rows = buildRows(source([user('u', 'x'), tool('r1'), tool('r2'), tool('e', { toolKind: 'edit' })]));
  expect(rows.map(({ key, tight }) => [key, tight])).toEqual([
    ['u', false],
    ['explored:r1', false],
    ['e', true],
  ]);
  expect(keys([assistant('t', { thinking: 'hm' }), tool('r1'), tool('r2')])).toEqual(['t', 'explored:r1']);
  expect(keys([tool('r1'), assistant('t', { thinking: 'hm', streaming: true }), tool('r2')])).toEqual(['r1', 't', 'r2']);
});

test('a subagent whose call is not loaded still has its rows', () => {
  const inner = { ...tool('inner', { toolKind: 'task' }), parentId: itemId('older') };
  const deep = { ...tool('deep'), parentId: itemId('inner') };
  expect(buildRows(source([inner, deep]))).toMatchObject([{ kind: 'agent', id: 'inner', childIds: ['deep'] }]);
});
