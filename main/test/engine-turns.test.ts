import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ProviderFailure } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { createManualClock } from './support/manual-clock.ts';
import { calls, fails, hangsAfter, type ScriptedAnswer, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const BUSY: ProviderFailure = { code: 'rate_limited', message: 'too many requests', httpStatus: 429 };
const SHELL = (command: string) => calls({ id: 'c1', name: 'run_shell_command', input: { command } });

/** Every call is directly followed by its one result, as providers require. */
function expectValid(fixture: EngineFixture): void {
  const messages = fixture.model.requests.at(-1)?.messages ?? [];
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const next = messages[at + 1];
    const answered = next?.role === 'tool' ? next.results.map((result) => result.callId) : [];
    expect(answered).toEqual(message.toolCalls.map((call) => call.id));
  }
}

test('cancelling during an answer keeps its text and ends the turn without a wait', async () => {
  const fixture = await setUp({ clock: createManualClock(), answers: [hangsAfter('half an answer'), says('later')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('message.delta');
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  expect((await fixture.items(id)).at(-2)).toMatchObject({ kind: 'assistant', text: 'half an answer', streaming: false });
  await fixture.run(id, 'again');
  expect(fixture.model.requests[1]?.messages).toMatchObject([{ text: 'go' }, { text: 'half an answer' }, { text: 'again' }]);
});

test('a model that ignores the cancel does not delay the turn', async () => {
  const never = async function* never() {
    yield { type: 'text' as const, text: 'x' };
    await new Promise(() => undefined);
  };
  const fixture = await setUp({ answers: [never] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('message.delta');
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
});

test('cancelling a running command stops it, and every call gets a result', async () => {
  const command = 'echo begun; trap "" INT; sleep 60';
  const fixture = await setUp({
    answers: [
      calls(
        { id: 'c1', name: 'run_shell_command', input: { command } },
        { id: 'c2', name: 'run_shell_command', input: { command: 'touch second' } },
      ),
      says('ok'),
    ],
  });
  const id = await newSession(fixture, { mode: 'yolo' });
  const turn = fixture.run(id, 'go');
  const { task } = await fixture.until('task.changed', (data) => data.task.lastLine === 'begun');
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  await fixture.until('task.changed', (data) => data.task.id === task.id && data.task.status === 'cancelled');
  expect(existsSync(join(fixture.root, 'second'))).toBe(false);
  expect((await fixture.items(id)).filter((item) => item.kind === 'tool')).toMatchObject([
    { id: 'c1', status: 'cancelled', display: { kind: 'shell', outcome: 'cancelled' } },
    { id: 'c2', status: 'cancelled' },
  ]);
  await fixture.run(id, 'again');
  expectValid(fixture);
});

test('cancelling while an approval is pending withdraws it', async () => {
  const fixture = await setUp({ answers: [SHELL('touch made')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const { approval } = await fixture.until('approval.requested');
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  const snapshot = await fixture.engine.sessions.open(fixture.project.id, id);
  expect(snapshot.approvals).toEqual([]);
  expect(snapshot.summary.state).toBe('idle');
  expect(() => fixture.engine.sessions.get(id).approvals.resolve(approval.id, approval.digest, { kind: 'allow', scope: 'once' })).toThrow(
    expect.objectContaining({ code: 'approval_unknown' }),
  );
  expect(existsSync(join(fixture.root, 'made'))).toBe(false);
});

test('an idle session has nothing to cancel', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  expect(() => fixture.engine.sessions.get(id).work.cancel()).toThrow(expect.objectContaining({ code: 'turn_not_running' }));
});

test('a failed request is repeated after a visible wait, and its text is dropped', async () => {
  const clock = createManualClock();
  const fixture = await setUp({ clock, answers: [fails(BUSY, 'begun'), says('whole')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  const waiting = await fixture.until('turn.changed', (data) => data.turn.phase === 'retrying');
  expect(waiting.turn.retry).toMatchObject({ attempt: 2, reason: 'too many requests' });
  expect(waiting.turn.retry?.atMs).toBeGreaterThan(clock.now());
  await fixture.until('item.removed');
  expect((await fixture.items(id)).map((item) => item.kind)).toEqual(['user']);
  clock.advance(3_000);
  expect(await turn).toMatchObject({ end: 'completed', modelRequests: 2 });
  expect((await fixture.items(id)).at(-1)).toMatchObject({ kind: 'assistant', text: 'whole' });
  expect(readFileSync(fixture.sessionFile(id), 'utf8')).not.toContain('begun');
});

test('retrying now ends the wait at once', async () => {
  const fixture = await setUp({ clock: createManualClock(), answers: [fails(BUSY), says('whole')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.changed', (data) => data.turn.phase === 'retrying');
  fixture.engine.sessions.get(id).work.retryNow();
  expect((await turn).end).toBe('completed');
});

test('stop during the wait ends the turn', async () => {
  const fixture = await setUp({ clock: createManualClock(), answers: [fails(BUSY)] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.changed', (data) => data.turn.phase === 'retrying');
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
});

test('in an unattended run with the variable set, a busy service is retried beyond seven attempts, with a heartbeat', async () => {
  const clock = createManualClock();
  const answers = [...Array.from({ length: 9 }, () => fails(BUSY)), says('at last')];
  const fixture = await setUp({ clock, answers, environment: { QWEN_CODE_UNATTENDED_RETRY: '1' } });
  const id = await newSession(fixture, { unattended: true });
  const turn = fixture.run(id, 'go');
  for (let attempt = 2; attempt <= 10; attempt += 1) {
    const { turn: waiting } = await fixture.until('turn.changed', (data) => data.turn.retry?.attempt === attempt);
    clock.advance((waiting.retry?.atMs ?? 0) - clock.now());
  }
  expect(await turn).toMatchObject({ end: 'completed', modelRequests: 10 });
});

test('with a user present the variable has no effect: the seventh failure is the last', async () => {
  const clock = createManualClock();
  const fixture = await setUp({
    clock,
    answers: Array.from({ length: 9 }, () => fails({ code: 'provider_error', message: 'overloaded', httpStatus: 529 })),
    environment: { QWEN_CODE_UNATTENDED_RETRY: '1' },
  });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  for (let attempt = 2; attempt <= 7; attempt += 1) {
    await fixture.until('turn.changed', (data) => data.turn.retry?.attempt === attempt);
    fixture.engine.sessions.get(id).work.retryNow();
  }
  expect(await turn).toMatchObject({ end: 'failed', modelRequests: 7, error: { code: 'provider_error' } });
});

test('a failure that a retry cannot fix ends the turn with a row that says what to do, also after loading', async () => {
  const fixture = await setUp({ answers: [fails({ code: 'auth_failed', message: 'The key was refused.', httpStatus: 401 })] });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', error: { code: 'auth_failed', message: 'The key was refused.' } });
  const notice = { kind: 'notice', level: 'error', text: 'The key was refused.', code: 'auth_failed', action: 'open_models' };
  expect((await fixture.items(id)).at(-1)).toMatchObject(notice);
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect((await second.items(id)).at(-1)).toMatchObject(notice);
});

test('after a failed turn, a retry sends the request again without a new prompt', async () => {
  const fixture = await setUp({ answers: [fails({ code: 'provider_error', message: 'broken', httpStatus: 400 }), says('now')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  fixture.engine.sessions.get(id).work.retryNow();
  await fixture.until('turn.ended', ({ result }) => result.end === 'completed');
  expect(fixture.model.requests[1]?.messages).toEqual([{ role: 'user', text: 'go' }]);
});

test('a provider that throws, and one that ends without a final event, fail the turn and nothing else', async () => {
  const throwing = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('a bug of the provider')) }),
  });
  const fixture = await setUp({
    clock: createManualClock(),
    answers: [throwing, [{ type: 'text', text: 'no end' }], [], [], [], says('fine')],
  });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'one')).toMatchObject({ end: 'failed', error: { code: 'internal' } });
  const second = fixture.run(id, 'two');
  for (const attempt of [2, 3, 4]) {
    await fixture.until('turn.changed', (data) => data.turn.retry?.attempt === attempt);
    fixture.engine.sessions.get(id).work.retryNow();
  }
  expect(await second).toMatchObject({ end: 'failed', error: { code: 'stream_invalid' } });
  expect((await fixture.run(id, 'three')).end).toBe('completed');
});

test('an answer cut by the output limit continues in the same row', async () => {
  const fixture = await setUp({
    answers: [
      [
        { type: 'text', text: 'first half' },
        { type: 'done', reason: 'length' },
      ],
      says(', second half'),
    ],
  });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'completed', modelRequests: 2 });
  expect((await fixture.items(id)).filter((item) => item.kind === 'assistant')).toMatchObject([{ text: 'first half, second half' }]);
  expect(fixture.model.requests[1]?.messages).toMatchObject([{ text: 'go' }, { role: 'assistant', text: 'first half' }, { role: 'user' }]);
  expect(fixture.records(id).map((record) => record['type'])).toEqual(['user', 'system', 'assistant']);
});

test('a signed answer keeps its signature; a continued one is two answers and has none', async () => {
  const signature = { protocol: 'anthropic', modelId: 'scripted-1', value: 'signed' } as const;
  const thought = [
    { type: 'thinking', text: 'hm' },
    { type: 'thinking_signature', signature },
  ] as const;
  const fixture = await setUp({
    answers: [
      [...thought, { type: 'text', text: 'whole' }, { type: 'done', reason: 'stop' }],
      [...thought, { type: 'text', text: 'first half' }, { type: 'done', reason: 'length' }],
      [...thought, { type: 'text', text: ', second half' }, { type: 'done', reason: 'stop' }],
      says('last'),
    ],
  });
  const id = await newSession(fixture);
  for (const text of ['one', 'two', 'three']) await fixture.run(id, text);
  const answers = fixture.model.requests.at(-1)?.messages.filter((message) => message.role === 'assistant') ?? [];
  expect(answers.map(({ text, thinkingSignature }) => [text, thinkingSignature])).toEqual([
    ['whole', signature],
    ['first half, second half', undefined],
  ]);
  expect(readFileSync(fixture.sessionFile(id), 'utf8').match(/"signed"/g)).toHaveLength(1);
});

test('a continued answer has all its attempts again', async () => {
  const cut: ScriptedAnswer = [
    { type: 'text', text: 'first half' },
    { type: 'done', reason: 'length' },
  ];
  const busy = (count: number) => Array.from({ length: count }, () => fails(BUSY));
  const fixture = await setUp({ clock: createManualClock(), answers: [...busy(6), cut, ...busy(6), says(', second half')] });
  const id = await newSession(fixture);
  fixture.engine.subscribe((event) => {
    if (event.event === 'turn.changed' && event.data.turn.phase === 'retrying') fixture.engine.sessions.get(id).work.retryNow();
  });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'completed', modelRequests: 14 });
  expect((await fixture.items(id)).at(-1)).toMatchObject({ kind: 'assistant', text: 'first half, second half' });
});

test('after three continuations the answer is kept unchanged', async () => {
  const cut = [
    { type: 'text', text: 'x' },
    { type: 'done', reason: 'length' },
  ] as const;
  const fixture = await setUp({ answers: [cut, cut, cut, cut, cut] });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'completed', modelRequests: 4 });
});

test('the limit of requests ends the turn with its results on disk', async () => {
  const read = (id: string) => calls({ id, name: 'read_file', input: { file_path: `${id}.txt` } });
  const fixture = await setUp({ answers: [read('a'), read('b'), read('c')] });
  const id = await newSession(fixture, { maxTurns: 2 });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'max_turns', modelRequests: 2 });
  expect(fixture.records(id).filter((record) => record['type'] === 'tool_result')).toHaveLength(2);
});

test('the limit of tool calls stops before the first call beyond it', async () => {
  const touch = (id: string) => ({ id, name: 'run_shell_command', input: { command: `touch ${id}` } });
  const fixture = await setUp({ answers: [calls(touch('a'), touch('b')), says('not asked')] });
  const id = await newSession(fixture, { mode: 'yolo', maxToolCalls: 1 });
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', error: { code: 'tool_limit_reached' } });
  expect([existsSync(join(fixture.root, 'a')), existsSync(join(fixture.root, 'b'))]).toEqual([true, false]);
  fixture.model.push(says('ok'));
  await fixture.run(id, 'again');
  expectValid(fixture);
});

test('the limits of the settings apply if the session has none of its own', async () => {
  const touch = (id: string) => ({ id, name: 'run_shell_command', input: { command: `touch ${id}` } });
  const settings = JSON.stringify({ model: { maxToolCalls: 1, maxSessionTurns: 2 } });
  const fixture = await setUp({ files: { '.qwen/settings.json': settings }, answers: [calls(touch('a'), touch('b'))] });
  const limited = await newSession(fixture, { mode: 'yolo' });
  expect(await fixture.run(limited, 'go')).toMatchObject({ end: 'failed', error: { code: 'tool_limit_reached' } });
  expect([existsSync(join(fixture.root, 'a')), existsSync(join(fixture.root, 'b'))]).toEqual([true, false]);
  fixture.model.push(calls(touch('c'), touch('d')), calls(touch('e')), calls(touch('f')), says('done'));
  const own = await newSession(fixture, { mode: 'yolo', maxToolCalls: 9, maxTurns: 9 });
  expect(await fixture.run(own, 'go')).toMatchObject({ end: 'completed', modelRequests: 4 });
});

test('the fifth equal call in a row is not run and ends the turn', async () => {
  const same = calls({ id: '', name: 'glob', input: { pattern: '*' } });
  const fixture = await setUp({ answers: [same, same, same, same, same, says('not asked')] });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'failed', modelRequests: 5, error: { code: 'loop_detected' } });
  const statuses = (await fixture.items(id)).flatMap((item) => (item.kind === 'tool' ? [item.status] : []));
  expect(statuses).toEqual(['success', 'success', 'success', 'success', 'error']);
  expect(new Set((await fixture.items(id)).map((item) => item.id)).size).toBe((await fixture.items(id)).length);
});

test('model.skipLoopDetection allows equal calls and repeated text', async () => {
  const same = calls({ id: '', name: 'glob', input: { pattern: '*' } });
  const fixture = await setUp({
    files: { '.qwen/settings.json': JSON.stringify({ model: { skipLoopDetection: true } }) },
    answers: [same, same, same, same, same, same, says('I check it once more. '.repeat(100))],
  });
  const id = await newSession(fixture);
  expect(await fixture.run(id, 'go')).toMatchObject({ end: 'completed', modelRequests: 7 });
  const statuses = (await fixture.items(id)).flatMap((item) => (item.kind === 'tool' ? [item.status] : []));
  expect(statuses).toEqual(Array.from({ length: 6 }, () => 'success'));
});

test('prompts that arrive during a turn are queued, can be withdrawn, and start in their order', async () => {
  const fixture = await setUp({ answers: [hangsAfter('busy'), says('2'), says('3')] });
  const { sessions } = fixture.engine;
  const id = await newSession(fixture);
  const first = fixture.run(id, 'one');
  await fixture.until('message.delta');
  for (const [localId, text] of [
    ['q1', 'two'],
    ['q2', 'never'],
    ['q3', 'three'],
    ['q4', 'x'],
    ['q5', 'y'],
  ] as const)
    expect(await sessions.get(id).prompt(text, localId)).toEqual({});
  await expect(sessions.get(id).prompt('too many', 'q6')).rejects.toMatchObject({ code: 'queue_full' });
  for (const localId of ['q2', 'q4', 'q5']) await sessions.get(id).work.unqueue(localId);
  expect((await sessions.open(fixture.project.id, id)).queue).toEqual([
    { localId: 'q1', text: 'two' },
    { localId: 'q3', text: 'three' },
  ]);
  sessions.get(id).work.cancel();
  expect((await first).end).toBe('cancelled');
  await fixture.until('message.delta', (data) => data.text === '3');
  let ends = 0;
  await fixture.until('turn.ended', () => (ends += 1) === 3);
  const users = (await fixture.items(id)).flatMap((item) => (item.kind === 'user' ? [[item.text, item.localId]] : []));
  expect(users).toEqual([
    ['one', 'local-1'],
    ['two', 'q1'],
    ['three', 'q3'],
  ]);
});

test('a prompt sent at the end of a turn starts a turn and is not queued', async () => {
  const fixture = await setUp({ answers: [says('1'), says('2')] });
  const id = await newSession(fixture);
  const answers: unknown[] = [];
  const unsubscribe = fixture.engine.subscribe((event) => {
    if (event.event !== 'turn.ended') return;
    unsubscribe();
    void fixture.engine.sessions
      .get(id)
      .prompt('two', 'l2')
      .then((answer) => answers.push(answer));
  });
  await fixture.run(id, 'one');
  let ends = 0;
  await fixture.until('turn.ended', () => (ends += 1) === 2);
  expect(answers).toEqual([{ turnId: expect.any(String) }]);
});

test('reads of one answer run in parallel, a change waits for them', async () => {
  const fixture = await setUp({
    files: { 'a.txt': 'a', 'b.txt': 'b' },
    answers: [
      calls(
        { id: 'r1', name: 'read_file', input: { file_path: 'a.txt' } },
        { id: 'r2', name: 'read_file', input: { file_path: 'b.txt' } },
        { id: 'w1', name: 'edit', input: { file_path: 'a.txt', old_string: 'a', new_string: 'c' } },
      ),
      says('ok'),
    ],
  });
  const id = await newSession(fixture, { mode: 'auto-edit' });
  await fixture.run(id, 'go');
  const order = fixture.events.flatMap((event) =>
    event.event === 'item.changed' && event.data.item.kind === 'tool' ? [`${event.data.item.id} ${event.data.item.status}`] : [],
  );
  expect(order.indexOf('r2 running')).toBeLessThan(order.indexOf('r1 success'));
  expect(order.indexOf('w1 running')).toBeGreaterThan(order.indexOf('r2 success'));
  expect(readFileSync(join(fixture.root, 'a.txt'), 'utf8')).toBe('c');
});

test('a change of mode answers the pending approval', async () => {
  const fixture = await setUp({ answers: [SHELL('touch made'), says('ok')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('approval.requested');
  fixture.engine.sessions.get(id).setMode('yolo');
  expect((await turn).end).toBe('completed');
  expect(existsSync(join(fixture.root, 'made'))).toBe(true);
});

test('without a model the prompt is refused and nothing is written', async () => {
  const fixture = await setUp();
  const id = await newSession(fixture);
  const { EngineError } = await import('../engine/index.ts');
  fixture.model.registry.resolve = () => Promise.reject(new EngineError('no_model', 'Choose a model.'));
  await expect(fixture.engine.sessions.get(id).prompt('go', 'l')).rejects.toMatchObject({ code: 'no_model' });
  expect(existsSync(fixture.sessionFile(id))).toBe(false);
  expect((await fixture.engine.sessions.open(fixture.project.id, id)).summary.state).toBe('idle');
});

test('the thinking time is shown when the text begins, and is kept after a restart', async () => {
  const clock = createManualClock();
  const fixture = await setUp({
    clock,
    answers: [
      async function* thinks() {
        yield { type: 'thinking', text: 'hm' };
        clock.advance(12_000);
        yield { type: 'text', text: 'So it is.' };
        clock.advance(5000);
        yield { type: 'done', reason: 'stop' };
      },
    ],
  });
  const id = await newSession(fixture);
  await fixture.run(id, 'go');
  const first = fixture.events.find((event) => event.event === 'item.changed');
  expect(first?.data).toMatchObject({ item: { kind: 'assistant', thinkingMs: 12_000, text: '', streaming: true } });
  const found = async (from: EngineFixture) => (await from.items(id)).find((item) => item.kind === 'assistant');
  expect(await found(fixture)).toMatchObject({ thinkingMs: 12_000, text: 'So it is.' });
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect(await found(second)).toMatchObject({ thinking: 'hm', thinkingMs: 12_000 });
});
