import { expect, test } from 'vitest';
import { type HostEvent, ProjectId, type Result, SessionId } from '../../preload/contract/index.ts';
import { ClientError } from '../rpc/index.ts';
import { createFakeClient, type FakeClient } from '../test/fake-client.ts';
import { answers, itemId, PROJECT, project, SESSION, settings, snapshot, summary, task, user } from '../test/samples.ts';
import { createStores, type Stores } from './stores.ts';
import type { RememberedUi } from './ui-store.ts';

const OTHER = SessionId.parse('s2');

function start(remembered: Partial<RememberedUi> = {}, over: Parameters<typeof answers>[0] = {}): { client: FakeClient; stores: Stores } {
  const client = createFakeClient(answers(over));
  return { client, stores: createStores(client, remembered) };
}

/** Resolves when the selection is true; a store reports every change, so nothing is polled. */
function until(stores: Stores, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const check = () => {
      if (!holds()) return;
      for (const stop of stops) stop();
      resolve();
    };
    stops.push(stores.host.subscribe(check), stores.ui.subscribe(check), stores.settings.subscribe(check));
    check();
  });
}

const added = (seq: number, id: string, sessionId = SESSION): HostEvent => ({
  event: 'item.added',
  data: { sessionId, seq, item: user(id, id) },
});
const view = (stores: Stores, id = SESSION) => stores.host.getState().views[id];

test('on ready the window requests folders, sessions, tasks, providers and settings', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.settings.getState().loaded);
  expect(stores.host.getState().projects).toEqual({ [PROJECT]: project() });
  expect(stores.host.getState().sessions).toEqual({ [SESSION]: summary() });
  expect(stores.settings.getState().settings).toEqual(settings());
  expect(stores.ui.getState().activeProjectId).toBe(PROJECT);
});

test('a request that waits for the terminal of the server says so, and one that the user cancelled raises no error', async () => {
  const { client, stores } = start(
    {},
    {
      'project.trust': () => {
        throw new ClientError({ code: 'cancelled', message: 'not confirmed' });
      },
    },
  );
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.settings.getState().loaded);
  client.emit({ event: 'confirmation.asked', data: {} });
  expect(await stores.actions.trustProject(PROJECT, true)).toBe(false);
  expect(stores.ui.getState().toasts.map(({ text }) => text)).toEqual(['Confirm this in the terminal that runs gantry serve.']);
});

test('the session that was open before a reload is attached again, and whenever the connection is back', async () => {
  const { client, stores } = start({ activeProjectId: PROJECT, activeSessionId: SESSION });
  client.setState({ kind: 'ready' });
  await until(stores, () => view(stores) !== undefined);
  client.setState({ kind: 'lost', retryAtMs: 0 });
  client.answer('session.attach', () => ({ snapshot: snapshot({ seq: 9, items: [user('u9', 'meanwhile')] }) }));
  client.setState({ kind: 'ready' });
  await until(stores, () => view(stores)?.seq === 9);
  expect(view(stores)?.order).toEqual(['u9']);
  expect(client.paramsOf('session.attach')).toHaveLength(2);
});

test('a new window opens what was shown last, and from then on reports to the host what it shows', async () => {
  const { client, stores } = start({}, { 'project.lastShown': () => ({ view: { projectId: PROJECT, sessionId: SESSION } }) });
  client.setState({ kind: 'ready' });
  await until(stores, () => view(stores) !== undefined);
  expect(stores.ui.getState().activeSessionId).toBe(SESSION);
  client.answer('session.attach', () => ({ snapshot: snapshot({ summary: summary({ id: OTHER }) }) }));
  await stores.actions.openSession(PROJECT, OTHER);
  stores.ui.getState().showSession(PROJECT, undefined);
  stores.ui.getState().setSidebarOpen(false);
  expect(client.notifies.filter(({ method }) => method === 'project.shown').map(({ params }) => params)).toEqual([
    { projectId: PROJECT, sessionId: SESSION },
    { projectId: PROJECT, sessionId: OTHER },
    { projectId: PROJECT },
  ]);
});

test('if the last shown session no longer exists, it is skipped silently', async () => {
  const { client, stores } = start(
    {},
    {
      'project.lastShown': () => ({ view: { projectId: PROJECT, sessionId: OTHER } }),
      'session.attach': () => {
        throw new ClientError({ code: 'session_unknown', message: 'This folder has no such session.' });
      },
    },
  );
  client.setState({ kind: 'ready' });
  await until(stores, () => client.paramsOf('session.attach').length === 1 && stores.ui.getState().activeSessionId === undefined);
  expect(stores.ui.getState().activeProjectId).toBe(PROJECT);
  expect(stores.ui.getState().toasts).toEqual([]);
  const elsewhere = start({}, { 'project.lastShown': () => ({ view: { projectId: ProjectId.parse('gone'), sessionId: OTHER } }) });
  elsewhere.client.setState({ kind: 'ready' });
  await until(elsewhere.stores, () => elsewhere.stores.ui.getState().activeProjectId === PROJECT);
  expect(elsewhere.client.paramsOf('session.attach')).toEqual([]);
});

