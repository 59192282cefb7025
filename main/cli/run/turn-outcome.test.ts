import { expect, test } from 'vitest';
import type { ErrorCode, TurnResult } from '../../../preload/contract/index.ts';
import { EXIT, errorTypeOf, exitCodeOf } from '../exit-codes.ts';
import { NO_TURN, outcomeOf } from './turn-outcome.ts';

const ended = (end: TurnResult['end'], over: Partial<TurnResult> = {}): TurnResult => ({ ...NO_TURN, end, ...over });
const failed = (code: ErrorCode) => ended('failed', { error: { code, message: 'why' } });

test.each<[ErrorCode, number]>([
  ['no_model', EXIT.badConfiguration],
  ['missing_api_key', EXIT.badConfiguration],
  ['endpoint_untrusted', EXIT.badConfiguration],
  ['settings_broken', EXIT.badConfiguration],
  ['settings_unwritable', EXIT.badConfiguration],
  ['keyring_unavailable', EXIT.badConfiguration],
  ['consent_required', EXIT.badConfiguration],
  ['bad_params', EXIT.badInput],
  ['auth_failed', EXIT.failure],
  ['session_unknown', EXIT.failure],
])('%s is exit %i', (code, exitCode) => {
  expect(exitCodeOf(code)).toBe(exitCode);
  expect(outcomeOf(failed(code), {}, 0)).toMatchObject({ kind: 'failed', failure: { exitCode } });
});

test.each([
  [42, 'FatalInputError'],
  [52, 'FatalConfigError'],
  [53, 'FatalTurnLimitedError'],
  [55, 'FatalBudgetExceededError'],
  [1, 'AlreadyReportedError'],
])('exit %i is a %s', (exitCode, type) => {
  expect(errorTypeOf(exitCode)).toBe(type);
});

test.each<ErrorCode>([
  'auth_failed',
  'permission_denied',
  'rate_limited',
  'quota_exceeded',
  'context_too_long',
  'provider_unreachable',
  'tls_failed',
  'provider_error',
  'stream_invalid',
  'timeout',
  'model_unknown',
])("%s is marked as an error on the model's side", (code) => {
  expect(outcomeOf(failed(code), {}, 0)).toMatchObject({ failure: { message: '[API Error: why]' } });
});

test('an error on this side is not marked', () => {
  expect(outcomeOf(failed('missing_api_key'), {}, 0)).toMatchObject({ failure: { message: 'why' } });
});

test('a turn that ended by itself is a success, a cancelled or interrupted turn is not', () => {
  expect(outcomeOf(ended('completed'), {}, 0)).toEqual({ kind: 'success' });
  expect(outcomeOf(ended('cancelled'), {}, 0)).toMatchObject({ kind: 'failed', failure: { exitCode: EXIT.failure } });
  expect(outcomeOf(ended('interrupted'), {}, 0)).toMatchObject({ kind: 'failed', failure: { exitCode: EXIT.failure } });
});

test.each<[TurnResult, object, number, number, string]>([
  [ended('max_turns', { modelRequests: 3 }), { maxTurns: 3 }, 0, EXIT.turnLimit, '--max-session-turns'],
  [failed('tool_limit_reached'), { maxToolCalls: 2 }, 3, EXIT.budget, 'tool-call budget of 2 exceeded (--max-tool-calls); observed 3'],
  [ended('cancelled', { durationMs: 1500 }), { maxWallTimeMs: 1500 }, 0, EXIT.budget, 'wall-time budget of 1.5s exceeded'],
])('a limit of the run has its own end: %o', (result, limits, toolCalls, exitCode, message) => {
  expect(outcomeOf(result, limits, toolCalls)).toMatchObject({
    kind: 'limit',
    failure: { exitCode, message: expect.stringContaining(message) },
  });
});

test('a turn that was cancelled before its time limit is only cancelled', () => {
  expect(outcomeOf(ended('cancelled', { durationMs: 1499 }), { maxWallTimeMs: 1500 }, 0)).toMatchObject({ kind: 'failed' });
});
