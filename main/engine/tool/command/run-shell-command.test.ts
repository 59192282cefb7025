import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeTasks, makeTask, makeText, makeWorkspace, never, type TestWorkspace, without } from '../../../test/support/tool-workspace.ts';
import type { StartTask, TaskOutcome } from '../../task/index.ts';
import type { ToolContext } from '../tool.ts';
import { runShellCommandTool } from './run-shell-command.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

type Input = Parameters<typeof runShellCommandTool.execute>[0];

async function run(input: Input, outcome: TaskOutcome | Promise<TaskOutcome>, signal = never) {
  const started: StartTask[] = [];
  const context: ToolContext = { ...workspace.context, tasks: fakeTasks({ outcome: Promise.resolve(outcome), started }) };
  return { result: await runShellCommandTool.execute(input, context, signal), started };
}

const ended = (task: Parameters<typeof makeTask>[0], head = 'hello\n', timedOut = false): TaskOutcome => ({
  kind: 'ended',
  task: makeTask(task),
  text: makeText(head),
  timedOut,
});

test('a command starts as a foreground task with our environment and the default time limit', async () => {
  const { started } = await run({ command: 'make all' }, ended({}));
  expect(started).toEqual([
    {
      sessionId: 'session-1',
      toolCallId: 'call-1',
      callId: 'call-1',
      outputDir: workspace.path('.out'),
      command: 'make all',
      cwd: workspace.root,
      env: { PATH: '/usr/bin:/bin', HOME: workspace.root, MARK: 'ours' },
      placement: 'foreground',
      timeoutMs: 120_000,
    },
  ]);
});

test('the row learns the task before the command has ended', async () => {
  let finish: (outcome: TaskOutcome) => void = () => undefined;
  const outcome = new Promise<TaskOutcome>((settle) => void (finish = settle));
  const shown = new Promise<unknown>((seen) => {
    const context: ToolContext = { ...workspace.context, tasks: fakeTasks({ outcome }), progress: seen };
    void runShellCommandTool.execute({ command: 'make all' }, context, never);
  });
  expect(await shown).toEqual({ kind: 'shell', command: 'make all', cwd: workspace.root, taskId: 'bg_00000001', outcome: 'running' });
  finish(ended({}));
});

test('a finished command is reported with output and exit code', async () => {
  const { result } = await run({ command: 'make all' }, ended({}));
  expect(result.text).toBe(
    ['Command: make all', `Directory: ${workspace.root}`, 'Output:', 'hello', 'Exit Code: 0', 'Signal: (none)'].join('\n'),
  );
  expect(result).toMatchObject({
    isError: false,
    summary: 'Exited with code 0',
    display: { kind: 'shell', taskId: 'bg_00000001', outcome: 'completed', output: 'hello', summary: 'Exited with code 0' },
  });
});

test('a failed and a killed command say how they ended', async () => {
  const failed = await run({ command: 'x' }, ended({ status: 'failed', exitCode: 2, error: 'Exited with code 2' }));
  expect(failed.result).toMatchObject({ isError: true, summary: 'Exited with code 2', display: { outcome: 'failed' } });
  expect(failed.result.text).toContain('Exit Code: 2\nSignal: (none)\nStatus: Exited with code 2');
  const killed = without(makeTask({ status: 'failed', signal: 9, error: 'Terminated by signal 9 (SIGKILL)' }), 'exitCode');
  const { result } = await run({ command: 'x' }, { kind: 'ended', task: killed, text: makeText(''), timedOut: false });
  expect(result.text).toContain('(no output)\nExit Code: (none)\nSignal: 9\nStatus: Terminated by signal 9 (SIGKILL)');
});

test('BT-15 a timeout is reported as a timeout and not as a cancellation', async () => {
  const { result } = await run({ command: 'x', timeout: 5000 }, ended({ status: 'cancelled' }, 'half\n', true));
  expect(result).toMatchObject({
    isError: true,
    display: { outcome: 'timed_out', output: 'half', end: { code: 'timed_out', limitMs: 5000 } },
  });
  expect(result.text).toContain('Timed out: stopped after 5000 ms');
  expect(result.text).toContain('It was not cancelled');
  expect(result.text).toContain('is_background');
});

