import { expect, test } from 'vitest';
import type { RequestProblem } from '../../../../preload/contract/index.ts';
import { retryReason } from './retry-reason.ts';

const ACME = 'Acme (https://acme.test/v1)';

test.each<[RequestProblem | undefined, string]>([
  [undefined, 'from the host'],
  [{ code: 'busy', provider: ACME }, 'Acme (https://acme.test/v1) received too many requests. Wait a moment, or choose another model.'],
  [
    { code: 'busy', provider: ACME, said: 'slow down' },
    'Acme (https://acme.test/v1) received too many requests. Wait a moment, or choose another model. It said: slow down',
  ],
  [{ code: 'unreadable', provider: ACME }, 'Acme (https://acme.test/v1) sent an answer that cannot be read.'],
  [{ code: 'broke_off', provider: ACME }, 'Acme (https://acme.test/v1) stopped in the middle of its answer.'],
  [
    { code: 'name_unresolved', provider: ACME },
    'The host name of Acme (https://acme.test/v1) cannot be resolved. Check the base URL and your connection.',
  ],
  [
    { code: 'nothing_listens', provider: ACME },
    'Nothing listens at Acme (https://acme.test/v1). Start the server, or check host and port of the base URL.',
  ],
  [
    { code: 'no_connection', provider: ACME },
    'No connection to Acme (https://acme.test/v1) in time. Check the base URL, a proxy or firewall, and your connection.',
  ],
  [
    { code: 'lost', provider: ACME, said: 'ECONNRESET' },
    'The connection to Acme (https://acme.test/v1) broke. Check your connection and try again. It said: ECONNRESET',
  ],
  [
    { code: 'server_error', provider: ACME, httpStatus: 503 },
    'Acme (https://acme.test/v1) reports an internal error (HTTP 503). Try again later.',
  ],
  [{ code: 'too_slow', provider: ACME, httpStatus: 408 }, 'Acme (https://acme.test/v1) took too long (HTTP 408). Try again.'],
  [
    { code: 'silent', provider: ACME, seconds: 240 },
    'Acme (https://acme.test/v1) sent nothing for 240 s. Try again, or choose another model.',
  ],
  [
    { code: 'silent_midway', provider: ACME, seconds: 240 },
    'Acme (https://acme.test/v1) sent nothing more for 240 s. Try again, or choose another model.',
  ],
  [{ code: 'no_end' }, 'The answer ended without an end marker.'],
  [{ code: 'no_text' }, 'The output limit was reached before any text was received.'],
  [{ code: 'empty' }, 'The model sent an empty answer.'],
])('the reason %j is “%s”', (problem, text) => {
  expect(retryReason({ reason: 'from the host', problem })).toBe(text);
});
