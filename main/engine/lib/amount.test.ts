import { expect, test } from 'vitest';
import { amount } from './amount.ts';

test('one thing is singular, any other number is plural, and thousands are separated', () => {
  expect([0, 1, 2, 12_345].map((count) => amount(count, 'line'))).toEqual(['0 lines', '1 line', '2 lines', '12,345 lines']);
  expect([1, 2].map((count) => amount(count, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
});
