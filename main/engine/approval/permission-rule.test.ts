import { expect, test } from 'vitest';
import { startCpuTimer } from '../../test/support/cpu-time.ts';
import { likeText, matchesCommand, matchesPath, matchesUrl, mayMatchBelow, parseRule } from './permission-rule.ts';

const PLACE = { root: '/srv/project', home: '/home/me' };

test.each([
  ['Bash', 'run_shell_command', true],
  ['Shell(ls)', 'run_shell_command', true],
  ['bash', 'run_shell_command', true],
  ['Read', 'grep_search', true],
  ['Read', 'list_directory', true],
  ['ReadFile', 'glob', false],
  ['Edit', 'write_file', true],
  ['Edit', 'notebook_edit', true],
  ['Write', 'edit', false],
  ['WebFetch', 'web_fetch', true],
  ['mcp__files', 'mcp__files__read', true],
  ['mcp__files', 'mcp__filesystem__read', false],
  ['mcp__files__read', 'mcp__files__read', true],
  ['mcp__files__read', 'mcp__files__write', false],
  ['mcp__files__*', 'mcp__files__write', true],
  ['mcp__*', 'mcp__other__x', true],
  ['constructor', 'run_shell_command', false],
])('the rule %s applies to the tool %s: %s', (rule, tool, expected) => {
  expect(parseRule(rule)?.names(tool)).toBe(expected);
});

test.each(['', '  ', 'Bash(ls', '(ls)', 'Bash ls'])('“%s” is not a rule', (text) => {
  expect(parseRule(text)).toBeUndefined();
});

test('empty brackets and a lone star mean the whole tool', () => {
  expect(['Bash()', 'Bash(*)', 'Bash'].map((rule) => parseRule(rule)?.specifier)).toEqual([undefined, undefined, undefined]);
});

test.each([
  ['git *', 'git', true],
  ['git *', 'git status', true],
  ['git *', 'gitk', false],
  ['git:*', 'git status', true],
  ['git:*', 'gitk', false],
  ['git status', 'git status', true],
  ['git status', 'git status -s', false],
  ['git*', 'gitk', true],
  ['npm run *:fix', 'npm run lint:fix', true],
  ['npm run *:fix', 'npm run lint', false],
  ['* --help', 'npm --help', true],
  ['git * main', 'git push origin main', true],
  ['a.b', 'axb', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
])('the command rule %s and %s: %s', (specifier, command, expected) => {
  expect(matchesCommand(specifier, command)).toBe(expected);
});

test.each([
  ['src/**', '/srv/project/src/a/b.ts', true],
  ['src/**', '/srv/project/lib/src/b.ts', false],
  ['src', '/srv/project/src/a.ts', true],
  ['./src/*.ts', '/srv/project/src/a.ts', true],
  ['./src/*.ts', '/srv/project/src/a/b.ts', false],
  ['/src/**', '/srv/project/src/a.ts', true],
  ['/src/**', '/src/a.ts', false],
  ['//src/**', '/src/a.ts', true],
  ['//etc/hosts', '/etc/hosts', true],
  ['//etc', '/etc/hosts', true],
  ['//etc', '/srv/project/etc', false],
  ['~/.zshrc', '/home/me/.zshrc', true],
  ['~/.zshrc', '/home/you/.zshrc', false],
  ['~/**', '/home/me/a/b', true],
  ['*.pem', '/srv/project/deep/down/key.pem', true],
  ['*.pem', '/elsewhere/key.pem', false],
  ['.env', '/srv/project/.env', true],
  ['.env', '/srv/project/sub/.env', true],
  ['**', '/srv/project/a', true],
  ['**', '/srv/project', true],
  ['secrets/', '/srv/project/secrets/a', true],
])('the path rule %s and %s: %s', (specifier, path, expected) => {
  expect(matchesPath(specifier, path, PLACE)).toBe(expected);
});

test('a folder that is read whole may contain what a rule names', () => {
  expect(mayMatchBelow('secrets/**', '/srv/project', PLACE)).toBe(true);
  expect(mayMatchBelow('secrets/**', '/srv/project/secrets/deep', PLACE)).toBe(true);
  expect(mayMatchBelow('secrets/**', '/srv/project/src', PLACE)).toBe(false);
  expect(mayMatchBelow('*.pem', '/srv/project/src', PLACE)).toBe(true);
  expect(mayMatchBelow('src/a.ts', '/srv/project/src', PLACE)).toBe(true);
  expect(mayMatchBelow('a/b.ts', '/srv/project/b', PLACE)).toBe(false);
  expect(mayMatchBelow('/src/key', '/srv/project/src/key/deep', PLACE)).toBe(true);
});

test.each([
  ['example.com', 'https://example.com/a', true],
  ['domain:example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://api.example.com', true],
  ['example.com', 'https://notexample.com', false],
  ['example.com', 'https://example.com.evil.net', false],
  ['example.com', 'https://example.com@evil.net', false],
  ['example.com', 'EXAMPLE.com./x', true],
])('the domain rule %s and %s: %s', (specifier, url, expected) => {
  expect(matchesUrl(specifier, url)).toBe(expected);
});

test('a rule with many stars is matched at once', () => {
  const cpuMs = startCpuTimer();
  expect(likeText(`${'*a'.repeat(200)}b`, 'a'.repeat(20_000))).toBe(false);
  expect(cpuMs()).toBeLessThan(1000);
});
