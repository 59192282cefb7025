import { expect, test } from 'vitest';
import { estimateMessage, estimateMessages, estimateText } from './token-estimate.ts';

test('four Latin characters are one token, and a wide character is almost one', () => {
  expect([estimateText(''), estimateText('a'), estimateText('a'.repeat(400)), estimateText('字'.repeat(100))]).toEqual([0, 1, 100, 80]);
});

test('a message counts its text, its calls, its results and its attachments', () => {
  const image = { mimeType: 'image/png', data: 'x'.repeat(1_000_000), name: 'a.png' };
  const document = { mimeType: 'application/pdf', data: 'x'.repeat(1_000_000), name: 'a.pdf' };
  const small = { ...document, data: 'x' };
  expect(estimateMessage({ role: 'user', text: 'abcd' })).toBe(5);
  expect(estimateMessage({ role: 'user', text: 'abcd', media: [image, document, small] })).toBe(5 + 1500 + 10_000 + 1500);
  const called = {
    role: 'assistant',
    text: 'abcd',
    thinking: 'not sent again',
    toolCalls: [{ id: 'c', name: 'edit', input: { a: 'b' } }],
  } as const;
  expect(estimateMessage(called)).toBe(5 + 4 + 1 + 3);
  const results = [
    { callId: 'c', name: 'edit', text: 'abcd', isError: false },
    { callId: 'd', name: 'read_file', text: '', isError: false, media: [image] },
  ];
  expect(estimateMessage({ role: 'tool', results })).toBe(5 + 4 + 1500);
  expect(estimateMessages([called, { role: 'user', text: 'abcd' }])).toBe(18);
});
