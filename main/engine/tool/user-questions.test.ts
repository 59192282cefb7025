import { afterEach, beforeEach, expect, test } from 'vitest';
import { defined, type ApprovalMode, ItemId, type ToolDisplay } from '../../../preload/contract/index.ts';
import { makeWorkspace, never, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import { askUserQuestionTool } from './ask-user-question.ts';
import { enterPlanModeTool, exitPlanModeTool } from './plan-mode.ts';
import { createQuestions, type QuestionOutcome } from './questions.ts';
import type { ToolContext } from './tool.ts';

let workspace: TestWorkspace;
beforeEach(async () => void (workspace = await makeWorkspace()));
afterEach(() => workspace.remove());

const input = {
  questions: [
    { question: 'Which database?', header: 'DB', options: [{ label: 'SQLite' }, { label: 'Postgres', description: 'a server' }] },
    { question: 'Which parts?', multiSelect: true, options: [{ label: 'API' }, { label: 'UI' }] },
  ],
};

const answering = (outcome: QuestionOutcome): ToolContext => ({ ...workspace.context, canAsk: true, ask: async () => outcome });

function waiting(canAsk = true) {
  const shown: ToolDisplay[] = [];
  let changes = 0;
  const questions = createQuestions({ canAsk, onChanged: () => void (changes += 1) });
  const asked = { questions: [{ header: '', question: 'Q', options: [{ label: 'a', description: '' }], multiSelect: false }] };
  const ask = (signal = never) => questions.ask(ItemId.parse('call-1'), asked, (display) => void shown.push(display), signal);
  return { questions, ask, shown, changes: () => changes };
}

test('a question stays pending in its row until it is answered once', async () => {
  const { questions, ask, shown, changes } = waiting();
  const outcome = ask();
  expect([questions.isWaiting(), changes()]).toEqual([true, 1]);
  expect(shown).toMatchObject([{ kind: 'question', state: 'asked' }]);
  questions.answer(ItemId.parse('call-1'), [{ chosen: [0], text: 'and b' }]);
  expect(await outcome).toEqual({ kind: 'answered', answers: [{ chosen: [0], text: 'and b' }] });
  expect(shown.at(-1)).toMatchObject({ kind: 'question', state: 'answered', answers: [{ chosen: [0] }] });
  expect([questions.isWaiting(), changes()]).toEqual([false, 2]);
  expect(() => questions.answer(ItemId.parse('call-1'), undefined)).toThrow(expect.objectContaining({ code: 'approval_unknown' }));
});

test.each([
  ['no answer for a question', []],
  ['two answers for one question', [{ chosen: [] }, { chosen: [] }]],
  ['an option that is not there', [{ chosen: [1] }]],
  ['two options where one may be chosen', [{ chosen: [0, 0] }]],
])('%s is refused, and the question stays pending', (_name, answers) => {
  const { questions, ask } = waiting();
  void ask();
  expect(() => questions.answer(ItemId.parse('call-1'), answers)).toThrow(expect.objectContaining({ code: 'bad_params' }));
  expect(questions.isWaiting()).toBe(true);
});

test('a question is left unanswered, withdrawn with its turn, or not asked in an unattended run', async () => {
  const left = waiting();
  const outcome = left.ask();
  left.questions.answer(ItemId.parse('call-1'), undefined);
  expect(await outcome).toEqual({ kind: 'left' });
  expect(left.shown.at(-1)).toMatchObject({ state: 'left' });
  const cancelled = waiting();
  const abort = new AbortController();
  const stopped = cancelled.ask(abort.signal);
  abort.abort();
  expect(await stopped).toEqual({ kind: 'cancelled' });
  expect(await cancelled.ask(abort.signal)).toEqual({ kind: 'cancelled' });
  expect(cancelled.questions.isWaiting()).toBe(false);
  expect(await waiting(false).ask()).toEqual({ kind: 'unattended' });
});

test('the model receives the labels and the words of the user', async () => {
  const context = answering({ kind: 'answered', answers: [{ chosen: [1] }, { chosen: [0, 1], text: ' and docs ' }] });
  const result = await askUserQuestionTool.execute(input, context, never);
  expect(result.text).toBe('The user answered:\n- Which database? Postgres\n- Which parts? API, UI, in their own words: and docs');
  expect(result.display).toMatchObject({ kind: 'question', state: 'answered', answers: [{ chosen: [1] }, { chosen: [0, 1] }] });
});

test('in an unattended run the result is an error that asks the model to decide', async () => {
  const result = await askUserQuestionTool.execute(input, workspace.context, never);
  expect(result).toMatchObject({ isError: true, text: expect.stringContaining('This run is unattended') });
});

function planning(mode: ApprovalMode, answer: QuestionOutcome, before?: ApprovalMode) {
  let current = mode;
  const asked: string[][] = [];
  const context: ToolContext = {
    ...workspace.context,
    canAsk: true,
    ask: async ({ questions }) => {
      asked.push(questions[0]?.options.map(({ label }) => label) ?? []);
      return answer;
    },
    mode: { get: () => current, set: async (next) => void (current = next), beforePlan: () => before },
  };
  return { context, asked, mode: () => current };
}

const chooses = (place: number, text?: string): QuestionOutcome => ({
  kind: 'answered',
  answers: [{ chosen: place < 0 ? [] : [place], ...defined({ text }) }],
});

test.each([
  [0, 'auto-edit', 'The user agreed'],
  [1, 'default', 'The user agreed'],
  [2, 'plan', 'has not approved'],
  [-1, 'plan', 'has not approved'],
] as const)('of a plan, choice %i leads to mode %s', async (place, mode, text) => {
  const session = planning('plan', chooses(place, 'use tabs'));
  const result = await exitPlanModeTool.execute({ plan: '# Plan' }, session.context, never);
  expect(session.mode()).toBe(mode);
  expect(result.text).toContain(text);
  expect(result.text).toContain('use tabs');
  expect(result.display).toMatchObject({ kind: 'question', plan: '# Plan' });
});

test('the mode before planning is offered if it is not one of the usual two', async () => {
  const session = planning('plan', chooses(0), 'yolo');
  await exitPlanModeTool.execute({ plan: 'p' }, session.context, never);
  expect(session.mode()).toBe('yolo');
  const usual = planning('plan', chooses(0), 'default');
  await exitPlanModeTool.execute({ plan: 'p' }, usual.context, never);
  expect(usual.asked[0]).toHaveLength(3);
});

test('an unattended run stays in plan mode', async () => {
  const session = planning('plan', { kind: 'unattended' });
  expect((await exitPlanModeTool.execute({ plan: 'p' }, session.context, never)).isError).toBe(true);
  expect(session.mode()).toBe('plan');
});

test('plan mode is left only from plan mode', async () => {
  expect((await exitPlanModeTool.preview({ plan: 'p' }, planning('default', chooses(0)).context)).ok).toBe(false);
});

test('plan mode is entered only if a user can end it', async () => {
  const session = planning('yolo', chooses(0));
  await enterPlanModeTool.execute({}, session.context, never);
  expect(session.mode()).toBe('plan');
  const alone = planning('yolo', chooses(0));
  expect((await enterPlanModeTool.execute({}, { ...alone.context, canAsk: false }, never)).isError).toBe(true);
  expect(alone.mode()).toBe('yolo');
});
