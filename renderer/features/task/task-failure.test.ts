import { expect, test } from 'vitest';
import type { TaskSummary, ToolItem } from '../../../preload/contract/index.ts';
import { commandRemark, noticeText, taskProblem, toolProblem } from './task-failure.ts';

test.each<[Pick<TaskSummary, 'status' | 'error' | 'failure'>, string | undefined]>([
  [{ status: 'completed' }, undefined],
  [{ status: 'failed', error: 'shell_not_found: no shell found' }, 'shell_not_found: no shell found'],
  [{ status: 'interrupted', error: 'from the host' }, 'Ended with Gantry'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'exited', exitCode: 2 } }, 'Exited with code 2'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'exited', exitCode: 137 } }, 'Exited with code 137 (128 + 9: SIGKILL)'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'exited', exitCode: 255 } }, 'Exited with code 255'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'signal', signal: 15 } }, 'Terminated by signal 15 (SIGTERM)'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'signal', signal: 64 } }, 'Terminated by signal 64'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'timed_out', limitMs: 1500 } }, 'Timed out after 1.5 s'],
  [{ status: 'failed', error: 'from the host', failure: { code: 'timed_out' } }, 'Timed out'],
])('the problem of %j is %j', (task, text) => {
  expect(taskProblem(task)).toBe(text);
});

type ShellDisplay = Extract<ToolItem['display'], { kind: 'shell' }>;

test.each<[Partial<ShellDisplay>, string | undefined]>([
  [{ outcome: 'completed', exitCode: 0, summary: 'from the host' }, 'Exited with code 0'],
  [{ outcome: 'completed' }, undefined],
  [{ outcome: 'failed', summary: 'shell_not_found' }, 'shell_not_found'],
  [{ outcome: 'failed', summary: 'from the host', end: { code: 'exited', exitCode: 2 } }, 'Exited with code 2'],
  [{ outcome: 'failed', summary: 'from the host', end: { code: 'signal', signal: 9 } }, 'Terminated by signal 9 (SIGKILL)'],
  [{ outcome: 'timed_out', summary: 'from the host', end: { code: 'timed_out', limitMs: 5000 } }, 'Timed out after 5 s'],
  [{ outcome: 'cancelled', summary: 'from the host', end: { code: 'not_started' } }, 'Cancelled before it started; nothing was run'],
  [{ outcome: 'cancelled', summary: 'from the host', end: { code: 'cancelled' } }, 'Cancelled by you before it finished'],
  [{ outcome: 'cancelled', summary: 'from the host', end: { code: 'stopped' } }, 'Stopped by you before it finished'],
  [{ outcome: 'interrupted', summary: 'from the host', end: { code: 'interrupted' } }, 'Gantry ended while the command ran'],
])('the remark of a command that ended with %j is %j', (end, text) => {
  expect(commandRemark({ display: { kind: 'shell', command: 'x', cwd: '/p', outcome: 'failed', ...end } })).toBe(text);
});

test('a command without a terminal has the problem of its call', () => {
  expect(commandRemark({ display: { kind: 'none' }, error: 'from the host', problem: 'refused' })).toBe('Refused by you');
});

test.each<[Pick<ToolItem, 'problem' | 'error'>, string | undefined]>([
  [{}, undefined],
  [{ error: 'There is no file a.ts.' }, 'There is no file a.ts.'],
  [{ error: 'from the host', problem: 'interrupted' }, 'Interrupted: Gantry ended before this finished.'],
  [{ error: 'from the host', problem: 'not_run' }, 'Not run: Gantry ended before you answered.'],
  [{ error: 'from the host', problem: 'cancelled' }, 'Cancelled'],
])('the problem of the call %j is %j', (item, text) => {
  expect(toolProblem(item)).toBe(text);
});

test('a note is in words of the window, with the reason of the system', () => {
  expect(noticeText({ notice: { code: 'no_terminal', reason: 'forkpty failed' } })).toBe('It runs without a terminal: forkpty failed');
  expect(noticeText({ notice: { code: 'losing_output', reason: 'the disk is full' } })).toBe('Output is being lost: the disk is full');
  expect(noticeText({})).toBeUndefined();
});
