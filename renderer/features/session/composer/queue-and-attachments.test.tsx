import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { itemId, SESSION, snapshot, turn, user } from '../../../test/samples.ts';
import { MessageAttachments } from '../transcript/MessageAttachments.tsx';
import { QueueList } from './QueueList.tsx';

const QUEUE = [
  { localId: 'q1', text: 'mind the tabs', delivery: 'steer' as const },
  { localId: 'q2', text: 'then this', attachments: [{ name: 'a.png', mimeType: 'image/png', sizeBytes: 3 }] },
];
const held = () => ({ 'session.attach': () => ({ snapshot: snapshot({ queue: QUEUE, turn: turn() }) }), 'session.unqueue': () => ({}) });

test('queued messages are above the composer, with the time of their delivery', async () => {
  await renderWith(<QueueList sessionId={SESSION} />, held(), true);
  const rows = screen.getAllByRole('listitem').map((row) => row.textContent);
  expect(rows).toEqual(['mind the tabsnext step', 'then thisafter this turn']);
  // Its image would be lost on the way back.
  expect(screen.getAllByRole('button', { name: 'Edit message' })).toHaveLength(1);
});

test('a message that was queued when the app ended is not sent by itself: it can be sent, edited or removed', async () => {
  const queue = [
    { localId: 'q1', text: 'mind the tabs', delivery: 'steer' as const, isHeld: true },
    { localId: 'q2', text: 'then this' },
  ];
  const { client } = await renderWith(
    <QueueList sessionId={SESSION} />,
    { 'session.attach': () => ({ snapshot: snapshot({ queue }) }), 'session.sendQueued': () => ({}), 'session.unqueue': () => ({}) },
    true,
  );
  const rows = screen.getAllByRole('listitem').map((row) => row.textContent);
  expect(rows).toEqual(['mind the tabsnot sentSend', 'then thisafter this turn']);
  expect(screen.getByText(/were queued when the session stopped/)).toBeDefined();
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Send mind the tabs' })));
  expect(client.paramsOf('session.sendQueued')).toEqual([{ sessionId: SESSION, localId: 'q1' }]);
  expect(screen.getAllByRole('button', { name: 'Edit message' })).toHaveLength(2);
});

test('a message that is edited returns to the composer, unless the agent is reading it', async () => {
  const { client, stores } = await renderWith(<QueueList sessionId={SESSION} />, held(), true);
  const edit = () => act(async () => fireEvent.click(screen.getByRole('button', { name: 'Edit message' })));
  await edit();
  expect(stores.ui.getState().offeredText).toBeUndefined(); // the host still has it: it is being read
  client.answer('session.unqueue', () => {
    client.emit({ event: 'queue.changed', data: { sessionId: SESSION, seq: 2, queue: QUEUE.slice(1) } });
    return {};
  });
  await edit();
  expect(client.paramsOf('session.unqueue').at(-1)).toEqual({ sessionId: SESSION, localId: 'q1' });
  expect(stores.ui.getState().offeredText).toEqual({ draftKey: SESSION, text: 'mind the tabs' });
});

test('a message that the agent has just read is not offered again', async () => {
  const { client, stores } = await renderWith(<QueueList sessionId={SESSION} />, held(), true);
  client.answer('session.unqueue', () => {
    client.emit({ event: 'item.added', data: { sessionId: SESSION, seq: 2, item: user('u1', 'mind the tabs', 'q1') } });
    client.emit({ event: 'queue.changed', data: { sessionId: SESSION, seq: 3, queue: QUEUE.slice(1) } });
    return {};
  });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Edit message' })));
  expect(screen.getAllByRole('listitem')).toHaveLength(1);
  expect(stores.ui.getState().offeredText).toBeUndefined();
});

test('an image of a message is shown small and large, a document by name, and a deleted one as missing', async () => {
  const attachments = [
    { name: 'a.png', mimeType: 'image/png', sizeBytes: 3 },
    { name: 'b.pdf', mimeType: 'application/pdf', sizeBytes: 2048 },
    { name: 'c.png', mimeType: 'image/png', sizeBytes: 3 },
  ];
  await renderWith(<MessageAttachments sessionId={SESSION} itemId={itemId('u1')} attachments={attachments} />, {
    'session.readAttachment': ({ index }) => (index === 0 ? { mimeType: 'image/png', data: 'AQID' } : Promise.reject(new Error('gone'))),
  });
  expect(await screen.findByLabelText('c.png could not be read from the session file.')).toBeDefined();
  expect(screen.getByText('b.pdf')).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Show a.png' }));
  expect(screen.getByRole('img', { name: 'a.png' }).getAttribute('src')).toBe('data:image/png;base64,AQID');
});
