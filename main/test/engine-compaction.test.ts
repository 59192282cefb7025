import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { ModelMessage, StreamEvent } from '../engine/provider/provider.ts';
import { createEngineFixture, type EngineFixture, type FixtureOptions, newSession } from './support/engine-fixture.ts';
import { fails, hangsAfter, type ScriptedAnswer, says } from './support/scripted-model.ts';

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

async function setUp(options: FixtureOptions = {}): Promise<EngineFixture> {
  const fixture = await createEngineFixture(options);
  open.push(fixture);
  return fixture;
}

/** The context window of the scripted model is 100,000 tokens. */
const used = (inputTokens: number): StreamEvent => ({
  type: 'usage',
  usage: { inputTokens, outputTokens: 10, cachedTokens: 0, thinkingTokens: 0 },
});
const answer = (text: string, inputTokens: number): ScriptedAnswer => [
  { type: 'text', text },
  used(inputTokens),
  { type: 'done', reason: 'stop' },
];
const reads = (ids: readonly string[], inputTokens: number): ScriptedAnswer => [
  ...ids.map((id) => ({ type: 'tool_call', call: { id, name: 'read_file', input: { file_path: `${id}.txt` } } }) as const),
  used(inputTokens),
  { type: 'done', reason: 'tool_calls' },
];
const LONG = 'A long question about the code. '.repeat(200); // some 1,600 tokens
const FILES = { 'c1.txt': 'one', 'c2.txt': 'two' };
const SUMMARY = '## Request\nThe tests must pass.';

const shape = (messages: readonly ModelMessage[] = []) =>
  messages.map((message) =>
    message.role === 'tool'
      ? `results ${message.results.map((result) => result.callId).join(' ')}`
      : `${message.role}: ${message.text.slice(0, 20)}`,
  );

/** Three turns, the last of which has filled the window. */
async function fullSession(...more: ScriptedAnswer[]) {
  const fixture = await setUp({
    files: FILES,
    answers: [answer('First.', 20_000), reads(['c1', 'c2'], 40_000), answer('Second.', 60_000), answer('Third.', 90_000), ...more],
  });
  const id = await newSession(fixture);
  await fixture.run(id, `one ${LONG}`);
  await fixture.run(id, `two ${LONG}`);
  await fixture.run(id, 'three');
  return { fixture, id };
}

test('a window that is nearly full is summarized before the next request', async () => {
  const { fixture, id } = await fullSession(answer(SUMMARY, 90_100), answer('Fourth.', 30_000));
  expect((await fixture.run(id, 'four')).end).toBe('completed');
  const [, , , , asked, next] = fixture.model.requests;
  // The request for the summary has the unchanged beginning, so that the provider's cache holds.
  expect(asked?.system).toBe(next?.system);
  expect(asked?.tools).toBe(next?.tools);
  expect(shape(asked?.messages).slice(0, 3)).toEqual([
    expect.stringContaining('user: one'),
    'assistant: First.',
    expect.stringContaining('user: two'),
  ]);
  expect(shape(next?.messages)).toEqual([
    'user: The conversation so ',
    'assistant: Understood. I will c',
    expect.stringContaining('user: three'),
    'assistant: Third.',
    'user: four',
  ]);
  const first = next?.messages[0];
  expect(first?.role === 'user' ? first.text : '').toContain(SUMMARY);
  expect(first?.role === 'user' ? first.text : '').toContain('- c2.txt\n- c1.txt');
});

