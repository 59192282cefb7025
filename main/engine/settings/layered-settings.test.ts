import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createTestMachine, openTestSettings, realClock } from './settings.fixture.ts';

const trusted = (root: string) => ({ root, cwd: root, trusted: true });

test('layers apply in their order, and the project only if trusted', async () => {
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

test('a broken file is reported with its position, never overwritten, and the other layers still apply', async () => {
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

test('a file that breaks keeps its last values, and is reported, until it can be read again', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'good' } });
  const { settings } = openTestSettings(machine);
  await settings.read();
  machine.write(path, '{ "model": ');
  const broken = await settings.read();
  expect(broken.values.model?.name).toBe('good');
  expect(broken.problems).toMatchObject([{ path, line: 1, usesLastGood: true }]);
  machine.write(path, { model: { name: 'mended' } });
  expect(await settings.read()).toMatchObject({ values: { model: { name: 'mended' } }, problems: [] });
});

test('a deleted file that comes back broken does not get its old values', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'good' } });
  const { settings } = openTestSettings(machine);
  await settings.read();
  rmSync(path);
  await settings.read();
  machine.write(path, '{ "model": ');
  const reading = await settings.read();
  expect(reading.values.model?.name).toBeUndefined();
  expect(reading.files.find(({ scope }) => scope === 'user')).toMatchObject({ exists: true, used: false });
  expect(reading.problems).toEqual([expect.not.objectContaining({ usesLastGood: true })]);
});

test('a file that is not UTF-8 is reported and not changed', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), '{}');
  writeFileSync(path, Buffer.from('{"a":1}', 'utf16le'));
  const { settings } = openTestSettings(machine);
  expect((await settings.read()).problems).toMatchObject([{ path, line: 1, column: 1, message: expect.stringContaining('UTF-8') }]);
  await expect(settings.editUser(() => [{ path: ['a'], value: 2 }])).rejects.toMatchObject({ code: 'settings_broken' });
  expect(readFileSync(path).equals(Buffer.from('{"a":1}', 'utf16le'))).toBe(true);
});

test('a file with flat keys is read in the current form, and its first edit keeps a backup', async () => {
  const machine = createTestMachine();
  const text = '{ "model": "old", "approvalMode": "yolo" }';
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), text);
  const { settings } = openTestSettings(machine);
  const reading = await settings.read();
  expect(reading.values).toMatchObject({ model: { name: 'old' }, tools: { approvalMode: 'yolo' } });
  expect(reading.originsOf(['tools', 'approvalMode'])).toEqual([{ source: 'user', path, line: 1, column: 19, written: 'yolo' }]);
  expect(readFileSync(path, 'utf8')).toBe(text);
  await settings.editUser(() => [{ path: ['model', 'name'], value: 'new' }]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ $version: 4, model: { name: 'new' }, tools: { approvalMode: 'yolo' } });
  expect(readFileSync(`${path}.before-gantry`, 'utf8')).toBe(text);
});

test('the backup of a file with flat keys is the oldest one', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), '{ "model": "first" }');
  const { settings } = openTestSettings(machine);
  await settings.editUser(() => [{ path: ['a'], value: 1 }]);
  machine.write(path, '{ "model": "second" }');
  await settings.editUser(() => [{ path: ['a'], value: 1 }]);
  expect(readFileSync(`${path}.before-gantry`, 'utf8')).toBe('{ "model": "first" }');
  expect(statSync(`${path}.before-gantry`).mode & 0o777).toBe(0o600);
});

test('a failed edit does not fail the next one', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), '{ "a": ');
  const { settings } = openTestSettings(machine);
  await expect(settings.editUser(() => [{ path: ['a'], value: 1 }])).rejects.toMatchObject({ code: 'settings_broken' });
  machine.write(path, {});
  await settings.editUser(() => [{ path: ['a'], value: 1 }]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 1 });
});

test('settings.env cannot set variables that load programs', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), { env: { NODE_OPTIONS: '-r x', LD_PRELOAD: 'x', MINE: '1' } });
  expect((await openTestSettings(machine).settings.read()).environment.all).toEqual({ MINE: '1' });
});

test('a folder cannot set what only the operator may set, and a value lists its source and the overridden ones', async () => {
  const machine = createTestMachine();
  const user = machine.write(
    join(machine.paths.qwenHome, 'settings.json'),
    '{\n  "proxy": "http://mine",\n  "model": { "name": "mine" }\n}',
  );
  const project = machine.write('p/.qwen/settings.json', {
    proxy: 'http://theirs',
    model: { name: 'theirs' },
    ui: { brand: { name: 'x' } },
  });
  const { settings } = openTestSettings(machine, { OPENAI_MODEL: 'exported' });
  const reading = await settings.read(trusted(join(machine.folder, 'p')));
  expect(reading.values).toMatchObject({ proxy: 'http://mine', model: { name: 'theirs' } });
  expect(reading.all).not.toHaveProperty('ui.brand');
  expect(reading.originsOf(['model', 'name'])).toEqual([
    { source: 'project', path: project, line: 4, column: 5, written: 'theirs' },
    { source: 'user', path: user, line: 3, column: 14, written: 'mine' },
  ]);
  expect(reading.originsOfVariables(['OPENAI_MODEL'])).toEqual([{ source: 'environment', variable: 'OPENAI_MODEL', written: 'exported' }]);
});