test('a cancelled turn, a stop by the user and a cancellation before the start differ', async () => {
  const task = { status: 'cancelled' as const };
  const aborted = await run({ command: 'x' }, ended(task), AbortSignal.abort());
  expect(aborted.result).toMatchObject({ summary: 'Cancelled by the user before it finished', display: { end: { code: 'cancelled' } } });
  expect((await run({ command: 'x' }, ended(task))).result).toMatchObject({
    summary: 'Stopped by the user before it finished',
    display: { end: { code: 'stopped' } },
  });
  const unborn: TaskOutcome = { kind: 'ended', task: without(makeTask(task), 'pid'), text: makeText(''), timedOut: false };
  expect((await run({ command: 'x' }, unborn, AbortSignal.abort())).result).toMatchObject({
    summary: 'Cancelled before it started; nothing was run',
    display: { end: { code: 'not_started' } },
  });
});

test('BT-26 long output is bounded and the file with the rest is named', async () => {
  const { result } = await run({ command: 'x' }, ended({}, 'y'.repeat(100_000)));
  expect(result.text).toContain('70,000 characters left out here. All of it is in /out/shell-bg_00000001.output.');
  expect(result.text.length).toBeLessThan(30_500);
  expect(result.display.kind === 'shell' ? result.display.output?.length : 0).toBeLessThan(30_200);
});

test('BT-27 binary output is reported with its size', async () => {
  const text = makeText('\0', { isBinary: true, totalBytes: 5_000 });
  const { result } = await run({ command: 'x' }, { kind: 'ended', task: makeTask(), text, timedOut: false });
  expect(result.text).toContain('[Binary output of 5,000 bytes, not shown.');
});

test('BT-24 a promoted command is reported with its id, its status, its output so far and the next steps', async () => {
  const running = without(makeTask({ status: 'running', placement: 'background', wasBackground: true }), 'exitCode', 'endedAtMs');
  const { result } = await run({ command: 'make all' }, { kind: 'in_background', task: running, text: makeText('step 1\n') });
  expect(result.text.split('\n')).toEqual([
    'Moved to the background by the user while it ran: make all',
    `Directory: ${workspace.root}`,
    'Task: bg_00000001',
    'Status now: running',
    'Process: 4711',
    'Output so far:',
    'step 1',
    'Further output goes to /out/shell-bg_00000001.output',
    expect.stringMatching(/task_output.*task_stop \(task_id "bg_00000001"\)/),
  ]);
  expect(result).toMatchObject({ isError: false, display: { outcome: 'promoted', summary: 'Moved to the background as bg_00000001' } });
});

test('BT-12 a promoted command that has already ended is reported as ended, without advice to stop it', async () => {
  const task = makeTask({ status: 'failed', exitCode: 3, error: 'Exited with code 3', wasBackground: true });
  const { result } = await run({ command: 'x' }, { kind: 'in_background', task, text: makeText('') });
  expect(result.text).toContain('Status now: failed: Exited with code 3');
  expect(result.text).toContain('has already ended');
  expect(result.text).not.toContain('task_stop');
});

test('a background start has no time limit and comes back at once', async () => {
  const task = without(makeTask({ status: 'running', placement: 'background', wasBackground: true }), 'exitCode', 'endedAtMs');
  const { result, started } = await run({ command: 'serve', is_background: true }, { kind: 'in_background', task, text: makeText('') });
  expect(started[0]).toMatchObject({ placement: 'background' });
  expect(started[0]).not.toHaveProperty('timeoutMs');
  expect(result).toMatchObject({ isError: false, summary: 'Started in the background as bg_00000001', display: { outcome: 'background' } });
});

test('a background start that failed is an error', async () => {
  const task = makeTask({ status: 'failed', error: 'The shell /bin/none does not exist', wasBackground: true });
  const { result } = await run({ command: 'serve', is_background: true }, { kind: 'in_background', task, text: makeText('') });
  expect(result).toMatchObject({ isError: true, display: { outcome: 'failed' } });
  expect(result.text).toContain('The shell /bin/none does not exist');
});

test('a command that ends in & is refused with the better way, before any question', async () => {
  for (const command of ['npm start &', 'npm start & # go']) {
    const preview = await runShellCommandTool.preview({ command }, workspace.context);
    expect(preview).toMatchObject({ ok: false, refusal: expect.stringContaining('is_background') });
    expect((await run({ command }, ended({}))).started).toEqual([]);
  }
  expect((await runShellCommandTool.preview({ command: '  ' }, workspace.context)).ok).toBe(false);
});

