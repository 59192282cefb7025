import { expect, test } from 'vitest';
import type { HostEvent } from '../../../preload/contract/index.ts';
import { openGantryState } from './gantry-files.ts';
import { createSettingsScreen, startingMode } from './settings-screen.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';

test.each([
  [undefined, true, 'default'],
  ['yolo', true, 'yolo'],
  ['yolo', false, 'default'],
  ['auto-edit', false, 'default'],
  ['plan', false, 'plan'],
  ['auto', true, 'auto-edit'],
  ['auto', false, 'default'],
  ['automatic', true, 'default'],
  ['autoEdit', true, 'auto-edit'],
])('a session with approval mode %s in a folder with trust %s starts in %s', (written, trusted, mode) => {
  expect(startingMode(written, trusted)).toBe(mode);
});

test('another key for the background is kept in the state file, reported to every window, and can be reset', async () => {
  const machine = createTestMachine();
  const { settings, logger } = openTestSettings(machine);
  const emitted: HostEvent[] = [];
  const screen = createSettingsScreen({
    settings,
    state: openGantryState(machine.paths.gantryHome, logger),
    projectOf: () => Promise.reject(new Error('no folder is open')),
    defaultModel: async () => undefined,
    setDefaultModel: async () => undefined,
    emit: (event) => emitted.push(event),
  });
  const key = async () => (await screen.describe()).moveToBackgroundKey;
  expect(await key()).toBeUndefined();
  await screen.setMoveToBackgroundKey('Ctrl+Shift+M');
  expect(await key()).toBe('Ctrl+Shift+M');
  expect(openGantryState(machine.paths.gantryHome, logger).read().moveToBackgroundKey).toBe('Ctrl+Shift+M');
  await screen.setMoveToBackgroundKey(null);
  expect(await key()).toBeUndefined();
  expect(emitted.map(({ event }) => event)).toEqual(['settings.changed', 'settings.changed']);
});
