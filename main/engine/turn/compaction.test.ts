import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { fails, type ScriptedAnswer, says } from '../../test/support/scripted-model.ts';
import type { ModelMessage, ModelRequest, ProviderFailure } from '../provider/provider.ts';
import { compact, type CompactionEnd, type CompactionRequest } from './compaction.ts';
import { estimateMessages } from './token-estimate.ts';
import type { TurnOutput } from './turn-output.ts';
import { scriptedModel } from './turn-request.fixture.ts';

const WINDOW_TOKENS = 100_000;
const round = (at: number, chars: number): ModelMessage[] => [
  { role: 'user', text: `prompt ${at}` },
  { role: 'assistant', text: '', thinking: '', toolCalls: [{ id: `c${at}`, name: 'read_file', input: { file_path: `${at}.ts` } }] },
  { role: 'tool', results: [{ callId: `c${at}`, name: 'read_file', text: 'x'.repeat(chars), isError: false }] },
  { role: 'assistant', text: 'Read.', thinking: '', toolCalls: [] },
];
const rounds = (count: number, chars: number) => Array.from({ length: count }, (_, at) => round(at, chars)).flat();
const tokensIn = ({ messages }: ModelRequest) => estimateMessages(messages.slice(0, -1));

interface Compacted {
  readonly end: CompactionEnd;
  readonly outputs: readonly TurnOutput[];
  readonly requests: readonly ModelRequest[];
  /** The waits between attempts, in order. Unit: ms. */
  readonly waitsMs: readonly number[];
}

async function run(answers: readonly ScriptedAnswer[], given: Partial<CompactionRequest> = {}): Promise<Compacted> {
  const requests: ModelRequest[] = [];
  const waitsMs: number[] = [];
  const outputs: TurnOutput[] = [];
  const steps = compact({
    model: scriptedModel(answers, requests, WINDOW_TOKENS),
    system: 'system',
    tools: [],
    history: rounds(40, 4000),
    usedTokens: 0,
    why: 'full',
    control: { signal: new AbortController().signal, wait: async (ms) => (waitsMs.push(ms), 'elapsed'), failure: () => undefined },
    clock: createManualClock(),
    onRequest: () => undefined,
    ...given,
  });
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return { end: next.value, outputs, requests, waitsMs };
    outputs.push(next.value);
  }
}

const countKept = ({ outputs }: Compacted) => {
  const replaced = outputs.find((output) => output.kind === 'history_replaced');
  return replaced?.kind === 'history_replaced' ? replaced.messages.filter(({ role }) => role === 'tool').length : undefined;
};

test('three tenths of a full conversation are kept unchanged, and half of that after the provider has refused it as too long', async () => {
  expect(countKept(await run([says('Summary.')]))).toBe(11);
  expect(countKept(await run([says('Summary.')], { why: 'too_long' }))).toBe(5);
});

test('after a refusal as too long, kept tool results lose their middle', async () => {
  const history = [...rounds(10, 2000), ...round(10, 300_000).slice(0, 3)];
  const { end, outputs } = await run([says('Summary.')], { history, why: 'too_long' });
  expect(end).toMatchObject({ kind: 'done' });
  const replaced = outputs.find((output) => output.kind === 'history_replaced');
  const last = replaced?.kind === 'history_replaced' ? replaced.messages.at(-1) : undefined;
  expect(last).toMatchObject({ role: 'tool', results: [{ callId: 'c10', text: expect.stringContaining('characters left out]') }] });
});

test('a summary is requested for at most three quarters of the window, and for half of that after each refusal as too long', async () => {
  const tooLong = fails({ code: 'context_too_long', message: 'too long', httpStatus: 400 });
  const history = [
    ...Array.from({ length: 300 }, (_, at): ModelMessage => ({ role: 'user', text: `${at} ${'word '.repeat(380)}` })),
    ...rounds(4, 100),
  ];
  const { end, requests, waitsMs } = await run([tooLong, tooLong, says('Summary.')], { history });
  expect(end).toMatchObject({ kind: 'done' });
  expect(waitsMs).toEqual([0, 0]);
  const [first = 0, second = 0, third = 0] = requests.map(tokensIn);
  expect(first).toBeLessThanOrEqual(0.76 * WINDOW_TOKENS);
  expect(first).toBeGreaterThan(0.7 * WINDOW_TOKENS);
  expect(second / first).toBeCloseTo(0.5, 1);
  expect(third / second).toBeCloseTo(0.5, 1);
});

const failure = (given: Partial<ProviderFailure>): ProviderFailure => ({ code: 'provider_error', message: 'refused', ...given });

test.each([
  ['a busy service', failure({ code: 'rate_limited', httpStatus: 429 }), [500, 1000]],
  ['a service that asks for a wait', failure({ code: 'rate_limited', httpStatus: 429, retryAfterMs: 9000 }), [9000, 18_000]],
  ['a wait of half a minute', failure({ code: 'rate_limited', httpStatus: 429, retryAfterMs: 30_000 }), [30_000]],
  ['a longer wait', failure({ code: 'rate_limited', httpStatus: 429, retryAfterMs: 30_001 }), []],
  ['an unreachable service', failure({ code: 'provider_unreachable' }), [500, 1000]],
  ['an error of the service', failure({ httpStatus: 500 }), [500, 1000]],
  ['a request the service rejects', failure({ httpStatus: 499 }), []],
  ['a key that was refused', failure({ code: 'auth_failed', httpStatus: 401 }), []],
])('%s: retried as often as it may help, and then nothing is changed', async (_name, error, expected) => {
  const { end, requests, waitsMs, outputs } = await run([fails(error), fails(error), fails(error), says('not asked')]);
  expect(waitsMs).toEqual(expected);
  expect(requests).toHaveLength(expected.length + 1);
  expect(end).toEqual({ kind: 'failed' });
  expect(outputs.map(({ kind }) => kind)).toEqual(['record', 'item_added']);
  expect(outputs.at(-1)).toMatchObject({ item: { kind: 'notice', level: 'warning', text: expect.stringContaining('refused') } });
});
