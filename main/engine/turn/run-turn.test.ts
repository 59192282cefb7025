import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ApprovalId, ItemId, type QueuedPrompt, type TurnResult, type Usage } from '../../../preload/contract/index.ts';
import { calls, fails, type ScriptedAnswer, says } from '../../test/support/scripted-model.ts';
import { makeWorkspace, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import type { ModelRequest, ProviderFailure } from '../provider/provider.ts';
import { defineTool } from '../tool/define-tool.ts';
import type { Tool, ToolResult } from '../tool/tool.ts';
import { runTurn } from './run-turn.ts';
import type { TurnOutput } from './turn-output.ts';
import { makeTurn, scriptedModel, type TestTurn } from './turn-request.fixture.ts';
import type { TurnRequest } from './turn-context.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

const BUSY: ProviderFailure = { code: 'rate_limited', message: 'too many requests', httpStatus: 429 };
const USAGE: Usage = { inputTokens: 100, outputTokens: 20, cachedTokens: 40, thinkingTokens: 0 };
const SIGNED = { type: 'thinking_signature', signature: { protocol: 'anthropic', modelId: 'scripted-1', value: 'signed' } } as const;
const call = (id: string) => ({ id, name: 'probe', input: { id } });
const done: ToolResult = { text: 'done', display: { kind: 'none' }, isError: false, summary: 'done' };

function probe(execute: Tool['execute'] = async () => done): Tool {
  return defineTool({
    name: 'probe',
    description: 'A probe.',
    kind: 'other',
    input: z.object({ id: z.string() }),
    isReadOnly: false,
    describe: () => ({ verb: 'call', target: 'x' }),
    preview: async () => ({ ok: true, action: { code: 'described', text: 'Probe' }, display: { kind: 'none' }, touches: [] }),
    execute,
  });
}

interface Ran extends TestTurn {
  readonly outputs: readonly TurnOutput[];
  readonly requests: readonly ModelRequest[];
  readonly result: TurnResult | undefined;
  readonly thrown: unknown;
}

/** Runs a turn to its end; waits for the next attempt are skipped. `onOutput` may throw, like a session that cannot write. */
async function run(
  answers: readonly ScriptedAnswer[],
  given: Partial<TurnRequest> & { readonly tools?: readonly Tool[] } = {},
  onOutput: (output: TurnOutput, turn: TestTurn) => void = () => undefined,
): Promise<Ran> {
  const requests: ModelRequest[] = [];
  const turn = makeTurn(workspace, { tools: [probe()], resolveModel: async () => scriptedModel(answers, requests), ...given });
  const outputs: TurnOutput[] = [];
  const steps = runTurn(turn.request);
  let thrown: unknown;
  for (let next = await steps.next(); next.done !== true; ) {
    outputs.push(next.value);
    if (next.value.kind === 'turn_changed' && next.value.turn.phase === 'retrying') turn.control.retryNow();
    try {
      onOutput(next.value, turn);
      turn.apply(next.value);
    } catch (error) {
      thrown = error;
      next = await steps.throw(error);
      continue;
    }
    next = await steps.next();
  }
  const last = outputs.at(-1);
  return { ...turn, outputs, requests, result: last?.kind === 'ended' ? last.result : undefined, thrown };
}

const records = ({ outputs }: Ran) => outputs.flatMap((output) => (output.kind === 'record' ? [output.draft] : []));

test('a failed attempt leaves neither its text nor its calls', async () => {
  let ran = 0;
  const tool = probe(async () => ((ran += 1), done));
  const broken: ScriptedAnswer = [
    { type: 'text', text: 'half' },
    { type: 'tool_call', call: call('c1') },
    { type: 'error', error: BUSY },
  ];
  const { history, result } = await run([broken, says('whole')], { tools: [tool], retry: () => ({ delayMs: 10 }) });
  expect(result).toMatchObject({ end: 'completed', modelRequests: 2 });
  expect(history.slice(1)).toEqual([{ role: 'assistant', text: 'whole', thinking: '', toolCalls: [] }]);
  expect(ran).toBe(0);
});

test.each([
  ['failed for good', 'failed', fails({ code: 'auth_failed', message: 'The key was refused.', httpStatus: 401 })],
  ['was cancelled', 'cancelled', undefined],
] as const)('an answer that %s keeps its text, without its calls and its signature', async (_name, end, error) => {
  const begun = [
    { type: 'thinking', text: 'hm' },
    SIGNED,
    { type: 'text', text: 'half' },
    { type: 'tool_call', call: call('c1') },
  ] as const;
  const hangs: ScriptedAnswer = async function* hang() {
    yield* begun;
    await new Promise(() => undefined);
  };
  let deltas = 0;
  const answer: ScriptedAnswer = error === undefined ? hangs : [...begun, ...(typeof error === 'function' ? [] : error)];
  const ran = await run([answer], {}, (output, { control }) => {
    if (output.kind === 'delta' && output.part === 'text') deltas += 1;
    if (error === undefined && deltas === 1) setImmediate(() => control.cancel()); // the call has arrived by then
  });
  expect(ran.result).toMatchObject({ end });
  expect(ran.history.slice(1)).toEqual([{ role: 'assistant', text: 'half', thinking: 'hm', toolCalls: [] }]);
  expect(JSON.stringify(records(ran))).not.toMatch(/signed|functionCall/);
});

test('an answer that the output limit cut after its calls is not continued: the calls run', async () => {
  const cut: ScriptedAnswer = [
    { type: 'text', text: 'I look.' },
    { type: 'tool_call', call: call('c1') },
    { type: 'done', reason: 'length' },
  ];
  const { requests, result } = await run([cut, says('seen')]);
  expect(result).toMatchObject({ end: 'completed', modelRequests: 2 });
  expect(requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', results: [{ callId: 'c1', text: 'done' }] });
});

test('an answer that the filter withheld is a failure without further attempts', async () => {
  const seen: ProviderFailure[] = [];
  const retry: TurnRequest['retry'] = (failure) => void seen.push(failure);
  const { result } = await run([[{ type: 'done', reason: 'content_filter' }]], { retry });
  expect(result).toMatchObject({ end: 'failed', error: { code: 'provider_error', message: expect.stringContaining('content filter') } });
  expect(seen).toEqual([expect.objectContaining({ code: 'provider_error', httpStatus: 200 })]);
});

test('usage is counted once per answer, and includes the usage of subagents up to the end of the turn', async () => {
  const counted: ScriptedAnswer = [
    { type: 'text', text: 'first half' },
    { type: 'usage', usage: USAGE },
    { type: 'done', reason: 'length' },
  ];
  const uncounted: ScriptedAnswer = [
    { type: 'text', text: ', second half' },
    { type: 'done', reason: 'stop' },
  ];
  let beside: Usage | undefined;
  const takeUsage = () => {
    const taken = beside;
    beside = undefined;
    return taken;
  };
  const ran = await run([counted, uncounted], { takeUsage }, (output) => {
    if (output.kind === 'message') beside = { inputTokens: 1, outputTokens: 2, cachedTokens: 3, thinkingTokens: 4 };
  });
  expect(ran.result?.usage).toEqual({ inputTokens: 101, outputTokens: 22, cachedTokens: 43, thinkingTokens: 4 });
});

test('a call that delivers the final answer ends the turn, unless it failed', async () => {
  let attempts = 0;
  const execute: Tool['execute'] = async () => ((attempts += 1), { ...done, isError: attempts === 1 });
  const tool: Tool = { ...probe(execute), endsTurn: true };
  const { result } = await run([calls(call('c1')), calls(call('c2')), says('not asked')], { tools: [tool] });
  expect(result).toMatchObject({ end: 'completed', modelRequests: 2 });
  expect(attempts).toBe(2);
});

test('a call that runs again after a restart counts towards the call limit', async () => {
  const item = {
    kind: 'tool',
    id: ItemId.parse('c0'),
    name: 'probe',
    toolKind: 'other',
    verb: 'call',
    target: 'x',
    status: 'cancelled',
    startedAtMs: 0,
    display: { kind: 'none' },
  } as const;
  const resumed = [{ call: call('c0'), item, approvedCall: 'shown' }];
  const { result, requests } = await run([calls(call('c1')), says('not asked')], { resumed, limits: { maxToolCalls: 1 } });
  expect(requests[0]?.messages.at(-1)).toMatchObject({ role: 'user', text: expect.stringContaining('done') });
  expect(result).toMatchObject({ end: 'failed', modelRequests: 1, error: { code: 'tool_limit_reached' } });
});

const prompt = (localId: string): QueuedPrompt => ({ localId, text: `prompt ${localId}` });

function steeringOf(prompts: readonly QueuedPrompt[]) {
  const left = [...prompts];
  const written: string[] = [];
  const restored: string[] = [];
  const names = (list: readonly QueuedPrompt[]) => list.map(({ localId }) => localId);
  const steering: TurnRequest['steering'] = {
    take: () => left.splice(0),
    contentOf: async () => ({ attached: '', media: [], unread: [] }),
    recordIdOf: () => undefined,
    onWritten: (list) => void written.push(...names(list)),
    restore: (list) => void restored.push(...names(list)),
  };
  return { steering, written, restored };
}

test('steering prompts are confirmed once all of them are written', async () => {
  const { steering, written, restored } = steeringOf([prompt('q1'), prompt('q2')]);
  const { history } = await run([calls(call('c1')), says('done')], { steering });
  expect([written, restored]).toEqual([['q1', 'q2'], []]);
  expect(history.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user', 'user', 'assistant']);
});

test('a steering prompt that cannot be written returns to the queue together with those after it', async () => {
  const { steering, written, restored } = steeringOf([prompt('q1'), prompt('q2'), prompt('q3')]);
  const { result, history } = await run([calls(call('c1')), says('not asked')], { steering }, (output, { control }) => {
    if (output.kind === 'record' && JSON.stringify(output.draft).includes('prompt q2')) control.fail(new Error('The disk is full.'));
  });
  expect([written, restored]).toEqual([[], ['q2', 'q3']]);
  expect(history.at(-1)).toMatchObject({ role: 'user', text: 'prompt q1' });
  expect(result).toMatchObject({ end: 'failed', modelRequests: 1 });
});

test.each([
  ['the app closes', 'interrupted', true],
  ['the user cancels', 'cancelled', false],
] as const)('an approval that is pending while %s: %s', async (_name, end, asksAgain) => {
  const broker: TurnRequest['broker'] = {
    async ask(_request, signal, onWaiting) {
      onWaiting(ApprovalId.parse('a1'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { kind: 'cancelled' };
    },
    resolve: () => undefined,
    allowWith: () => undefined,
    reconsider: () => undefined,
    pending: () => [],
  };
  const ran = await run([calls(call('c1'))], { broker }, (output, { control }) => {
    if (output.kind !== 'turn_changed' || output.turn.phase !== 'awaiting_approval') return;
    if (asksAgain) control.interrupt();
    else control.cancel();
  });
  expect(ran.result).toMatchObject({ end });
  expect(records(ran).find(({ type }) => type === 'tool_result')).toMatchObject(
    asksAgain ? { gantry: { notRun: true } } : { type: 'tool_result' },
  );
  expect(JSON.stringify(records(ran)).includes('"notRun":true')).toBe(asksAgain);
});

test('hooks are not asked about calls once the turn is cancelled', async () => {
  let asked = 0;
  const afterCalls: TurnRequest['afterCalls'] = async () => ((asked += 1), { text: 'more text' });
  const { history } = await run([calls(call('c1')), says('done')], { afterCalls });
  expect(history.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant']);
  const cancels = probe(async (_input, _context, _signal) => done);
  const cancelled = await run([calls(call('c1'))], { afterCalls, tools: [cancels] }, (output, { control }) => {
    if (output.kind === 'message' && output.message.role === 'tool') control.cancel();
  });
  expect(cancelled.result).toMatchObject({ end: 'cancelled' });
  expect(asked).toBe(1);
});

test.each([
  ['quota_exceeded', 'open_models'],
  ['auth_failed', 'open_models'],
  ['missing_api_key', 'open_models'],
  ['rate_limited', 'retry'],
  ['provider_unreachable', 'retry'],
  ['context_too_long', undefined],
] as const)('a turn that ends with %s says so in a row with what to do next: %s', async (code, action) => {
  const ran = await run([fails({ code, message: `it is ${code}` })]);
  const row = ran.outputs.findLast((output) => output.kind === 'item_added');
  expect(row).toMatchObject({ item: { kind: 'notice', level: 'error', code, text: `it is ${code}` } });
  expect(row?.item).toEqual(
    action === undefined ? expect.not.objectContaining({ action: expect.anything() }) : expect.objectContaining({ action }),
  );
});

test('the request limit is the number of requests that are sent', async () => {
  const ran = await run([calls(call('c1')), calls(call('c2')), says('not asked')], { limits: { maxTurns: 2 } });
  expect(ran.result).toMatchObject({ end: 'max_turns', modelRequests: 2 });
  expect(ran.requests).toHaveLength(2);
});

test('a call that cannot be classified as read-only runs alone', async () => {
  let running = 0;
  let atOnce = 0;
  const execute: Tool['execute'] = async () => {
    running += 1;
    atOnce = Math.max(atOnce, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return done;
  };
  const judged = (onlyReads: NonNullable<Tool['onlyReads']>): Tool => ({ ...probe(execute), onlyReads });
  const answers = () => [calls(call('c1'), call('c2')), says('done')];
  await run(answers(), { tools: [judged(() => Promise.reject(new Error('no grammar')))] });
  expect(atOnce).toBe(1);
  await run(answers(), { tools: [judged(async () => true)], limits: { parallelCalls: 1 } });
  expect(atOnce).toBe(1);
  await run(answers(), { tools: [judged(async () => true)] });
  expect(atOnce).toBe(2);
});
