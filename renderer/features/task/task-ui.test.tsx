import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ItemId, SessionId, TaskId, type TaskSummary, type ToolItem, ViewerId } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { createStores, StoresProvider } from '../../stores/index.ts';
import { type Answers, createFakeClient } from '../../test/fake-client.ts';
import { TooltipProvider } from '../../ui/index.ts';
import { createFakeTerminals, stubLayout } from './terminal/fake-terminal.fixture.ts';
import { ShellCard, TaskShortcuts, TasksPanel, TaskStrip } from './index.ts';
import { saveOutput } from './save-output.ts';
import { TerminalFactoryContext } from './terminal/terminal-factory.ts';

const NOW_MS = 1_800_000_000_000;
const SESSION = SessionId.parse('s1');
const id = (n: number) => TaskId.parse(`bg_0000000${n}`);

function task(n: number, overrides: Partial<TaskSummary> = {}): TaskSummary {
  return {
    id: id(n),
    sessionId: SESSION,
    command: `command-${n}`,
    cwd: '/p',
    placement: 'background',
    wasBackground: true,
    status: 'running',
    startedAtMs: NOW_MS - 102_000 + n,
    outputBytes: 2048,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
    ...overrides,
  };
}
const foreground = (n: number, overrides: Partial<TaskSummary> = {}) =>
  task(n, { placement: 'foreground', wasBackground: false, ...overrides });

type Shell = Extract<ToolItem['display'], { kind: 'shell' }>;

function item(overrides: Partial<ToolItem> = {}, shell: Partial<Shell> = {}): ToolItem {
  return {
    kind: 'tool',
    id: ItemId.parse('t1'),
    name: 'run_shell_command',
    toolKind: 'shell',
    verb: 'run',
    target: 'command-1',
    status: 'running',
    startedAtMs: NOW_MS - 9000,
    display: { kind: 'shell', command: 'command-1', cwd: '/p', outcome: 'running', taskId: id(1), ...shell },
    ...overrides,
  };
}