test('the command line overrides every file, counts as the operator, and is not a file', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    tools: { core: ['edit'], exclude: ['glob'] },
    mcp: { allowed: ['mine'] },
    mcpServers: { mine: { command: 'a' } },
  });
  machine.write(machine.paths.systemSettings, { tools: { core: ['read_file'] }, proxy: 'http://system' });
  const { settings } = openTestSettings(machine, {}, undefined, {
    tools: { core: ['grep_search'], exclude: ['edit'] },
    mcp: { allowed: ['theirs'] },
    mcpServers: { theirs: { command: 'b' } },
    proxy: 'http://flag',
  });
  const reading = await settings.read();
  expect(reading.values.tools).toMatchObject({ core: ['grep_search'], exclude: ['glob', 'edit'] });
  expect(reading.values.mcp?.allowed).toEqual(['theirs']); // the only ones, not additional ones
  expect(Object.keys(reading.values.mcpServers ?? {})).toEqual(['mine', 'theirs']);
  expect(reading.operatorValues.proxy).toBe('http://flag');
  expect(reading.originsOf(['mcpServers', 'theirs'])).toEqual([{ source: 'system', path: 'the command line', written: { command: 'b' } }]);
  expect(reading.files.map(({ path }) => path)).not.toContain('the command line');
});

test('a new file is private and an edit notifies every client', async () => {
  const machine = createTestMachine();
  const { settings, events } = openTestSettings(machine);
  await settings.editUser(() => [{ path: ['model', 'name'], value: 'm' }]);
  const path = join(machine.paths.qwenHome, 'settings.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ $version: 4, model: { name: 'm' } });
  expect(events).toEqual([{ event: 'settings.changed', data: {} }]);
});

test('concurrent edits are all applied', async () => {
  const machine = createTestMachine();
  const { settings } = openTestSettings(machine);
  await Promise.all(['a', 'b', 'c', 'd'].map((key) => settings.editUser(() => [{ path: [key], value: 1 }])));
  expect((await settings.read()).all).toMatchObject({ a: 1, b: 1, c: 1, d: 1 });
});

test('the process environment takes precedence over .env, and .env over settings.env', async () => {
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

test('a value may refer to a variable of settings.env, which .env and the process override', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), { env: { A: 'settings', B: 'settings-$A' }, model: { name: '$A/$B/$C' } });
  expect((await openTestSettings(machine).settings.read()).values.model?.name).toBe('settings/settings-$A/$C');
  expect((await openTestSettings(machine, { A: 'process' }).settings.read()).operatorValues.model?.name).toBe(
    'process/settings-process/$C',
  );
});

test('a value of the wrong type counts as absent and does not affect the others', async () => {
  const machine = createTestMachine();
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    model: 7,
    env: { A: 'a', B: 2 },
    tools: { approvalMode: ['x'] },
    modelProviders: { openai: {} },
  });
  const { values } = await openTestSettings(machine).settings.read();
  expect(values).toMatchObject({ env: { A: 'a' }, modelProviders: { openai: [] } });
  expect(values.model?.name).toBeUndefined();
});

test('an edit from outside applies at the next reading and notifies clients', async () => {
  const machine = createTestMachine();
  const path = machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'one' } });
  const { settings, events } = openTestSettings(machine, {}, realClock());
  expect((await settings.read()).values.model?.name).toBe('one');
  machine.write(path, { model: { name: 'two!' } });
  expect((await settings.read()).values.model?.name).toBe('two!');
  await vi.waitFor(() => expect(events).toEqual([{ event: 'settings.changed', data: {} }]));
});

test('a reading is repeated only if one of its files has appeared, disappeared or changed', async () => {
  const machine = createTestMachine();
  const user = machine.write(join(machine.paths.qwenHome, 'settings.json'), { model: { name: 'one' } });
  const { settings } = openTestSettings(machine);
  const project = trusted(join(machine.folder, 'p'));
  const first = await settings.read(project);
  expect(await settings.read(project)).toBe(first);
  await settings.read({ ...project, trusted: false });
  await settings.read();
  expect(await settings.read(project)).toBe(first);

  const dotenv = machine.write('p/.env', 'A=1\n');
  const withDotenv = await settings.read(project);
  expect(withDotenv.environment.dotenv).toEqual({ A: '1' });
  expect(await settings.read(project)).toBe(withDotenv);
  rmSync(dotenv);
  expect((await settings.read(project)).environment.dotenv).toEqual({});
  machine.write('p/.qwen/settings.json', { model: { name: 'project' } });
  expect((await settings.read(project)).values.model?.name).toBe('project');
  rmSync(user);
  expect((await settings.read()).values.model?.name).toBeUndefined();
});
