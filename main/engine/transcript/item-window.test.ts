import { expect, test } from 'vitest';
import { ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { createItemWindow, MAX_EARLIER } from './item-window.ts';

const id = (at: number) => ItemId.parse(`row-${at}`);
const row = (at: number): TranscriptItem => ({ kind: 'notice', id: id(at), createdAtMs: at, level: 'quiet', text: '' });

function windowOf(count: number, ...options: Parameters<typeof createItemWindow>) {
  const window = createItemWindow(...options);
  for (let at = 0; at < count; at += 1) window.take({ kind: 'added', item: row(at) });
  const { items, earlierItems } = window.result();
  return [items[0]?.id, items.at(-1)?.id, items.length, earlierItems];
}

test.each([
  ['the last rows', {}, [90, 99, 10, 90]],
  ['the rows before one', { beforeItemId: id(50) }, [40, 49, 10, 40]],
  ['all rows back to one', { beforeItemId: id(50), untilItemId: id(3) }, [3, 49, 47, 3]],
  ['no fewer than requested', { beforeItemId: id(50), untilItemId: id(48) }, [40, 49, 10, 40]],
  ['the last rows, if the other row is after them', { beforeItemId: id(50), untilItemId: id(70) }, [40, 49, 10, 40]],
] as const)('%s are kept', (_name, where, expected) => {
  const [first, last, ...counts] = expected;
  expect(windowOf(100, 10, where)).toEqual([id(first), id(last), ...counts]);
});

test('one answer is limited to its maximum', () => {
  const count = MAX_EARLIER * 3;
  expect(windowOf(count, 10, { untilItemId: id(1) })).toEqual([id(count - MAX_EARLIER), id(count - 1), MAX_EARLIER, count - MAX_EARLIER]);
});
