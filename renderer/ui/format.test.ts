import { expect, test } from 'vitest';
import { formatAge, formatDuration } from './format.ts';

const NOW_MS = new Date(2026, 10, 21, 12).getTime();
const HOUR_MS = 3_600_000;

test('durations are clock times, or tenths if `precise` is set', () => {
  expect([9000, 102_000, 3_728_000, -5].map((ms) => formatDuration(ms))).toEqual(['0:09', '1:42', '1:02:08', '0:00']);
  expect([1240, 9960, 10_000].map((ms) => formatDuration(ms, true))).toEqual(['1.2 s', '10.0 s', '0:10']);
});

test('the unit of an age grows with the age', () => {
  const ages = [0, 4 * 60_000, 3 * HOUR_MS, 48 * HOUR_MS, 9 * 24 * HOUR_MS, 500 * 24 * HOUR_MS];
  expect(ages.map((ms) => formatAge(NOW_MS - ms, NOW_MS))).toEqual(['now', '4 m', '3 h', 'Thu', '12 Nov', '9 Jul 2025']);
});