beforeEach(() => {
  stubLayout();
  localStorage.clear();
  vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function show(content: React.ReactNode, tasks: readonly TaskSummary[], answers: Answers = {}) {
  let viewers = 0;
  const client = createFakeClient({
    'app.describe': () => ({ version: '1', host: 'memory', platform: 'linux', homePath: '/h', canPickFolder: false }),
    'project.list': () => ({ projects: [] }),
    'settings.describe': () => ({ settings: { files: [], problems: [], approvalMode: 'default', theme: 'system', values: [] } }),
    'provider.list': () => ({ providers: [], presets: [] }),
    'task.list': () => ({ tasks: [...tasks] }),
    'task.attach': ({ taskId }) => ({ viewerId: ViewerId.parse(++viewers), task: tasks.find((held) => held.id === taskId) ?? task(1) }),
    'task.detach': () => ({}),
    'task.stop': ({ taskId }) => ({ task: tasks.find((held) => held.id === taskId) ?? task(1) }),
    'task.promote': ({ taskId }) => ({ task: tasks.find((held) => held.id === taskId) ?? task(1) }),
    'task.clearEnded': () => ({}),
    'app.openExternal': () => ({}),
    ...answers,
  });
  const stores = createStores(client);
  stores.ui.setState({ activeSessionId: SESSION });
  const terminals = createFakeTerminals();
  client.setState({ kind: 'ready' });
  // The fake host answers in microtasks.
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  expect(Object.keys(stores.host.getState().tasks)).toHaveLength(tasks.length);
  render(
    <StoresProvider value={stores}>
      <TooltipProvider>
        <TerminalFactoryContext value={terminals.load}>{content}</TerminalFactoryContext>
      </TooltipProvider>
    </StoresProvider>,
  );
  const change = (changed: TaskSummary) => act(async () => client.emit({ event: 'task.changed', data: { task: { ...changed, rev: 2 } } }));
  return { client, stores, terminals, change };
}

const controlB = (target: Element | Window = window) => fireEvent.keyDown(target, { key: 'b', code: 'KeyB', ctrlKey: true });

async function choose(name: string) {
  await act(async () => fireEvent.keyDown(screen.getByRole('button', { name: 'More for this task' }), { key: 'Enter' }));
  await act(async () => fireEvent.click(screen.getByRole('menuitem', { name })));
}

test('a running command is a card with its terminal, the time, and its two buttons', async () => {
  const { client, terminals } = await show(<ShellCard item={item()} />, [
    foreground(1, { startedAtMs: NOW_MS - 9000, timeoutAtMs: NOW_MS + 111_000 }),
  ]);
  const card = screen.getByRole('region', { name: 'Command: command-1' });
  expect(within(card).getByText('0:09')).toBeTruthy();
  expect(within(card).getByText('2.0 KB · stops at 2:00')).toBeTruthy();
  await waitFor(() => expect(client.paramsOf('task.attach')).toEqual([{ taskId: id(1), cols: 70, rows: 12, focused: true }]));
  client.output({
    t: 'output',
    kind: 'replay',
    viewerId: ViewerId.parse(1),
    offsetBytes: 5,
    cols: 70,
    rows: 12,
    skipped: false,
    bytes: new TextEncoder().encode('hello'),
  });
  await waitFor(() => expect(terminals.made[0]?.written).toEqual(['hello']));
  fireEvent.click(within(card).getByRole('button', { name: /Move to background/ }));
  fireEvent.click(within(card).getByRole('button', { name: 'Stop' }));
  expect(client.paramsOf('task.promote')).toEqual([{ taskId: id(1) }]);
  expect(client.paramsOf('task.stop')).toEqual([{ taskId: id(1), force: false }]);
});

test('a terminal that could not be attached can be tried again', async () => {
  let fails = true;
  const attach = () => {
    if (fails) throw new ClientError({ code: 'internal', message: 'The terminal host does not answer.' });
    return { viewerId: ViewerId.parse(1), task: task(1) };
  };
  const { client } = await show(<ShellCard item={item()} />, [foreground(1)], { 'task.attach': attach });
  const retry = await screen.findByRole('button', { name: 'Try again' });
  expect(screen.getByText('The terminal host does not answer.').getAttribute('role')).toBe('status');
  fails = false;
  fireEvent.click(retry);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull());
  expect(client.paramsOf('task.attach')).toHaveLength(2);
});

test('a command that is being stopped offers a forced stop', async () => {
  const { client } = await show(<ShellCard item={item()} />, [foreground(1, { status: 'stopping' })]);
  fireEvent.click(screen.getByRole('button', { name: 'Force stop' }));
  expect(client.paramsOf('task.stop')).toEqual([{ taskId: id(1), force: true }]);
});

test('a command that runs for 30 s shows a hint about the background, and warns 15 s before its timeout', async () => {
  vi.useFakeTimers({ now: NOW_MS, toFake: ['Date', 'setInterval', 'clearInterval'] });
  await show(<ShellCard item={item()} />, [foreground(1, { startedAtMs: NOW_MS - 29_000, timeoutAtMs: NOW_MS + 20_000 })]);
  expect(screen.queryByText(/lets it continue/)).toBeNull();
  act(() => void vi.advanceTimersByTime(1000));
  expect(screen.getByText(/lets it continue/)).toBeTruthy();
  act(() => void vi.advanceTimersByTime(5000));
  expect(screen.getByText('Stops in 14 s, Ctrl B keeps it running')).toBeTruthy();
  expect(screen.getByText(/will be stopped in 15 seconds/).getAttribute('role')).toBe('status');
});

test('after a promotion the card is one line that opens the task', async () => {
  const { stores, change } = await show(<ShellCard item={item()} />, [foreground(1)]);
  expect(screen.getByRole('region', { name: 'Command: command-1' })).toBeTruthy();
  await change(task(1));
  expect(screen.queryByRole('region', { name: 'Command: command-1' })).toBeNull();
  expect(screen.getByText('In the background')).toBeTruthy();
  expect(screen.getByText('running 1 m')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Open command-1' }));
  expect(stores.ui.getState()).toMatchObject({ tasksPanelOpen: true, openTaskId: id(1) });
});

test('the terminal of a card is detached and disposed with the card', async () => {
  const { client, terminals, change } = await show(<ShellCard item={item()} />, [foreground(1)]);
  await waitFor(() => expect(client.paramsOf('task.attach')).toHaveLength(1));
  await change(task(1));
  await waitFor(() => expect(client.paramsOf('task.detach')).toEqual([{ viewerId: ViewerId.parse(1) }]));
  expect(terminals.made[0]?.asked).toContain('dispose');
});

test('a successful command is a collapsed row, a failed one is open with its output', async () => {
  const ended = { endedAtMs: NOW_MS } as const;
  await show(
    <>
      <ShellCard item={item({ ...ended, status: 'success' }, { outcome: 'completed', output: 'all fine', command: 'good' })} />
      <ShellCard
        item={item(
          { ...ended, status: 'error' },
          { outcome: 'failed', exitCode: 2, summary: 'Exited with code 2', output: 'no such file', command: 'bad' },
        )}
      />
    </>,
    [],
  );
  const good = screen.getByRole('button', { name: /good/ });
  expect(good.getAttribute('aria-expanded')).toBe('false');
  expect(good.textContent).toContain('9.0 s');
  expect(screen.queryByText('all fine')).toBeNull();
  fireEvent.click(good);
  expect(screen.getByText('all fine')).toBeTruthy();
  expect(screen.getByRole('button', { name: /bad/ }).textContent).toContain('exited 2');
  expect(screen.getByText('no such file')).toBeTruthy();
});

test('Ctrl+B moves the only running command, and is ignored while the user types', async () => {
  const { client } = await show(
    <>
      <TaskShortcuts />
      <textarea aria-label="Message" />
    </>,
    [foreground(1), task(2)],
  );
  const composer = screen.getByLabelText<HTMLTextAreaElement>('Message');
  composer.focus();
  composer.value = 'a draft';
  expect(controlB(composer)).toBe(true);
  expect(client.paramsOf('task.promote')).toEqual([]);
  composer.value = '';
  expect(controlB(composer)).toBe(false); // handled: the browser's own action is prevented
  expect(client.paramsOf('task.promote')).toEqual([{ taskId: id(1) }]);
});

test('Ctrl+B in a shell card moves that command, with others running', async () => {
  const { client } = await show(
    <>
      <TaskShortcuts />
      <ShellCard item={item({}, { taskId: id(2), command: 'command-2' })} />
    </>,
    [foreground(1), foreground(2)],
  );
  const button = screen.getByRole('button', { name: 'Stop' });
  button.focus();
  controlB(button);
  expect(client.paramsOf('task.promote')).toEqual([{ taskId: id(2) }]);
});

test('Ctrl+B in the terminal of a background task goes to the program', async () => {
  const { client } = await show(
    <>
      <TaskShortcuts />
      <div className="xterm">
        <textarea aria-label="keys" />
      </div>
    </>,
    [foreground(1)],
  );
  const keys = screen.getByLabelText('keys');
  keys.focus();
  expect(controlB(keys)).toBe(true);
  expect(client.paramsOf('task.promote')).toEqual([]);
});

test('with several commands and none focused, Ctrl+B asks which', async () => {
  const { client } = await show(<TaskShortcuts />, [foreground(1), foreground(2), foreground(3, { status: 'completed' })]);
  controlB();
  const dialog = await screen.findByRole('dialog', { name: 'Choose a command to move to the background' });
  expect(within(dialog).getAllByRole('listitem')).toHaveLength(2);
  fireEvent.click(within(dialog).getByRole('button', { name: /command-2/ }));
  expect(client.paramsOf('task.promote')).toEqual([{ taskId: id(2) }]);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a command that ended before it could be moved is announced without a toast', async () => {
  const { stores } = await show(<TaskShortcuts />, [foreground(1)], {
    'task.promote': () => {
      throw new ClientError({ code: 'task_ended', message: 'It has ended.' });
    },
  });
  controlB();
  await waitFor(() => expect(stores.ui.getState().announcement.text).toBe('The command had already ended.'));
  expect(stores.ui.getState().toasts).toEqual([]);
});

test('the panel groups tasks and shows the terminal of the newest running one', async () => {
  const { client } = await show(<TasksPanel />, [
    task(1, { status: 'failed', exitCode: 1, endedAtMs: NOW_MS, lastLine: 'port is taken' }),
    task(2, { lastOutputAtMs: NOW_MS - 41_000 }),
    task(3, { lastOutputAtMs: NOW_MS - 4000, lastLine: 'ready on http://localhost:3000' }),
    task(4, { status: 'completed', exitCode: 0, endedAtMs: NOW_MS }),
    foreground(5),
  ]);
  const groups = within(screen.getByRole('listbox', { name: 'Tasks' })).getAllByRole('group');
  expect(groups.map((group) => group.getAttribute('aria-label'))).toEqual(['Needs attention', 'Running', 'Finished']);
  expect(screen.getAllByRole('option')).toHaveLength(4);
  expect(screen.getByRole('option', { name: /command-1/ }).textContent).toContain('exited 1');
  expect(screen.getByRole('option', { name: /command-2/ }).textContent).toContain('quiet for 41 s, process alive');
  expect(screen.getByRole('option', { name: /command-3/, selected: true }).textContent).toContain('last output 4 s ago');
  await waitFor(() => expect(client.paramsOf('task.attach').map(({ taskId }) => taskId)).toEqual([id(3)]));
});

test('arrow keys select, Enter opens the task and focuses its terminal', async () => {
  const { client, stores, terminals } = await show(<TasksPanel />, [task(1), task(2)]);
  await waitFor(() => expect(client.paramsOf('task.attach')).toHaveLength(1));
  const list = screen.getByRole('listbox');
  list.focus();
  fireEvent.keyDown(list, { key: 'ArrowDown' });
  expect(document.getElementById(list.getAttribute('aria-activedescendant') ?? '')?.textContent).toContain('command-1');
  expect(stores.ui.getState().openTaskId).toBeUndefined();
  fireEvent.keyDown(list, { key: 'Enter' });
  expect(stores.ui.getState().openTaskId).toBe(id(1));
  await waitFor(() => expect(terminals.made[1]?.asked).toContain('focus'));
  act(() => terminals.made[1]?.events.onLeave());
  expect(document.activeElement).toBe(list);
});

test('a failed task keeps its place while it is shown and is finished afterwards', async () => {
  await show(
    <>
      <TasksPanel />
      <TaskStrip />
    </>,
    [task(1, { status: 'failed', exitCode: 1, endedAtMs: NOW_MS }), task(2)],
  );
  const groupOf = () =>
    screen
      .getByRole('option', { name: /command-1/ })
      .closest('[role=group]')
      ?.getAttribute('aria-label');
  expect(screen.getByRole('button', { name: '1 failed' })).toBeTruthy();
  fireEvent.click(screen.getByRole('option', { name: /command-1/ }));
  expect(groupOf()).toBe('Needs attention');
  fireEvent.click(screen.getByRole('option', { name: /command-2/ }));
  expect(groupOf()).toBe('Finished');
  expect(screen.queryByRole('button', { name: '1 failed' })).toBeNull();
  expect(screen.getByRole('button', { name: '1 running' })).toBeTruthy();
});

test('an address that a task has printed opens on click', async () => {
  const { client } = await show(<TasksPanel />, [task(6, { lastLine: 'GET /', urls: ['http://localhost:4000/'] })]);
  fireEvent.click(screen.getByRole('button', { name: 'Open localhost:4000 in the browser' }));
  expect(client.paramsOf('app.openExternal')).toEqual([{ url: 'http://localhost:4000/' }]);
});

test('an ended task accepts no keys, and its view offers to clear the list', async () => {
  const { client, terminals, change } = await show(<TasksPanel />, [task(1)]);
  await waitFor(() => expect(terminals.made[0]?.asked).toContain('typing true'));
  await change(task(1, { status: 'completed', exitCode: 0, endedAtMs: NOW_MS }));
  expect(terminals.made[0]?.asked.at(-1)).toBe('typing false');
  await choose('Clear finished');
  expect(client.paramsOf('task.clearEnded')).toEqual([{ sessionId: SESSION }]);
});

test('an ended task is run again, and the new one is shown', async () => {
  const { client, stores } = await show(<TasksPanel />, [task(1, { status: 'failed', exitCode: 2, endedAtMs: NOW_MS })], {
    'task.restart': () => ({ task: task(2) }),
  });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Run again' })));
  expect(client.paramsOf('task.restart')).toEqual([{ taskId: id(1) }]);
  expect(stores.ui.getState().openTaskId).toBe(id(2));
});

test('the file is shown in its folder only if the host supports it, and its output is read in pieces until its end', async () => {
  const withFile = task(1, { outputPath: '/out/shell-bg_00000001.output' });
  const { client } = await show(<TasksPanel />, [withFile], {
    'task.readOutput': ({ offsetBytes }) => ({ text: offsetBytes === 0 ? 'one ' : 'two', nextOffsetBytes: offsetBytes + 4, totalBytes: 8 }),
  });
  fireEvent.keyDown(screen.getByRole('button', { name: 'More for this task' }), { key: 'Enter' });
  expect(screen.queryByRole('menuitem', { name: 'Show in folder' })).toBeNull();
  cleanup();

  const saved: [string, string][] = [];
  await saveOutput(client, withFile, (file, name) => void file.text().then((text) => saved.push([name, text])));
  await waitFor(() => expect(saved).toEqual([['command-1-bg_00000001.txt', 'one two']]));
  expect(client.paramsOf('task.readOutput').map(({ offsetBytes }) => offsetBytes)).toEqual([0, 4]);

  const desktop = await show(<TasksPanel />, [withFile], {
    'app.describe': () => ({ version: '1', host: 'desktop', platform: 'linux', homePath: '/h', canPickFolder: true, canRevealFiles: true }),
    'task.revealOutput': () => ({}),
  });
  await choose('Show in folder');
  expect(desktop.client.paramsOf('task.revealOutput')).toEqual([{ taskId: id(1) }]);
});

test('addresses that the host has found in the whole output can be opened and copied', async () => {
  await show(
    <>
      <TaskShortcuts />
      <TasksPanel />
    </>,
    [task(7, { lastLine: 'compiled', urls: ['http://localhost:5173/', 'http://localhost:5174/app'] })],
  );
  expect(screen.getByRole('button', { name: 'Open localhost:5174/app in the browser' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Copy the address of localhost:5173' })).toBeTruthy();
});

test('the row of a command names what to notice about it', async () => {
  const ended = { status: 'success', endedAtMs: NOW_MS } as const;
  await show(<ShellCard item={item(ended, { outcome: 'completed', marks: ['destructive', 'network'] })} />, []);
  expect([screen.queryByText('Destructive'), screen.queryByText('Network')]).toEqual([expect.anything(), expect.anything()]);
});

test('a command that was denied or never run has no verb in the past tense', async () => {
  await show(<ShellCard item={item({ status: 'denied' }, { outcome: 'cancelled' })} />, []);
  expect([screen.queryByText('Ran'), screen.queryByText('Run')]).toEqual([null, expect.anything()]);
});

test('a successful user command is open, a command of the agent is collapsed', async () => {
  const done = { status: 'success', endedAtMs: NOW_MS } as const;
  const shell = { outcome: 'completed', output: 'all is well' } as const;
  await show(<ShellCard item={item({ ...done, name: 'user_shell', verb: 'user_run' }, shell)} />, []);
  expect(screen.getByText('all is well')).toBeTruthy();
  cleanup();
  await show(<ShellCard item={item(done, shell)} />, []);
  expect(screen.queryByText('all is well')).toBeNull();
});

test('reaching the top of a view that skipped output requests more of it', async () => {
  const { client, terminals } = await show(<TasksPanel />, [task(1, { outputPath: '/out/shell-bg_00000001.output' })]);
  const replay = (viewer: number, skipped: boolean) =>
    client.output({
      t: 'output',
      kind: 'replay',
      viewerId: ViewerId.parse(viewer),
      offsetBytes: 9,
      cols: 70,
      rows: 12,
      skipped,
      bytes: new Uint8Array(1),
    });
  await waitFor(() => expect(client.paramsOf('task.attach')).toHaveLength(1));
  await act(async () => replay(1, true));
  await waitFor(() => expect(terminals.made[0]?.asked).toContain('replayed'));
  for (const [index, bytes] of [262_144, 524_288, 1_048_576, 2_097_152, 4_194_304].entries()) {
    act(() => terminals.made[0]?.events.onScroll({ following: false, atTop: true, scrollable: true, full: false }));
    await waitFor(() => expect(client.paramsOf('task.attach').at(-1)?.historyBytes).toBe(bytes));
    act(() => terminals.made[0]?.events.onScroll({ following: false, atTop: false, scrollable: true, full: false }));
    await act(async () => replay(index + 2, true));
    await waitFor(() => expect(terminals.made[0]?.asked.filter((what) => what === 'replayed')).toHaveLength(index + 2));
  }
  act(() => terminals.made[0]?.events.onScroll({ following: false, atTop: true, scrollable: true, full: false }));
  expect(await screen.findByText('/out/shell-bg_00000001.output')).toBeTruthy();
  expect(client.paramsOf('task.attach')).toHaveLength(6);
});

test('a view that does not follow its output offers to follow it', async () => {
  const { terminals } = await show(<TasksPanel />, [task(1)]);
  await waitFor(() => expect(terminals.made).toHaveLength(1));
  expect(screen.queryByRole('button', { name: 'Follow' })).toBeNull();
  act(() => terminals.made[0]?.events.onScroll({ following: false, atTop: false, scrollable: true, full: false }));
  fireEvent.click(screen.getByRole('button', { name: 'Follow' }));
  expect(terminals.made[0]?.asked).toContain('to end');
});

test('find searches the terminal in both directions and shows the number of matches', async () => {
  const { terminals } = await show(<TasksPanel />, [task(1)]);
  await waitFor(() => expect(terminals.made).toHaveLength(1));
  fireEvent.click(screen.getByRole('button', { name: 'Find' }));
  const field = screen.getByLabelText('Find in output');
  fireEvent.change(field, { target: { value: 'error' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
  act(() => terminals.made[0]?.events.onFound({ index: 2, count: 11 }));
  expect(screen.getByText('3 of 11')).toBeTruthy();
  expect(terminals.made[0]?.asked).toEqual(expect.arrayContaining(['find error next', 'find error previous']));
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(screen.queryByLabelText('Find in output')).toBeNull();
});

test('a link that a program printed is opened only through the host', async () => {
  const { client, terminals } = await show(<TasksPanel />, [task(1)]);
  await waitFor(() => expect(terminals.made).toHaveLength(1));
  act(() => terminals.made[0]?.events.onOpenUrl('https://example.com/'));
  expect(client.paramsOf('app.openExternal')).toEqual([{ url: 'https://example.com/' }]);
});

test('without tasks the panel explains its purpose and the strip is hidden', async () => {
  const { stores } = await show(
    <>
      <TasksPanel />
      <TaskStrip />
    </>,
    [foreground(1)],
  );
  expect(screen.getByText('No background tasks')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /Tasks/ })).toBeNull();
  expect(stores.ui.getState().toasts).toEqual([]);
});
