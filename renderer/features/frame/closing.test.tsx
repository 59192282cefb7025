import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { renderWith } from '../../test/render.tsx';
import { PROJECT, SESSION, snapshot, summary, task } from '../../test/samples.ts';
import { Sidebar } from './Sidebar.tsx';
import { useLeaveGuard } from './use-leave-guard.ts';

afterEach(cleanup);

const show = (tasks: TaskSummary[], over = {}) =>
  renderWith(<Sidebar />, { 'task.list': () => ({ tasks }), 'session.close': () => ({}), 'project.forget': () => ({}), ...over }, true);

async function choose(menu: string, item: string) {
  await act(async () => fireEvent.keyDown(screen.getByRole('button', { name: menu }), { key: 'Enter' }));
  await act(async () => fireEvent.click(screen.getByRole('menuitem', { name: item })));
}

test('BT-18: closing a session in which commands run asks, names them, and changes nothing when cancelled', async () => {
  const { client } = await show([task()]);
  await choose('More for Retry failed webhooks', 'Close session');
  const dialog = await screen.findByRole('dialog', { name: 'Close Retry failed webhooks?' });
  expect(within(dialog).getByText('A command is still running. Closing stops it:')).toBeTruthy();
  expect(within(dialog).getByText('npm run dev')).toBeTruthy();
  fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(client.paramsOf('session.close')).toEqual([]);
});

test('BT-18: confirming stops the commands, and the window leaves the session', async () => {
  const { client, stores } = await show([task()]);
  await choose('More for Retry failed webhooks', 'Close session');
  const stop = await screen.findByRole('button', { name: 'Stop and close' });
  await act(async () => fireEvent.click(stop));
  expect(client.paramsOf('session.close')).toEqual([{ sessionId: SESSION }]);
  expect(stores.ui.getState()).toMatchObject({ activeProjectId: PROJECT, activeSessionId: undefined });
});

test('a session in which nothing runs is closed without a question; a session that is not in use cannot be closed', async () => {
  const ended = task({ status: 'completed', endedAtMs: 1 });
  const { client } = await show([ended]);
  await choose('More for Retry failed webhooks', 'Close session');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(client.paramsOf('session.close')).toEqual([{ sessionId: SESSION }]);
  await act(async () => fireEvent.keyDown(screen.getByRole('button', { name: 'More for Retry failed webhooks' }), { key: 'Enter' }));
  expect(screen.queryByRole('menuitem', { name: 'Close session' })).toBeNull();
});

test('while the agent is working, the question says so', async () => {
  const running = summary({ state: 'running' });
  await show([], {
    'session.list': () => ({ sessions: [running] }),
    'session.attach': () => ({ snapshot: snapshot({ summary: running }) }),
  });
  await choose('More for Retry failed webhooks', 'Close session');
  expect(await screen.findByText('The agent is still working. Closing interrupts it.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Interrupt and close' })).toBeTruthy();
});

test('closing a folder asks about what runs in its sessions, stops it, and then closes the folder', async () => {
  const { client } = await show([task()]);
  await choose('More for shop-api', 'Close folder');
  expect(client.paramsOf('project.forget')).toEqual([]);
  const stop = await screen.findByRole('button', { name: 'Stop and close' });
  await act(async () => fireEvent.click(stop));
  await waitFor(() => expect(client.paramsOf('project.forget')).toEqual([{ projectId: PROJECT }]));
  expect(client.requests.map(({ method }) => method).filter((method) => /close|forget/.test(method))).toEqual([
    'session.close',
    'project.forget',
  ]);
});

function Guarded() {
  useLeaveGuard();
  return null;
}

test('BT-18: leaving the page asks only while commands run and the host ends with its window', async () => {
  const described = (endsWithWindow: boolean) => ({
    'app.describe': () =>
      ({ version: '1', host: 'server', platform: 'linux', homePath: '/h', canPickFolder: false, endsWithWindow }) as const,
  });
  const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  const { client } = await renderWith(<Guarded />, { ...described(true), 'task.list': () => ({ tasks: [task()] }) });
  expect(asks()).toBe(true);
  await act(async () => client.emit({ event: 'task.changed', data: { task: task({ status: 'completed', endedAtMs: 2, rev: 2 }) } }));
  expect(asks()).toBe(false);
  await renderWith(<Guarded />, { ...described(false), 'task.list': () => ({ tasks: [task()] }) });
  expect(asks()).toBe(false);
});
