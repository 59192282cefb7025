import { expect, test } from 'vitest';
import { staysAtEnd } from './stick.ts';

test('reaching the end starts following it, and a list that shrank under the view is still at its end', () => {
  expect(staysAtEnd(false, { distance: 0, moved: 300 })).toBe(true);
  expect(staysAtEnd(true, { distance: 1, moved: -80 })).toBe(true);
});

test('the first scroll up stops following, beyond the rounding of positions', () => {
  expect(staysAtEnd(true, { distance: 2, moved: -1 })).toBe(true);
  expect(staysAtEnd(true, { distance: 3, moved: -1 })).toBe(false);
});

test('scrolling down close to the end starts following, further away it does not', () => {
  expect(staysAtEnd(false, { distance: 40, moved: 10 })).toBe(true);
  expect(staysAtEnd(false, { distance: 41, moved: 10 })).toBe(false);
});

test('growth below a view that is at the end does not stop following', () => {
  expect(staysAtEnd(true, { distance: 500, moved: 0 })).toBe(true);
});

test('a view that rests near the end does not start following by itself', () => {
  expect(staysAtEnd(false, { distance: 30, moved: 0 })).toBe(false);
});
