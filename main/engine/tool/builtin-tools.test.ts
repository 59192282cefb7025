import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { EngineError } from '../errors.ts';
import { createBuiltinTools } from './builtin-tools.ts';
import { defineTool } from './define-tool.ts';
import { readFileTool } from './file/read-file.ts';
import { createToolRegistry } from './tool-registry.ts';
import { todoWriteTool } from './todo-write.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

test('the tools have Qwen Code’s names and parameters', () => {
  const shape = createBuiltinTools().map((tool) => {
    const schema = z.toJSONSchema(tool.input, { io: 'input' });
    const required = new Set(schema.required);
    return `${tool.name}(${Object.keys(schema.properties ?? {})
      .map((name) => (required.has(name) ? name : `${name}?`))
      .join(', ')})`;
  });
  expect(shape).toEqual([
    'read_file(file_path, offset?, limit?, pages?)',
    'write_file(file_path, content)',
    'edit(file_path, old_string, new_string, replace_all?)',
    'glob(pattern, path?)',
    'grep_search(pattern, glob?, path?, limit?)',
    'list_directory(path, ignore?)',
    'run_shell_command(command, is_background?, timeout?, description?, directory?)',
    'monitor(command, description?, pattern?, max_events?, idle_timeout_ms?, directory?)',
    'task_list()',
    'task_output(task_id)',
    'task_stop(task_id)',
    'todo_write(todos)',
    'web_fetch(url, prompt, format?)',
    'ask_user_question(questions)',
    'exit_plan_mode(plan)',
    'enter_plan_mode()',
    'save_memory(fact, scope?)',
    'notebook_edit(notebook_path, cell_id?, new_source, cell_type?, edit_mode?)',
    'tool_search(query, max_results?)',
  ]);
});

test('all schemas together stay below 9 KB of JSON', () => {
  const bytes = Buffer.byteLength(JSON.stringify(createToolRegistry(createBuiltinTools()).schemas));
  expect(bytes).toBeGreaterThan(2_000);
  expect(bytes).toBeLessThan(9 * 1024);
});

test('only what changes nothing may run beside others', () => {
  const readOnly = createBuiltinTools().filter((tool) => tool.isReadOnly);
  expect(readOnly.map((tool) => tool.name)).toEqual([
    'read_file',
    'glob',
    'grep_search',
    'list_directory',
    'task_list',
    'task_output',
    'web_fetch',
  ]);
});

test('a tool given what it did not ask for fails loudly instead of working on it', async () => {
  const tool = defineTool(readFileTool);
  expect(() => tool.describe({ path: 1 }, workspace.context)).toThrow(z.ZodError);
  await expect(tool.execute({}, workspace.context, never)).rejects.toThrow(z.ZodError);
});

test('a coded error of the file system is a refusal or a result, and a bug stays a bug', async () => {
  const broken = (error: Error) => ({
    ...workspace.context,
    fs: { ...workspace.context.fs, realPath: () => Promise.reject(error) },
  });
  const tool = defineTool(readFileTool);
  const input = { file_path: '/a' };
  const coded = broken(new EngineError('file_unreadable', 'Cannot read /a: permission denied.'));
  expect(await tool.preview(input, coded)).toEqual({ ok: false, refusal: 'Cannot read /a: permission denied.' });
  expect(await tool.execute(input, coded, never)).toMatchObject({ isError: true, text: 'Error: Cannot read /a: permission denied.' });
  await expect(tool.execute(input, broken(new TypeError('bug')), never)).rejects.toThrow('bug');
});

test('the task list is replaced as a whole and shown', async () => {
  const todos = [
    { id: '1', content: 'look', status: 'completed' as const },
    { id: '2', content: 'do', status: 'in_progress' as const },
  ];
  const result = await todoWriteTool.execute({ todos }, workspace.context, never);
  expect(result).toEqual({
    text: 'Task list saved: 1 completed, 1 in progress, 0 pending.',
    display: { kind: 'todos', todos },
    isError: false,
    summary: '1 of 2 done',
  });
  expect(workspace.context.todos.get()).toEqual(todos);
});

test('two items of one id are refused and change nothing', async () => {
  const item = { id: '1', content: 'look', status: 'pending' as const };
  expect((await todoWriteTool.execute({ todos: [item, item] }, workspace.context, never)).isError).toBe(true);
  expect(workspace.context.todos.get()).toEqual([]);
});
