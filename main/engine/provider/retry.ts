/**
 * Decides whether and when a failed request is repeated: rules as data, randomness and time as arguments. Pure except for
 * `createRetries`, which counts the attempts of one request. It does not wait: the turn runner does, on its clock. Source:
 * docs/formats.md 3.5 and 4.4.
 */
import { ERROR_FACTS } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { ProviderFailure, RetryOptions } from './provider.ts';

/** `unattended`: the run has no user, so it waits for a busy service (429, 529) without limit. */
export type RetryMode = 'normal' | 'unattended';

/** `capacityAttempt`: set if the wait is one of the unlimited ones; counts them from 1. Unit: ms. */
export interface RetryStep {
  readonly delayMs: number;
  readonly capacityAttempt?: number;
}

/** The wait before the next attempt; undefined: no further attempt. `attempt` counts the failed attempts of a request, from 1. */
export type Retries = (failure: ProviderFailure, attempt: number) => RetryStep | undefined;

/** A backoff that doubles. `jitter` 0.3: between 70 and 130 percent. Units: ms. */
interface Backoff {
  readonly startMs: number;
  readonly capMs: number;
  readonly jitter: number;
  /** The cap also holds after the jitter. */
  readonly capsJitter: boolean;
}

/** All attempts, including the first. */
const MAX_ATTEMPTS = 7;
const NORMAL: Backoff = { startMs: 1500, capMs: 30_000, jitter: 0.3, capsJitter: false };
const CAPACITY: Backoff = { startMs: 1500, capMs: 300_000, jitter: 0.25, capsJitter: true };
const CAPACITY_STATUSES: readonly number[] = [429, 529];
/** Statuses whose Retry-After is used. */
const RETRY_AFTER_STATUSES: readonly number[] = [429, 503];
/** The longest wait, whatever the server says. */
const LONGEST_WAIT_MS = 6 * 60 * 60 * 1000;
/** A service that received too many requests counts them per minute: for one that reports it in an answer, or for a long time. */
const BUSY_STREAM: Backoff = { startMs: 60_000, capMs: 300_000, jitter: 0, capsJitter: true };
const MAX_BUSY_STREAMS = 10;
/** Statuses of a busy service: when the attempts are used up, it gets as much time as one that reports it in an answer. */
const BUSY_STATUSES: readonly number[] = [429, 503];
/** A complete but unusable answer: retried at once, then twice more. More attempts rarely help. */
const INVALID_ANSWER_DELAYS_MS: readonly number[] = [500, 2000, 4000];

/** On exactly `1` or `true` of QWEN_CODE_UNATTENDED_RETRY; `CI` changes nothing. */
export function getRetryMode(environment: Environment): RetryMode {
  const wanted = environment['QWEN_CODE_UNATTENDED_RETRY'];
  return wanted === '1' || wanted === 'true' ? 'unattended' : 'normal';
}

/**
 * True if the same request may succeed later: 429, 5xx, a lost connection, an unusable answer, but not an exhausted quota. Also
 * for the statuses that the model's settings name.
 */
export function isRetryable(failure: ProviderFailure): boolean {
  if (ERROR_FACTS[failure.code]?.isTransient) return true;
  if (failure.httpStatus !== undefined && failure.retry?.statuses?.includes(failure.httpStatus) === true) return true;
  return failure.code === 'provider_error' && (failure.httpStatus === undefined || failure.httpStatus >= 500);
}

/** The attempts made for one request. */
interface Tried {
  readonly attempts: number;
  /** Waits of the normal backoff since the last Retry-After, which restarts it. */
  readonly backoffs: number;
  readonly capacity: number;
  readonly busyStreams: number;
  readonly invalidAnswers: number;
}

const NOTHING_TRIED: Tried = { attempts: 0, backoffs: 0, capacity: 0, busyStreams: 0, invalidAnswers: 0 };

interface Decision {
  readonly tried: Tried;
  readonly step: RetryStep | undefined;
}

/** Decides for one request after the other: `attempt` 1 begins a new one. `random` returns numbers in [0, 1). */
export function createRetries(mode: RetryMode, random: () => number): Retries {
  let tried = NOTHING_TRIED;
  return (failure, attempt) => {
    const decision = decide(mode, attempt === 1 ? NOTHING_TRIED : tried, failure, random());
    tried = decision.tried;
    return decision.step;
  };
}

