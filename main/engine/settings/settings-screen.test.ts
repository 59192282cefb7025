import { expect, test } from 'vitest';
import { startingMode } from './settings-screen.ts';

test.each([
  [undefined, true, 'default'],
  ['yolo', true, 'yolo'],
  ['yolo', false, 'default'],
  ['auto-edit', false, 'default'],
  ['plan', false, 'plan'],
  ['auto', true, 'default'],
  ['autoEdit', true, 'auto-edit'],
])('a session with approval mode %s in a folder with trust %s starts in %s', (written, trusted, mode) => {
  expect(startingMode(written, trusted)).toBe(mode);
});
