import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { SessionId } from '../../../preload/contract/index.ts';
import { ClientError } from '../../rpc/index.ts';
import type { Answers } from '../../test/fake-client.ts';
import { renderWith } from '../../test/render.tsx';
import { assistant, itemId, NOW_MS, SESSION, snapshot, summary, user } from '../../test/samples.ts';
import { SessionScreen } from './SessionScreen.tsx';
import { UserMessage } from './transcript/UserMessage.tsx';

const ITEMS = [user('u1', 'Do it'), assistant('a1', { text: 'Done.' }), user('u2', 'And now?')];
const FIRST = { kind: 'user', id: itemId('u1'), text: 'Do it', createdAtMs: NOW_MS } as const;

beforeEach(() => localStorage.clear());

/** The message is rendered beside the screen: jsdom gives the transcript no height, so it has no rows. */
async function shown(over: Answers = {}) {
  return renderWith(
    <>
      <UserMessage item={FIRST} sessionId={SESSION} />
      <SessionScreen sessionId={SESSION} empty={null} />
    </>,
    { 'session.attach': () => ({ snapshot: snapshot({ items: ITEMS }) }), ...over },
    true,
  );
}
const choose = async (name: string) => {
  await act(async () => fireEvent.keyDown(screen.getByRole('button', { name: 'More for this message' }), { key: 'Enter' }));
  await act(async () => fireEvent.click(screen.getByRole('menuitem', { name })));
};
const composer = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });

test('a rewind shows what is removed and what stays before it happens', async () => {
  const { client } = await shown({ 'session.rewind': () => ({ promptText: 'Do it' }) });
  await choose('Rewind to before this…');
  const dialog = screen.getByRole('dialog', { name: 'Rewind the session?' });
  expect(dialog.textContent).toContain('2 messages from you, 1 answer');
  expect(dialog.textContent).toContain('Files on disk stay as they are');
  expect(client.paramsOf('session.rewind')).toEqual([]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Rewind' })));
  expect(client.paramsOf('session.rewind')).toEqual([{ sessionId: SESSION, beforeItemId: 'u1' }]);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(composer().value).toBe('');
});

test('a rewind undoes file changes if the user chooses that', async () => {
  const problem = { path: '/p/a', shown: 'a', why: 'touched' as const, message: 'a has been changed since.' };
  const { client } = await shown({ 'session.rewind': () => ({ promptText: 'Do it', files: { undone: [], problems: [problem] } }) });
  await choose('Rewind to before this…');
  fireEvent.click(screen.getByRole('checkbox', { name: /Undo the agent’s file changes/ }));
  expect(screen.getByRole('dialog').textContent).not.toContain('Files on disk stay as they are');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Rewind' })));
  expect(client.paramsOf('session.rewind')).toEqual([{ sessionId: SESSION, beforeItemId: 'u1', files: true }]);
});

test('edit and resend puts the message into the composer, before the text that was there', async () => {
  await shown({ 'session.rewind': () => ({ promptText: 'Do it' }) });
  fireEvent.change(composer(), { target: { value: 'half a thought' } });
  await choose('Edit and resend…');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Rewind and edit' })));
  expect(composer().value).toBe('Do it\n\nhalf a thought');
  await waitFor(() => expect(document.activeElement).toBe(composer()));
});

test('a rewind that is refused leaves the dialog open', async () => {
  const { stores } = await shown({
    'session.rewind': () => {
      throw new ClientError({ code: 'session_busy', message: 'A turn runs.' });
    },
  });
  await choose('Rewind to before this…');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Rewind' })));
  expect(screen.getByRole('dialog')).toBeDefined();
  expect(stores.ui.getState().toasts.at(-1)?.text).toBe('A turn runs.');
});

test('while a turn runs, a message offers a branch but no rewind', async () => {
  const running = summary({ state: 'running' });
  await shown({
    'session.list': () => ({ sessions: [running] }),
    'session.attach': () => ({ snapshot: snapshot({ items: ITEMS, summary: running }) }),
  });
  await act(async () => fireEvent.keyDown(screen.getByRole('button', { name: 'More for this message' }), { key: 'Enter' }));
  const disabled = screen.getAllByRole('menuitem').map((item) => [item.textContent, item.getAttribute('aria-disabled')]);
  expect(disabled).toEqual([
    ['Copy', null],
    ['Branch from here', null],
    ['Edit and resend…', 'true'],
    ['Rewind to before this…', 'true'],
  ]);
});

test('a session that another program has open is read-only until that program closes it', async () => {
  const heldBy = { pid: 7, host: 'qwen-code' };
  const { client } = await shown({ 'session.attach': () => ({ snapshot: snapshot({ items: ITEMS, heldBy }) }) });
  expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull();
  const tryAgain = () => act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })));
  await tryAgain();
  expect(screen.getByText(/^The session is still open in qwen-code \(process 7\)\. Close it there\./)).toBeDefined();
  client.answer('session.attach', () => ({ snapshot: snapshot({ seq: 2, items: ITEMS }) }));
  await tryAgain();
  expect(composer()).toBeDefined();
});

test('a branched session shows its origin with a link', async () => {
  const branchedFrom = { sessionId: SessionId.parse('s0'), title: 'The old way' };
  const { client } = await shown({ 'session.attach': () => ({ snapshot: snapshot({ items: ITEMS, branchedFrom }) }) });
  expect(screen.getByText('Branched from “The old way”')).toBeDefined();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Open original' })));
  expect(client.paramsOf('session.attach').at(-1)).toMatchObject({ sessionId: 's0' });
});

test('the branch bar can be closed permanently', async () => {
  const branchedFrom = { sessionId: SessionId.parse('s0') };
  const { stores } = await shown({ 'session.attach': () => ({ snapshot: snapshot({ items: ITEMS, branchedFrom }) }) });
  expect(screen.getByText('Branched from another session')).toBeDefined();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Dismiss' })));
  expect(screen.queryByText('Branched from another session')).toBeNull();
  expect(stores.ui.getState().hiddenOrigins).toEqual([SESSION]);
});