function decide(mode: RetryMode, before: Tried, failure: ProviderFailure, random: number): Decision {
  if (!isRetryable(failure)) return { tried: before, step: undefined };
  const { retry = {} } = failure;
  if (failure.code === 'stream_invalid') return afterInvalidAnswer(before, retry);
  if (failure.code === 'rate_limited' && failure.httpStatus === undefined) return afterBusyStream(before, retry, random);
  const attempts = before.attempts + 1;
  const maxAttempts = retry.maxRetries === undefined ? MAX_ATTEMPTS : retry.maxRetries + 1;
  const asked = askedDelayMs(failure);
  if (mode === 'unattended' && failure.httpStatus !== undefined && CAPACITY_STATUSES.includes(failure.httpStatus)) {
    const capacity = before.capacity + 1;
    // It uses all attempts but the last, which remains for other failures.
    const tried = { ...before, capacity, attempts: Math.min(attempts, maxAttempts - 1) };
    return { tried, step: { delayMs: asked ?? backoffMs(CAPACITY, capacity, random), capacityAttempt: capacity } };
  }
  if (attempts >= maxAttempts) {
    const isBusy = failure.httpStatus !== undefined && BUSY_STATUSES.includes(failure.httpStatus) && retry.maxRetries === undefined;
    // After such a wait all attempts are made again.
    return isBusy
      ? afterBusyStream({ ...before, attempts: 0, backoffs: 0 }, retry, random, asked)
      : { tried: { ...before, attempts }, step: undefined };
  }
  if (asked !== undefined) return { tried: { ...before, attempts, backoffs: 0 }, step: { delayMs: asked } };
  const backoffs = before.backoffs + 1;
  return { tried: { ...before, attempts, backoffs }, step: { delayMs: backoffMs(normalBackoff(retry), backoffs, random) } };
}

function normalBackoff({ initialDelayMs = NORMAL.startMs, maxDelayMs = NORMAL.capMs }: RetryOptions): Backoff {
  return { ...NORMAL, startMs: initialDelayMs, capMs: Math.max(initialDelayMs, maxDelayMs) };
}

function afterInvalidAnswer(before: Tried, { maxRetries = Number.POSITIVE_INFINITY }: RetryOptions): Decision {
  const delayMs = before.invalidAnswers >= maxRetries ? undefined : INVALID_ANSWER_DELAYS_MS[before.invalidAnswers];
  const tried = { ...before, invalidAnswers: before.invalidAnswers + 1 };
  return { tried, step: delayMs === undefined ? undefined : { delayMs } };
}

function afterBusyStream(before: Tried, { maxRetries = MAX_BUSY_STREAMS }: RetryOptions, random: number, atLeastMs: number = 0): Decision {
  const busyStreams = before.busyStreams + 1;
  const tried = { ...before, busyStreams };
  return {
    tried,
    step:
      busyStreams > Math.min(MAX_BUSY_STREAMS, maxRetries)
        ? undefined
        : { delayMs: Math.max(backoffMs(BUSY_STREAM, busyStreams, random), Math.min(atLeastMs, BUSY_STREAM.capMs)) },
  };
}

/** A usable Retry-After replaces the computed delay and gets no jitter. */
function askedDelayMs({ httpStatus, retryAfterMs = 0 }: ProviderFailure): number | undefined {
  const isBelieved = retryAfterMs > 0 && httpStatus !== undefined && RETRY_AFTER_STATUSES.includes(httpStatus);
  return isBelieved ? Math.min(retryAfterMs, LONGEST_WAIT_MS) : undefined;
}

/** `number` counts from 1. */
function backoffMs({ startMs, capMs, jitter, capsJitter }: Backoff, number: number, random: number): number {
  const plain = Math.min(startMs * 2 ** (number - 1), capMs);
  const jittered = Math.round(plain * (1 + (random * 2 - 1) * jitter));
  return Math.min(jittered, capsJitter ? capMs : LONGEST_WAIT_MS);
}

/**
 * Reads a Retry-After header: seconds or an HTTP date. Returns ms from `nowMs`; undefined where it is absent, past or unreadable.
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  const written = value?.trim() ?? '';
  if (written === '') return undefined;
  const ms = /^\d+(?:\.\d+)?$/.test(written) ? Number(written) * 1000 : Date.parse(written) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.ceil(ms) : undefined;
}
