import { expect, test } from 'vitest';
import { mayUse, parseAgent } from './agent-file.ts';

const may = (listed: { tools?: readonly string[]; disallowedTools?: readonly string[] }, name: string) =>
  mayUse({ disallowedTools: [], ...listed }, name);

test('tools are named as in the protocol, as on Qwen Code’s screen, or by their server', () => {
  expect(
    ['read_file', 'run_shell_command', 'edit', 'write_file'].filter((name) => may({ tools: ['ReadFile', 'Shell', 'edit'] }, name)),
  ).toEqual(['read_file', 'run_shell_command', 'edit']);
  expect(['mcp__fs__read', 'mcp__fsx__read', 'mcp__git__log'].filter((name) => may({ tools: ['mcp__fs', 'mcp__git__*'] }, name))).toEqual([
    'mcp__fs__read',
    'mcp__git__log',
  ]);
  expect(may({ disallowedTools: ['Shell'] }, 'run_shell_command')).toBe(false);
  expect(may({ disallowedTools: ['mcp__fs'] }, 'mcp__fs__read')).toBe(false);
  expect(may({}, 'glob')).toBe(true);
  expect(may({ tools: ['todo_write'] }, 'todo_write')).toBe(false);
});

test('a list of tools may be names separated by commas, and a star means all', () => {
  const parsed = (tools: unknown) => parseAgent({ name: 'a', description: 'd', tools }, 'Work.', 'a.md');
  expect(parsed('glob, read_file')).toMatchObject({ value: { tools: ['glob', 'read_file'] } });
  expect(parsed(['*'])).not.toMatchObject({ value: { tools: expect.anything() } });
});
