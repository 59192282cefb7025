import { expect, test } from 'vitest';
import { type HostEvent, TaskId } from '../../../preload/contract/index.ts';
import type { Survivor, SurvivorsPort } from '../ports.ts';
import { createSurvivors } from './survivors.ts';

const TASK = TaskId.parse('bg_0000000a');

function fakePort(survivors: Survivor[]) {
  const calls: string[] = [];
  const remove = (verb: string) => async (taskId: TaskId) => {
    calls.push(`${verb} ${taskId}`);
    survivors.splice(0);
  };
  const port: SurvivorsPort = { find: async () => survivors, stop: remove('stop'), leave: remove('leave'), isRunning: () => false };
  return { port, calls };
}

const survivor = (more: Partial<Survivor> = {}): Survivor => ({
  taskId: TASK,
  command: 'setsid serve',
  cwd: '/p',
  startedAtMs: 7,
  processes: [{ pid: 12, name: 'serve' }],
  ...more,
});

test('BT-18: a survivor is listed with its command, folder, time and processes, all of them bounded', async () => {
  const processes = Array.from({ length: 100 }, (_unused, index) => ({ pid: index + 2, name: 'a' }));
  const { port } = fakePort([survivor(), survivor({ startedAtMs: undefined, command: 'x'.repeat(5000), processes })]);
  const [first, second] = await createSurvivors(port, () => undefined).list();
  expect(first).toEqual({ taskId: TASK, command: 'setsid serve', cwd: '/p', startedAtMs: 7, processes: [{ pid: 12, name: 'serve' }] });
  expect(second?.startedAtMs).toBeUndefined();
  expect([second?.command.length, second?.processes.length]).toEqual([1000, 32]);
});

test.each(['stop', 'leave'] as const)(
  'BT-18: %s reaches the survivor once and is emitted to every window; then the survivor is unknown',
  async (verb) => {
    const { port, calls } = fakePort([survivor()]);
    const emitted: HostEvent[] = [];
    const survivors = createSurvivors(port, (event) => emitted.push(event));
    await survivors[verb](TASK);
    expect(calls).toEqual([`${verb} ${TASK}`]);
    expect(emitted).toEqual([{ event: 'survivors.changed', data: {} }]);
    await expect(survivors[verb](TASK)).rejects.toMatchObject({ code: 'task_unknown' });
    expect([calls.length, emitted.length]).toEqual([1, 1]);
  },
);

test('a host without the survivors port has none', async () => {
  const survivors = createSurvivors(undefined, () => undefined);
  expect(await survivors.list()).toEqual([]);
  await expect(survivors.stop(TASK)).rejects.toMatchObject({ code: 'task_unknown' });
});
