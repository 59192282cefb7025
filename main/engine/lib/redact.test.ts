import { expect, test } from 'vitest';
import { redactText, redactValue } from './redact.ts';

test.each([
  ['Incorrect API key provided: sk-proj-abcdefghijklmnop', 'Incorrect API key provided: [redacted]'],
  ['Authorization: Bearer abcdef123456', 'Authorization: [redacted]'],
  ['at https://me:hunter2@host/v1', 'at https://[redacted]@host/v1'],
  ['a plain sentence about sk-1 and tasks', 'a plain sentence about sk-1 and tasks'],
])('%s becomes %s', (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test('a known secret is masked wherever it occurs', () => {
  expect(redactText('<odd-canary> and odd-canary', ['odd-canary'])).toBe('<[redacted]> and [redacted]');
});

test('secret fields are masked at any depth, other fields stay', () => {
  expect(redactValue({ apiKey: 'x', deep: [{ authorization: 'y', envKey: 'OPENAI_API_KEY' }], n: 1, none: undefined })).toEqual({
    apiKey: '[redacted]',
    deep: [{ authorization: '[redacted]', envKey: 'OPENAI_API_KEY' }],
    n: 1,
    none: undefined,
  });
});

test('an error keeps its message and cause without keys', () => {
  const redacted = JSON.stringify(redactValue(new Error('refused sk-abcdefghijklmnop', { cause: new Error('Bearer abcdefghijkl') })));
  expect(redacted).toContain('refused [redacted]');
  expect(redacted).not.toMatch(/abcdefghijkl/);
});
