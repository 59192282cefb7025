import { expect, test } from 'vitest';
import { SessionId } from '../../preload/contract/index.ts';
import { ClientError } from '../rpc/index.ts';
import { type Answers, createFakeClient } from '../test/fake-client.ts';
import { answers, itemId, NOW_MS, PROJECT, SESSION, snapshot, summary, user } from '../test/samples.ts';
import { createStores } from './stores.ts';

const BRANCH = SessionId.parse('s2');

async function open(over: Answers = {}) {
  const client = createFakeClient(answers(over));
  const stores = createStores(client);
  client.setState({ kind: 'ready' });
  await stores.actions.openSession(PROJECT, SESSION);
  return { client, stores, ui: () => stores.ui.getState(), view: () => stores.host.getState().views[SESSION] };
}

test('a row in the old part of a session is found by loading older pages until it is reached', async () => {
  const { client, stores, ui, view } = await open({
    'session.attach': () => ({ snapshot: snapshot({ items: [user('u9', 'last')], earlierItems: 8 }) }),
    'session.earlier': ({ beforeItemId }) =>
      beforeItemId === 'u9' ? { items: [user('u5', 'later')], earlierItems: 4 } : { items: [user('u1', 'wanted')], earlierItems: 0 },
  });
  expect(await stores.actions.openSessionAt(PROJECT, SESSION, itemId('u1'))).toBe(true);
  expect(client.paramsOf('session.earlier').map((params) => [params.beforeItemId, params.untilItemId])).toEqual([
    ['u9', 'u1'],
    ['u5', 'u1'],
  ]);
  expect(view()?.order).toEqual(['u1', 'u5', 'u9']);
  expect(ui().found).toMatchObject({ sessionId: SESSION, itemId: 'u1' });
});

test('if the user leaves the session while a row is loaded, nothing is shown or reported', async () => {
  let answer: () => void = () => {};
  const { client, stores, ui } = await open({
    'session.attach': () => ({ snapshot: snapshot({ items: [user('u9', 'last')], earlierItems: 8 }) }),
    'session.earlier': () => new Promise((resolve) => (answer = () => resolve({ items: [user('u1', 'wanted')], earlierItems: 0 }))),
  });
  const looking = stores.actions.openSessionAt(PROJECT, SESSION, itemId('u1'));
  await new Promise<void>((resolve) => stores.ui.subscribe((now) => now.findingIn === SESSION && resolve()));
  client.answer('session.attach', ({ sessionId }) => ({ snapshot: snapshot({ summary: summary({ id: sessionId }) }) }));
  await stores.actions.openSession(PROJECT, BRANCH);
  answer();
  expect(await looking).toBe(true);
  expect(ui()).toMatchObject({ found: undefined, findingIn: undefined, toasts: [], activeSessionId: BRANCH });
});

test('a session that is opened again does not return to an earlier search result', async () => {
  const { stores, ui } = await open({ 'session.attach': () => ({ snapshot: snapshot({ items: [user('u9', 'last')] }) }) });
  await stores.actions.openSessionAt(PROJECT, SESSION, itemId('u9'));
  expect(ui()).toMatchObject({ found: { itemId: 'u9' }, findingIn: undefined });
  await stores.actions.openSession(PROJECT, SESSION);
  expect(ui().found).toBeUndefined();
});

test('a row that no longer exists is reported', async () => {
  const { stores, ui } = await open();
  expect(await stores.actions.openSessionAt(PROJECT, SESSION, itemId('gone'))).toBe(false);
  expect(ui().toasts.at(-1)?.text).toMatch(/no longer part of the session/);
  expect(ui().found).toBeUndefined();
});

test('a branch opens with the prompt it was created before', async () => {
  const { client, stores, ui } = await open({
    'session.branch': () => ({ session: summary({ id: BRANCH }), promptText: 'Do it again' }),
  });
  client.answer('session.attach', ({ sessionId }) => ({ snapshot: snapshot({ summary: summary({ id: sessionId }) }) }));
  await stores.actions.branchSession(summary(), itemId('u1'));
  expect(client.paramsOf('session.branch')).toEqual([{ projectId: PROJECT, sessionId: SESSION, beforeItemId: 'u1' }]);
  expect(ui().activeSessionId).toBe(BRANCH);
  expect(ui().offeredText).toEqual({ draftKey: BRANCH, text: 'Do it again' });
});

