import type { Fault } from '../provider-failure.ts';
import { readSdkFault } from '../sdk-fault.ts';

/** An error in the middle of an answer has no HTTP status; its type implies one. Source: the vendor's page on errors. */
const STATUSES: Readonly<Record<string, number>> = {
  authentication_error: 401,
  permission_error: 403,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Does what `readSdkFault` does, for this vendor's error types. Pure. */
export function readAnthropicFault(error: unknown, requestTimeoutMs: number): Fault {
  const fault = readSdkFault(error, requestTimeoutMs);
  if (fault.kind === 'in_stream') {
    const type = Object.keys(STATUSES).find((known) => fault.code.includes(known));
    const status = type === undefined ? undefined : STATUSES[type];
    return status === undefined ? fault : { kind: 'http', status, retryAfter: null, code: fault.code, text: fault.text };
  }
  if (fault.kind !== 'http') return fault;
  const add = (code: string): Fault => ({ ...fault, code: `${fault.code} ${code}` });
  // This vendor reports exhausted credit as a bad request.
  if (fault.status === 400 && /credit balance/i.test(fault.text)) return { ...fault, status: 402 };
  if (fault.status === 400 && /exceed context limit|prompt is too long/i.test(fault.text)) return add('context_length_exceeded');
  if (fault.status === 404 && fault.text.startsWith('model:')) return add('model_not_found');
  return fault;
}
