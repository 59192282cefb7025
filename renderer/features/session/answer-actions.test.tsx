import { act, fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import type { TranscriptItem } from '../../../preload/contract/index.ts';
import { renderWith } from '../../test/render.tsx';
import { assistant, itemId, NOW_MS, SESSION, snapshot, user } from '../../test/samples.ts';
import { SessionScreen } from './SessionScreen.tsx';
import { AssistantMessage } from './transcript/AssistantMessage.tsx';

const ANSWER = assistant('a2', { text: '**Done.**' });
const ITEMS = [user('u1', 'Do it'), assistant('a1', { text: 'First.' }), user('u2', 'And now?'), ANSWER];

beforeEach(() => localStorage.clear());

/** The answer is rendered beside the screen: jsdom gives the transcript no height, so it has no rows. */
const shown = (items: readonly TranscriptItem[] = ITEMS) =>
  renderWith(
    <>
      <AssistantMessage item={ANSWER} sessionId={SESSION} isLast />
      <SessionScreen sessionId={SESSION} empty={null} />
    </>,
    {
      'session.attach': () => ({ snapshot: snapshot({ items: [...items] }) }),
      'session.rewind': () => ({ promptText: 'And now?' }),
      'session.prompt': () => ({}),
    },
    true,
  );
const click = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })));
const tryAgain = async () => {
  await click('Try this answer again');
  expect(screen.getByRole('dialog').textContent).toContain('1 message from you, 1 answer');
};

test('an answer is copied as Markdown', async () => {
  const writeText = vi.fn(async (_text: string) => undefined);
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
  await shown();
  await click('Copy answer');
  expect(writeText).toHaveBeenCalledWith('**Done.**');
  vi.unstubAllGlobals();
});

test('trying again removes the answer and sends its message again', async () => {
  const { client } = await shown();
  await tryAgain();
  expect(client.paramsOf('session.rewind')).toEqual([]);
  await click('Try again');
  expect(client.paramsOf('session.rewind')).toEqual([{ sessionId: SESSION, beforeItemId: 'u2' }]);
  expect(client.paramsOf('session.prompt')).toMatchObject([{ sessionId: SESSION, text: 'And now?' }]);
});

test('a message with attachments returns to the composer instead', async () => {
  await shown([
    ...ITEMS.slice(0, 2),
    {
      kind: 'user',
      id: itemId('u2'),
      text: 'And now?',
      createdAtMs: NOW_MS,
      attachments: [{ name: 'a.png', mimeType: 'image/png', sizeBytes: 9 }],
    },
    ANSWER,
  ]);
  await tryAgain();
  await click('Rewind and edit');
  expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' }).value).toBe('And now?');
});

test('an answer within a turn has no actions', async () => {
  await renderWith(<AssistantMessage item={ANSWER} sessionId={SESSION} />, {}, true);
  expect(screen.queryByRole('button', { name: 'Copy answer' })).toBeNull();
});
