import { expect, test } from 'vitest';
import type { ProviderFailure } from './provider.ts';
import { createRetries, isRetryable, parseRetryAfter, getRetryMode, type RetryMode } from './retry.ts';

const busy: ProviderFailure = { code: 'rate_limited', message: '', httpStatus: 429 };
const overloaded: ProviderFailure = { code: 'provider_error', message: '', httpStatus: 529 };
const broken: ProviderFailure = { code: 'provider_error', message: '', httpStatus: 500 };
const invalid: ProviderFailure = { code: 'stream_invalid', message: '' };
const busyStream: ProviderFailure = { code: 'rate_limited', message: '' };
const HOUR_MS = 3_600_000;
const noJitter = () => 0.5;

/** The waits after these failures of one request; `stop` if it is not repeated. */
function waits(mode: RetryMode, failures: readonly ProviderFailure[], random = noJitter): (number | 'stop')[] {
  const next = createRetries(mode, random);
  return failures.map((failure, index) => next(failure, index + 1)?.delayMs ?? 'stop');
}
const times = (count: number, failure: ProviderFailure) => Array.from({ length: count }, () => failure);

test.each<[ProviderFailure, boolean]>([
  [busy, true],
  [{ code: 'quota_exceeded', message: '', httpStatus: 429 }, false],
  [broken, true],
  [overloaded, true],
  [{ code: 'provider_error', message: '' }, true],
  [{ code: 'provider_error', message: '', httpStatus: 400 }, false],
  [{ code: 'provider_unreachable', message: '' }, true],
  [{ code: 'timeout', message: '' }, true],
  [invalid, true],
  [{ code: 'auth_failed', message: '', httpStatus: 401 }, false],
  [{ code: 'permission_denied', message: '', httpStatus: 403 }, false],
  [{ code: 'model_unknown', message: '', httpStatus: 404 }, false],
  [{ code: 'context_too_long', message: '', httpStatus: 400 }, false],
  [{ code: 'tls_failed', message: '' }, false],
  [{ code: 'cancelled', message: '' }, false],
])('%o is retried: %s', (failure, expected) => {
  expect(isRetryable(failure)).toBe(expected);
});

test.each([
  ['529', overloaded],
  ['500', broken],
  ['a lost connection', { code: 'provider_unreachable', message: '' } as const],
])('normal waits after %s double from 1.5 s to 30 s and end after the seventh attempt', (_name, failure) => {
  expect(waits('normal', times(7, failure))).toEqual([1500, 3000, 6000, 12_000, 24_000, 30_000, 'stop']);
});

test('a service that stays busy gets ten more series of attempts, after one to five minutes each', () => {
  const series = [1500, 3000, 6000, 12_000, 24_000, 30_000];
  expect(waits('normal', times(14, busy))).toEqual([...series, 60_000, ...series, 120_000]);
  const all = waits('normal', times(77, { ...busy, httpStatus: 503 }));
  expect([all[69], all[75], all[76]]).toEqual([300_000, 30_000, 'stop']);
  const asked = waits('normal', times(7, { ...busy, retryAfterMs: HOUR_MS }));
  expect(asked.at(-1)).toBe(300_000);
  expect(waits('normal', times(3, { ...busy, retry: { maxRetries: 2 } }))).toEqual([1500, 3000, 'stop']);
});

test('unattended waits after 429 and 529 double from 1.5 s to five minutes and never end', () => {
  const delays = waits('unattended', [...times(5, busy), ...times(995, overloaded)]);
  expect(delays.slice(0, 10)).toEqual([1500, 3000, 6000, 12_000, 24_000, 48_000, 96_000, 192_000, 300_000, 300_000]);
  expect(delays.at(-1)).toBe(300_000);
});

