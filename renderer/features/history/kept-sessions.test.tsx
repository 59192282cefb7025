import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { NOW_MS, PROJECT, SESSION } from '../../test/samples.ts';
import { LIST, named, press, shown, titles, layOutHistory } from './history-screen.fixture.tsx';

layOutHistory();

const choose = (name: string) => act(async () => fireEvent.click(screen.getByRole('menuitem', { name })));
/** The session of the selected row. */
const openMenu = async () => {
  await press('F10', { shiftKey: true });
  await act(async () => vi.advanceTimersByTimeAsync(10));
};

test('a pinned session is above the days, and can be unpinned', async () => {
  const old = named('s2', 'Upgrade to Fastify 6', { updatedAtMs: NOW_MS - 86_400_000, pinnedAtMs: NOW_MS });
  const { client } = await shown({
    'session.list': () => ({ sessions: LIST.with(1, old), pinned: [old], total: 2 }),
    'session.pin': () => ({}),
  });
  expect(titles()).toEqual([
    'Pinned',
    expect.stringContaining('Upgrade to Fastify 6'),
    'Today',
    expect.stringContaining('Retry failed webhooks'),
  ]);
  await openMenu();
  await choose('Unpin');
  expect(client.paramsOf('session.pin')).toEqual([{ projectId: PROJECT, sessionId: 's2', pinned: false }]);
  await act(async () => client.emit({ event: 'session.changed', data: { summary: { ...old, pinnedAtMs: null } } }));
  expect(titles()[0]).toBe('Today');
});

test('archived sessions have a list of their own, from which they can be restored and opened', async () => {
  const aside = named('s7', 'Long ago');
  const { client } = await shown({
    'session.list': ({ archived }) => (archived === true ? { sessions: [aside], total: 1 } : { sessions: LIST, total: 2 }),
    'session.archive': () => ({}),
    'session.unarchive': () => ({ session: aside }),
  });
  await openMenu();
  await choose('Archive');
  expect(client.paramsOf('session.archive')).toEqual([{ projectId: PROJECT, sessionId: SESSION }]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Archived' })));
  expect(titles()).toEqual(['Today', expect.stringContaining('Long ago')]);
  const archivedField = screen.getByRole('combobox', { name: 'Search titles of archived sessions' });
  await act(async () => fireEvent.keyDown(archivedField, { key: 'Delete' }));
  expect(client.paramsOf('session.delete')).toEqual([]);
  await act(async () => fireEvent.keyDown(archivedField, { key: 'Enter' }));
  expect(client.paramsOf('session.unarchive')).toEqual([{ projectId: PROJECT, sessionId: 's7' }]);
  expect(client.paramsOf('session.attach').at(-1)).toMatchObject({ sessionId: 's7' });
  await act(async () => client.emit({ event: 'session.changed', data: { summary: aside } }));
  expect(screen.getByText('No archived sessions')).toBeDefined();
});

const described = { version: '1', host: 'desktop', platform: 'linux', homePath: '/h', canPickFolder: true } as const;

test('the file of a session is shown in its folder, or its path is copied if the host cannot do that', async () => {
  const desktop = await shown({ 'app.describe': () => ({ ...described, canRevealFiles: true }), 'session.reveal': () => ({}) });
  await openMenu();
  expect(screen.queryByRole('menuitem', { name: 'Copy file path' })).toBeNull();
  await choose('Show in folder');
  expect(desktop.client.paramsOf('session.reveal')).toEqual([{ projectId: PROJECT, sessionId: SESSION }]);
});

test('a browser copies the path of the file', async () => {
  const writeText = vi.fn(async () => undefined);
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  const { client } = await shown({ 'session.locate': () => ({ path: '/home/ada/.qwen/x.jsonl' }) });
  await openMenu();
  await choose('Copy file path');
  expect(client.paramsOf('session.locate')).toEqual([{ projectId: PROJECT, sessionId: SESSION }]);
  expect(writeText).toHaveBeenCalledWith('/home/ada/.qwen/x.jsonl');
});
