import { expect, test } from 'vitest';
import { ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { createItemWindow } from './item-window.ts';

const id = (at: number) => ItemId.parse(`row-${at}`);
const row = (at: number): TranscriptItem => ({ kind: 'notice', id: id(at), createdAtMs: at, level: 'quiet', text: '' });

test('the last rows are kept, and the others counted', () => {
  const window = createItemWindow(10);
  for (let at = 0; at < 100; at += 1) window.take({ kind: 'added', item: row(at) });
  const { items, earlierItems } = window.result();
  expect([items[0]?.id, items.at(-1)?.id, items.length, earlierItems]).toEqual([id(90), id(99), 10, 90]);
});
