/**
 * A cancel ends a turn in every phase, without waiting for pending work, and leaves a valid history. The work that hangs here
 * ends only by SIGKILL, two seconds after the cancel, or never. The best of five attempts counts: a busy machine delays some of
 * them, a real wait delays each.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../preload/contract/index.ts';
import type { ModelRequest, StreamEvent } from '../engine/provider/provider.ts';
import type { SessionOptions } from '../engine/index.ts';
import { createEngineFixture, type EngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, fails, hangsAfter, says, type ScriptedAnswer } from './support/scripted-model.ts';

/** Less than any of the waits. The time of a cancel on a quiet machine, about 10 ms, is not tested here. Unit: ms. */
const LIMIT_MS = 1500;
const ATTEMPTS = 5;
const SERVER = fileURLToPath(new URL('../engine/mcp/hostile-server.fixture.ts', import.meta.url));

const open: EngineFixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0).reverse()) await fixture.close();
});

interface Place {
  readonly where: string;
  readonly answers: readonly ScriptedAnswer[];
  readonly settings?: object;
  readonly session?: SessionOptions;
  /** Runs before the turn that is cancelled. */
  readonly before?: (fixture: EngineFixture, id: SessionId) => Promise<unknown>;
  /** Default: cancelled. */
  readonly end?: 'completed';
  /** Resolves when the turn has reached this phase. */
  readonly reached: (fixture: EngineFixture) => Promise<unknown>;
}

const YOLO = { mode: 'yolo' } as const;
const shell = (command: string) => calls({ id: 'c1', name: 'run_shell_command', input: { command } });
const agent = calls({ id: 'c1', name: 'agent', input: { description: 'd', prompt: 'wait' } });
const toolRuns = (fixture: EngineFixture) => fixture.until('item.changed', ({ item }) => item.kind === 'tool' && item.status === 'running');
/** A hook that reports its start, does not end, and ignores SIGTERM. */
const hangs = (event: string) => ({
  hooks: { [event]: [{ hooks: [{ type: 'command', command: "touch hook-runs; trap '' TERM; sleep 300 & wait; sleep 300" }] }] },
});
const hookRuns = ({ root }: EngineFixture) => expect.poll(() => existsSync(join(root, 'hook-runs')), { interval: 10 }).toBe(true);
const server = (how: string, more = {}) => ({
  mcpServers: { odd: { command: process.execPath, args: [SERVER, how], trust: true, ...more } },
});
/** Of the 100,000 tokens of the context window. */
const uses = (inputTokens: number): ScriptedAnswer => [
  { type: 'text', text: Array.from({ length: 1000 }, (_unused, at) => `number ${at}`).join(' ') },
  { type: 'usage', usage: { inputTokens, outputTokens: 100, cachedTokens: 0, thinkingTokens: 0 } },
  { type: 'done', reason: 'stop' },
];

/** Sends nothing, and ignores the abort. */
async function* deaf(): AsyncIterable<StreamEvent> {
  yield { type: 'text', text: 'busy' };
  await new Promise(() => undefined);
}

