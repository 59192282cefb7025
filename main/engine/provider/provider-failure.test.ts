import { expect, test } from 'vitest';
import type { ErrorCode, RequestProblem } from '../../../preload/contract/index.ts';
import { type Fault, toProviderFailure } from './provider-failure.ts';
import { readSdkFault } from './sdk-fault.ts';

const endpoint = { providerName: 'Acme', baseUrl: 'https://acme.test/v1', envKey: 'ACME_KEY' };
const fail = (fault: Fault) => toProviderFailure(fault, endpoint, { modelId: 'm-1', nowMs: 0, secrets: ['canary-secret'] });
const http = (status: number, text = '', code = ''): Fault => ({ kind: 'http', status, retryAfter: null, code, text });

test.each<[Fault, ErrorCode, RegExp]>([
  [http(401), 'auth_failed', /Acme \(https:\/\/acme\.test\/v1\) refused the key in ACME_KEY/],
  [http(403), 'permission_denied', /permissions of the key/],
  [http(403, 'Invalid API-key provided.'), 'auth_failed', /ACME_KEY/],
  [http(400, 'API key not valid. Please pass a valid API key.'), 'auth_failed', /ACME_KEY/],
  [http(404, 'The model `m-1` does not exist'), 'model_unknown', /no model m-1/],
  [http(404, 'not found'), 'provider_error', /usually ends in \/v1/],
  [http(400, 'x', 'model_not_found'), 'model_unknown', /m-1/],
  [http(429, 'Too many requests'), 'rate_limited', /received too many requests/],
  [http(429, '', 'insufficient_quota'), 'quota_exceeded', /Top it up/],
  [http(403, 'x', 'AllocationQuota.FreeTierOnly'), 'quota_exceeded', /quota/],
  [http(402), 'quota_exceeded', /quota/],
  [http(400, "This model's maximum context length is 8192 tokens"), 'context_too_long', /too long for m-1/],
  [http(413), 'context_too_long', /too long/],
  [http(500, 'oops'), 'provider_error', /reports an internal error \(HTTP 500\).*It said: oops/],
  [http(529), 'provider_error', /529/],
  [http(302), 'provider_error', /does not follow/],
  [http(422, 'bad temperature'), 'provider_error', /refused the request \(HTTP 422\)\. It said: bad temperature/],
  [{ kind: 'network', codes: ['ENOTFOUND'], text: '' }, 'provider_unreachable', /host name .* cannot be resolved/],
  [{ kind: 'network', codes: ['ECONNREFUSED'], text: '' }, 'provider_unreachable', /Nothing listens/],
  [{ kind: 'network', codes: ['ECONNRESET'], text: '' }, 'provider_unreachable', /broke/],
  [{ kind: 'network', codes: ['UND_ERR_CONNECT_TIMEOUT'], text: '' }, 'timeout', /in time/],
  [{ kind: 'network', codes: ['SELF_SIGNED_CERT_IN_CHAIN'], text: '' }, 'tls_failed', /certificate/],
  [{ kind: 'network', codes: ['ERR_SSL_WRONG_VERSION_NUMBER'], text: '' }, 'tls_failed', /https/],
  [{ kind: 'in_stream', code: 'rate_limit_exceeded', text: '' }, 'rate_limited', /middle/],
  [{ kind: 'in_stream', code: 'context_length_exceeded', text: '' }, 'context_too_long', /too long for m-1/],
  [{ kind: 'in_stream', code: '', text: 'boom' }, 'provider_error', /boom/],
  [{ kind: 'timeout', waitedMs: 240_000, what: 'more' }, 'timeout', /nothing more for 240 s/],
  [{ kind: 'unreadable', text: 'Unexpected token' }, 'stream_invalid', /cannot be read/],
  [{ kind: 'web_page' }, 'provider_error', /\/v1/],
  [{ kind: 'missing_key' }, 'missing_api_key', /ACME_KEY/],
  [{ kind: 'cancelled' }, 'cancelled', /cancelled/],
])('%o is %s', (fault, code, message) => {
  expect(fail(fault)).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a key in a text of the provider is not repeated, and a long text is shortened', () => {
  const { message } = fail(http(401, `Incorrect API key provided: canary-secret sk-abcdefghijklmnopqrst ${'x'.repeat(1000)}`));
  expect(message).not.toMatch(/canary-secret|sk-abc/);
  expect(message.length).toBeLessThan(600);
});

const provider = 'Acme (https://acme.test/v1)';

test.each<[Fault, RequestProblem | undefined]>([
  [http(429, 'slow down'), { code: 'busy', provider, said: 'slow down' }],
  [http(503), { code: 'server_error', provider, httpStatus: 503 }],
  [http(408), { code: 'too_slow', provider, httpStatus: 408 }],
  [http(401), undefined],
  [http(422, 'bad temperature'), undefined],
  [
    { kind: 'in_stream', code: '', text: 'boom' },
    { code: 'broke_off', provider, said: 'boom' },
  ],
  [{ kind: 'in_stream', code: 'context_length_exceeded', text: '' }, undefined],
  [
    { kind: 'network', codes: ['ENOTFOUND'], text: '' },
    { code: 'name_unresolved', provider },
  ],
  [
    { kind: 'network', codes: ['ECONNREFUSED'], text: '' },
    { code: 'nothing_listens', provider },
  ],
  [
    { kind: 'network', codes: ['UND_ERR_CONNECT_TIMEOUT'], text: '' },
    { code: 'no_connection', provider },
  ],
  [
    { kind: 'network', codes: ['ECONNRESET'], text: '' },
    { code: 'lost', provider, said: 'ECONNRESET' },
  ],
  [
    { kind: 'timeout', waitedMs: 240_000, what: 'answer' },
    { code: 'silent', provider, seconds: 240 },
  ],
  [
    { kind: 'timeout', waitedMs: 240_000, what: 'more' },
    { code: 'silent_midway', provider, seconds: 240 },
  ],
  [{ kind: 'timeout', waitedMs: 240_000, what: 'end' }, undefined],
  [
    { kind: 'unreadable', text: 'Unexpected token' },
    { code: 'unreadable', provider, said: 'Unexpected token' },
  ],
])('the problem of %o for a retry is %j', (fault, problem) => {
  expect(fail(fault).problem).toEqual(problem);
});

test('Retry-After is given in ms', () => {
  expect(fail({ kind: 'http', status: 429, retryAfter: '7', code: '', text: '' })).toMatchObject({ httpStatus: 429, retryAfterMs: 7000 });
});

test('all causes of a network error are read', () => {
  const error = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
  expect(readSdkFault(error, 1)).toEqual({ kind: 'network', codes: ['ECONNREFUSED'], text: 'connect' });
});

test.each([['text'], [undefined], [{ odd: true }], [new SyntaxError('Unexpected token')]])(
  'an unexpected value (%s) is unreadable, never a throw',
  (error) => {
    expect(readSdkFault(error, 1).kind).toBe('unreadable');
  },
);
