import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeTasks, makeTask, makeText, makeWorkspace, never, type TestWorkspace } from '../../../test/support/tool-workspace.ts';
import type { StartTask, TaskOutcome } from '../../task/index.ts';
import { monitorTool } from './monitor.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const running = makeTask({ placement: 'background', wasBackground: true, status: 'running' });
const outcome = (task = running, text = ''): Promise<TaskOutcome> => Promise.resolve({ kind: 'in_background', task, text: makeText(text) });

test('it starts a background task with the defaults and says how it ends', async () => {
  const started: StartTask[] = [];
  const context = { ...workspace.context, tasks: fakeTasks({ outcome: outcome(), started }) };
  const result = await monitorTool.execute({ command: 'tail -f log' }, context, never);
  expect(started[0]).toMatchObject({
    command: 'tail -f log',
    placement: 'background',
    monitor: { description: 'tail -f log', maxEvents: 1000, idleTimeoutMs: 300_000 },
  });
  expect(result).toMatchObject({ isError: false, summary: 'Monitoring as bg_00000001' });
  expect(result.text).toContain('task_stop');
});

test('a monitor that ends at once is reported with its output', async () => {
  const task = makeTask({ placement: 'background', wasBackground: true, status: 'failed', error: 'Exited with code 2' });
  const result = await monitorTool.execute(
    { command: 'false' },
    { ...workspace.context, tasks: fakeTasks({ outcome: outcome(task, 'no such file') }) },
    never,
  );
  expect(result.isError).toBe(true);
  expect(result.text).toContain('already ended: failed: Exited with code 2');
  expect(result.text).toContain('no such file');
});

test('a pattern that is not supported and a folder outside the project are refused before approval is requested', async () => {
  expect(await monitorTool.preview({ command: 'x', pattern: '(a+)+' }, workspace.context)).toMatchObject({
    ok: false,
    refusal: expect.stringContaining('grep --line-buffered -E'),
  });
  expect(await monitorTool.preview({ command: 'x', directory: '/' }, workspace.context)).toMatchObject({ ok: false });
  expect(await monitorTool.preview({ command: 'x', pattern: 'ERR' }, workspace.context)).toMatchObject({ ok: true, command: 'x' });
});

test.each([{ max_events: 10_001 }, { idle_timeout_ms: 600_001 }, { max_events: 0 }, { pattern: 'x'.repeat(501) }])(
  '%j is beyond the limits',
  (more) => {
    expect(monitorTool.input.safeParse({ command: 'x', ...more }).success).toBe(false);
  },
);