const PLACES: readonly Place[] = [
  { where: 'in a stream', answers: [hangsAfter('busy')], reached: (f) => f.until('message.delta', ({ text }) => text === 'busy') },
  { where: 'in a stream that ignores it', answers: [deaf], reached: (f) => f.until('message.delta', ({ text }) => text === 'busy') },
  {
    where: 'in a command that ignores SIGTERM',
    answers: [shell("trap '' TERM; echo up; sleep 300 & wait; sleep 300")],
    session: YOLO,
    reached: (f) => f.until('task.changed', ({ task }) => task.lastLine === 'up'),
  },
  { where: 'at a question of the approvals', answers: [shell('touch made')], reached: (f) => f.until('approval.requested') },
  {
    where: 'at a question of the model',
    answers: [
      calls({
        id: 'c1',
        name: 'ask_user_question',
        input: { questions: [{ question: 'Which?', options: [{ label: 'a' }, { label: 'b' }] }] },
      }),
    ],
    reached: toolRuns,
  },
  {
    where: 'while it waits for the next attempt',
    answers: [fails({ code: 'rate_limited', message: 'busy', httpStatus: 429, retryAfterMs: 60_000 })],
    reached: (f) => f.until('turn.changed', ({ turn }) => turn.phase === 'retrying'),
  },
  {
    where: 'in a compaction',
    answers: [uses(40_000), uses(90_000), hangsAfter('summary')],
    before: async (f, id) => {
      await f.run(id, 'one');
      await f.run(id, 'two');
    },
    async reached(f) {
      await f.until('turn.changed', ({ turn }) => turn.compacting === true);
      await expect.poll(() => f.model.requests.length, { interval: 5 }).toBe(3);
    },
  },
  { where: 'in a hook before a tool', answers: [shell('ls')], settings: hangs('PreToolUse'), session: YOLO, reached: hookRuns },
  { where: 'in a hook after a tool', answers: [shell('ls')], settings: hangs('PostToolUse'), session: YOLO, reached: hookRuns },
  // All requested work had been done.
  { where: 'in a hook at the end', answers: [says('done')], settings: hangs('Stop'), reached: hookRuns, end: 'completed' },
  { where: 'in a hook with a prompt', answers: [], settings: hangs('UserPromptSubmit'), reached: hookRuns },
  {
    where: 'in a hook before a compaction',
    answers: [uses(90_000)],
    settings: hangs('PreCompact'),
    before: (f, id) => f.run(id, 'one'),
    reached: hookRuns,
  },
  {
    where: 'in a subagent',
    answers: [agent, hangsAfter('busy')],
    reached: (f) => f.until('message.delta', ({ text }) => text === 'busy'),
  },
  {
    where: 'in a command of a subagent',
    answers: [agent, shell("trap '' TERM; echo up; sleep 300 & wait; sleep 300")],
    session: YOLO,
    reached: (f) => f.until('task.changed', ({ task }) => task.lastLine === 'up'),
  },
  {
    where: 'in a call of an MCP server that hangs',
    answers: [calls({ id: 'c1', name: 'mcp__odd__hang', input: {} })],
    settings: server('well'),
    session: YOLO,
    reached: toolRuns,
  },
  {
    where: 'while an MCP server is waited for',
    answers: [],
    settings: server('hang', { discoveryTimeoutMs: 60_000 }),
    reached: (f) => f.until('turn.started'),
  },
];

async function cancelAt(place: Place): Promise<number> {
  const files = { '.qwen/settings.json': JSON.stringify(place.settings ?? {}) };
  const fixture = await createEngineFixture({ answers: place.answers, files });
  open.push(fixture);
  const id = await newSession(fixture, place.session);
  await place.before?.(fixture, id);
  const ends = fixture.events.filter(({ event }) => event === 'turn.ended').length;
  const prompt = fixture.engine.sessions.get(id).prompt('go', 'local');
  await place.reached(fixture);
  let ended = 0;
  const over = fixture.until('turn.ended', () => (ended += 1) > ends);
  const beforeMs = performance.now();
  fixture.engine.sessions.get(id).work.cancel();
  const { result } = await over;
  const tookMs = performance.now() - beforeMs;
  expect(result.end).toBe(place.end ?? 'cancelled');
  await prompt;
  writeFileSync(join(fixture.root, '.qwen/settings.json'), '{}');
  const asked = fixture.model.requests.length;
  fixture.model.push(says('later'));
  await fixture.run(id, 'again');
  expectValid(fixture.model.requests.at(asked)?.messages ?? []);
  return tookMs;
}

/** Every call is directly followed by its one result, as providers require. */
function expectValid(messages: ModelRequest['messages']): void {
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const next = messages[at + 1];
    expect(next?.role === 'tool' ? next.results.map((result) => result.callId) : []).toEqual(message.toolCalls.map((call) => call.id));
  }
}

test('a turn that the user stopped says so in the transcript, also after a restart; a closed session says nothing', async () => {
  const fixture = await createEngineFixture({ answers: [hangsAfter('busy'), hangsAfter('more')] });
  open.push(fixture);
  const id = await newSession(fixture);
  const rows = async () => (await fixture.items(id)).flatMap((item) => (item.kind === 'notice' ? [item.content?.code] : []));
  const turn = fixture.run(id, 'go');
  await fixture.until('message.delta', ({ text }) => text === 'busy');
  fixture.engine.sessions.get(id).work.cancel();
  await turn;
  expect(await rows()).toEqual(['turn_stopped']);
  await fixture.engine.sessions.close(id);
  await fixture.engine.sessions.open(fixture.project.id, id);
  expect(await rows()).toEqual(['turn_stopped']);
  const second = fixture.run(id, 'on');
  await fixture.until('message.delta', ({ text }) => text === 'more');
  await fixture.engine.sessions.close(id);
  await second;
  await fixture.engine.sessions.open(fixture.project.id, id);
  expect(await rows()).toEqual(['turn_stopped']);
});

test.each(PLACES)('a cancel $where ends the turn without waiting', async (place) => {
  let bestMs = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && bestMs > LIMIT_MS; attempt += 1) bestMs = Math.min(bestMs, await cancelAt(place));
  expect(bestMs).toBeLessThan(LIMIT_MS);
});
