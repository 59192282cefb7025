import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Result, SessionId } from '../preload/contract/index.ts';
import { App } from './App.tsx';
import { ClientError } from './rpc/index.ts';
import { createStores } from './stores/index.ts';
import './test/dom.ts';
import { type Answers, createFakeClient } from './test/fake-client.ts';
import { answers, approval, PROJECT, project, provider, SESSION, settings, snapshot, summary, task, turn } from './test/samples.ts';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

async function open(over: Answers = {}, session = true) {
  const client = createFakeClient(answers(over));
  const stores = createStores(client, session ? { activeProjectId: PROJECT, activeSessionId: SESSION } : {});
  await act(async () => {
    render(<App stores={stores} />);
    client.setState({ kind: 'ready' });
  });
  return { client, stores };
}
const press = (key: string, over: object = {}) => act(async () => fireEvent.keyDown(document.body, { key, ...over }));

test('the first run offers a model, the demo, and a folder', async () => {
  const { client } = await open({ 'project.list': () => ({ projects: [] }), 'settings.setDefaultModel': () => ({}) }, false);
  expect(await screen.findByRole('heading', { name: 'Connect a model' })).toBeDefined();
  expect(screen.getByRole('button', { name: 'Open folder without a model' })).toBeDefined();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try the offline demo' })));
  expect(client.paramsOf('settings.setDefaultModel')).toEqual([{ model: { providerId: provider().id, modelId: 'gantry-demo' } }]);
  expect(await screen.findByRole('heading', { name: 'Welcome to Gantry' })).toBeDefined();
});

test('without a system dialog a folder is opened by its path', async () => {
  const { client } = await open(
    {
      'project.list': () => ({ projects: [] }),
      'project.suggestPaths': () => ({ paths: ['/home/ada/shop-api'] }),
      'project.open': () => ({ project: project() }),
    },
    false,
  );
  await press('o', { ctrlKey: true });
  const path = screen.getByRole('combobox', { name: 'Path' });
  expect(document.activeElement).toBe(path);
  await act(async () => fireEvent.keyDown(path, { key: 'ArrowDown' }));
  await act(async () => fireEvent.keyDown(path, { key: 'Enter' }));
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Open' })));
  expect(client.paramsOf('project.open')).toEqual([{ path: '/home/ada/shop-api/' }]);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(await screen.findByRole('heading', { name: 'What should Gantry do in shop-api?' })).toBeDefined();
});

test('Tab completes a folder name, accepts a chosen folder, and otherwise leaves the field', async () => {
  await open({ 'project.list': () => ({ projects: [] }), 'project.suggestPaths': () => ({ paths: ['/a/shop', '/a/site'] }) }, false);
  await press('o', { ctrlKey: true });
  const path = screen.getByRole<HTMLInputElement>('combobox', { name: 'Path' });
  const tab = async () => {
    let stays = false;
    await act(async () => (stays = !fireEvent.keyDown(path, { key: 'Tab' })));
    return [stays, path.value];
  };
  await act(async () => fireEvent.change(path, { target: { value: '/a/s' } }));
  expect(await tab()).toEqual([true, '/a/shop/']);
  expect(await tab()).toEqual([false, '/a/shop/']);
  await act(async () => fireEvent.keyDown(path, { key: 'ArrowDown' }));
  expect(await tab()).toEqual([true, '/a/shop/']);
});

test('a lost connection is announced by a live region that already existed', async () => {
  const { client } = await open();
  const regions = screen.getAllByRole('status');
  expect(regions.map((region) => region.textContent)).not.toContain('Connection lost. Reconnecting.');
  await act(async () => client.setState({ kind: 'lost', retryAtMs: 0 }));
  expect(regions.map((region) => region.textContent)).toContain('Connection lost. Reconnecting.');
});

test('the folder chosen with the arrow keys is scrolled into view', async () => {
  const seen: string[] = [];
  Element.prototype.scrollIntoView = function scroll(this: Element) {
    seen.push(this.textContent);
  };
  await open({ 'project.list': () => ({ projects: [] }), 'project.suggestPaths': () => ({ paths: ['/a', '/b'] }) }, false);
  await press('o', { ctrlKey: true });
  const path = screen.getByRole('combobox', { name: 'Path' });
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await act(async () => fireEvent.keyDown(path, { key }));
  expect(seen).toEqual(['/a', '/b', '/b', '/a']);
});

