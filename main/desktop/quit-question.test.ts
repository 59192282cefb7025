import { expect, test } from 'vitest';
import { SessionId, TaskId, TaskSummary } from '../../preload/contract/index.ts';
import { quitQuestion } from './quit-question.ts';

const [S1, S2] = ['s1', 's2'].map((id) => SessionId.parse(id)) as [SessionId, SessionId];

const task = (id: number, over: Partial<TaskSummary> = {}) =>
  TaskSummary.parse({
    id: TaskId.parse(`bg_0000000${id}`),
    sessionId: S1,
    command: `command ${id}`,
    cwd: '/',
    placement: 'background',
    wasBackground: true,
    status: 'running',
    startedAtMs: 0,
    outputBytes: 0,
    droppedBytes: 0,
    lastLine: '',
    rev: 1,
    ...over,
  });

test('nothing is asked while nothing runs', () => {
  expect(quitQuestion([task(1, { status: 'completed' }), task(2, { status: 'interrupted' })], [])).toBeUndefined();
});

test('the question names eight commands and the number of the others', () => {
  const question = quitQuestion(
    Array.from({ length: 9 }, (_, at) => task(at + 1)),
    [],
  );
  expect(question?.message).toBe('9 commands are still running');
  expect(question?.detail.split('\n')).toEqual([...Array.from({ length: 8 }, (_, at) => `command ${at + 1}`), 'and 1 more']);
});

test('answers in progress are counted', () => {
  expect(quitQuestion([], [S1])).toEqual({
    message: 'The agent is still working',
    detail: 'Quitting interrupts its work.',
    confirm: 'Interrupt and quit',
  });
  expect(quitQuestion([], [S1, S2])?.message).toBe('The agent is still working in 2 sessions');
});

test('a command is named together with an answer, unless the answer waits for it', () => {
  expect(quitQuestion([task(1)], [S1])?.detail).toBe('command 1\n\nThe agent is still working.');
  expect(quitQuestion([task(1, { placement: 'foreground' })], [S1])?.detail).toBe('command 1');
  expect(quitQuestion([task(1, { placement: 'foreground' })], [S2])?.detail).toBe('command 1\n\nThe agent is still working.');
});