test('a rewind restores the prompt only for editing', async () => {
  const { stores, ui } = await open({ 'session.rewind': () => ({ promptText: 'Do it' }) });
  await stores.actions.rewindSession(SESSION, itemId('u1'), { edit: false });
  expect(ui().offeredText).toBeUndefined();
  await stores.actions.rewindSession(SESSION, itemId('u1'), { edit: true });
  expect(ui().offeredText).toEqual({ draftKey: SESSION, text: 'Do it' });
});

test('a rewind with files shows an error for each file that it could not restore', async () => {
  const problems = [
    { path: '/p/a', shown: 'a', why: 'touched', message: 'a has changed since.' },
    { path: '/p/b', shown: 'b', why: 'failed', message: 'b cannot be written.' },
  ] as const;
  const { client, stores, ui } = await open({
    'session.rewind': () => ({ promptText: 'Do it', files: { undone: [], problems: [...problems] } }),
  });
  expect(await stores.actions.rewindSession(SESSION, itemId('u1'), { edit: false, files: true })).toBe(true);
  expect(client.paramsOf('session.rewind')).toEqual([{ sessionId: SESSION, beforeItemId: 'u1', files: true }]);
  expect(ui().toasts.map(({ level, text }) => [level, text])).toEqual(problems.map(({ message }) => ['error', message]));
});

test('a deleted session is no longer shown and can be restored', async () => {
  const { client, stores, ui } = await open({
    'session.delete': ({ sessionId }) => ({
      deleted: { token: 'tok', sessionId, title: 'x', cwd: '/p', deletedAtMs: NOW_MS, keptUntilMs: NOW_MS },
    }),
    'session.restore': () => ({ session: summary() }),
  });
  await stores.actions.deleteSession(summary());
  expect(ui().activeSessionId).toBeUndefined();
  expect(ui().undoableDeletes).toEqual([{ token: 'tok', projectId: PROJECT, title: 'Retry failed webhooks' }]);
  await stores.actions.restoreSession(PROJECT, 'tok');
  expect(ui().undoableDeletes).toEqual([]);
  expect(client.paramsOf('session.restore')).toEqual([{ projectId: PROJECT, token: 'tok' }]);
});

test('a session whose deletion is refused stays open, and the reason is shown', async () => {
  const { stores, ui } = await open({
    'session.delete': () => {
      throw new ClientError({ code: 'session_busy', message: 'It works.' });
    },
  });
  expect(await stores.actions.deleteSession(summary())).toBe(false);
  expect(ui().activeSessionId).toBe(SESSION);
  expect(ui().toasts.at(-1)?.text).toBe('It works.');
});

test('a session that another window deletes is no longer shown', async () => {
  const { client, ui } = await open();
  client.emit({ event: 'session.removed', data: { projectId: PROJECT, sessionId: SESSION } });
  expect(ui()).toMatchObject({ activeProjectId: PROJECT, activeSessionId: undefined });
});

test('taking over requests the lease again, and reports when the other program still writes', async () => {
  const heldBy = { pid: 7, host: 'qwen-code' };
  const { client, stores, view } = await open({ 'session.attach': () => ({ snapshot: snapshot({ heldBy }) }) });
  expect(await stores.actions.takeOverSession(SESSION)).toBe('held');
  client.answer('session.attach', () => ({ snapshot: snapshot({ seq: 2 }) }));
  expect(await stores.actions.takeOverSession(SESSION)).toBe('taken');
  expect(view()?.heldBy).toBeUndefined();
});

test('the list of the newest sessions of a folder does not remove an older one that is open', async () => {
  const { client, stores } = await open({ 'session.list': () => ({ sessions: [summary({ id: BRANCH })] }) });
  client.setState({ kind: 'ready' });
  await stores.actions.openProject('/home/ada/shop-api');
  expect(Object.keys(stores.host.getState().sessions)).toContain(SESSION);
});
