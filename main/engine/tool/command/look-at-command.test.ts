/** `.qwenignore` and deny rules for reading hold for commands that run without a question. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import { deniedReads } from '../../approval/index.ts';
import type { ToolContext } from '../tool.ts';
import { lookAt } from './look-at-command.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8' };
let workspace: TestWorkspace;

const write = async (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(workspace.path(name)), { recursive: true });
    await writeFile(workspace.path(name), text);
  }
};
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=o', '-c', 'user.email=o@example.com', ...args], { cwd: workspace.root, env, stdio: 'pipe' });

beforeEach(async () => {
  workspace = await makeWorkspace({ childEnv: async () => env, hasWall: async () => true });
  await write({ 'a.txt': 'plain\n', 'notes.md': 'canary\n', 'private/deep/b.txt': 'canary\n', 'src/c.txt': 'plain\n' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
});
afterEach(() => workspace.remove());

const look = (command: string, more: Partial<ToolContext> = {}) =>
  lookAt(command, undefined, { context: { ...workspace.context, ...more }, readableFolders: [] });

/** A folder that hides such a file is asked about by the policy. */
const asks = async (command: string, more: Partial<ToolContext> = {}) => {
  const { readsOnly, parts } = await look(command, more);
  return !readsOnly || parts.some(({ touches }) => touches.some(({ hides }) => hides !== undefined));
};

test('a command that reads an excluded file asks, by its name, a pattern, a link or a whole folder', async () => {
  await write({ '.qwenignore': 'private/\n*.md\n' });
  for (const command of [
    'cat notes.md',
    'cat *.md',
    'head -1 private/deep/b.txt',
    'grep -r canary .',
    'grep -r canary private',
    'sort < notes.md',
  ])
    expect([command, await asks(command)]).toEqual([command, true]);
  for (const command of ['cat a.txt', 'ls', 'ls private', 'grep -r plain src', 'git status'])
    expect([command, await asks(command)]).toEqual([command, false]);
});

test('git leaves excluded files out of what it prints, also in history', async () => {
  await write({
    '.qwenignore': 'private/\n/notes.md\n!a.txt\n',
    'notes.md': 'canary 2\n',
    'private/deep/b.txt': 'canary 2\n',
    'a.txt': 'plain 2\n',
  });
  for (const command of ['git diff', 'git log -p', 'git show', 'git grep -h .']) {
    const { run } = await look(command);
    const printed = execFileSync('bash', ['-c', run?.command ?? 'exit 9'], { cwd: workspace.root, env: run?.env, encoding: 'utf8' });
    expect([command, printed.includes('plain'), printed.includes('canary')]).toEqual([command, true, false]);
  }
  await write({ '.qwenignore': 'x{a,b}\n' });
  expect((await look('git diff')).why).toContain('excludes from reading');
});

test('an excluded file is hidden behind the wall', async () => {
  await write({ '.qwenignore': 'notes.md\nprivate/\n' });
  expect((await look('cat a.txt')).run?.wall?.hidden).toEqual([workspace.path('notes.md')]);
});

test('a file that a deny rule keeps from being read counts like an excluded one', async () => {
  const rules = { allow: [], ask: [], deny: ['Read(private/**)'] };
  const denied = { deniedReads: async () => deniedReads(rules, { root: workspace.root, home: '/nonexistent' }) };
  for (const command of ['cat private/deep/b.txt', 'grep -r canary .', 'git diff', 'git log -p'])
    expect([command, await asks(command, denied)]).toEqual([command, true]);
  for (const command of ['cat a.txt', 'git status', 'git log --oneline'])
    expect([command, await asks(command, denied)]).toEqual([command, false]);
  expect(deniedReads({ ...rules, deny: ['Bash(rm *)'] }, { root: workspace.root, home: '/nonexistent' })).toBeUndefined();
});