test('events that arrive during an attach are applied after its snapshot', async () => {
  let answer: (result: Result<'session.attach'>) => void = () => {};
  const { client, stores } = start({}, { 'session.attach': () => new Promise((resolve) => (answer = resolve)) });
  client.setState({ kind: 'ready' });
  const opening = stores.actions.openSession(PROJECT, SESSION);
  client.emit(added(5, 'in-snapshot'));
  client.emit(added(6, 'after-snapshot'));
  answer({ snapshot: snapshot({ seq: 5, items: [user('in-snapshot', 'in-snapshot')] }) });
  await opening;
  expect(view(stores)?.order).toEqual(['in-snapshot', 'after-snapshot']);
  expect(view(stores)?.seq).toBe(6);
});

test('a session that is opened while it is being attached opens for both callers', async () => {
  let answer: (result: Result<'session.attach'>) => void = () => {};
  const { client, stores } = start({}, { 'session.attach': () => new Promise((resolve) => (answer = resolve)) });
  client.setState({ kind: 'ready' });
  const first = stores.actions.openSession(PROJECT, SESSION);
  const second = stores.actions.openSession(PROJECT, SESSION).then(() => view(stores));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve(); // as long as a call that does not wait needs
  answer({ snapshot: snapshot({ seq: 5, items: [user('u5', 'x')] }) });
  expect((await second)?.order).toEqual(['u5']);
  await first;
  expect(client.paramsOf('session.attach')).toHaveLength(1);
});

test('a gap in the events attaches again, once, and ends with the new snapshot', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  client.answer('session.attach', () => ({ snapshot: snapshot({ seq: 4, items: [user('u4', 'x')] }) }));
  client.emit(added(3, 'u3'));
  client.emit(added(4, 'u4'));
  await until(stores, () => view(stores)?.seq === 4);
  expect(view(stores)?.order).toEqual(['u4']);
  expect(client.paramsOf('session.attach')).toHaveLength(2);
});

test('opening another session detaches the one before it and drops its items', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  client.answer('session.attach', () => ({ snapshot: snapshot({ summary: summary({ id: OTHER }) }) }));
  await stores.actions.openSession(PROJECT, OTHER);
  expect(Object.keys(stores.host.getState().views)).toEqual([OTHER]);
  expect(client.paramsOf('session.detach')).toEqual([{ sessionId: SESSION }]);
});

test('a session that cannot be opened leaves the shown session, and gives the reason', async () => {
  const { client, stores } = start({ activeProjectId: PROJECT, activeSessionId: SESSION });
  client.setState({ kind: 'ready' });
  await until(stores, () => view(stores) !== undefined);
  client.answer('session.attach', () => {
    throw new ClientError({ code: 'session_damaged', message: 'Its file is damaged.' });
  });
  stores.ui.getState().showHistory();
  expect(await stores.actions.openSession(PROJECT, OTHER)).toBe(false);
  const { activeSessionId, screen, toasts } = stores.ui.getState();
  expect([activeSessionId, screen, toasts.map(({ text }) => text)]).toEqual([SESSION, 'history', ['Its file is damaged.']]);
});

test('after a lost connection, the session that was being opened is opened again', async () => {
  const { client, stores } = start({ activeProjectId: PROJECT, activeSessionId: SESSION });
  client.setState({ kind: 'ready' });
  await until(stores, () => view(stores) !== undefined);
  client.answer('session.attach', () => {
    client.setState({ kind: 'lost', retryAtMs: 0 });
    throw new ClientError({ code: 'connection_lost', message: 'lost' });
  });
  await stores.actions.openSession(PROJECT, OTHER);
  expect(stores.ui.getState().activeSessionId).toBe(OTHER);
});

test('a prompt is pending until the host shows it', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  await stores.actions.prompt('hello');
  const sent = client.paramsOf('session.prompt')[0];
  expect(sent).toMatchObject({ sessionId: SESSION, text: 'hello' });
  expect(view(stores)?.pending).toEqual([{ localId: sent?.localId, text: 'hello' }]);
  client.emit({ event: 'item.added', data: { sessionId: SESSION, seq: 2, item: user('u1', 'hello', sent?.localId) } });
  expect(view(stores)?.pending).toEqual([]);
  expect(view(stores)?.order).toEqual([itemId('u1')]);
});