test('the row says what was kept, and the meter drops', async () => {
  const { fixture, id } = await fullSession(answer(SUMMARY, 90_100), says('Fourth.'));
  await fixture.run(id, 'four');
  const row = (await fixture.items(id)).find((item) => item.kind === 'notice');
  expect(row).toMatchObject({
    level: 'quiet',
    content: { code: 'compacted', tokens: { before: expect.any(Number) }, kept: { prompts: 2, steps: false, files: 2 } },
    detail: SUMMARY,
    text: expect.stringMatching(
      /^Earlier conversation was summarized: 90,\d{3} → \d{1,2},\d{3} tokens\. Kept: the summary, the last 2 prompts with what followed, the paths of 2 files\./,
    ),
  });
  const fallen = fixture.events.find((event) => event.event === 'context.changed' && event.data.context.isEstimate === true);
  expect(fallen?.event === 'context.changed' ? fallen.data.context.usedTokens : 0).toBeLessThan(60_000);
  expect(fixture.events.some((event) => event.event === 'turn.changed' && event.data.turn.compacting === true)).toBe(true);
  await fixture.engine.close();
  const second = await fixture.second();
  open.push(second);
  expect((await second.items(id)).find((item) => item.kind === 'notice')).toEqual(row);
});

test('the record has the format of Qwen Code, and a later engine continues from it', async () => {
  const { fixture, id } = await fullSession(answer(SUMMARY, 90_100), says('Fourth.'));
  await fixture.run(id, 'four');
  const record = fixture.records(id).find((entry) => entry['subtype'] === 'chat_compression');
  expect(record).toMatchObject({
    type: 'system',
    systemPayload: {
      info: { originalTokenCount: expect.any(Number), newTokenCount: expect.any(Number), compressionStatus: 1 },
      compressedHistory: [
        { role: 'user', parts: [{ text: expect.stringContaining(SUMMARY) }] },
        { role: 'model', parts: [{ text: expect.any(String) }] },
        { role: 'user', parts: [{ text: expect.stringContaining('three') }] },
        { role: 'model', parts: [{ text: 'Third.' }] },
        { role: 'user', parts: [{ text: 'four' }] },
      ],
    },
  });
  const before = fixture.model.requests.at(-1)?.messages ?? [];
  await fixture.engine.close();
  const second = await fixture.second(says('Fifth.'));
  open.push(second);
  await second.engine.sessions.open(second.project.id, id);
  await second.run(id, 'five');
  expect(shape(second.model.requests[0]?.messages)).toEqual([...shape(before), 'assistant: Fourth.', 'user: five']);
});

test('inside one long turn the cut never separates a call from its result, and the prompt is kept', async () => {
  const big = `${'word '.repeat(80)}\n`.repeat(40);
  const names = Array.from({ length: 12 }, (_, at) => `c${at}`);
  const fixture = await setUp({
    files: Object.fromEntries(names.map((name) => [`${name}.txt`, big])),
    answers: [...names.map((name, at) => reads([name], at === 11 ? 90_000 : 6000 * (at + 1))), answer(SUMMARY, 1), says('Done.')],
  });
  const id = await newSession(fixture);
  expect((await fixture.run(id, 'read them all')).end).toBe('completed');
  const messages = fixture.model.requests.at(-1)?.messages ?? [];
  const first = messages[0];
  expect(first?.role === 'user' ? first.text : '').toContain("The user's request that is being worked on:\nread them all");
  expect(messages.length).toBeGreaterThan(2);
  expect(messages.length).toBeLessThan(20);
  for (const [at, message] of messages.entries()) {
    if (at === 0) continue;
    if (at % 2 === 1) expect(message).toMatchObject({ role: 'assistant', toolCalls: [{}] });
    else
      expect(message).toMatchObject({
        role: 'tool',
        results: [{ callId: messages[at - 1]?.role === 'assistant' ? shapeCall(messages[at - 1]) : '' }],
      });
  }
});

const shapeCall = (message: ModelMessage | undefined) => (message?.role === 'assistant' ? message.toolCalls[0]?.id : undefined);