test('a problem with a folder is shown although its dialog is open', async () => {
  await open(
    {
      'project.list': () => ({ projects: [] }),
      'project.suggestPaths': () => ({ paths: [] }),
      'project.open': () => {
        throw new ClientError({ code: 'folder_not_found', message: 'There is no folder /nowhere.' });
      },
    },
    false,
  );
  await press('o', { ctrlKey: true });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Open' })));
  expect(screen.getByRole('dialog')).toBeDefined();
  expect(screen.getByRole('alert').textContent).toBe('There is no folder /nowhere.');
  const dismiss = screen.getByRole('button', { name: 'Dismiss' });
  await act(async () => {
    fireEvent.pointerDown(dismiss);
    fireEvent.focusIn(dismiss);
    fireEvent.click(dismiss);
  });
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByRole('dialog')).toBeDefined();
});

test('an error outside the screens shows a way back', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined); // React logs it too
  const { stores } = await open();
  await act(async () => stores.ui.setState({ toasts: undefined as never })); // no code of ours throws null
  expect(screen.getByRole('alert').textContent).toContain('This view ran into an error');
  expect(screen.getByRole('button', { name: 'Reload' })).toBeDefined();
  logged.mockRestore();
});

test('a pasted absolute path replaces the text of the field, a part of a path does not', async () => {
  await open({ 'project.list': () => ({ projects: [] }), 'project.suggestPaths': () => ({ paths: [] }) }, false);
  await press('o', { ctrlKey: true });
  const path = screen.getByRole<HTMLInputElement>('combobox', { name: 'Path' });
  const paste = (text: string) => act(async () => fireEvent.paste(path, { clipboardData: { getData: () => text } }));
  await paste('shop');
  expect(path.value).toBe('/home/ada/');
  await paste('/srv/shop');
  expect(path.value).toBe('/srv/shop');
});

