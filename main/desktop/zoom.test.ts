import { expect, test, vi } from 'vitest';
import { nextZoomLevel } from './zoom.ts';

vi.mock('electron', () => ({ nativeTheme: {} }));

test.each([
  [0, 'in', 0.5],
  [0.5, 'in', 1],
  [5, 'in', 5],
  [0, 'out', -0.5],
  [-3, 'out', -3],
  [2.5, 'reset', 0],
] as const)('from level %d, zooming %s leads to %d', (level, step, expected) => {
  expect(nextZoomLevel(level, step)).toBe(expected);
});
