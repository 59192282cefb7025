/** Reads what `@google/genai` threw, and what the response said that the SDK does not pass on. Pure. */
import { z } from 'zod';
import type { Fault } from '../provider-failure.ts';
import { readSdkFault } from '../sdk-fault.ts';

/** Of the last response, if there was one. */
export interface SeenResponse {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** A fault that was already read in a place where more was known than its error says. */
export class KnownFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.kind);
    this.fault = fault;
  }
}

const ErrorBody = z.object({
  error: z.object({
    code: z.union([z.number(), z.string()]).optional().catch(undefined),
    message: z.string().catch(''),
    status: z.string().catch(''),
    details: z
      .array(
        z.object({
          reason: z.string().optional().catch(undefined),
          retryDelay: z.string().optional().catch(undefined),
          violations: z
            .array(z.object({ quotaId: z.string().catch('') }))
            .optional()
            .catch(undefined),
        }),
      )
      .catch([]),
  }),
});
type ErrorBody = z.infer<typeof ErrorBody>['error'];

export function readGeminiFault(error: unknown, requestTimeoutMs: number, seen?: SeenResponse): Fault {
  if (error instanceof KnownFault) return error.fault;
  if (!(error instanceof Error) || error.name !== 'ApiError') {
    // A redirect, which is not followed, is not an ApiError.
    if (seen !== undefined && seen.status >= 300 && seen.status < 400) return { kind: 'http', ...seen, code: '', text: '' };
    return readSdkFault(error, requestTimeoutMs);
  }
  const status = 'status' in error && typeof error.status === 'number' ? error.status : (seen?.status ?? 500);
  const body = parseBody(error.message);
  const text = body?.message ?? error.message;
  const code = [body?.status, ...(body?.details.map((detail) => detail.reason) ?? []), ownCode(status, text)].filter(Boolean).join(' ');
  const retryAfter = seen?.retryAfter ?? findRetryDelay(body) ?? null;
  const quotas = body?.details.flatMap((detail) => detail.violations?.map((violation) => violation.quotaId) ?? []) ?? [];
  // The service reports both as an exhausted quota; only the per-minute quota recovers by itself.
  if (status === 429 && retryAfter !== null && !quotas.some((quota) => /PerDay/i.test(quota))) {
    return { kind: 'http', status, retryAfter, code: 'rate_limit', text: 'too many requests' };
  }
  return { kind: 'http', status, retryAfter, code, text };
}

/** Maps the service's status words to the codes of other providers. */
function ownCode(status: number, text: string): string | undefined {
  if (status === 400 && /exceeds? the maximum number of tokens/i.test(text)) return 'context_length_exceeded';
  return status === 404 && /not found|not supported for|does not exist/i.test(text) ? 'model_not_found' : undefined;
}

/** The message is the body of the response; after `got status: …` if the error came in the middle of an answer. */
function parseBody(message: string): ErrorBody | undefined {
  try {
    const start = message.search(/[[{]/);
    const parsed: unknown = JSON.parse(message.slice(Math.max(start, 0)));
    const body = ErrorBody.safeParse(Array.isArray(parsed) ? parsed[0] : parsed).data?.error;
    const inner = body?.message.startsWith('{') === true ? parseBody(body.message) : undefined;
    return inner ?? body;
  } catch {
    return undefined; // not JSON: only the message itself is available
  }
}

/** `retryDelay` as `34.5s`. */
function findRetryDelay(body: ErrorBody | undefined): string | undefined {
  const delay = body?.details.find((detail) => detail.retryDelay !== undefined)?.retryDelay;
  return delay === undefined ? undefined : /^\d+(?:\.\d+)?(?=s$)/.exec(delay)?.[0];
}
