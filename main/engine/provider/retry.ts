/**
 * When a failed request is made again, and after how long: policy as data, chance and time as arguments. Pure.
 * It does not wait: the turn runner does, on its clock, and shows the countdown.
 */
import type { ErrorCode } from '../../../preload/contract/index.ts';
import type { Environment } from '../ports.ts';
import type { ProviderFailure } from './provider.ts';

/** Units: ms. Source: qwen-code.md 3.5 and 4.4. */
export interface RetryPolicy {
  readonly name: 'normal' | 'unattended';
  /** Attempts in all, the first included. Infinity: it never gives up. */
  readonly maxAttempts: number;
  /** The same for answers that came but were not usable: asking often changes little. */
  readonly maxInvalidAnswers: number;
  readonly initialDelayMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** 0.3: the delay is between 70 and 130 percent. */
  readonly jitter: number;
  /** The cap also holds after the jitter. */
  readonly capsJitter: boolean;
  /** No wait is longer, whatever the server says. */
  readonly absoluteCapMs: number;
  /** Only these statuses follow this policy; absent: everything that `isRetryable`. */
  readonly onlyStatuses?: readonly number[];
  /** Whose Retry-After is believed; absent: everybody's. */
  readonly retryAfterStatuses?: readonly number[];
  /** A wait is cut into slices of this length; after each one with time left the host writes a line that it is alive. */
  readonly heartbeatMs?: number;
  /** Followed where this policy does not apply. */
  readonly otherwise?: RetryPolicy;
}

const SIX_HOURS_MS = 6 * 60 * 60 * 1000;

/** With somebody at the screen, who sees a countdown and can stop it. */
export const NORMAL_RETRY: RetryPolicy = {
  name: 'normal',
  maxAttempts: 7,
  maxInvalidAnswers: 3,
  initialDelayMs: 1500,
  factor: 2,
  capMs: 30_000,
  jitter: 0.3,
  capsJitter: false,
  absoluteCapMs: SIX_HOURS_MS,
};

/** With nobody there: a busy service is waited for without end. All other failures follow `NORMAL_RETRY`. */
export const UNATTENDED_RETRY: RetryPolicy = {
  name: 'unattended',
  maxAttempts: Number.POSITIVE_INFINITY,
  maxInvalidAnswers: 3,
  initialDelayMs: 1500,
  factor: 2,
  capMs: 300_000,
  jitter: 0.25,
  capsJitter: true,
  absoluteCapMs: SIX_HOURS_MS,
  onlyStatuses: [429, 529],
  retryAfterStatuses: [429, 503],
  heartbeatMs: 30_000,
  otherwise: NORMAL_RETRY,
};

/** On exactly `1` or `true` of QWEN_CODE_UNATTENDED_RETRY; `CI` changes nothing. */
export function retryPolicyOf(environment: Environment): RetryPolicy {
  const wanted = environment['QWEN_CODE_UNATTENDED_RETRY'];
  return wanted === '1' || wanted === 'true' ? UNATTENDED_RETRY : NORMAL_RETRY;
}

const RETRYABLE_CODES: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'provider_unreachable', 'timeout', 'stream_invalid']);

/** True where the same request may succeed later: 429, 5xx, a lost connection, an unusable answer. An exhausted quota is not. */
export function isRetryable(failure: ProviderFailure): boolean {
  if (RETRYABLE_CODES.has(failure.code)) return true;
  return failure.code === 'provider_error' && (failure.httpStatus === undefined || failure.httpStatus >= 500);
}

/**
 * What to do after attempt number `attempt` (from 1) has failed. `random` is in [0, 1).
 * A usable Retry-After replaces the computed delay and gets no jitter.
 */
export function nextRetry(
  policy: RetryPolicy,
  { attempt, failure, random }: { readonly attempt: number; readonly failure: ProviderFailure; readonly random: number },
): { readonly retry: false } | { readonly retry: true; readonly delayMs: number } {
  const status = failure.httpStatus;
  if (policy.onlyStatuses !== undefined && (status === undefined || !policy.onlyStatuses.includes(status))) {
    return policy.otherwise === undefined ? { retry: false } : nextRetry(policy.otherwise, { attempt, failure, random });
  }
  const limit = failure.code === 'stream_invalid' ? Math.min(policy.maxAttempts, policy.maxInvalidAnswers) : policy.maxAttempts;
  if (!isRetryable(failure) || attempt >= limit) return { retry: false };
  const asked = failure.retryAfterMs ?? 0;
  const believed =
    asked > 0 && (policy.retryAfterStatuses === undefined || (status !== undefined && policy.retryAfterStatuses.includes(status)));
  return { retry: true, delayMs: Math.min(believed ? asked : backoffMs(policy, attempt, random), policy.absoluteCapMs) };
}

function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const plain = Math.min(policy.initialDelayMs * policy.factor ** (attempt - 1), policy.capMs);
  const jittered = Math.round(plain * (1 + (random * 2 - 1) * policy.jitter));
  return policy.capsJitter ? Math.min(jittered, policy.capMs) : jittered;
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
