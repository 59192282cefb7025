import { expect, test } from 'vitest';
import { createCallIds } from './call-ids.ts';

test('a call keeps the id from the model, unless the id is missing, too long or already used, also in the history', () => {
  const call = { id: 'old', name: 'glob', input: {} };
  const take = createCallIds([{ role: 'assistant', text: '', thinking: '', toolCalls: [call] }]);
  const longest = 'x'.repeat(120);
  expect([take('new'), take(longest)]).toEqual(['new', longest]);
  const replaced = ['old', 'new', '', '', 'x'.repeat(121)].map(take);
  for (const id of replaced) expect(id).toMatch(/^call_[0-9a-f-]{36}$/);
  expect(new Set(replaced).size).toBe(replaced.length);
});
