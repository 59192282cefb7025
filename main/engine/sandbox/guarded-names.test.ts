/** What the write sandbox holds against: renames and replacements, and names that are not there yet. With real bubblewrap and git. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-guarded-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const root = join(base, 'project');
const home = join(base, 'home');
const sandbox = createSandbox({ gantryHome: join(home, '.gantry') });
const works = process.platform === 'linux' && (await sandbox.wall()).status === 'on';
const WRITE = { filesystem: 'workspace-write', network: 'closed', backend: 'auto' } as const;
const env = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' };

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=o', '-c', 'user.email=o@example.com', ...args], { cwd: root, env, encoding: 'utf8' });

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const folder of [root, home]) mkdirSync(folder, { recursive: true });
});

async function start(command: string, folder = root) {
  const place = { cwd: folder, root: folder, extraFolders: [], home };
  const wrapped = await sandbox.wrap(WRITE, place, { shell: '/bin/bash', args: ['-c', command] });
  if (!wrapped.ok) throw new Error(wrapped.refusal);
  return wrapped;
}

async function run(command: string, folder = root) {
  const wrapped = await start(command, folder);
  const done = spawnSync(wrapped.run.shell, wrapped.run.args, { encoding: 'utf8', cwd: folder, env });
  await wrapped.ended?.();
  return done;
}

function makeRepository(): void {
  git('init', '-q');
  writeFileSync(join(root, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '-qm', 'first');
}

test.runIf(works).each([
  [
    'renaming the repository and copying it back',
    'mv .git .g && cp -r .g .git && mkdir -p .git/hooks && echo x > .git/hooks/post-index-change',
  ],
  ['removing the repository and making another', 'rm -rf .git; git init -q && echo x > .git/hooks/pre-commit'],
  ['moving the hooks away', 'mkdir -p .git/hooks; mv .git/hooks .git/h; mkdir -p .git/hooks && echo x > .git/hooks/pre-commit'],
  ['replacing the settings', 'rm -f .git/config; mv .git/config .git/c; echo "[core]fsmonitor=./x" > .git/config'],
  ['writing the settings through a link', 'ln -s .git/config l && echo "[core]fsmonitor=./x" > l'],
  ['making .qwen', 'mkdir -p .qwen && echo "{}" > .qwen/settings.json'],
  ['making .vscode', 'mkdir -p .vscode && echo "{}" > .vscode/tasks.json'],
  ['renaming a folder to .husky', 'mkdir h && echo x > h/pre-commit && mv h .husky'],
  ['renaming over .idea', 'mkdir i && echo x > i/workspace.xml && mv -T i .idea'],
  ['a link in the place of .vscode', 'mkdir v && echo "{}" > v/tasks.json && ln -sfn v .vscode'],
])('%s does not change what runs later', async (_what, command) => {
  makeRepository();
  rmSync(join(root, '.git/hooks'), { recursive: true, force: true });
  const config = readFileSync(join(root, '.git/config'), 'utf8');
  expect((await run(command)).status).not.toBe(0);
  expect(readFileSync(join(root, '.git/config'), 'utf8')).toBe(config);
  for (const name of ['.git/hooks', '.qwen', '.vscode', '.husky', '.idea'])
    expect([name, existsSync(join(root, name))]).toEqual([name, false]);
});

test.runIf(works)('a folder without a repository gets none, and keeps nothing of what covered the names', async () => {
  await run('mkdir -p .git/hooks; git init -q; echo x > .git/config; touch made');
  expect(readdirSync(root)).toEqual(['made']);
});

test.runIf(works)('a file that leads to the repository cannot be changed', async () => {
  writeFileSync(join(root, '.git'), 'gitdir: /elsewhere\n');
  await run('echo gitdir: /other > .git; rm -f .git; mv .git x');
  expect(readFileSync(join(root, '.git'), 'utf8')).toBe('gitdir: /elsewhere\n');
});

test.runIf(works)('git works as before: add, commit, branch, checkout, stash, tag', async () => {
  makeRepository();
  const identity = 'export GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o@example.com GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@example.com';
  const work =
    'echo two > b.txt; git add b.txt; git commit -qm second; git checkout -q -b other; echo three >> a.txt; git stash -q; git stash pop -q; git checkout -q a.txt; git tag t; git checkout -q -; git merge -q other; git status --short';
  const done = await run(`set -e; ${identity}; ${work}`);
  expect([done.status, done.stdout, done.stderr]).toEqual([0, '', '']);
  expect(git('log', '--oneline')).toContain('second');
});

test.runIf(works)('what covers a missing name stays while another command needs it', async () => {
  const first = await start('true');
  const second = await start('true');
  await first.ended?.();
  expect(existsSync(join(root, '.vscode'))).toBe(true);
  await second.ended?.();
  expect(readdirSync(root)).toEqual([]);
});

test.runIf(works)('the command sees no disks and no devices of the machine', async () => {
  expect((await run('ls /dev')).stdout.split('\n').filter((name) => /^(sd|nvme|vd|mem|kmsg|kvm|loop|dri|input)/.test(name))).toEqual([]);
  expect((await run('echo x > /dev/null && head -c 1 /dev/urandom | wc -c')).stdout.trim()).toBe('1');
});
