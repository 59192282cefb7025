import { expect, test } from 'vitest';
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { taskProblem } from './task-failure.ts';

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
