import { expect, test } from 'vitest';
import { type RunningTurn, TurnId } from '../../../preload/contract/index.ts';
import { createTelemetryRecords } from './telemetry-records.ts';

function setUp() {
  let nowMs = 1000;
  const records = createTelemetryRecords({ promptId: 's########1', modelId: 'm', nowMs: () => nowMs });
  const turn = (phase: RunningTurn['phase'], reason = ''): RunningTurn => ({
    id: TurnId.parse('t'),
    phase,
    startedAtMs: 0,
    ...(phase === 'retrying' ? { retry: { atMs: 0, attempt: 1, reason } } : {}),
  });
  const events = (drafts: readonly { readonly [field: string]: unknown }[]) =>
    drafts.map((draft) => (draft['systemPayload'] as { uiEvent: unknown }).uiEvent); // the shape this module writes
  return { records, turn, events, wait: (ms: number) => void (nowMs += ms) };
}

test('an answer is recorded with its tokens and the time since its request, a call with its arguments and its duration', () => {
  const { records, turn, events, wait } = setUp();
  records.turnChanged(turn('streaming'));
  wait(250);
  const call = { functionCall: { id: 'c1', name: 'glob', args: { pattern: '*' } } };
  const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 };
  const answer = { uuid: 'a', type: 'assistant', model: 'm2', message: { role: 'model', parts: [call] }, usageMetadata } as const;
  expect(events(records.before(answer))).toMatchObject([
    {
      'event.name': 'qwen-code.api_response',
      model: 'm2',
      duration_ms: 250,
      input_token_count: 10,
      total_token_count: 12,
      prompt_id: 's########1',
    },
  ]);
  wait(40);
  const parts = [{ functionResponse: { id: 'c1', name: 'glob', response: { output: 'abc' } } }];
  const result = { type: 'tool_result', message: { parts }, toolCallResult: { status: 'success' }, gantry: { startedAtMs: 1260 } } as const;
  expect(events(records.before(result))).toMatchObject([
    {
      'event.name': 'qwen-code.tool_call',
      function_name: 'glob',
      function_args: { pattern: '*' },
      duration_ms: 30,
      success: true,
      content_length: 3,
    },
  ]);
  expect(records.before({ type: 'user', message: { parts: [] } })).toEqual([]);
});

test('a failed request is recorded once, however long the wait, and so is the one that ends the turn', () => {
  const { records, turn, events } = setUp();
  records.turnChanged(turn('streaming'));
  expect(events(records.turnChanged(turn('retrying', 'busy')))).toMatchObject([
    { 'event.name': 'qwen-code.api_error', error_message: 'busy' },
  ]);
  expect(records.turnChanged(turn('retrying', 'busy'))).toEqual([]);
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };
  const result = { turnId: TurnId.parse('t'), usage, durationMs: 0, apiDurationMs: 0, modelRequests: 1, denied: [] };
  expect(events(records.ended({ ...result, end: 'failed', error: { code: 'auth_failed', message: 'no' } }))).toMatchObject([
    { error_message: 'no', error_type: 'auth_failed', model: 'm' },
  ]);
  expect(records.ended({ ...result, end: 'completed' })).toEqual([]);
});