test('jitter is thirty percent either way, or a quarter and never above the cap when unattended', () => {
  const last = (mode: RetryMode, count: number, random: number) => waits(mode, times(count, busy), () => random).at(-1);
  expect([last('normal', 1, 0), last('normal', 1, 1), last('normal', 6, 1)]).toEqual([1050, 1950, 39_000]);
  expect([last('unattended', 1, 0), last('unattended', 1, 1)]).toEqual([1125, 1875]);
  expect([last('unattended', 50, 0), last('unattended', 50, 1)]).toEqual([225_000, 300_000]);
});

test.each<[RetryMode]>([['normal'], ['unattended']])('%s: a Retry-After replaces the wait without jitter, up to six hours', (mode) => {
  const asked = (retryAfterMs: number) => waits(mode, [{ ...busy, retryAfterMs }], () => 0)[0];
  expect([asked(4200), asked(HOUR_MS), asked(10 * HOUR_MS)]).toEqual([4200, HOUR_MS, 6 * HOUR_MS]);
  expect(asked(0)).not.toBe(0);
});

test('a Retry-After is used only with 429 and 503', () => {
  const asked = (mode: RetryMode, httpStatus: number) =>
    waits(mode, [{ code: 'provider_error', message: '', httpStatus, retryAfterMs: 60_000 }])[0];
  expect([asked('normal', 503), asked('normal', 500), asked('unattended', 503), asked('unattended', 529)]).toEqual([
    60_000, 1500, 60_000, 1500,
  ]);
});

test('a Retry-After restarts the normal backoff', () => {
  const asked = { ...busy, retryAfterMs: 9000 };
  expect(waits('normal', [broken, broken, asked, broken, broken])).toEqual([1500, 3000, 9000, 1500, 3000]);
});

test('unattended: other failures keep the normal waits and attempts, and the last attempt is reserved for them', () => {
  expect(waits('unattended', times(7, broken))).toEqual([1500, 3000, 6000, 12_000, 24_000, 30_000, 'stop']);
  expect(waits('unattended', [...times(100, busy), broken]).at(-1)).toBe('stop');
  expect(waits('unattended', [broken, busy, busy, broken])).toEqual([1500, 1500, 3000, 3000]);
  expect(waits('unattended', [{ code: 'quota_exceeded', message: '', httpStatus: 429 }])).toEqual(['stop']);
});

test('only the waits for capacity are counted, and so only they are reported', () => {
  const next = createRetries('unattended', noJitter);
  expect([broken, busy, overloaded, broken].map((failure, index) => next(failure, index + 1)?.capacityAttempt)).toEqual([
    undefined,
    1,
    2,
    undefined,
  ]);
  expect(createRetries('normal', noJitter)(busy, 1)?.capacityAttempt).toBeUndefined();
});

test('the next request restarts the count', () => {
  const next = createRetries('unattended', noJitter);
  next(busy, 1);
  next(busy, 2);
  expect(next(busy, 1)).toEqual({ delayMs: 1500, capacityAttempt: 1 });
});

test.each<[RetryMode]>([['normal'], ['unattended']])('%s: an unusable answer is retried at once, then twice more', (mode) => {
  expect(waits(mode, times(4, invalid))).toEqual([500, 2000, 4000, 'stop']);
});

test('a service that is busy in the middle of an answer is retried ten times, once a minute', () => {
  const delays = waits('normal', times(11, busyStream));
  expect(delays.slice(0, 4)).toEqual([60_000, 120_000, 240_000, 300_000]);
  expect(delays.slice(9)).toEqual([300_000, 'stop']);
});

test.each([
  ['1', 'unattended'],
  ['true', 'unattended'],
  ['TRUE', 'normal'],
  ['yes', 'normal'],
  [' 1', 'normal'],
  [undefined, 'normal'],
])('QWEN_CODE_UNATTENDED_RETRY=%s means %s', (value, mode) => {
  expect(getRetryMode({ QWEN_CODE_UNATTENDED_RETRY: value, CI: 'true' })).toBe(mode);
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
