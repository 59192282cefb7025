import { expect, test } from 'vitest';
import { ItemId, SessionId, TaskId, type TaskSummary, type ToolItem } from '../../../preload/contract/index.ts';
import { STOPPED_NOTICE, stoppedNotice } from './stopped-notice.ts';

const idOf = (n: number) => TaskId.parse(`bg_0000000${n}`);
const task = (n: number, command: string): TaskSummary => ({
  id: idOf(n),
  sessionId: SessionId.parse('s1'),
  command,
  cwd: '/p',
  placement: 'background',
  wasBackground: true,
  status: 'interrupted',
  startedAtMs: n,
  outputBytes: 0,
  droppedBytes: 0,
  lastLine: '',
  rev: 1,
});
const command = (n: number, target: string): ToolItem => ({
  kind: 'tool',
  id: ItemId.parse(`c${n}`),
  name: 'run_shell_command',
  toolKind: 'shell',
  verb: 'run',
  target,
  status: 'cancelled',
  startedAtMs: n,
  display: { kind: 'shell', command: target, cwd: '/p', taskId: idOf(n), outcome: 'cancelled' },
});

test('the notice lists stopped commands in the order of their starts, and opens the first task', () => {
  expect(stoppedNotice([task(3, 'tail -f log'), task(1, 'npm run dev')], [command(2, 'pytest -x')], 9)).toEqual({
    kind: 'notice',
    id: STOPPED_NOTICE,
    createdAtMs: 9,
    level: 'quiet',
    text: 'Gantry ended unexpectedly. 3 commands were stopped: npm run dev, pytest -x, tail -f log',
    content: { code: 'commands_stopped', count: 3, names: ['npm run dev', 'pytest -x', 'tail -f log'] },
    taskId: idOf(1),
    action: 'open_task',
  });
});

test('a foreground command has no task to open, a command that is also a task is listed once, and without commands there is no row', () => {
  const alone = stoppedNotice([], [command(2, 'pytest -x')], 9);
  expect(alone).toMatchObject({ text: 'Gantry ended unexpectedly. 1 command was stopped: pytest -x' });
  expect(alone).not.toHaveProperty('action');
  expect(stoppedNotice([task(2, 'npm start')], [command(2, 'npm start')], 9)).toMatchObject({
    text: 'Gantry ended unexpectedly. 1 command was stopped: npm start',
  });
  expect(stoppedNotice([], [], 9)).toBeUndefined();
});

test('at most five commands are listed, and long ones are cut to one line', () => {
  const many = [1, 2, 3, 4, 5, 6, 7].map((n) => task(n, `run ${n}`));
  expect(stoppedNotice(many, [], 9)).toMatchObject({
    text: 'Gantry ended unexpectedly. 7 commands were stopped: run 1, run 2, run 3, run 4, run 5, and 2 more',
  });
  expect(stoppedNotice([task(1, `for i in *; do\n\techo ${'x'.repeat(80)}\ndone`)], [], 9)).toMatchObject({
    text: `Gantry ended unexpectedly. 1 command was stopped: for i in *; do echo ${'x'.repeat(39)}…`,
  });
});