test('the result of a command with & inside says what happened to its children', async () => {
  const advice = 'was hung up when the shell ended';
  expect((await run({ command: 'serve & sleep 1' }, ended({}))).result.text).toContain(advice);
  expect((await run({ command: 'a & b & wait' }, ended({}))).result.text).not.toContain(advice);
});

test('a directory must be absolute and lie in the project, links resolved', async () => {
  await mkdir(workspace.path('sub'));
  await symlink('/etc', workspace.path('out'));
  const preview = (directory: string, context = workspace.context) => runShellCommandTool.preview({ command: 'ls', directory }, context);
  expect(await preview(workspace.path('sub'))).toMatchObject({ ok: true, command: 'ls', cwd: workspace.path('sub'), touches: [] });
  expect(await preview('sub')).toMatchObject({ ok: false, refusal: expect.stringContaining('absolute') });
  expect(await preview(workspace.path('out'))).toMatchObject({ ok: false, refusal: expect.stringContaining('in the project') });
  expect((await preview('/etc', { ...workspace.context, extraFolders: ['/etc'] })).ok).toBe(true);
});

test('the time limit must be 1 to 600000 ms', () => {
  const accepts = (timeout: number) => runShellCommandTool.input.safeParse({ command: 'x', timeout }).success;
  expect([0, 1, 1.5, 600_000, 600_001].map(accepts)).toEqual([false, true, false, true, false]);
});

test('the time limit of the call overrides that of the settings, which overrides the default', async () => {
  const limitOf = async (input: Input, timeoutMs?: number) => {
    const started: StartTask[] = [];
    const settings = {
      results: {},
      search: { respectGitIgnore: true, respectQwenIgnore: true, ignoreFiles: [] },
      shell: timeoutMs === undefined ? {} : { timeoutMs },
    };
    const tasks = fakeTasks({ outcome: Promise.resolve(ended({})), started });
    await runShellCommandTool.execute(input, { ...workspace.context, tasks, runSettings: async () => settings }, never);
    return started[0]?.timeoutMs;
  };
  expect(await limitOf({ command: 'make', timeout: 5 }, 9)).toBe(5);
  expect(await limitOf({ command: 'make' }, 9)).toBe(9);
  expect(await limitOf({ command: 'make' })).toBe(120_000);
});

test('only a foreground command that is known to be read-only may run in parallel', async () => {
  const onlyReads = (input: Input) => runShellCommandTool.onlyReads?.(input, workspace.context, []);
  expect(await onlyReads({ command: 'ls' })).toBe(true);
  expect(await onlyReads({ command: 'ls', is_background: true })).toBe(false);
  expect(await onlyReads({ command: 'touch a' })).toBe(false);
  expect(await onlyReads({ command: 'ls', directory: '/elsewhere' })).toBe(false);
  execFileSync('git', ['init', '-q'], { cwd: workspace.root });
  expect(await onlyReads({ command: 'git status' })).toBe(true);
  execFileSync('git', ['config', 'core.fsmonitor', './watch.sh'], { cwd: workspace.root });
  expect(await onlyReads({ command: 'git status' })).toBe(false);
});

test('what was written anew runs with its own environment, and the task and the result show the command of the model', async () => {
  const started: StartTask[] = [];
  const tasks = fakeTasks({ outcome: Promise.resolve(ended({})), started });
  const plan = { command: "'/bin/ls' '-l'", env: { PATH: '/bin' }, note: 'something is left out' };
  const result = await runShellCommandTool.execute({ command: 'ls -l' }, { ...workspace.context, tasks, run: plan }, never);
  expect(started).toEqual([expect.objectContaining({ command: 'ls -l', runs: plan.command, env: plan.env })]);
  expect(result.text).toContain('Command: ls -l\n');
  expect(result.text).toContain('Note: something is left out');
  await runShellCommandTool.execute({ command: 'npm test' }, { ...workspace.context, tasks }, never);
  expect(started[1]).not.toHaveProperty('runs');
  expect(started[1]?.env).toHaveProperty('MARK', 'ours');
});
