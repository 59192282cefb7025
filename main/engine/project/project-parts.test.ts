import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestMachine } from '../settings/settings.fixture.ts';
import { childEnvironment } from './child-environment.ts';
import { createGitBranchReader } from './git-branch.ts';
import { listProjectFiles } from './project-files.ts';
import { getChatsDir, toProjectId, sanitizedFolder, getTempDir } from './session-paths.ts';
import { pathTyped, suggestPaths } from './suggest-paths.ts';

test.each([
  ['/home/me/proj', 'linux', '-home-me-proj'],
  ['C:\\Users\\A b', 'win32', 'c--users-a-b'],
  ['/home/me/Ümlaut_x.y', 'linux', '-home-me--mlaut-x-y'],
] as const)('sessions of %s on %s are filed under %s', (cwd, platform, name) => {
  expect(sanitizedFolder(cwd, platform)).toBe(name);
});

test('the folders of a project are those of Qwen Code', () => {
  const { paths } = createTestMachine();
  expect(getChatsDir(paths, '/a', 'linux')).toBe(join(paths.qwenRuntime, 'projects', '-a', 'chats'));
  // sha256 of "/a"
  expect(getTempDir(paths, '/a', 'linux')).toBe(
    join(paths.qwenRuntime, 'tmp', '6a50dc8584134c7de537c0052ff6d236bf874355e050c90523e0c5ff2a543a28'),
  );
  expect(toProjectId('/a', 'linux')).toBe(toProjectId('/a', 'linux'));
  expect(toProjectId('/a', 'linux')).not.toBe(toProjectId('/b', 'linux'));
});

test('the branch is read from the repository that contains the folder', async () => {
  const machine = createTestMachine();
  machine.write('repo/.git/HEAD', 'ref: refs/heads/feature/x\n');
  mkdirSync(join(machine.folder, 'repo', 'deep', 'er'), { recursive: true });
  expect(await createGitBranchReader()(join(machine.folder, 'repo', 'deep', 'er'))).toBe('feature/x');
});

test('a worktree and a detached HEAD are recognized, and a folder without git has no branch', async () => {
  const machine = createTestMachine();
  machine.write('repo/.git/worktrees/w/HEAD', 'ref: refs/heads/side\n');
  machine.write('w/.git', 'gitdir: ../repo/.git/worktrees/w\n');
  machine.write('loose/.git/HEAD', `${'a1'.repeat(20)}\n`);
  expect(await createGitBranchReader()(join(machine.folder, 'w'))).toBe('side');
  expect(await createGitBranchReader()(join(machine.folder, 'loose'))).toBe('a1a1a1a');
  expect(await createGitBranchReader()(join(machine.folder, 'home'))).toBeUndefined();
});

test('the branch changes as soon as HEAD does, and is absent once the repository is gone', async () => {
  const machine = createTestMachine();
  machine.write('repo/.git/HEAD', 'ref: refs/heads/one\n');
  const readBranch = createGitBranchReader();
  expect(await readBranch(join(machine.folder, 'repo'))).toBe('one');
  machine.write('repo/.git/HEAD', 'ref: refs/heads/other\n');
  expect(await readBranch(join(machine.folder, 'repo'))).toBe('other');
  rmSync(join(machine.folder, 'repo', '.git'), { recursive: true });
  expect(await readBranch(join(machine.folder, 'repo'))).toBeUndefined();
});

test('a child gets no key and nothing of Electron or Node, unless it is passed by name', () => {
  const own = {
    PATH: '/bin',
    NODE_ENV: 'test',
    NODE_OPTIONS: '-r x',
    NODE_CHANNEL_FD: '3',
    ELECTRON_RUN_AS_NODE: '1',
    npm_config_user_agent: 'npm',
    OPENAI_API_KEY: 'k1',
    DASHSCOPE_API_KEY: 'k2',
    MY_MODEL_KEY: 'k3',
    KEPT_KEY: 'k4',
    EMPTY: undefined,
    EDITOR: 'vi',
  };
  expect(childEnvironment(own, { envKeys: ['MY_MODEL_KEY', 'KEPT_KEY', 'PATH'], passed: ['KEPT_KEY', 'DASHSCOPE_API_KEY'] })).toEqual({
    PATH: '/bin',
    NODE_ENV: 'test',
    KEPT_KEY: 'k4',
    DASHSCOPE_API_KEY: 'k2',
    EDITOR: 'vi',
  });
});

test('the list shows what a folder would add', async () => {
  const machine = createTestMachine();
  machine.write('p/.qwen/settings.json', '{ "hooks": {}, "mcpServers": {} }');
  machine.write('p/.qwen/agents/a.md', '');
  machine.write('p/AGENTS.md', '');
  machine.write('p/.env', '');
  expect(await listProjectFiles(join(machine.folder, 'p'))).toEqual([
    '.qwen/settings.json',
    '.env',
    'AGENTS.md',
    '.qwen/settings.json: hooks',
    '.qwen/settings.json: MCP servers',
    '.qwen/agents/ (1)',
  ]);
});

test('folders are completed, hidden ones only on demand, files and dangling links never', async () => {
  const machine = createTestMachine();
  for (const name of ['home/Alpha', 'home/alps', 'home/.hidden', 'home/beta/inner'])
    mkdirSync(join(machine.folder, name), { recursive: true });
  machine.write('home/alfile', '');
  symlinkSync(join(machine.folder, 'home', 'beta'), join(machine.folder, 'home', 'al-link'));
  symlinkSync('/nowhere/at/all', join(machine.folder, 'home', 'al-dangling'));
  const { home } = machine.paths;
  expect(await suggestPaths('~/al', home)).toEqual([join(home, 'al-link'), join(home, 'Alpha'), join(home, 'alps')]);
  expect(await suggestPaths(join(home, '.h'), home)).toEqual([join(home, '.hidden')]);
  expect(await suggestPaths(`${home}/beta/`, home)).toEqual([join(home, 'beta', 'inner')]);
  expect(await suggestPaths('', home)).toEqual([join(home, 'al-link'), join(home, 'Alpha'), join(home, 'alps'), join(home, 'beta')]);
  expect(await suggestPaths('/no/such/place/x', home)).toEqual([]);
});

test('a typed path may begin with the home folder', () => {
  const home = join('/', 'home', 'ada');
  expect(['~', '~/shop', 'shop', ' /srv/shop/ '].map((typed) => pathTyped(typed, home))).toEqual([
    home,
    join(home, 'shop'),
    join(home, 'shop'),
    join('/', 'srv', 'shop'),
  ]);
});
