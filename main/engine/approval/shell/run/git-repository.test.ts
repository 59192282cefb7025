import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realFiles } from '../../../../test/shell/shell-oracle.fixture.ts';
import { createSandbox } from '../../../sandbox/index.ts';
import { lookAtCommand } from '../shell-facts.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const nothing = () => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

let base = '';
let project = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-git-')));
  project = join(base, 'project');
  mkdirSync(join(base, 'home'));
  init(project);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const env = () => ({ PATH, HOME: join(base, 'home'), LANG: 'C.UTF-8' });

function git(cwd: string, ...args: readonly string[]): void {
  const identity = [
    '-c',
    'user.name=o',
    '-c',
    'user.email=o@example.com',
    '-c',
    'init.defaultBranch=main',
    '-c',
    'protocol.file.allow=always',
  ];
  execFileSync('git', [...identity, ...args], { cwd, env: env(), stdio: 'pipe' });
}

function init(folder: string): void {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  writeFileSync(join(folder, '.env'), 'SECRET=canary\n');
  git(folder, 'add', '-f', '.');
  git(folder, 'commit', '-qm', 'first');
}

function look(command: string, root = project) {
  return lookAtCommand(command, {
    cwd: root,
    home: join(base, 'home'),
    env: env(),
    roots: [root],
    readableRoots: [root],
    fs: realFiles,
    logger,
    hasWall: true,
  });
}

test.each([
  [
    'plain settings',
    [
      ['remote.o.url', 'x'],
      ['branch.main.remote', 'o'],
    ],
    undefined,
  ],
  ['a program for the file system watch', [['core.fsmonitor', './x']], 'core.fsmonitor'],
  ['an external diff', [['diff.external', './x']], 'diff.external'],
  ['a filter', [['filter.f.clean', './x']], 'filter.f.clean'],
  ['other hooks', [['core.hooksPath', '.githooks']], 'core.hookspath'],
  ['a pager of one command', [['pager.log', './x']], 'pager.log'],
  ['objects that another repository holds', [['remote.o.promisor', 'true']], 'remote.o.promisor'],
  ['settings of another file', [['include.path', '../x']], 'include.path'],
  ['files elsewhere', [['core.worktree', '/']], 'outside the workspace'],
  ['a key that is not known', [['some.key', 'x']], 'some.key'],
] as const)('git with %s in the repository', async (_name, settings, why) => {
  for (const [key, value] of settings) git(project, 'config', key, value);
  const facts = await look('git status');
  if (why === undefined) expect(facts).toMatchObject({ readsOnly: true, why: undefined });
  else expect(facts).toMatchObject({ readsOnly: false, why: expect.stringContaining(why) });
});

test('a bare repository among the files, beside an empty .git or behind a transparent word, is not used', async () => {
  git(base, 'init', '-q', '--bare', join(project, 'bare'));
  git(join(project, 'bare'), 'config', 'core.fsmonitor', './x');
  mkdirSync(join(project, 'bare/.git'));
  for (const command of ['cd bare && git status', 'command cd bare && git status', 'time cd bare && git log'])
    expect([command, (await look(command)).readsOnly]).toEqual([command, false]);
});

test('a repository that borrows objects, has links in it, or is not there asks', async () => {
  init(join(base, 'other'));
  const facts = () => look('git log');
  expect(await facts()).toMatchObject({ readsOnly: true });
  symlinkSync(join(base, 'other/.git/refs'), join(project, '.git/refs-of-other'));
  expect(await facts()).toMatchObject({ readsOnly: false, why: expect.stringContaining('is a link') });
  rmSync(join(project, '.git/refs-of-other'));
  writeFileSync(join(project, '.git/objects/info/alternates'), `${join(base, 'other/.git/objects')}\n`);
  expect(await facts()).toMatchObject({ readsOnly: false, why: 'the repository borrows objects from another one' });
  rmSync(join(project, '.git/objects/info/alternates'));
  writeFileSync(join(project, '.git/commondir'), `${join(base, 'other/.git')}\n`);
  expect(await facts()).toMatchObject({ readsOnly: false });
  mkdirSync(join(base, 'empty/sub'), { recursive: true });
  expect(await look('git log', join(base, 'empty'))).toMatchObject({
    readsOnly: false,
    why: 'git finds no repository of this project here',
  });
  mkdirSync(join(project, 'sub'));
  rmSync(join(project, '.git/commondir'));
  expect(await look('git log', join(project, 'sub'))).toMatchObject({ readsOnly: true });
});

test('a linked worktree may be used, if both sides name each other', async () => {
  git(project, 'worktree', 'add', '-q', join(base, 'tree'));
  expect(await look('git log', join(base, 'tree'))).toMatchObject({ readsOnly: true });
  mkdirSync(join(base, 'fake'));
  writeFileSync(join(base, 'fake/.git'), `gitdir: ${join(project, '.git/worktrees/tree')}\n`);
  expect(await look('git log', join(base, 'fake'))).toMatchObject({ readsOnly: false });
});

test('contents from the history leave out protected names', async () => {
  for (const command of ['git log -p', 'git show', 'git grep -n canary', 'git diff HEAD', 'git show HEAD -- .', 'git log -p -- a*']) {
    writeFileSync(join(project, '.env'), 'SECRET=canary changed\n');
    writeFileSync(join(project, 'a.txt'), 'two\n');
    const { run } = await look(command);
    if (run === undefined) throw new Error(`asks: ${command}`);
    const { stdout } = spawnSync('bash', ['-c', run.command], { cwd: project, env: { ...run.env }, encoding: 'utf8' });
    expect([command, stdout.includes('canary')]).toEqual([command, false]);
    expect(run.note).toContain('protected');
  }
});