test.each([
  ['no text', [used(1), { type: 'done', reason: 'stop' }] as const, 'sent no summary'],
  [
    'a summary longer than the messages it would replace',
    [
      { type: 'text', text: LONG.repeat(5) },
      { type: 'done', reason: 'stop' },
    ] as const,
    'longer than',
  ],
  ['a refusal', fails({ code: 'auth_failed', message: 'The key was refused.', httpStatus: 401 }), 'key was refused'],
  [
    'a summary that was cut',
    [
      { type: 'text', text: 'half' },
      { type: 'done', reason: 'length' },
    ] as const,
    'one answer',
  ],
])(
  '%s changes nothing and is reported',
  async (_name, bad, reason) => {
    const answers = bad === undefined ? [] : _name === 'no text' || _name === 'a summary that was cut' ? [bad, bad, bad] : [bad];
    const { fixture, id } = await fullSession(...answers, answer('Fourth.', 91_000));
    const before = shape(fixture.model.requests.at(-1)?.messages);
    expect((await fixture.run(id, 'four')).end).toBe('completed');
    expect(shape(fixture.model.requests.at(-1)?.messages)).toEqual([...before, 'assistant: Third.', 'user: four']);
    expect((await fixture.items(id)).find((item) => item.kind === 'notice')).toMatchObject({
      level: 'warning',
      text: expect.stringContaining(reason),
    });
    expect(fixture.records(id).some((record) => record['subtype'] === 'chat_compression')).toBe(false);
  },
  15_000,
);

test('after three failures in a row it is not tried again automatically', async () => {
  const refused = fails({ code: 'auth_failed', message: 'no', httpStatus: 401 });
  const { fixture, id } = await fullSession(
    refused,
    answer('a', 91_000),
    refused,
    answer('b', 92_000),
    refused,
    answer('c', 93_000),
    answer('d', 94_000),
  );
  for (const text of ['4', '5', '6', '7']) expect((await fixture.run(id, text)).end).toBe('completed');
  expect((await fixture.items(id)).filter((item) => item.kind === 'notice')).toHaveLength(3);
  expect(fixture.model.requests).toHaveLength(4 + 7);
});

test('a refusal as too long leads to one summary and one more attempt', async () => {
  const tooLong = fails({ code: 'context_too_long', message: 'too long', httpStatus: 400 });
  const fixture = await setUp({
    answers: [
      answer('First.', 20_000),
      answer('Second.', 30_000),
      tooLong,
      answer(SUMMARY, 1),
      says('Third.'),
      tooLong,
      answer(SUMMARY, 1),
      tooLong,
    ],
  });
  const id = await newSession(fixture);
  await fixture.run(id, `one ${LONG}`);
  await fixture.run(id, `two ${LONG}`);
  expect((await fixture.run(id, 'three')).end).toBe('completed');
  expect(shape(fixture.model.requests[4]?.messages).at(-1)).toBe('user: three');
  expect(shape(fixture.model.requests[4]?.messages)[0]).toBe('user: The conversation so ');
  expect(await fixture.run(id, 'four')).toMatchObject({ end: 'failed', error: { code: 'context_too_long' } });
});

test('a cancel during a summary ends the turn and changes nothing', async () => {
  const { fixture, id } = await fullSession(hangsAfter('half a summary'), says('later'));
  const turn = fixture.run(id, 'four');
  await fixture.until('turn.changed', ({ turn: running }) => running.compacting === true);
  fixture.engine.sessions.get(id).work.cancel();
  expect((await turn).end).toBe('cancelled');
  expect(readFileSync(fixture.sessionFile(id), 'utf8')).not.toContain('chat_compression');
});

test('for a model that does not count tokens the meter shows an estimate', async () => {
  const fixture = await setUp({
    answers: [
      [
        { type: 'text', text: 'yes' },
        { type: 'done', reason: 'stop' },
      ],
    ],
  });
  const id = await newSession(fixture);
  await fixture.run(id, LONG);
  const { context } = await fixture.engine.sessions.open(fixture.project.id, id);
  expect(context.isEstimate).toBe(true);
  expect(context.usedTokens).toBeGreaterThan(4000);
  expect(context.usedTokens).toBeLessThan(20_000);
});

