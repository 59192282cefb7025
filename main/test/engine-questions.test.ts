import { afterEach, expect, test } from 'vitest';
import type { SessionId, ToolItem } from '../../preload/contract/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(...answers: Parameters<typeof createEngineFixture>[0][]) {
  const fixture = await createEngineFixture(answers[0]);
  open.push(fixture);
  return fixture;
}

const QUESTION = { question: 'Which?', options: [{ label: 'left' }, { label: 'right' }] };
const ASK = { id: 'q1', name: 'ask_user_question', input: { questions: [QUESTION] } };
const PLAN = { id: 'p1', name: 'exit_plan_mode', input: { plan: '# The plan' } };

const asked = (fixture: EngineFixture) =>
  fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.display.kind === 'question' && item.display.state === 'asked');

const lastResults = (fixture: EngineFixture) => {
  const message = fixture.model.requests.at(-1)?.messages.at(-1);
  return message?.role === 'tool' ? message.results.map(({ text, isError }) => ({ text, isError })) : undefined;
};

async function rowOf(fixture: EngineFixture, id: SessionId): Promise<ToolItem> {
  const row = (await fixture.items(id)).find((item) => item.kind === 'tool');
  if (row?.kind !== 'tool') throw new Error('there is no row');
  return row;
}

test('a question waits in its row for the user, even in yolo mode, and the answer reaches the model', async () => {
  const fixture = await setUp({ answers: [calls(ASK), says('ok')] });
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'go');
  const { item } = await asked(fixture);
  const { summary, items } = await fixture.engine.sessions.open(fixture.project.id, id);
  expect(summary.state).toBe('needs_you');
  expect(items.at(-1)).toMatchObject({ display: { kind: 'question', state: 'asked', questions: [{ question: 'Which?' }] } });
  fixture.engine.sessions.get(id).questions.answer(item.id, [{ chosen: [1] }]);
  expect((await turn).end).toBe('completed');
  expect(lastResults(fixture)).toEqual([{ text: 'The user answered:\n- Which? right', isError: false }]);
  expect(await rowOf(fixture, id)).toMatchObject({ status: 'success', display: { state: 'answered', answers: [{ chosen: [1] }] } });
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).summary.state).not.toBe('needs_you');
});

test('stopping the turn withdraws the question', async () => {
  const fixture = await setUp({ answers: [calls(ASK)] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const { item } = await asked(fixture);
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  expect(await rowOf(fixture, id)).toMatchObject({ display: { kind: 'question', state: 'left' } });
  expect(() => fixture.engine.sessions.get(id).questions.answer(item.id, undefined)).toThrow(
    expect.objectContaining({ code: 'approval_unknown' }),
  );
});

test('without a user the model is informed and continues', async () => {
  const fixture = await setUp({ answers: [calls(ASK), says('ok')] });
  const id = await newSession(fixture, { unattended: true });
  expect((await fixture.run(id, 'go')).end).toBe('completed');
  expect(lastResults(fixture)).toMatchObject([{ isError: true, text: expect.stringContaining('This run is unattended') }]);
});

test('plan mode is announced with each prompt while the system text is unchanged, and a denied change names the way out', async () => {
  const write = { id: 'w1', name: 'write_file', input: { file_path: 'a.txt', content: 'x' } };
  const fixture = await setUp({ answers: [says('hello'), calls(write), says('a plan, then'), says('good')] });
  const id = await newSession(fixture, { mode: 'default' });
  await fixture.run(id, 'hi');
  fixture.engine.sessions.get(id).setMode('plan');
  await fixture.run(id, 'change it');
  const { requests } = fixture.model;
  expect(JSON.stringify(requests[0]?.messages)).not.toContain('Plan mode is on');
  expect(JSON.stringify(requests[1]?.messages.at(-1))).toContain('exit_plan_mode');
  expect(lastResults(fixture)).toMatchObject([{ isError: true, text: expect.stringContaining('exit_plan_mode') }]);
  fixture.engine.sessions.get(id).setMode('default');
  await fixture.run(id, 'and now');
  expect(JSON.stringify(requests.at(-1)?.messages.at(-1))).toContain('Plan mode is off');
  expect(new Set(requests.map(({ system }) => system)).size).toBe(1);
  expect(requests.at(-1)?.messages.slice(0, 2)).toEqual(requests[1]?.messages.slice(0, 2));
  expect((await fixture.items(id)).filter((item) => item.kind === 'user').map((item) => item.text)).toEqual(['hi', 'change it', 'and now']);
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect((await second.items(id)).filter((item) => item.kind === 'user').map((item) => item.text)).toEqual(['hi', 'change it', 'and now']);
});

test('an approved plan changes the mode, and the rest of the turn uses it', async () => {
  const write = { id: 'w1', name: 'write_file', input: { file_path: 'a.txt', content: 'x' } };
  const fixture = await setUp({ answers: [calls(PLAN), calls(write), says('done')] });
  const id = await newSession(fixture, { mode: 'plan' });
  const turn = fixture.run(id, 'go');
  const { item } = await asked(fixture);
  expect(item.kind === 'tool' && item.display).toMatchObject({ plan: '# The plan' });
  fixture.engine.sessions.get(id).questions.answer(item.id, [{ chosen: [0] }]);
  expect((await turn).end).toBe('completed');
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).mode).toBe('auto-edit');
  expect(lastResults(fixture)).toMatchObject([{ isError: false }]);
});

test('a deferred tool is in the next request after a search, following the earlier tools', async () => {
  const search = { id: 's1', name: 'tool_search', input: { query: 'select:notebook_edit' } };
  const fixture = await setUp({ answers: [calls(search), says('found')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const [first, second] = fixture.model.requests.map(({ tools }) => tools.map(({ name }) => name));
  expect(first).not.toContain('notebook_edit');
  expect(second).toEqual([...(first ?? []), 'notebook_edit']);
});
