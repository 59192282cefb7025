import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { ToolDisplay, TranscriptItem } from '../../../../preload/contract/index.ts';
import { itemId, NOW_MS, SESSION } from '../../../test/samples.ts';
import { renderWith } from '../../../test/render.tsx';
import { openQuestion, type QuestionItem } from '../transcript/open-question.ts';
import { QuestionCard } from './QuestionCard.tsx';

const WHICH = {
  header: 'DB',
  question: 'Which database?',
  multiSelect: false,
  options: [
    { label: 'SQLite', description: 'one file' },
    { label: 'Postgres', description: '' },
  ],
};

function question(over: Partial<Extract<ToolDisplay, { kind: 'question' }>> = {}): QuestionItem {
  return {
    kind: 'tool',
    id: itemId('q1'),
    name: 'ask_user_question',
    toolKind: 'plan',
    verb: 'ask',
    target: 'Which database?',
    status: 'running',
    startedAtMs: NOW_MS,
    display: { kind: 'question', state: 'asked', questions: [WHICH], ...over },
  };
}

const shown = (item = question()) => renderWith(<QuestionCard sessionId={SESSION} item={item} />, { 'question.answer': () => ({}) });
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })));

test('nothing can be sent before an answer is chosen or typed, and the card does not take the focus', async () => {
  const { client } = await shown();
  expect(screen.getByRole('button', { name: 'Answer' })).toHaveProperty('disabled', true);
  await press('Answer');
  expect(client.paramsOf('question.answer')).toEqual([]);
  expect(screen.getByRole('form', { name: 'The agent has a question' }).contains(document.activeElement)).toBe(false);
});

test('an option and a typed answer are sent together, once', async () => {
  const { client } = await shown();
  fireEvent.click(screen.getByRole('radio', { name: /SQLite/ }));
  fireEvent.click(screen.getByRole('radio', { name: 'Postgres' }));
  fireEvent.change(screen.getByRole('textbox', { name: /Other answer/ }), { target: { value: ' version 17 ' } });
  await press('Answer');
  await press('Answer');
  expect(client.paramsOf('question.answer')).toEqual([
    { sessionId: SESSION, itemId: 'q1', answers: [{ chosen: [1], text: 'version 17' }] },
  ]);
});

test('several options may be chosen if the question allows it', async () => {
  const { client } = await shown(question({ questions: [{ ...WHICH, multiSelect: true }] }));
  for (const name of [/Postgres/, /SQLite/, /Postgres/, /Postgres/]) fireEvent.click(screen.getByRole('checkbox', { name }));
  await press('Answer');
  expect(client.paramsOf('question.answer')).toMatchObject([{ answers: [{ chosen: [0, 1] }] }]);
});

test('the decision can be left to the agent', async () => {
  const { client } = await shown();
  await press('Let the agent decide');
  expect(client.paramsOf('question.answer')).toEqual([{ sessionId: SESSION, itemId: 'q1' }]);
});

test('a plan is shown, and a typed answer alone does not approve it', async () => {
  await shown(question({ plan: '# Steps\n\n1. tests first' }));
  expect(screen.getByRole('region', { name: 'Plan' }).textContent).toContain('tests first');
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'shorter' } });
  expect(screen.getByRole('button', { name: 'Answer' })).toHaveProperty('disabled', true);
  fireEvent.click(screen.getByRole('radio', { name: /SQLite/ }));
  expect(screen.getByRole('button', { name: 'Answer' })).toHaveProperty('disabled', false);
});

test('Escape leaves the question and does not reach the turn', async () => {
  const { client } = await shown();
  expect(fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Escape' })).toBe(false);
  expect(client.paramsOf('question.answer')).toEqual([]);
});

test('only the first pending question of the last turn is open', () => {
  const user: TranscriptItem = { kind: 'user', id: itemId('u1'), text: 'go', createdAtMs: NOW_MS };
  const view = (...items: TranscriptItem[]) => ({
    order: items.map(({ id }) => id),
    items: Object.fromEntries(items.map((item) => [item.id, item])),
  });
  const second = { ...question(), id: itemId('q2') };
  expect(openQuestion(view(user, question(), second))?.id).toBe('q1');
  expect(openQuestion(view(question(), user))).toBeUndefined();
  expect(openQuestion(view(user, question({ state: 'answered' })))).toBeUndefined();
  expect(openQuestion(view(user, { ...question(), status: 'cancelled' }))).toBeUndefined();
});
