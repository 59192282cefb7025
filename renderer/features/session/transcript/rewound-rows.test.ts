import { expect, test } from 'vitest';
import { assistant, itemId, tool, user } from '../../../test/samples.ts';
import { rewoundRows } from './rewound-rows.ts';

const ITEMS = [
  user('u1', 'first'),
  assistant('a1', { text: 'yes' }),
  user('u2', 'second'),
  assistant('a2', { thinking: 'only thought' }),
  tool('c1'),
  assistant('a3', { text: 'done' }),
];
const view = { order: ITEMS.map((item) => item.id), items: Object.fromEntries(ITEMS.map((item) => [item.id, item])) };

test('a rewind removes the prompt and everything after it; thinking alone does not count as an answer', () => {
  expect(rewoundRows(view, itemId('u2'))).toEqual({ prompts: 1, answers: 1, calls: 1 });
  expect(rewoundRows(view, itemId('u1'))).toEqual({ prompts: 2, answers: 2, calls: 1 });
});

test('a prompt that no longer exists removes nothing', () => {
  expect(rewoundRows(view, itemId('nowhere'))).toEqual({ prompts: 0, answers: 0, calls: 0 });
});
