import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGantryState } from './gantry-files.ts';
import { createTestMachine, openTestSettings } from './settings.fixture.ts';

test('updates run one after the other, keep unknown keys and write a private file', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.gantryHome, 'state.json'), { drafts: { a: 'mine' } });
  const state = openGantryState(machine.paths.gantryHome, openTestSettings(machine).logger);
  await Promise.all(
    ['x', 'y', 'z'].map((key) => state.update((value) => ({ ...value, providerNames: { ...value.providerNames, [key]: key } }))),
  );
  expect(state.read().providerNames).toEqual({ x: 'x', y: 'y', z: 'z' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ drafts: { a: 'mine' } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a damaged file counts as empty and is logged', () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.gantryHome, 'state.json'), '{ "theme": ');
  const { logger, logged } = openTestSettings(machine);
  expect(openGantryState(machine.paths.gantryHome, logger).read()).toEqual({
    projects: [],
    lastShown: null,
    theme: 'system',
    moveToBackgroundKey: null,
    defaultModel: null,
    providerNames: {},
    emptyProviders: [],
  });
  expect(logged()).toContain('state file could not be read');
});

test('invalid values are left out and the rest counts', () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.gantryHome, 'state.json'), { theme: 'pink', projects: [{ path: '/a', openedAtMs: 1 }, 7] });
  expect(openGantryState(machine.paths.gantryHome, openTestSettings(machine).logger).read()).toMatchObject({
    theme: 'system',
    projects: [{ path: '/a', openedAtMs: 1 }],
  });
});

test('the file is read again only when another process has written it', async () => {
  const machine = createTestMachine();
  const state = openGantryState(machine.paths.gantryHome, openTestSettings(machine).logger);
  expect(state.read()).toBe(state.read());
  machine.write(join(machine.paths.gantryHome, 'state.json'), { theme: 'dark' });
  const dark = state.read();
  expect(dark.theme).toBe('dark');
  expect(state.read()).toBe(dark);
  await state.update((value) => ({ ...value, theme: 'light' }));
  expect(state.read().theme).toBe('light');
});
