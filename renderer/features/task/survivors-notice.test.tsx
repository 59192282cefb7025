import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { type SurvivorSummary, TaskId } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { createStores, StoresProvider } from '../../stores/index.ts';
import { type Answers, createFakeClient } from '../../test/fake-client.ts';
import { SurvivorsNotice } from './SurvivorsNotice.tsx';

const survivor = (n: number, more: Partial<SurvivorSummary> = {}): SurvivorSummary => ({
  taskId: TaskId.parse(`bg_0000000${n}`),
  command: `setsid serve-${n}`,
  cwd: '/p',
  processes: [{ pid: 40 + n, name: 'node' }],
  ...more,
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function show(survivors: SurvivorSummary[], answers: Answers = {}) {
  const remove = ({ taskId }: { taskId: TaskId }) => {
    survivors = survivors.filter((held) => held.taskId !== taskId);
    return {};
  };
  const client = createFakeClient({
    'app.describe': () => ({ version: '1', host: 'memory', platform: 'linux', homePath: '/h', canPickFolder: false }),
    'project.list': () => ({ projects: [] }),
    'settings.describe': () => ({ settings: { files: [], problems: [], approvalMode: 'default', theme: 'system', values: [] } }),
    'provider.list': () => ({ providers: [], presets: [] }),
    'task.list': () => ({ tasks: [] }),
    'survivor.list': () => ({ survivors }),
    'survivor.stop': remove,
    'survivor.leave': remove,
    ...answers,
  });
  const stores = createStores(client);
  client.setState({ kind: 'ready' });
  await waitFor(() => expect(client.paramsOf('survivor.list')).toHaveLength(1));
  await waitFor(() => expect(stores.host.getState().survivors).toEqual(survivors));
  render(
    <StoresProvider value={stores}>
      <SurvivorsNotice />
    </StoresProvider>,
  );
  return { client, stores };
}

test('BT-18: after a start, survivors of the last run are announced, the panel opens, and each row describes one', async () => {
  vi.useFakeTimers({ now: 10_000_000, toFake: ['Date'] });
  const { stores } = await show([survivor(1, { startedAtMs: 10_000_000 - 7_200_000 }), survivor(2, { command: '', cwd: '' })]);
  const notice = screen.getByRole('region', { name: 'Commands from an earlier run' });
  expect(within(notice).getByText('setsid serve-1')).toBeTruthy();
  expect(within(notice).getByText('pid 41 · for 2 h · /p')).toBeTruthy();
  expect(within(notice).getByText('node')).toBeTruthy();
  expect(within(notice).getByText('pid 42')).toBeTruthy();
  expect(stores.ui.getState().announcement.text).toBe('2 commands from an earlier run are still running.');
  expect(stores.ui.getState().panel).toBe('tasks');
});

test('BT-18: Stop and Keep are sent to the host, each for its own command, and the rows disappear', async () => {
  const { client } = await show([survivor(1), survivor(2)]);
  fireEvent.click(screen.getByRole('button', { name: 'Stop setsid serve-1' }));
  await waitFor(() => expect(screen.queryByText('setsid serve-1')).toBeNull());
  fireEvent.click(screen.getByRole('button', { name: 'Keep setsid serve-2 running' }));
  await waitFor(() => expect(screen.queryByRole('region')).toBeNull());
  expect(client.paramsOf('survivor.stop')).toEqual([{ taskId: survivor(1).taskId }]);
  expect(client.paramsOf('survivor.leave')).toEqual([{ taskId: survivor(2).taskId }]);
});

test('a survivor that ended by itself disappears from the list; any other failure is shown and the row stays usable', async () => {
  let code: 'task_unknown' | 'internal' = 'internal';
  const { client, stores } = await show([survivor(1)], {
    'survivor.stop': () => Promise.reject(new ClientError({ code, message: 'It did not work' })),
  });
  const stop = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Stop setsid serve-1' });
  fireEvent.click(stop());
  expect(stop().disabled).toBe(true);
  await waitFor(() => expect(stores.ui.getState().toasts.map((toast) => toast.text)).toEqual(['It did not work']));
  await waitFor(() => expect(stop().disabled).toBe(false));
  code = 'task_unknown';
  client.answer('survivor.list', () => ({ survivors: [] }));
  fireEvent.click(stop());
  await waitFor(() => expect(screen.queryByRole('region')).toBeNull());
  expect(stores.ui.getState().toasts).toHaveLength(1);
});

test('a host without survivors shows nothing and reports no error', async () => {
  const { stores } = await show([], { 'survivor.list': () => Promise.reject(new ClientError({ code: 'not_supported', message: 'no' })) });
  expect(screen.queryByRole('region')).toBeNull();
  expect(stores.ui.getState().toasts).toEqual([]);
  expect(stores.ui.getState().panel).toBeUndefined();
});
