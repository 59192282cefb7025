import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import type { SessionHit } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import { itemId, NOW_MS, PROJECT, SESSION, snapshot, summary } from '../../test/samples.ts';
import { field, LIST, named, press, selected, shown, titles, type, layOutHistory } from './history-screen.fixture.tsx';
import { UNDO_MS } from './UndoToasts.tsx';

layOutHistory();

const hit = (over: Partial<SessionHit> = {}): SessionHit => ({
  sessionId: SESSION,
  projectId: PROJECT,
  cwd: '/home/ada/shop-api',
  title: 'Retry failed webhooks',
  updatedAtMs: NOW_MS,
  itemId: itemId('u7'),
  role: 'user',
  createdAtMs: NOW_MS,
  snippet: { before: 'move the limiter to ', match: 'redis', after: ' today' },
  ...over,
});
test('sessions are grouped by day, and the search field is ready for input', async () => {
  await shown();
  expect(document.activeElement).toBe(field());
  expect(titles()).toEqual([
    'Today',
    expect.stringContaining('Retry failed webhooks'),
    'Yesterday',
    expect.stringContaining('Upgrade to Fastify 6'),
  ]);
  expect(screen.getByRole('status').textContent).toBe('2 sessions');
});

test('a row shows folder, model, the program that has it open, and its first prompt if it has another title', async () => {
  const full = named('s1', 'Login', { modelId: 'qwen3', firstPrompt: 'Fix the login', heldBy: { pid: 7, host: 'Qwen Code' } });
  await shown({ 'session.list': () => ({ sessions: [full] }) });
  expect(titles()[1]).toBe('Loginshop-apiqwen3open in another program (Qwen Code)Fix the loginnow');
});

test('arrows choose a session without leaving the field, and Enter opens it', async () => {
  const { client } = await shown();
  expect(selected()).toContain('Retry failed webhooks');
  await press('ArrowDown');
  expect(selected()).toContain('Upgrade to Fastify 6');
  expect(field().getAttribute('aria-activedescendant')).toBe(screen.getByRole('row', { selected: true }).id);
  await press('Enter');
  expect(client.paramsOf('session.attach').at(-1)).toEqual({ projectId: PROJECT, sessionId: 's2' });
});

test('the query is matched with titles by the host and with all text, until the last page', async () => {
  const { client } = await shown({
    'session.search': ({ cursor }) =>
      cursor === undefined
        ? { hits: [], searchedSessions: 1, totalSessions: 2, next: 'c1' }
        : { hits: [hit()], searchedSessions: 2, totalSessions: 2 },
  });
  await type('redis');
  expect(client.paramsOf('session.list').at(-1)).toMatchObject({ titleContains: 'redis' });
  expect(client.paramsOf('session.search')).toEqual([{ query: 'redis' }, { query: 'redis', cursor: 'c1' }]);
  expect(titles().at(-1)).toBe('Youmove the limiter to redis today');
  expect(screen.getByText('redis', { selector: 'mark' })).toBeDefined();
  expect(screen.getByText('1 result in 2 sessions')).toBeDefined();
});

test('a match in the text opens its session at that position', async () => {
  const { client, stores } = await shown({
    'session.list': ({ titleContains }) => ({ sessions: titleContains === undefined ? LIST : [] }),
    'session.search': () => ({ hits: [hit()], searchedSessions: 2, totalSessions: 2 }),
    'session.earlier': () => ({ items: [], earlierItems: 0 }),
  });
  client.answer('session.attach', () => ({
    snapshot: snapshot({ items: [{ kind: 'user', id: itemId('u7'), text: 'redis', createdAtMs: NOW_MS }] }),
  }));
  await type('redis');
  await press('ArrowDown'); // from the session to the match in it
  await press('Enter');
  expect(stores.ui.getState().found).toMatchObject({ sessionId: SESSION, itemId: 'u7' });
});

test('a match in a folder that is not open opens the folder first', async () => {
  const away = hit({ cwd: '/home/ada/docs' });
  delete away.projectId;
  const { client } = await shown({
    'session.list': ({ titleContains }) => ({ sessions: titleContains === undefined ? LIST : [] }),
    'session.search': () => ({ hits: [away], searchedSessions: 2, totalSessions: 2 }),
  });
  await type('redis');
  await press('Enter');
  expect(client.paramsOf('project.open')).toEqual([{ path: '/home/ada/docs' }]);
});

test('Delete moves the session to the trash with an undo, and selects the next one', async () => {
  const { client } = await shown({
    'session.delete': ({ sessionId }) => ({
      deleted: { token: 'tok', sessionId, title: '', cwd: '/p', deletedAtMs: NOW_MS, keptUntilMs: NOW_MS },
    }),
    'session.restore': () => ({ session: summary() }),
  });
  await press('Delete');
  await act(async () => client.emit({ event: 'session.removed', data: { projectId: PROJECT, sessionId: SESSION } }));
  expect(titles()).toEqual(['Yesterday', expect.stringContaining('Upgrade to Fastify 6')]);
  expect(selected()).toContain('Upgrade to Fastify 6');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Undo: restore Retry failed webhooks' })));
  await act(async () => client.emit({ event: 'session.changed', data: { summary: LIST[0] ?? summary() } }));
  expect(client.paramsOf('session.restore')).toEqual([{ projectId: PROJECT, token: 'tok' }]);
  expect(titles()).toHaveLength(4);
});

