import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createTestMachine, openTestSettings, realClock } from './settings.fixture.ts';

const trusted = (root: string) => ({ root, cwd: root, trusted: true });

test('layers count in their order, and the project only when trusted', async () => {
  const machine = createTestMachine();
  machine.write(machine.paths.systemDefaults, { model: { name: 'defaults' }, tools: { approvalMode: 'plan' } });
  machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'user' } });
  machine.write('p/.qwen/settings.json', { model: { name: 'project' } });
  const { settings } = openTestSettings(machine);
  const root = join(machine.folder, 'p');

  expect((await settings.read()).values).toMatchObject({ model: { name: 'user' }, tools: { approvalMode: 'plan' } });
  expect((await settings.read(trusted(root))).values.model?.name).toBe('project');
  expect((await settings.read(trusted(root))).operatorValues.model?.name).toBe('user');
  const untrusted = await settings.read({ ...trusted(root), trusted: false });
  expect(untrusted.values.model?.name).toBe('user');
  expect(untrusted.files.map((file) => [file.scope, file.exists, file.used])).toEqual([
    ['system-defaults', true, true],
    ['user', true, true],
    ['project', true, false],
    ['system', false, false],
  ]);

  machine.write(machine.paths.systemSettings, { model: { name: 'system' } });
  expect((await settings.read(trusted(root))).values.model?.name).toBe('system');
});

test('a broken file is told with its place, never overwritten, and the other layers still count', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), '{\n  "model": { "name": }\n}');
  machine.write(machine.paths.systemDefaults, { model: { name: 'defaults' } });
  const { settings } = openTestSettings(machine);

  const reading = await settings.read();
  expect(reading.values.model?.name).toBe('defaults');
  expect(reading.problems).toMatchObject([{ path, line: 2, column: 22 }]);
  await expect(settings.editUser(() => [{ path: ['a'], value: 1 }])).rejects.toMatchObject({
    code: 'settings_broken',
    data: { path, line: 2, column: 22 },
  });
  expect(readFileSync(path, 'utf8')).toBe('{\n  "model": { "name": }\n}');
});

test('a new file is private and an edit tells every client', async () => {
  const machine = createTestMachine();
  const { settings, events } = openTestSettings(machine);
  await settings.editUser(() => [{ path: ['model', 'name'], value: 'm' }]);
  const path = join(machine.paths.qwenHome, 'settings.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ $version: 4, model: { name: 'm' } });
  expect(events).toEqual([{ event: 'settings.changed', data: {} }]);
});

test('edits at the same time all arrive', async () => {
  const machine = createTestMachine();
  const { settings } = openTestSettings(machine);
  await Promise.all(['a', 'b', 'c', 'd'].map((key) => settings.editUser(() => [{ path: [key], value: 1 }])));
  expect((await settings.read()).all).toMatchObject({ a: 1, b: 1, c: 1, d: 1 });
});

test('process environment comes before .env, and .env before settings.env', async () => {
  const machine = createTestMachine();
  machine.write('p/.env', 'A=dotenv\nB=dotenv\n');
  machine.write('.env', 'B=parent\nD=parent\n');
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    env: { A: 'settings', B: 'settings', C: 'settings' },
    model: { name: '$B' },
  });
  const { settings } = openTestSettings(machine, { A: 'process' });
  const reading = await settings.read(trusted(join(machine.folder, 'p')));
  expect(reading.environment.all).toEqual({ A: 'process', B: 'dotenv', C: 'settings' });
  expect(reading.values.model?.name).toBe('dotenv');
  const untrusted = await settings.read({ root: join(machine.folder, 'p'), cwd: join(machine.folder, 'p'), trusted: false });
  expect(untrusted.environment.all).toEqual({ A: 'process', B: 'settings', C: 'settings' });
});

test('a value of the wrong kind counts as absent and takes nothing else with it', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    model: 7,
    env: { A: 'a', B: 2 },
    tools: { approvalMode: ['x'] },
    modelProviders: { openai: {} },
  });
  const { values } = await openTestSettings(machine).settings.read();
  expect(values).toMatchObject({ env: { A: 'a' }, modelProviders: { openai: [] } });
  expect(values.model).toBeUndefined();
});

test('an edit from outside counts at the next reading and is told to clients', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'one' } });
  const { settings, events } = openTestSettings(machine, {}, realClock());
  expect((await settings.read()).values.model?.name).toBe('one');
  machine.write(path, { model: { name: 'two!' } });
  expect((await settings.read()).values.model?.name).toBe('two!');
  await vi.waitFor(() => expect(events).toEqual([{ event: 'settings.changed', data: {} }]), { timeout: 5000 });
});
