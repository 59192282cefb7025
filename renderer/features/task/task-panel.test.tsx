/** The tasks panel by keyboard, with monitors and with rows that disappear. */
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SurvivorSummary, TaskId, type TaskSummary, ViewerId } from '../../../preload/contract/index.ts';
import type { Answers } from '../../test/fake-client.ts';
import { renderWith } from '../../test/render.tsx';
import { task as sample } from '../../test/samples.ts';
import { createFakeTerminals, stubLayout } from './terminal/fake-terminal.fixture.ts';
import { TasksPanel } from './index.ts';
import { TerminalFactoryContext } from './terminal/terminal-factory.ts';

const id = (n: number) => TaskId.parse(`bg_0000000${n}`);
const task = (n: number, over: Partial<TaskSummary> = {}) => sample({ id: id(n), command: `command-${n}`, startedAtMs: n, ...over });

beforeEach(() => {
  stubLayout();
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(tasks: TaskSummary[], over: Answers = {}) {
  return renderWith(
    <TerminalFactoryContext value={createFakeTerminals().load}>
      <button type="button" data-pane="panel">
        Tasks
      </button>
      <TasksPanel />
    </TerminalFactoryContext>,
    {
      'task.list': () => ({ tasks }),
      'task.attach': ({ taskId }) => ({ viewerId: ViewerId.parse(1), task: tasks.find((held) => held.id === taskId) ?? task(1) }),
      'task.detach': () => ({}),
      'task.stop': () => ({ task: task(1) }),
      ...over,
    },
    true,
  );
}
const list = () => screen.getByRole('listbox', { name: 'Tasks' });
const press = (key: string) => fireEvent.keyDown(list(), { key });
const active = () => document.getElementById(list().getAttribute('aria-activedescendant') ?? '')?.textContent;

test('Delete asks before it stops a running command, and does nothing to an ended one', async () => {
  const { client } = await show([task(2), task(1, { status: 'completed', endedAtMs: 9 })]);
  list().focus();
  press('End');
  press('Delete');
  expect(screen.queryByRole('dialog')).toBeNull();
  press('Home');
  press('Delete');
  const first = await screen.findByRole('dialog', { name: 'Stop this command?' });
  expect(within(first).getByText('command-2')).toBeTruthy();
  fireEvent.click(within(first).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(client.paramsOf('task.stop')).toEqual([]);
  press('Delete');
  fireEvent.click(await screen.findByRole('button', { name: 'Stop command' }));
  expect(client.paramsOf('task.stop')).toEqual([{ taskId: id(2), force: false }]);
});

test('when the selected row disappears, the next one takes its place', async () => {
  const { client } = await show([task(1), task(2), task(3)]);
  list().focus();
  press('ArrowUp');
  press('Home');
  press('ArrowDown');
  expect(active()).toContain('command-2');
  await act(async () => client.emit({ event: 'task.removed', data: { taskId: id(2) } }));
  expect(active()).toContain('command-1');
  expect(document.activeElement).toBe(list());
});

test('after the last row the focus moves to the tab above, so that it is not lost', async () => {
  const { client } = await show([task(1)]);
  list().focus();
  await act(async () => client.emit({ event: 'task.removed', data: { taskId: id(1) } }));
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Tasks' }));
});

test('a failed task that was shown only by default still needs attention', async () => {
  const { client } = await show([task(1, { status: 'failed', exitCode: 1, endedAtMs: 9 })]);
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('command-1');
  await act(async () => client.emit({ event: 'task.changed', data: { task: task(2) } }));
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('command-2');
  expect(within(screen.getByRole('group', { name: 'Needs attention' })).getByRole('option').textContent).toContain('command-1');
});

test('a monitor shows how many lines were reported, the limit, and which lines match', async () => {
  const monitor = { description: 'errors of the server', pattern: 'error|warn', events: 4, maxEvents: 1000 };
  const { client } = await show([task(1, { monitor, lastLine: 'noise', startedAtMs: Date.now() })]);
  expect(screen.getByRole('option').textContent).toContain('Watching, 4 lines reported · no output yet');
  expect(screen.getByText('Lines that match error|warn are reported to the agent')).toBeTruthy();
  expect(screen.getByText('4 of 1000')).toBeTruthy();
  const { pattern: _none, ...every } = monitor;
  await act(async () => client.emit({ event: 'task.changed', data: { task: task(1, { monitor: { ...every, events: 1 }, rev: 2 }) } }));
  expect(screen.getByRole('option').textContent).toContain('Watching, 1 line reported');
  expect(screen.getByText('Every line is reported to the agent')).toBeTruthy();
});

test('BT-18: when a survivor disappears, here or in another window, the focus moves to the row in its place, then to the tab', async () => {
  const survivor = (n: number): SurvivorSummary => ({
    taskId: id(n),
    command: `serve-${n}`,
    cwd: '/p',
    processes: [{ pid: n, name: 'x' }],
  });
  let survivors = [survivor(1), survivor(2), survivor(3)];
  const { client } = await show([], { 'survivor.list': () => ({ survivors }), 'survivor.stop': () => ({}) });
  const leave = async (n: number) => {
    survivors = survivors.filter(({ taskId }) => taskId !== id(n));
    await act(async () => client.emit({ event: 'survivors.changed', data: {} }));
  };
  (await screen.findByRole('button', { name: 'Stop serve-2' })).focus();
  await leave(2);
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Stop serve-3' }));
  await leave(3);
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Stop serve-1' }));
  await leave(1);
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Tasks' }));
});
