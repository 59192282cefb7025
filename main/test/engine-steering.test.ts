import { afterEach, expect, test, vi } from 'vitest';
import type { ModelRequest, StreamEvent } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { calls, hangsAfter, type ScriptedAnswer, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

const READ = { id: 'c1', name: 'read_file', input: { file_path: 'a.txt' } };

/** Answers when the test releases it. */
function held(answer: readonly StreamEvent[]) {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  return {
    release,
    answer: async function* answerWhenReleased(_request: ModelRequest, signal: AbortSignal) {
      await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
      yield* answer;
    },
  };
}

/** A turn whose first answer makes a call once it is released; the prompts are sent before that. */
async function steer(prompts: readonly { text: string; delivery?: 'queue' | 'steer' }[]) {
  const first = held(calls(READ) as readonly StreamEvent[]);
  const fixture = await setUp({ answers: [first.answer, says('one'), says('two'), says('three')], files: { 'a.txt': 'x' } });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.started');
  for (const { text, ...options } of prompts) await fixture.engine.sessions.get(id).prompt(text, `sent-${text}`, options);
  return { fixture, id, first, turn };
}

const listMessages = (request: ModelRequest | undefined) =>
  request?.messages.map((message) => (message.role === 'tool' ? 'results' : message.role === 'user' ? `user: ${message.text}` : 'model'));

test('a prompt that steers is read after the results of the running turn, and leaves the queue', async () => {
  const { fixture, id, first, turn } = await steer([{ text: 'mind the tabs', delivery: 'steer' }]);
  const queued = (await fixture.engine.sessions.open(fixture.project.id, id)).queue;
  expect(queued).toEqual([{ localId: 'sent-mind the tabs', text: 'mind the tabs', delivery: 'steer' }]);
  first.release();
  expect((await turn).end).toBe('completed');
  expect(listMessages(fixture.model.requests[1])).toEqual(['user: go', 'model', 'results', 'user: mind the tabs']);
  expect(fixture.model.requests).toHaveLength(2);
  const snapshot = await fixture.engine.sessions.open(fixture.project.id, id);
  expect(snapshot.queue).toEqual([]);
  expect(snapshot.items).toContainEqual(expect.objectContaining({ kind: 'user', text: 'mind the tabs', localId: 'sent-mind the tabs' }));
});

test('it is written in the format of Qwen Code, and loaded after the results', async () => {
  const { fixture, id, first, turn } = await steer([{ text: 'mind the tabs', delivery: 'steer' }]);
  first.release();
  await turn;
  expect(fixture.records(id)).toContainEqual(
    expect.objectContaining({
      type: 'user',
      subtype: 'mid_turn_user_message',
      message: { role: 'user', parts: [{ text: 'mind the tabs' }] },
      systemPayload: { displayText: 'mind the tabs' },
    }),
  );
  await fixture.engine.close();
  const second = await fixture.second(says('read'));
  open.push(second);
  await second.engine.sessions.open(second.project.id, id);
  await second.run(id, 'what did I say?');
  expect(listMessages(second.model.requests[0])?.slice(0, 4)).toEqual(['user: go', 'model', 'results', 'user: mind the tabs']);
});

test('a queued prompt waits for the end of the turn, even if a later one steers', async () => {
  const { fixture, first, turn } = await steer([{ text: 'later' }, { text: 'now', delivery: 'steer' }]);
  first.release();
  const { turnId } = await turn;
  await fixture.until('turn.ended', ({ result }) => result.turnId !== turnId);
  expect(listMessages(fixture.model.requests[1])).toEqual(['user: go', 'model', 'results', 'user: now']);
  expect(listMessages(fixture.model.requests[2])?.at(-1)).toBe('user: later');
});

test('without a further tool boundary, a prompt that steers becomes the next turn', async () => {
  const answer = held(says('done') as readonly StreamEvent[]);
  const fixture = await setUp({ answers: [answer.answer, says('and that')] });
  const id = await newSession(fixture);
  const turn = fixture.run(id, 'go');
  await fixture.until('turn.started');
  await fixture.engine.sessions.get(id).prompt('and this', 'p2', { delivery: 'steer' });
  answer.release();
  const { turnId } = await turn;
  await fixture.until('turn.ended', ({ result }) => result.turnId !== turnId);
  expect(listMessages(fixture.model.requests[1])).toEqual(['user: go', 'model', 'user: and this']);
});

test('a prompt that steers can be withdrawn before it is read', async () => {
  const { fixture, id, first, turn } = await steer([{ text: 'no, wait', delivery: 'steer' }]);
  await fixture.engine.sessions.get(id).work.unqueue('sent-no, wait');
  first.release();
  await turn;
  expect(listMessages(fixture.model.requests[1])).toEqual(['user: go', 'model', 'results']);
});

/** Subagents run like reads, and their requests show how many work at the same time: they stay open until they are released. */
test('consecutive read-only calls run in parallel, as many as the variable allows, and their results keep the order of the calls', async () => {
  const asked = Array.from({ length: 12 }, (_, at) => ({
    id: `c${at}`,
    name: 'agent',
    input: { description: 'one', prompt: `work ${at}` },
  }));
  for (const [limit, expected] of [
    ['3', 3],
    ['nonsense', 10],
  ] as const) {
    let open = 0;
    let most = 0;
    const letGo = Promise.withResolvers<void>();
    async function* work(): AsyncIterable<StreamEvent> {
      open += 1;
      most = Math.max(most, open);
      await letGo.promise;
      open -= 1;
      yield* says('did it') as readonly StreamEvent[];
    }
    const fixture = await setUp({
      answers: [calls(...asked), ...asked.map(() => work), says('done')],
      environment: { QWEN_CODE_MAX_TOOL_CONCURRENCY: limit },
    });
    const id = await newSession(fixture);
    const turn = fixture.run(id, 'work');
    await vi.waitFor(() => expect(open).toBe(expected), 10_000);
    letGo.resolve();
    await turn;
    expect(most).toBe(expected);
    const results = fixture.model.requests.at(-1)?.messages.at(-1);
    expect(results?.role === 'tool' ? results.results.map((result) => result.callId) : []).toEqual(asked.map((call) => call.id));
  }
});

test('results of parallel calls are in the file in the order of the calls, whichever finished first', async () => {
  const files = { 'long.txt': 'line\n'.repeat(20_000) };
  const reads = ['long.txt', 'missing.txt', 'long.txt'].map((name, at) => ({
    id: `c${at}`,
    name: 'read_file',
    input: { file_path: name },
  }));
  const fixture = await setUp({ files, answers: [calls(...reads), says('done')] });
  const id = await newSession(fixture);
  await fixture.run(id, 'read all');
  const results = fixture.records(id).filter((record) => record['type'] === 'tool_result');
  expect(results.map((record) => record['toolCallResult'])).toMatchObject([{ callId: 'c0' }, { callId: 'c1' }, { callId: 'c2' }]);
});

test('a model that repeats itself is stopped, and its text is kept', async () => {
  async function* forever(_request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamEvent> {
    while (!signal.aborted) {
      yield { type: 'text', text: 'I check it once more. ' };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const fixture = await setUp({ answers: [forever] });
  const id = await newSession(fixture);
  const result = await fixture.run(id, 'go');
  expect(result).toMatchObject({ end: 'failed', error: { code: 'loop_detected' } });
  const items = await fixture.items(id);
  expect(items.at(-2)).toMatchObject({ kind: 'assistant', streaming: false });
  expect(items.at(-1)).toMatchObject({ kind: 'notice', level: 'error', code: 'loop_detected' });
});

/** Every call is directly followed by its one result, as providers require. */
function expectValid(messages: ModelRequest['messages']): void {
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const next = messages[at + 1];
    expect(next?.role === 'tool' ? next.results.map((result) => result.callId) : []).toEqual(message.toolCalls.map((call) => call.id));
  }
}

/** Answers left in a script after a cancel must not answer the next prompt. */
function unlessAgain(answer: ScriptedAnswer): ScriptedAnswer {
  return async function* answerOnce(request, signal) {
    const last = request.messages.at(-1);
    const due = last?.role === 'user' && last.text === 'again' ? says('later') : answer;
    yield* typeof due === 'function' ? due(request, signal) : due;
  };
}

test('a cancel at any event of a turn ends it at once and leaves a valid history', async () => {
  const files = { 'a.txt': 'a', 'b.txt': 'b' };
  const script = () => [
    [
      { type: 'thinking', text: 'hm' } as const,
      ...(says('I look.') as readonly StreamEvent[]).slice(0, 1),
      ...(calls(READ, { ...READ, id: 'c2' }) as readonly StreamEvent[]),
    ],
    calls({ id: 'c3', name: 'run_shell_command', input: { command: 'echo one; sleep 0.1' } }, { ...READ, id: 'c4' }),
    hangsAfter('and then nothing'),
  ];
  const slow: number[] = [];
  let wasCompleted = false;
  for (let cancelAt = 1; !wasCompleted && cancelAt < 60; cancelAt += 1) {
    const fixture = await setUp({ files, answers: script().map(unlessAgain) });
    const id = await newSession(fixture, { mode: 'yolo' });
    let seen = 0;
    let cancelledAtMs = 0;
    const unsubscribe = fixture.engine.subscribe((event) => {
      if (cancelledAtMs > 0 || !('sessionId' in event.data) || event.event.startsWith('approval')) return;
      seen += 1;
      if (seen !== cancelAt) return;
      cancelledAtMs = performance.now();
      queueMicrotask(() => fixture.engine.sessions.get(id).work.cancel());
    });
    const { turnId } = await fixture.engine.sessions.get(id).prompt('go', 'local');
    // The last answer hangs: if the turn was not cancelled earlier, it is cancelled there.
    void fixture
      .until('message.delta', ({ text }) => text === 'and then nothing')
      .then(() => {
        if (cancelledAtMs > 0) return;
        wasCompleted = true;
        cancelledAtMs = performance.now();
        fixture.engine.sessions.get(id).work.cancel();
      });
    const { result } = await fixture.until('turn.ended', (data) => data.result.turnId === turnId);
    slow.push(performance.now() - cancelledAtMs);
    expect(result.end).toBe('cancelled');
    unsubscribe();
    const asked = fixture.model.requests.length;
    fixture.model.push(says('later'));
    await fixture.run(id, 'again');
    expectValid(fixture.model.requests[asked]?.messages ?? []);
    open.splice(open.indexOf(fixture), 1);
    await fixture.close();
  }
  expect(wasCompleted).toBe(true);
  expect(slow.length).toBeGreaterThan(10);
  slow.sort((a, b) => a - b);
  expect(slow[Math.floor(slow.length / 2)]).toBeLessThan(1500); // a busy machine delays some of them; a wait for SIGKILL would take longer
});
