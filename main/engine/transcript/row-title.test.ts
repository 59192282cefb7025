import { expect, test } from 'vitest';
import { toRowTitle } from './row-title.ts';

test.each([
  [{ verb: 'read_output', target: 'bg_1' }, 'Read output of bg_1'],
  [{ verb: 'Searched for', target: 'x' }, 'Searched for x'],
  [{ verb: '', target: 'x' }, 'x'],
])('the title of %j is %j', (item, title) => {
  expect(toRowTitle(item)).toBe(title);
});