test('a prompt that is refused is no longer pending, and the reason is shown', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  client.answer('session.prompt', () => {
    throw new ClientError({ code: 'no_model', message: 'Choose a model first.' });
  });
  expect(await stores.actions.prompt('hello')).toBe(false);
  expect(view(stores)?.pending).toEqual([]);
  expect(stores.ui.getState().toasts.map((toast) => toast.text)).toEqual(['Choose a model first.']);
});

test('the first prompt in a folder creates its session', async () => {
  const { client, stores } = start({}, { 'session.create': () => ({ snapshot: snapshot() }) });
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.ui.getState().activeProjectId === PROJECT);
  expect(await stores.actions.prompt('hello')).toBe(true);
  expect(client.paramsOf('session.create')).toEqual([{ projectId: PROJECT }]);
  expect(stores.ui.getState().activeSessionId).toBe(SESSION);
});

test('the first background task of the open session opens the tasks panel, and a closed panel stays closed', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  client.emit({ event: 'task.changed', data: { task: task() } });
  expect(stores.ui.getState().tasksPanelOpen).toBe(true);
  stores.ui.getState().setPanel(undefined);
  client.emit({ event: 'task.changed', data: { task: task({ id: task().id, rev: 2 }) } });
  expect(stores.ui.getState().tasksPanelOpen).toBe(false);
});

test('changed settings are requested again', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.settings.getState().loaded);
  client.answer('settings.describe', () => ({ settings: settings({ theme: 'light' }) }));
  client.emit({ event: 'settings.changed', data: {} });
  await until(stores, () => stores.settings.getState().settings?.theme === 'light');
  expect(client.paramsOf('settings.describe').length).toBeGreaterThan(1);
});

test('a session that is new to the window is not unread', async () => {
  const { client, stores } = start({}, { 'session.list': () => ({ sessions: [summary({ endedTurns: 7 })] }) });
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.ui.getState().seenTurns[SESSION] !== undefined);
  expect(stores.ui.getState().seenTurns[SESSION]).toBe(7);
});

test('a native menu item does the same as its control in the window', () => {
  const { client, stores } = start();
  client.emit({ event: 'command.invoked', data: { command: 'toggle_tasks' } });
  expect(stores.ui.getState().tasksPanelOpen).toBe(true);
  client.emit({ event: 'command.invoked', data: { command: 'toggle_sidebar' } });
  expect(stores.ui.getState().sidebarOpen).toBe(false);
  client.emit({ event: 'command.invoked', data: { command: 'open_settings' } });
  expect(stores.ui.getState().screen).toBe('settings');
});

test('after dispose the stores do not change', () => {
  const { client, stores } = start();
  stores.dispose();
  client.emit({ event: 'session.changed', data: { summary: summary() } });
  expect(stores.host.getState().sessions).toEqual({});
});

test('of two answers about settings, the answer to the later request is used, in whatever order they arrive', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.settings.getState().loaded);
  const answered: ((result: Result<'settings.describe'>) => void)[] = [];
  client.answer('settings.describe', () => new Promise((resolve) => void answered.push(resolve)));
  client.emit({ event: 'settings.changed', data: {} });
  client.emit({ event: 'settings.changed', data: {} });
  await expect.poll(() => answered.length).toBe(2);
  answered[1]?.({ settings: settings({ theme: 'light' }) });
  await until(stores, () => stores.settings.getState().settings?.theme === 'light');
  answered[0]?.({ settings: settings({ theme: 'dark' }) });
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(stores.settings.getState().settings?.theme).toBe('light');
});

test('a session that could not be opened opens at the next attempt', async () => {
  const { client, stores } = start();
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.ui.getState().activeProjectId === PROJECT);
  client.answer('session.attach', () => {
    throw new ClientError({ code: 'session_damaged', message: 'Its file is damaged.' });
  });
  expect(await stores.actions.openSession(PROJECT, SESSION)).toBe(false);
  client.answer('session.attach', () => ({ snapshot: snapshot() }));
  expect(await stores.actions.openSession(PROJECT, SESSION)).toBe(true);
  expect(view(stores)?.sessionId).toBe(SESSION);
});

test('turns that ended while the window was closed make a session unread', async () => {
  const { client, stores } = start({ seenTurns: { [SESSION]: 3 } }, { 'session.list': () => ({ sessions: [summary({ endedTurns: 7 })] }) });
  client.setState({ kind: 'ready' });
  await until(stores, () => stores.host.getState().sessionsLoaded[PROJECT] === true);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(stores.ui.getState().seenTurns[SESSION]).toBe(3);
});
