import { expect, test, vi } from 'vitest';
import { dimmed, titleBarOverlay } from './theme.ts';

const electron = vi.hoisted(() => ({ nativeTheme: { shouldUseDarkColors: false } }));
vi.mock('electron', () => electron);

test('a colour behind a veil is as dark as the page there', () => {
  expect([dimmed('#f4f4f5', 0), dimmed('#f4f4f5', 0.25), dimmed('#101012', 0.5)]).toEqual(['#f4f4f5', '#b7b7b8', '#080809']);
});

test.each([
  [false, 1, false, { color: '#f4f4f5', symbolColor: '#55555e', height: 39 }],
  [true, 1, false, { color: '#101012', symbolColor: '#a8a8b3', height: 39 }],
  [true, 1.44, true, { color: '#080809', symbolColor: '#54545a', height: 57 }],
])('dark %s, zoom %d, dialog %s: the buttons match the bar', (isDark, zoomFactor, isDimmed, expected) => {
  electron.nativeTheme.shouldUseDarkColors = isDark;
  expect(titleBarOverlay({ zoomFactor, isDimmed })).toEqual(expected);
});
