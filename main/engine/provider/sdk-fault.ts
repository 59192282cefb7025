import type { Fault } from './provider-failure.ts';

/**
 * Reads what the `openai` package threw, by its shape: the package itself is loaded only on first use. Pure. An unknown shape is
 * `unreadable`, never a throw.
 */
export function readSdkFault(error: unknown, requestTimeoutMs: number): Fault {
  if (!(error instanceof Error)) return { kind: 'unreadable', text: String(error) };
  const kind = error.constructor.name;
  if (kind === 'APIUserAbortError' || error.name === 'AbortError') return { kind: 'cancelled' };
  if (kind === 'APIConnectionTimeoutError') return { kind: 'timeout', waitedMs: requestTimeoutMs, what: 'answer' };
  const status = field(error, 'status');
  const body = field(error, 'error');
  const code = [field(error, 'code'), field(error, 'type'), field(body, 'code'), field(body, 'type')]
    .filter((part) => typeof part === 'string')
    .join(' ');
  const text = bodyText(body) ?? error.message;
  if (typeof status === 'number') return { kind: 'http', status, retryAfter: readRetryHeader(field(error, 'headers')), code, text };
  const codes = causeCodes(error);
  if (kind === 'APIConnectionError' || codes.length > 0 || error.message === 'terminated')
    return { kind: 'network', codes, text: causeText(error) };
  if (kind === 'APIError') return { kind: 'in_stream', code, text };
  return { kind: 'unreadable', text: error.message };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Providers put their message in `message`, `error`, `detail` or nowhere. */
function bodyText(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  const found = [field(body, 'message'), field(field(body, 'error'), 'message'), field(body, 'detail'), field(body, 'msg')];
  return found.find((part) => typeof part === 'string' && part !== '') as string | undefined; // the predicate allows nothing else
}

/** `retry-after-ms` is OpenAI's own header, with a finer unit. */
function readRetryHeader(headers: unknown): string | null {
  if (!(headers instanceof Headers)) return null;
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  return Number.isFinite(ms) ? String(ms / 1000) : headers.get('retry-after');
}

function causeCodes(error: Error): string[] {
  const codes: string[] = [];
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 6; depth += 1) {
    const code = field(current, 'code');
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) codes.push(code);
    const several = field(current, 'errors');
    current = Array.isArray(several) ? several[0] : current.cause;
  }
  return codes;
}

function causeText(error: Error): string {
  let last = error;
  for (let depth = 0; depth < 6 && last.cause instanceof Error; depth += 1) last = last.cause;
  return last.message;
}
