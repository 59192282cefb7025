import { expect, test } from 'vitest';
import { TaskSummary } from '../../preload/contract/index.ts';
import { plainBody, taskNotification } from './task-notification.ts';

const task = (over: object) =>
  TaskSummary.parse({
    id: 'bg_00000001',
    sessionId: 's1',
    command: 'npm run\n  dev',
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status: 'completed',
    startedAtMs: 1,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
    ...over,
  });

test('a background command that ended by itself is announced with its result, on one line', () => {
  expect(taskNotification(task({}))).toEqual({ title: 'A background command has finished', body: 'npm run dev' });
  expect(taskNotification(task({ status: 'failed', error: 'Exited with code 2' }))).toEqual({
    title: 'A background command has failed',
    body: 'npm run dev\nExited with code 2',
  });
  expect(taskNotification(task({ command: 'x'.repeat(500) }))?.body).toHaveLength(120);
});

test.each([
  ['it runs', { status: 'running' }],
  ['the user stopped it', { status: 'cancelled' }],
  ['it was never in the background', { wasBackground: false, placement: 'foreground' }],
  ['it ended with an earlier run', { ofEarlierRun: true }],
])('there is no notification while %s', (_why, over) => {
  expect(taskNotification(task(over))).toBeUndefined();
});

test('a command is shown literally where the system reads markup in a notification', () => {
  expect(plainBody('a <b>c</b> && d', 'linux')).toBe('a &lt;b&gt;c&lt;/b&gt; &amp;&amp; d');
  expect(plainBody('a < b && c', 'darwin')).toBe('a < b && c');
});
