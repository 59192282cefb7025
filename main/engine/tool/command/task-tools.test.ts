import { afterEach, beforeEach, expect, test } from 'vitest';
import { SessionId, TaskId } from '../../../../preload/contract/index.ts';
import {
  fakeTasks,
  makeTask,
  makeText,
  makeWorkspace,
  never,
  type TaskScript,
  type TestWorkspace,
  without,
} from '../../../test/support/tool-workspace.ts';
import { EngineError } from '../../errors.ts';
import type { ToolContext } from '../tool.ts';
import { taskListTool } from './task-list.ts';
import { taskOutputTool } from './task-output.ts';
import { taskStopTool } from './task-stop.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const withTasks = (script: TaskScript): ToolContext => ({ ...workspace.context, tasks: fakeTasks(script) });

const done = makeTask({ wasBackground: true, placement: 'background' });
const running = without(
  makeTask({
    id: TaskId.parse('bg_00000002'),
    wasBackground: true,
    placement: 'background',
    status: 'running',
    command: 'npm run dev',
    startedAtMs: 935_000,
    lastOutputAtMs: 960_000,
    lastLine: 'ready',
  }),
  'exitCode',
  'endedAtMs',
);
const foreground = makeTask({ id: TaskId.parse('bg_00000003') });
const foreign = makeTask({ id: TaskId.parse('bg_00000004'), sessionId: SessionId.parse('other'), wasBackground: true });
const tasks = [done, running, foreground, foreign];

test('BT-28 the list has the session’s background tasks, newest first, and says that a quiet one is alive', async () => {
  const result = await taskListTool.execute({}, withTasks({ tasks }), never);
  expect(result.summary).toBe('1 running, 1 ended');
  expect(result.text.split('\n')).toEqual([
    'bg_00000002: running, running for 1 min 5 s',
    '  command: npm run dev',
    '  directory: /project',
    '  output: 5 bytes in /out/shell-bg_00000001.output',
    '  last line: ready',
    '  No output for 40 s, but the process is alive. Do not start it again.',
    'bg_00000001: completed (exit code 0), ran 50 s',
    '  command: make all',
    '  directory: /project',
    '  output: 5 bytes in /out/shell-bg_00000001.output',
  ]);
  expect((await taskListTool.execute({}, withTasks({ tasks: [foreground] }), never)).text).toBe('This session has no background tasks.');
});

test.each([
  [{ notice: { code: 'no_terminal', reason: 'forkpty failed' } }, 'This command runs without a terminal: forkpty failed'],
  [
    { notice: { code: 'losing_output', reason: 'no space left on the disk' }, droppedBytes: 7 },
    'Output is being lost: no space left on the disk. 7 bytes of output are missing from the file.',
  ],
  [{ droppedBytes: 1 }, '1 bytes of output are missing from the file.'],
] as const)('the list says what a task lacks: %j', async (lacks, note) => {
  const { text } = await taskListTool.execute({}, withTasks({ tasks: [{ ...done, ...lacks }] }), never);
  expect(text.split('\n').at(-1)).toBe(`  note: ${note}`);
});

test('the output of a task comes with its state now', async () => {
  const result = await taskOutputTool.execute({ task_id: 'bg_00000002' }, withTasks({ tasks, text: makeText('line\n') }), never);
  expect(result.text).toContain('bg_00000002: running');
  expect(result.text.endsWith('Output so far:\nline')).toBe(true);
  const long = await taskOutputTool.execute({ task_id: 'bg_00000001' }, withTasks({ tasks, text: makeText('x'.repeat(50_000)) }), never);
  expect(long.text).toContain('Output:\n');
  expect(long.text).toContain('30,000 characters left out');
});

test.each(['bg_ffffffff', 'bg_00000003', 'bg_00000004'])('BT-28 %s is unknown, and the error lists the known ones', async (task_id) => {
  for (const tool of [taskOutputTool, taskStopTool]) {
    const result = await tool.execute({ task_id }, withTasks({ tasks }), never);
    expect(result.isError).toBe(true);
    expect(result.text).toContain('bg_00000002 (running): npm run dev');
    expect(result.text).toContain('bg_00000001 (completed (exit code 0)): make all');
    expect(result.text).not.toContain('bg_00000004 (');
  }
});

test('stopping asks the task to end, in the agent’s name', async () => {
  const stopped: NonNullable<TaskScript['stopped']> = [];
  const context = withTasks({ tasks, stopped, stop: () => ({ ...running, status: 'stopping' }) });
  const result = await taskStopTool.execute({ task_id: 'bg_00000002' }, context, never);
  expect(stopped).toEqual([{ taskId: 'bg_00000002', options: { force: false, by: 'agent' } }]);
  expect(result).toMatchObject({ isError: false, summary: 'Stopping bg_00000002' });
  expect(result.text).toContain('its status is now stopping');
});

test('the question names what is stopped; an ended or unknown task raises none', async () => {
  const context = withTasks({ tasks });
  expect(await taskStopTool.preview({ task_id: 'bg_00000002' }, context)).toMatchObject({
    ok: true,
    action: { code: 'stop_task', taskId: 'bg_00000002', command: 'npm run dev' },
  });
  expect(await taskStopTool.preview({ task_id: 'bg_00000001' }, context)).toMatchObject({ ok: false });
  expect(await taskStopTool.preview({ task_id: 'bg_ffffffff' }, context)).toMatchObject({ ok: false });
});

test('a task that ends while it is being stopped is said to have ended', async () => {
  const stop = () => {
    throw new EngineError('task_ended', 'ended');
  };
  const result = await taskStopTool.execute({ task_id: 'bg_00000002' }, withTasks({ tasks, stop }), never);
  expect(result.text).toContain('has already ended');
});