test('a setting of the user that names a filter is emptied, and a file with a second name asks', async () => {
  writeFileSync(join(base, 'home/.gitconfig'), '[filter "f"]\n\tclean = touch pwned; cat\n\trequired = true\n');
  writeFileSync(join(project, '.gitattributes'), '*.txt filter=f\n');
  writeFileSync(join(project, 'a.txt'), 'two\n');
  const { run } = await look('git diff');
  const out = execFileSync('bash', ['-c', run?.command ?? ''], { cwd: project, env: { ...run?.env }, encoding: 'utf8' });
  expect(out).toContain('+two');
  expect(await look('ls')).toMatchObject({ readsOnly: true });
  expect(execFileSync('ls', [], { cwd: project, encoding: 'utf8' })).not.toContain('pwned');
  linkSync(join(project, '.env'), join(project, 'innocent.txt'));
  expect(await look('cat innocent.txt')).toMatchObject({ readsOnly: false, why: expect.stringContaining('hard link') });
});

test('a tracked file that has become a hard link of another asks before its contents are printed', async () => {
  rmSync(join(project, 'a.txt'));
  linkSync(join(project, '.env'), join(project, 'a.txt'));
  for (const command of ['git diff', 'git diff HEAD', 'git grep -n SECRET'])
    expect(await look(command)).toMatchObject({ readsOnly: false, why: expect.stringContaining('hard link') });
  for (const command of ['git status', 'git show', 'git log -p']) expect(await look(command)).toMatchObject({ readsOnly: true });
});

test('in a workspace that is a folder of the repository git runs, and shows contents only of that folder', async () => {
  const root = join(project, 'part');
  mkdirSync(root);
  writeFileSync(join(root, 'b.txt'), 'inside\n');
  git(project, 'add', '.');
  git(project, 'commit', '-qm', 'second');
  writeFileSync(join(project, 'a.txt'), 'outside changed\n');
  writeFileSync(join(root, 'b.txt'), 'inside changed\n');
  const print = async (command: string) => {
    const facts = await look(command, root);
    expect([command, facts.why]).toEqual([command, undefined]);
    return execFileSync('bash', ['-c', facts.run?.command ?? ''], { cwd: root, env: facts.run?.env, encoding: 'utf8' });
  };
  expect(await print('git status --short')).toContain('b.txt');
  for (const command of ['git diff', 'git diff HEAD', 'git show --format= HEAD', 'git log -p', 'git grep -h side']) {
    const text = await print(command);
    expect([command, text.includes('inside'), /outside|^.one/m.test(text)]).toEqual([command, true, false]);
  }
  expect((await look('git diff ../a.txt', root)).parts.flatMap(({ touches }) => touches).some(({ facts }) => !facts.isInside)).toBe(true);
});

test('the repository of a home folder asks in a workspace below it', async () => {
  const home = join(base, 'home');
  init(home);
  const root = join(home, 'work');
  mkdirSync(root);
  expect((await look('git status', root)).why).toContain('outside the workspace');
});

test('where the command runs as it is written whatever it does, git is not asked about the repository', async () => {
  git(project, 'config', 'core.fsmonitor', './x');
  const options = {
    cwd: project,
    home: join(base, 'home'),
    env: env(),
    roots: [project],
    readableRoots: [project],
    fs: realFiles,
    logger,
    hasWall: true,
  };
  const facts = await lookAtCommand('git status', { ...options, needsRun: false });
  expect([facts.readsOnly, facts.run]).toEqual([true, undefined]);
  expect((await lookAtCommand('git status', options)).readsOnly).toBe(false);
});

const hasBubblewrap = process.platform === 'linux' && spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-net', 'true']).status === 0;

test.runIf(hasBubblewrap)('behind the wall git reports a tracked protected file as it is, and an untracked one is hidden', async () => {
  writeFileSync(join(project, 'prod.env'), 'SECRET=canary\n');
  const facts = await look('git status --short; git diff');
  expect(facts.run?.wall?.hidden.filter((path) => path.startsWith(project))).toEqual([join(project, 'prod.env')]);
  const sandbox = createSandbox({ gantryHome: join(base, 'gantry') });
  const wrapped = await sandbox.wrapInWall({ cwd: project, root: project, extraFolders: [] }, facts.run?.wall?.hidden ?? [], {
    shell: '/bin/bash',
    args: ['-c', facts.run?.command ?? ''],
  });
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  const done = spawnSync(wrapped.run.shell, wrapped.run.args, { cwd: project, env: facts.run?.env ?? {}, encoding: 'utf8' });
  expect([done.status, done.stdout, done.stderr]).toEqual([0, '?? prod.env\n', '']);
  const other = await look('cat a.txt');
  expect(other.run?.wall?.hidden.filter((path) => path.startsWith(project)).toSorted()).toEqual([
    join(project, '.env'),
    join(project, 'prod.env'),
  ]);
});

test('a command that only lists sees files as they are', async () => {
  expect((await look('ls -la && stat a.txt')).run?.wall).toEqual({ hidden: [] });
  expect((await look('ls -la; cat a.txt')).run?.wall?.hidden).toContain(join(project, '.env'));
});

test('a command that opens no file needs no wall', async () => {
  for (const command of ['echo hi', 'pwd', 'date', 'test -f a.txt && echo yes', 'whoami'])
    expect((await look(command)).run?.wall).toBeUndefined();
  for (const command of ['cat a.txt', 'ls', 'echo hi | cat', 'git status', 'node --version'])
    expect((await look(command)).run?.wall).toBeDefined();
});
