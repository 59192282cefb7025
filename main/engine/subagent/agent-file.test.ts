import { expect, test } from 'vitest';
import { mayUse, parseAgent } from './agent-file.ts';

const may = (listed: { tools?: readonly string[]; disallowedTools?: readonly string[] }, name: string) =>
  mayUse({ disallowedTools: [], ...listed }, name);

test('tools are named as on the wire, as on the screen of Qwen Code, or by their server', () => {
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

test('a list of tools may be words with commas, and a star is all', () => {
  const parsed = (tools: unknown) => parseAgent({ name: 'a', description: 'd', tools }, 'Work.', 'a.md');
  expect(parsed('glob, read_file')).toMatchObject({ value: { tools: ['glob', 'read_file'] } });
  expect(parsed(['*'])).not.toMatchObject({ value: { tools: expect.anything() } });
});
