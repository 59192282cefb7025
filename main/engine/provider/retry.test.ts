import { expect, test } from 'vitest';
import type { ProviderFailure } from './provider.ts';
import { isRetryable, nextRetry, NORMAL_RETRY, parseRetryAfter, retryPolicyOf, UNATTENDED_RETRY } from './retry.ts';

const busy: ProviderFailure = { code: 'rate_limited', message: '', httpStatus: 429 };
const middle = 0.5; // no jitter

test.each<[ProviderFailure, boolean]>([
  [busy, true],
  [{ code: 'quota_exceeded', message: '', httpStatus: 429 }, false],
  [{ code: 'provider_error', message: '', httpStatus: 500 }, true],
  [{ code: 'provider_error', message: '', httpStatus: 529 }, true],
  [{ code: 'provider_error', message: '' }, true],
  [{ code: 'provider_error', message: '', httpStatus: 400 }, false],
  [{ code: 'provider_unreachable', message: '' }, true],
  [{ code: 'timeout', message: '' }, true],
  [{ code: 'stream_invalid', message: '' }, true],
  [{ code: 'auth_failed', message: '', httpStatus: 401 }, false],
  [{ code: 'permission_denied', message: '', httpStatus: 403 }, false],
  [{ code: 'model_unknown', message: '', httpStatus: 404 }, false],
  [{ code: 'context_too_long', message: '', httpStatus: 400 }, false],
  [{ code: 'tls_failed', message: '' }, false],
  [{ code: 'cancelled', message: '' }, false],
])('%o may be tried again: %s', (failure, expected) => {
  expect(isRetryable(failure)).toBe(expected);
});

test('normal delays double from 1.5 s to 30 s and end after the seventh attempt', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => nextRetry(NORMAL_RETRY, { attempt, failure: busy, random: middle }));
  expect(delays.map((next) => (next.retry ? next.delayMs : 'stop'))).toEqual([1500, 3000, 6000, 12_000, 24_000, 30_000, 'stop']);
});

test('jitter is thirty percent either way, or a quarter and never above the cap when unattended', () => {
  const delay = (policy: typeof NORMAL_RETRY, attempt: number, random: number) => nextRetry(policy, { attempt, failure: busy, random });
  expect(delay(NORMAL_RETRY, 1, 0)).toEqual({ retry: true, delayMs: 1050 });
  expect(delay(NORMAL_RETRY, 1, 1)).toEqual({ retry: true, delayMs: 1950 });
  expect(delay(UNATTENDED_RETRY, 1, 0)).toEqual({ retry: true, delayMs: 1125 });
  expect(delay(UNATTENDED_RETRY, 50, 1)).toEqual({ retry: true, delayMs: 300_000 });
});

test('a Retry-After replaces the delay without jitter, and never beyond six hours', () => {
  const asked = (retryAfterMs: number) => nextRetry(NORMAL_RETRY, { attempt: 1, failure: { ...busy, retryAfterMs }, random: 0 });
  expect(asked(4200)).toEqual({ retry: true, delayMs: 4200 });
  expect(asked(10 * 60 * 60 * 1000)).toEqual({ retry: true, delayMs: 6 * 60 * 60 * 1000 });
  expect(asked(0)).toEqual({ retry: true, delayMs: 1050 });
});

test('unattended: 429 and 529 never end, other failures follow the normal policy, a quota fails at once', () => {
  const at = (attempt: number, failure: ProviderFailure) => nextRetry(UNATTENDED_RETRY, { attempt, failure, random: middle });
  expect(at(1000, busy)).toEqual({ retry: true, delayMs: 300_000 });
  expect(at(1000, { code: 'provider_error', message: '', httpStatus: 529 })).toEqual({ retry: true, delayMs: 300_000 });
  expect(at(1, { code: 'provider_error', message: '', httpStatus: 503 })).toEqual({ retry: true, delayMs: 1500 });
  expect(at(7, { code: 'provider_error', message: '', httpStatus: 503 })).toEqual({ retry: false });
  expect(at(1, { code: 'quota_exceeded', message: '', httpStatus: 429 })).toEqual({ retry: false });
  expect(at(1, { ...busy, httpStatus: 529, retryAfterMs: 60_000 })).toEqual({ retry: true, delayMs: 1500 });
  expect(at(1, { ...busy, retryAfterMs: 3_600_000 })).toEqual({ retry: true, delayMs: 3_600_000 });
});

test('an unusable answer is asked for three times in all', () => {
  const failure: ProviderFailure = { code: 'stream_invalid', message: '' };
  expect([1, 2, 3].map((attempt) => nextRetry(NORMAL_RETRY, { attempt, failure, random: middle }).retry)).toEqual([true, true, false]);
});

test.each([
  ['1', 'unattended'],
  ['true', 'unattended'],
  ['TRUE', 'normal'],
  ['yes', 'normal'],
  [undefined, 'normal'],
])('QWEN_CODE_UNATTENDED_RETRY=%s means %s', (value, name) => {
  expect(retryPolicyOf({ QWEN_CODE_UNATTENDED_RETRY: value, CI: 'true' }).name).toBe(name);
});

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
test.each([
  ['7', 7000],
  ['0.5', 500],
  ['0', undefined],
  ['-1', undefined],
  ['soon', undefined],
  [null, undefined],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', undefined],
])('Retry-After %s is %s ms', (value, ms) => {
  expect(parseRetryAfter(value, NOW_MS)).toBe(ms);
});
