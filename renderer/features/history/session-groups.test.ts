import { expect, test } from 'vitest';
import { groupOf } from './session-groups.ts';

const NOW_MS = new Date(2026, 10, 21, 0, 30).getTime();
const at = (...parts: readonly [number, number, number, number?]) => groupOf(new Date(...parts).getTime(), NOW_MS);

test('a recent session is under its day, an older one under its month', () => {
  expect(at(2026, 10, 21, 0)).toBe('Today');
  expect(at(2026, 10, 20, 23)).toBe('Yesterday');
  expect(at(2026, 10, 20, 0)).toBe('Yesterday');
  expect(at(2026, 10, 19, 23)).toBe('Last 7 days');
  expect(at(2026, 10, 15, 0)).toBe('Last 7 days');
  expect(at(2026, 10, 14, 23)).toBe('Last 30 days');
  expect(at(2026, 9, 23, 0)).toBe('Last 30 days');
  expect(at(2026, 9, 22, 23)).toBe('October 2026');
  expect(at(2025, 10, 21, 0)).toBe('November 2025');
});

test('a clock that was set back does not lose a session', () => {
  expect(at(2027, 0, 1, 0)).toBe('Today');
});
