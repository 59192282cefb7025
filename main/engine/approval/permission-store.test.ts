import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSettings } from '../settings/index.ts';
import { createPermissionStore } from './permission-store.ts';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-rules-')));
  mkdirSync(join(base, 'project/.qwen'), { recursive: true });
  mkdirSync(join(base, 'home/.qwen'), { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function open(trusted = true) {
  const nothing = () => undefined;
  const home = join(base, 'home');
  const qwenHome = join(home, '.qwen');
  const missing = join(base, 'missing.json');
  const systemSettings = join(base, 'system.json');
  const paths = {
    home,
    qwenHome,
    qwenRuntime: qwenHome,
    gantryHome: join(home, '.gantry'),
    systemSettings,
    systemDefaults: missing,
  };
  let nowMs = 0;
  let stepMs = 1000;
  const clock = { now: () => (nowMs += stepMs), after: () => nothing };
  /** How far each reading of the clock advances it. */
  const setStep = (ms: number) => void (stepMs = ms);
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const settings = createSettings({ paths, environment: async () => ({}), clock, logger, emit: nothing });
  const root = join(base, 'project');
  const project = { root, cwd: root, trusted };
  const store = createPermissionStore(settings, paths, clock);
  const projectFile = join(root, '.qwen/settings.json');
  const userFile = join(qwenHome, 'settings.json');
  return {
    store,
    project,
    rules: store.of(async () => project),
    projectFile,
    userFile,
    systemSettings,
    setStep,
    close: () => settings.close(),
  };
}

test('an allowed rule is appended to the list, and comments stay', async () => {
  const { rules, projectFile, close } = open();
  writeFileSync(projectFile, '{\n  // ours\n  "permissions": { "allow": ["Bash(ls *)"] }\n}\n');
  await rules.allow('project', ['Bash(npm test *)', 'Bash(ls *)']);
  expect(readFileSync(projectFile, 'utf8')).toContain('// ours');
  expect((await rules.lists()).allow).toEqual(['Bash(ls *)', 'Bash(npm test *)']);
  close();
});

test('a rule for the user creates the file and the list if they are missing', async () => {
  const { rules, userFile, close } = open();
  await rules.allow('user', ['WebFetch(domain:example.com)', 'Read(//opt/**)']);
  expect(JSON.parse(readFileSync(userFile, 'utf8'))).toMatchObject({
    permissions: { allow: ['WebFetch(domain:example.com)', 'Read(//opt/**)'] },
  });
  close();
});

test('the rules of an untrusted folder do not apply, and none is offered for it', async () => {
  const { rules, projectFile, userFile, close } = open(false);
  writeFileSync(projectFile, JSON.stringify({ permissions: { allow: ['Bash'] } }));
  expect((await rules.lists()).allow).toEqual([]);
  expect([await rules.fileOf('project'), await rules.fileOf('user')]).toEqual([undefined, userFile]);
  close();
});

test('every rule is listed with its file, and revoked from that file alone', async () => {
  const { store, project, projectFile, userFile, close } = open();
  writeFileSync(projectFile, JSON.stringify({ permissions: { allow: ['Bash(make)'], deny: ['Read(.env)'] } }));
  writeFileSync(userFile, JSON.stringify({ permissions: { allow: [7, 'Bash(make)', 'Bash(ls)'] } }));
  const entries = await store.list(project);
  expect(entries.map(({ list, rule, scope, path }) => [list, rule, scope, path])).toEqual([
    ['deny', 'Read(.env)', 'project', projectFile],
    ['allow', 'Bash(make)', 'project', projectFile],
    ['allow', 'Bash(make)', 'user', userFile],
    ['allow', 'Bash(ls)', 'user', userFile],
  ]);
  const [, , ofUser] = entries;
  if (ofUser === undefined) throw new Error('the rule is not listed');
  await store.revoke(project, ofUser);
  expect(JSON.parse(readFileSync(userFile, 'utf8'))).toMatchObject({ permissions: { allow: [7, 'Bash(ls)'] } });
  expect(entries.every(({ canRevoke }) => canRevoke)).toBe(true);
  expect((await store.list(project)).map(({ rule, scope }) => [rule, scope])).toContainEqual(['Bash(make)', 'project']);
  await expect(store.revoke(project, ofUser)).rejects.toMatchObject({ code: 'rule_unknown' });
  await expect(store.revoke(project, { ...ofUser, scope: 'system' })).rejects.toMatchObject({ code: 'rule_unknown' });
  close();
});

test('older settings apply: allowed and excluded commands by their beginning, core as the only ones', async () => {
  const { rules, userFile, close } = open();
  writeFileSync(
    userFile,
    JSON.stringify({
      tools: {
        allowed: ['run_shell_command(git)'],
        exclude: ['ShellTool(rm)', 'ShellTool(dd *)', 'web_fetch'],
        core: ['read_file', 'run_shell_command(ls)'],
      },
    }),
  );
  expect(await rules.lists()).toEqual({
    allow: ['run_shell_command(git:*)', 'run_shell_command(ls:*)'],
    ask: [],
    deny: ['ShellTool(rm:*)', 'ShellTool(dd *)', 'web_fetch'],
    onlyCommands: ['run_shell_command(ls:*)'],
  });
  close();
});

test('a rule of the system is listed and cannot be revoked here', async () => {
  const { store, project, systemSettings, close } = open();
  writeFileSync(systemSettings, JSON.stringify({ permissions: { deny: ['Bash(rm *)'] } }));
  expect(await store.list(project)).toEqual([
    { list: 'deny', rule: 'Bash(rm *)', scope: 'system', path: systemSettings, canRevoke: false },
  ]);
  close();
});

test('rules are cached for 300 ms, and read again after a write or when the clock is set back', async () => {
  const { rules, userFile, setStep, close } = open();
  const allow = async () => (await rules.lists()).allow;
  const write = (...list: string[]) => writeFileSync(userFile, JSON.stringify({ permissions: { allow: list } }));
  write('Bash(a)');
  expect(await allow()).toEqual(['Bash(a)']);
  write('Bash(a)', 'Bash(b)');
  setStep(300);
  expect(await allow()).toEqual(['Bash(a)']);
  setStep(1);
  expect(await allow()).toEqual(['Bash(a)', 'Bash(b)']);
  write('Bash(a)', 'Bash(b)', 'Bash(c)');
  setStep(-500);
  expect(await allow()).toEqual(['Bash(a)', 'Bash(b)', 'Bash(c)']);
  setStep(1);
  await rules.allow('user', ['Bash(d)']);
  expect(await allow()).toEqual(['Bash(a)', 'Bash(b)', 'Bash(c)', 'Bash(d)']);
  close();
});

test('a core setting that names the shell without a command allows every command', async () => {
  const { rules, userFile, close } = open();
  writeFileSync(userFile, JSON.stringify({ tools: { core: ['run_shell_command', 'run_shell_command(ls)'] } }));
  expect((await rules.lists()).onlyCommands).toBeUndefined();
  close();
});

test('each list of the settings is read as that list', async () => {
  const { rules, userFile, close } = open();
  const permissions = { allow: ['Bash(a)'], ask: ['Bash(b)'], deny: ['Bash(c)'] };
  writeFileSync(userFile, JSON.stringify({ permissions }));
  expect(await rules.lists()).toEqual(permissions);
  close();
});