test('a folder without a trust decision asks for trust and lists what it brings; Escape does not answer', async () => {
  const { client } = await open({
    'project.list': () => ({ projects: [project({ trust: 'unknown', projectFiles: ['.qwen/settings.json'], holdsHome: true })] }),
    'project.trust': () => ({ project: project({ trust: 'untrusted' }) }),
  });
  const dialog = await screen.findByRole('dialog', { name: 'Do you trust shop-api?' });
  expect(dialog.textContent).toContain('.qwen/settings.json');
  expect(dialog.textContent).toContain('contains your home folder');
  fireEvent.keyDown(dialog, { key: 'Escape' });
  expect(client.paramsOf('project.trust')).toEqual([]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Do not trust' })));
  expect(client.paramsOf('project.trust')).toEqual([{ projectId: PROJECT, trusted: false }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('Escape interrupts the running turn, and only then', async () => {
  const { client } = await open({ 'session.attach': () => ({ snapshot: snapshot({ turn: turn() }) }), 'session.cancel': () => ({}) });
  await press('Escape');
  expect(client.paramsOf('session.cancel')).toEqual([{ sessionId: SESSION }]);
});

test('Escape leaves a pending approval and moves the focus to it; in the card it returns to the composer', async () => {
  const { client } = await open({
    'session.attach': () => ({ snapshot: snapshot({ turn: turn({ phase: 'awaiting_approval' }), approvals: [approval()] }) }),
    'session.cancel': () => ({}),
  });
  const card = await screen.findByRole('region', { name: 'Approval needed: Run a command' });
  await press('Escape');
  expect(document.activeElement).toBe(card);
  await act(async () => fireEvent.keyDown(card, { key: 'Escape' }));
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message' }));
  expect(client.paramsOf('session.cancel')).toEqual([]);
});

test('Escape does nothing while no turn runs', async () => {
  const { client } = await open();
  await press('Escape');
  expect(client.paramsOf('session.cancel')).toEqual([]);
});

test('an approval is pinned and announced without taking the focus', async () => {
  const { client } = await open();
  const before = document.activeElement;
  await act(async () => client.emit({ event: 'approval.requested', data: { sessionId: SESSION, seq: 2, approval: approval() } }));
  expect(await screen.findByRole('region', { name: 'Approval needed: Run a command' })).toBeDefined();
  expect(screen.getAllByRole('status').map((region) => region.textContent)).toContain('Approval needed: Run a command');
  expect(document.activeElement).toBe(before);
});

test('a session that another process writes is read-only', async () => {
  await open({ 'session.attach': () => ({ snapshot: snapshot({ heldBy: { pid: 777, host: 'server' } }) }) });
  expect(await screen.findByText(/process 777/)).toBeDefined();
  expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull();
});

test('a lost connection is shown, and disappears when the connection is back', async () => {
  const { client } = await open();
  await act(async () => client.setState({ kind: 'lost', retryAtMs: Date.now() + 3000 }));
  expect(screen.getByText(/Reconnecting in/)).toBeDefined();
  await act(async () => client.setState({ kind: 'ready' }));
  expect(screen.queryByText(/Reconnecting in/)).toBeNull();
});

test('a refused connection is a screen of its own that says what to do', async () => {
  const { client } = await open();
  await act(async () => client.setState({ kind: 'refused', error: { code: 'protocol_mismatch', message: 'host 2, window 1' } }));
  expect(screen.getByRole('heading', { name: 'This window and its host are different versions' })).toBeDefined();
});

test('Ctrl+comma opens the settings, and closes them again', async () => {
  await open();
  await press(',', { ctrlKey: true });
  expect(screen.getByRole('heading', { name: 'Settings', level: 1 })).toBeDefined();
  await press(',', { ctrlKey: true });
  expect(screen.queryByRole('heading', { name: 'Settings', level: 1 })).toBeNull();
});

test.each([{ ctrlKey: true, shiftKey: true }, { ctrlKey: true, altKey: true }, {}])(
  'a comma with %j does not open the settings',
  async (keys) => {
    await open();
    await press(',', keys);
    expect(screen.queryByRole('heading', { name: 'Settings', level: 1 })).toBeNull();
  },
);

test('the theme of the settings is put on the page and remembered for the next start', async () => {
  await open({ 'settings.describe': () => ({ settings: settings({ theme: 'light' }) }) });
  expect(document.documentElement.dataset['theme']).toBe('light');
  expect(localStorage.getItem('gantry.theme')).toBe('light');
  cleanup();
  await open();
  expect(document.documentElement.dataset['theme']).toBeUndefined();
});

test('Ctrl+J opens and closes the tasks panel', async () => {
  await open();
  await press('j', { ctrlKey: true });
  expect(screen.getByRole('tab', { name: 'Tasks' })).toBeDefined();
  await press('j', { ctrlKey: true });
  expect(screen.queryByRole('tab', { name: 'Tasks' })).toBeNull();
});

test('Ctrl+N creates a session in the open folder, and Ctrl+L focuses the composer', async () => {
  const { client } = await open({ 'session.create': () => ({ snapshot: snapshot() }) }, false);
  await press('n', { ctrlKey: true });
  await press('n', { ctrlKey: true });
  // The second one finds a session that has not started.
  expect(client.paramsOf('session.create')).toEqual([{ projectId: PROJECT }]);
  await screen.findByRole('textbox', { name: 'Message' });
  act(() => document.body.focus());
  await press('l', { ctrlKey: true });
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message' }));
});

test("a folder request of the native menu before the host has described itself opens the system's dialog", async () => {
  const described = Promise.withResolvers<Result<'app.describe'>>();
  const { client } = await open({
    'app.describe': () => described.promise,
    'app.pickFolder': () => ({ path: null }),
  });
  await act(async () => client.emit({ event: 'command.invoked', data: { command: 'open_folder' } }));
  expect(screen.queryByRole('dialog')).toBeNull();
  await act(async () => {
    described.resolve({ version: '1', host: 'desktop', platform: 'linux', homePath: '/h', canPickFolder: true });
  });
  expect(client.paramsOf('app.pickFolder')).toHaveLength(1);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a click on a notification opens the task, in its session', async () => {
  const other = SessionId.parse('s2');
  const { client, stores } = await open({
    'session.list': () => ({ sessions: [summary(), summary({ id: other, title: 'Custom provider' })] }),
    'session.attach': ({ sessionId }) => ({ snapshot: snapshot({ summary: summary({ id: sessionId }) }) }),
    'task.list': () => ({ tasks: [task({ sessionId: other })] }),
  });
  await act(async () => client.emit({ event: 'command.invoked', data: { command: 'open_task', taskId: task().id } }));
  expect(stores.ui.getState()).toMatchObject({ activeSessionId: other, openTaskId: task().id, panel: 'tasks' });
});

test('!command runs in the open session, and creates one if none is open', async () => {
  const { client } = await open(
    { 'session.runCommand': () => ({ taskId: task().id }), 'session.create': () => ({ snapshot: snapshot() }) },
    false,
  );
  fireEvent.change(screen.getByRole('textbox', { name: 'Message' }), { target: { value: '!npm test' } });
  await act(async () => fireEvent.keyDown(screen.getByRole('textbox', { name: 'Message' }), { key: 'Enter' }));
  expect(client.paramsOf('session.create')).toHaveLength(1);
  expect(client.paramsOf('session.runCommand')).toEqual([{ sessionId: SESSION, command: 'npm test' }]);
});