test('the undo disappears after a while, but not under the pointer', async () => {
  const { stores } = await shown();
  await act(async () => stores.ui.getState().addUndoableDelete({ token: 'tok', projectId: PROJECT, title: 'Gone' }));
  const button = screen.getByRole('button', { name: 'Undo: restore Gone' });
  await act(async () => button.focus());
  await act(async () => vi.advanceTimersByTimeAsync(UNDO_MS * 2));
  expect(screen.queryByText('Gone')).not.toBeNull();
  await act(async () => button.blur());
  await act(async () => vi.advanceTimersByTimeAsync(UNDO_MS));
  expect(screen.queryByText('Gone')).toBeNull();
});

test('Delete in the field deletes a character while there is one', async () => {
  const { client } = await shown({ 'session.search': () => ({ hits: [], searchedSessions: 0, totalSessions: 0 }) });
  await type('web');
  await press('Delete');
  expect(client.paramsOf('session.delete')).toEqual([]);
});

test('keys in a dialog above the list do not reach the list', async () => {
  const { client } = await shown();
  await press('F2');
  await act(async () => fireEvent.keyDown(screen.getByRole('textbox', { name: 'Title' }), { key: 'Enter' }));
  await act(async () => fireEvent.keyDown(screen.getByRole('textbox', { name: 'Title' }), { key: 'Delete' }));
  expect(client.paramsOf('session.attach')).toEqual([]);
  expect(client.paramsOf('session.delete')).toEqual([]);
});

test('F2 renames the selected session, and the list shows its new name', async () => {
  const { client } = await shown({ 'session.rename': () => ({}) });
  await press('F2');
  fireEvent.change(screen.getByRole('textbox', { name: 'Title' }), { target: { value: 'Webhooks' } });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Save' })));
  expect(client.paramsOf('session.rename')).toEqual([{ projectId: PROJECT, sessionId: SESSION, title: 'Webhooks' }]);
  await act(async () => client.emit({ event: 'session.changed', data: { summary: named('s1', 'Webhooks') } }));
  expect(titles()[1]).toContain('Webhooks');
});

test('Shift+F10 opens the menu of the selected session', async () => {
  await shown();
  await press('F10', { shiftKey: true });
  expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual([
    'Open',
    'Rename…',
    'Pin',
    'Branch',
    'Copy session ID',
    'Copy file path',
    'Markdown',
    'HTML',
    'JSON',
    'JSONL',
    'Archive',
    'Delete',
  ]);
});

test('"no sessions" and "no matches" are different texts', async () => {
  await shown({ 'session.list': () => ({ sessions: [] }), 'session.search': () => ({ hits: [], searchedSessions: 0, totalSessions: 0 }) });
  expect(screen.getByText('No sessions yet')).toBeDefined();
  await type('redis');
  expect(screen.getByText('No results for “redis”')).toBeDefined();
});

test('a folder that cannot be listed is named, with a way to try again', async () => {
  let broken = true;
  await shown({
    'session.list': ({ limit }) => {
      if (limit !== undefined && broken) throw new ClientError({ code: 'file_unreadable', message: 'no' });
      return { sessions: LIST };
    },
  });
  expect(screen.getByRole('alert').textContent).toContain('Could not list the sessions of shop-api.');
  broken = false;
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })));
  expect(screen.queryByRole('alert')).toBeNull();
  expect(titles()).toHaveLength(4);
});

test('a search that fails gives the reason and continues from the same page', async () => {
  let broken = true;
  const { client } = await shown({
    'session.search': ({ cursor }) => {
      if (cursor === 'c1' && broken) throw new ClientError({ code: 'internal', message: 'The disk is gone.' });
      return cursor === undefined
        ? { hits: [hit()], searchedSessions: 1, totalSessions: 2, next: 'c1' }
        : { hits: [], searchedSessions: 2, totalSessions: 2 };
    },
  });
  await type('redis');
  expect(screen.getByRole('alert').textContent).toContain('The disk is gone.');
  broken = false;
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })));
  expect(client.paramsOf('session.search').map(({ cursor }) => cursor)).toEqual([undefined, 'c1', 'c1']);
  expect(screen.getByText('1 result in 2 sessions')).toBeDefined();
});

test('Escape clears the field, then leaves', async () => {
  const { stores } = await shown({ 'session.search': () => ({ hits: [], searchedSessions: 0, totalSessions: 0 }) });
  await act(async () => stores.ui.getState().showHistory());
  await type('web');
  await press('Escape');
  expect(field()).toHaveProperty('value', '');
  expect(stores.ui.getState().screen).toBe('history');
  await press('Escape');
  expect(stores.ui.getState().screen).toBe('workspace');
});

test('the trash lists deleted sessions and restores them', async () => {
  const deleted = {
    token: 'tok',
    sessionId: SESSION,
    title: 'Old one',
    cwd: '/p',
    deletedAtMs: NOW_MS,
    keptUntilMs: NOW_MS + 29.5 * 86_400_000,
  };
  let trash = [deleted];
  const { client } = await shown({
    'session.listDeleted': () => ({ deleted: trash }),
    'session.restore': () => {
      trash = [];
      return { session: summary() };
    },
  });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Recently deleted' })));
  expect(screen.getByRole('listitem').textContent).toBe('Old oneshop-api · now · 29 days leftRestore');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Restore Old one' })));
  expect(client.paramsOf('session.restore')).toEqual([{ projectId: PROJECT, token: 'tok' }]);
  expect(screen.getByText('No sessions were deleted in the last 30 days.')).toBeDefined();
});