test('on request, a short conversation is summarized too, and the answer gives both sizes', async () => {
  const fixture = await setUp({ answers: [says('First.'), says('Second.'), answer(SUMMARY, 1), says('Third.')] });
  const id = await newSession(fixture);
  await fixture.run(id, `one ${LONG}`);
  await fixture.run(id, 'two');
  const result = await fixture.engine.sessions.get(id).compact('Mind the tests.');
  expect(result.compacted).toBe(true);
  expect(result.tokensAfter).toBeLessThan(result.tokensBefore);
  const asked = fixture.model.requests[2]?.messages.at(-1);
  expect(asked?.role === 'user' ? asked.text : '').toContain('Mind the tests.');
  await fixture.run(id, 'three');
  expect(shape(fixture.model.requests[3]?.messages)).toEqual([
    'user: The conversation so ',
    'assistant: Understood. I will c',
    'user: two',
    'assistant: Second.',
    'user: three',
  ]);
});

test('with nothing to summarize nothing happens; during a summary a turn has to wait, and a cancel ends it', async () => {
  const fixture = await setUp({ answers: [says('First.'), says('Second.'), hangsAfter('half'), says('Third.')] });
  const id = await newSession(fixture);
  expect(await fixture.engine.sessions.get(id).compact()).toMatchObject({ compacted: false });
  await fixture.run(id, `one ${LONG}`);
  await fixture.run(id, 'two');
  const reported = () => fixture.events.flatMap((one) => (one.event === 'session.changed' ? [one.data.summary] : [])).at(-1);
  expect(reported()).toMatchObject({ state: 'idle' });
  const running = fixture.engine.sessions.get(id).compact();
  expect(reported()).toMatchObject({ state: 'running', isCompacting: true });
  expect(await fixture.engine.sessions.get(id).prompt('three', 'l3')).toEqual({});
  await expect(fixture.engine.sessions.get(id).compact()).rejects.toMatchObject({ code: 'session_busy' });
  fixture.engine.sessions.get(id).work.cancel();
  expect((await running).compacted).toBe(false);
  expect(reported()).not.toHaveProperty('isCompacting');
  await fixture.until('item.added', ({ item }) => item.kind === 'user' && item.text === 'three');
  expect(fixture.records(id).some((record) => record['subtype'] === 'chat_compression')).toBe(false);
});

test('the parts of the context add up, and include its memory files', async () => {
  const fixture = await setUp({ files: { 'QWEN.md': 'Use tabs. @gone.md' }, answers: [answer('First.', 20_000)] });
  const id = await newSession(fixture);
  await fixture.run(id, `one ${LONG}`);
  const context = await fixture.engine.sessions.get(id).context();
  expect(context.meter).toEqual({ usedTokens: 20_010, windowTokens: 100_000 });
  expect(context.freeTokens).toBe(79_990);
  expect(context.compactAtTokens).toBe(85_000);
  expect(context.parts.map(({ kind, count }) => [kind, count])).toEqual([
    ['system', 1],
    ['memory', 1],
    ['tools', expect.any(Number)],
    ['messages', 2],
  ]);
  expect(Math.abs(context.parts.reduce((sum, { tokens }) => sum + tokens, 0) - 20_010)).toBeLessThan(5);
  expect(context.memoryFiles).toMatchObject([{ label: 'QWEN.md' }]);
  expect(context.leftOut).toEqual([{ path: '@gone.md', reason: 'the file does not exist' }]);
});

test('/compress and /context do the same as commands', async () => {
  const fixture = await setUp({ answers: [says('First.'), answer('Second.', 20_000), answer(SUMMARY, 1)] });
  const id = await newSession(fixture);
  await fixture.run(id, `one ${LONG}`);
  await fixture.run(id, 'two');
  expect(await fixture.engine.sessions.get(id).runSlash('/context')).toMatchObject({
    kind: 'said',
    text: expect.stringMatching(/In use: 20,010 of 100,000 tokens \(20 %\), free: 79,990\n- System text: [\d,]+\n- Tools/),
  });
  expect(await fixture.engine.sessions.get(id).runSlash('/compress Mind the tests.')).toMatchObject({
    kind: 'said',
    text: expect.stringMatching(/^Summarized: 20,010 → [\d,]+ tokens\.$/),
  });
});
