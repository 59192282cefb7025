import { expect, test } from 'vitest';
import { toProviderFailure } from '../provider-failure.ts';
import { readGeminiFault } from './gemini-fault.ts';

/** As the SDK throws it: the body of the response is the message. */
const apiError = (status: number, body: unknown) => {
  const error = new Error(typeof body === 'string' ? body : JSON.stringify(body));
  return Object.assign(error, { name: 'ApiError', status });
};
const google = (code: number, status: string, message: string, details: readonly object[] = []) => ({
  error: { code, status, message, details },
});
const codeOf = (error: unknown, seen?: Parameters<typeof readGeminiFault>[2]) =>
  toProviderFailure(
    readGeminiFault(error, 1000, seen),
    { providerName: 'Gemini', baseUrl: 'https://g.example', envKey: 'GEMINI_API_KEY' },
    { modelId: 'gemini-2.5-pro', nowMs: 0 },
  );

test.each<[string, unknown, object]>([
  [
    'a wrong key',
    apiError(400, google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')),
    { code: 'auth_failed', httpStatus: 400 },
  ],
  [
    'an unknown model',
    apiError(
      404,
      google(404, 'NOT_FOUND', 'models/gemini-1.0-x is not found for API version v1beta, or is not supported for generateContent.'),
    ),
    { code: 'model_unknown' },
  ],
  [
    'too much context',
    apiError(
      400,
      google(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
    ),
    { code: 'context_too_long' },
  ],
  ['a busy service', apiError(503, google(503, 'UNAVAILABLE', 'The model is overloaded.')), { code: 'provider_error', httpStatus: 503 }],
  ['an error in a list', apiError(403, [google(403, 'PERMISSION_DENIED', 'No access.')]), { code: 'permission_denied' }],
  [
    'an error after text',
    apiError(500, `got status: INTERNAL. ${JSON.stringify(google(500, 'INTERNAL', 'Oops.'))}`),
    { httpStatus: 500, message: expect.stringContaining('Oops.') },
  ],
  ['an error that is not JSON', apiError(502, 'Bad Gateway'), { httpStatus: 502, message: expect.stringContaining('Bad Gateway') }],
])('%s', (_what, error, expected) => {
  expect(codeOf(error)).toMatchObject(expected);
});

const quota = (quotaId: string, retryDelay: string) =>
  apiError(
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.', [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ]),
  );

test('the per-minute quota recovers by itself, the daily one does not', () => {
  expect(codeOf(quota('GenerateRequestsPerMinutePerProjectPerModel', '34.5s'))).toMatchObject({
    code: 'rate_limited',
    retryAfterMs: 34_500,
  });
  expect(codeOf(quota('GenerateRequestsPerDayPerProjectPerModel', '34s'))).toMatchObject({ code: 'quota_exceeded' });
});

test('the header of the response takes precedence over the body', () => {
  expect(codeOf(quota('PerMinute', '34s'), { status: 429, retryAfter: '7' })).toMatchObject({ retryAfterMs: 7000 });
});

test('a redirect is not followed, and the fault says so', () => {
  expect(codeOf(new Error('{}'), { status: 302, retryAfter: null })).toMatchObject({
    httpStatus: 302,
    message: expect.stringContaining('another address'),
  });
});
