import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProjectId } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import { openGantryState, openTrustRecord } from '../settings/index.ts';
import { createTestMachine, openTestSettings, stillClock, type TestMachine } from '../settings/settings.fixture.ts';
import { createProjects } from './projects.ts';

function open(machine: TestMachine, environment: Environment = {}, nowMs = 1000) {
  const { settings, events, logger } = openTestSettings(machine, environment);
  const { paths } = machine;
  const projects = createProjects({
    paths,
    settings,
    state: openGantryState(paths.gantryHome, logger),
    trust: openTrustRecord(paths.gantryHome, logger),
    clock: stillClock(nowMs),
    logger,
    emit: (event) => events.push(event),
    platform: 'linux',
  });
  return { projects, events };
}

function folder(machine: TestMachine, name: string): string {
  const path = join(machine.folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

test('an opened folder is remembered by its real path, newest first, after a restart', async () => {
  const machine = createTestMachine();
  const a = folder(machine, 'a');
  const b = folder(machine, 'b');
  symlinkSync(a, join(machine.folder, 'link'));
  const first = open(machine);
  await first.projects.open(a);
  await first.projects.open(b);
  const again = await first.projects.open(join(machine.folder, 'link'));
  expect(again).toEqual({ id: again.id, path: a, name: 'a', trust: 'unknown', projectFiles: [], exists: true, openedAtMs: 1000 });
  expect(first.events.map((event) => event.event)).toEqual(['project.changed', 'project.changed', 'project.changed']);

  const second = open(machine);
  expect((await second.projects.list()).map((project) => project.path)).toEqual([a, b]);
});

test('a project of an earlier run is found by its id before anything was listed', async () => {
  const machine = createTestMachine();
  const { id } = await open(machine).projects.open(folder(machine, 'a'));
  expect(open(machine).projects.get(id).root).toBe(join(machine.folder, 'a'));
});

test('a folder that is the home folder, or contains it, is pointed out', async () => {
  const machine = createTestMachine();
  const { projects } = open(machine);
  const home = folder(machine, 'home');
  const folders = [home, machine.folder, folder(machine, 'home/work'), folder(machine, 'a')];
  const found = await Promise.all(folders.map((path) => projects.open(path)));
  expect(found.map(({ holdsHome }) => holdsHome)).toEqual([true, true, undefined, undefined]);
});

test('a folder that is not remembered is open and not in the list', async () => {
  const machine = createTestMachine();
  const { projects } = open(machine);
  const { id } = await projects.open(folder(machine, 'a'), { remember: false });
  expect(projects.get(id).id).toBe(id);
  expect(await projects.list()).toEqual([]);
});

test('a path that is not a folder is refused with a remedy', async () => {
  const machine = createTestMachine();
  const { projects } = open(machine);
  await expect(projects.open(join(machine.folder, 'none'))).rejects.toMatchObject({
    code: 'folder_not_found',
    message: expect.stringContaining('Check the path'),
  });
  await expect(projects.open(machine.write('file.txt', ''))).rejects.toMatchObject({ code: 'not_a_folder' });
  expect(() => projects.get(ProjectId.parse('prj_none'))).toThrow(expect.objectContaining({ code: 'project_unknown' }));
});

test('a deleted folder is listed as missing', async () => {
  const machine = createTestMachine();
  const { projects } = open(machine);
  const path = folder(machine, 'a');
  await projects.open(path);
  rmSync(path, { recursive: true });
  expect(await projects.list()).toMatchObject([{ path, exists: false }]);
});

test('trust is asked once, recorded by real path, and can be revoked', async () => {
  const machine = createTestMachine();
  const { projects, events } = open(machine);
  const { id, trust } = await projects.open(folder(machine, 'a'));
  expect(trust).toBe('unknown');
  expect((await projects.trust(id, true)).trust).toBe('trusted');
  expect(events.map((event) => event.event)).toContain('settings.changed');
  expect(await open(machine).projects.get(id).trust()).toBe('trusted');
  expect((await projects.trust(id, false)).trust).toBe('untrusted');
  expect((await projects.open(join(machine.folder, 'a'), { trust: true })).trust).toBe('trusted');
});

test('a forgotten folder leaves the list and stays usable for what runs in it', async () => {
  const machine = createTestMachine();
  const { projects, events } = open(machine);
  const { id } = await projects.open(folder(machine, 'a'));
  await projects.forget(id);
  expect(await projects.list()).toEqual([]);
  expect(projects.get(id).id).toBe(id);
  expect(events.at(-1)).toEqual({ event: 'project.removed', data: { projectId: id } });
});

test('a context reflects the current settings, and an untrusted folder does not raise its own mode', async () => {
  const machine = createTestMachine();
  const { projects } = open(machine);
  const { id } = await projects.open(folder(machine, 'p'));
  const context = projects.get(id);
  machine.write('p/.qwen/settings.json', { tools: { approvalMode: 'yolo' } });
  machine.write('p/.git/HEAD', 'ref: refs/heads/main\n');
  expect(await context.approvalMode()).toBe('default');
  await projects.trust(id, true);
  expect(await context.approvalMode()).toBe('yolo');
  expect(await context.gitBranch()).toBe('main');
});

test('a child never gets the values of .env or settings.env, nor a key, and a folder cannot pass one to it', async () => {
  const machine = createTestMachine();
  machine.write('p/.env', 'FROM_DOTENV=1\n');
  machine.write('p/.qwen/settings.json', {
    gantry: { shell: { passEnv: ['OPENAI_API_KEY'] } },
    modelProviders: { openai: [{ id: 'm', envKey: 'HIDDEN_KEY' }] },
  });
  machine.write(join(machine.paths.qwenHome, 'settings.json'), {
    env: { FROM_SETTINGS: '1' },
    gantry: { shell: { passEnv: ['NODE_OPTIONS'] } },
  });
  const { projects } = open(machine, { PATH: '/bin', OPENAI_API_KEY: 'sk-canary', HIDDEN_KEY: 'canary', NODE_OPTIONS: '--x' });
  const { id } = await projects.open(join(machine.folder, 'p'), { trust: true });
  expect(await projects.get(id).childEnv()).toEqual({ PATH: '/bin', NODE_OPTIONS: '--x' });
  expect(await projects.get(id).lookupEnv()).toMatchObject({ FROM_DOTENV: '1', FROM_SETTINGS: '1', OPENAI_API_KEY: 'sk-canary' });
});

test('the state file is readable JSON', async () => {
  const machine = createTestMachine();
  await open(machine).projects.open(folder(machine, 'a'));
  expect(JSON.parse(readFileSync(join(machine.paths.gantryHome, 'state.json'), 'utf8'))).toMatchObject({
    projects: [{ path: join(machine.folder, 'a') }],
  });
});
