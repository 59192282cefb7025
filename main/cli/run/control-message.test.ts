import { expect, test } from 'vitest';
import { parseControlMessage } from './control-message.ts';
import { type InputLine, readLines } from './input-lines.ts';

const user = (content: unknown) =>
  JSON.stringify({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content } });
const response = (body: object) => JSON.stringify({ type: 'control_response', response: body });

test.each<[string, string, object]>([
  ['a prompt', user('hi'), { kind: 'prompt', text: 'hi' }],
  [
    'blocks of text',
    user([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]),
    { kind: 'prompt', text: 'a\nb' },
  ],
  ['a block of another kind', user([{ type: 'image', source: 'x' }]), { kind: 'prompt', text: '{"type":"image","source":"x"}' }],
  [
    'a request',
    '{"type":"control_request","request_id":"r","request":{"subtype":"set_model","model":"m"}}',
    { kind: 'request', id: 'r', payload: { subtype: 'set_model', model: 'm' } },
  ],
  [
    'an answer',
    response({ subtype: 'success', request_id: 'c', response: { behavior: 'allow' } }),
    { kind: 'response', id: 'c', answer: { behavior: 'allow' } },
  ],
  ['no answer', response({ subtype: 'error', request_id: 'c', error: { message: 'busy' } }), { kind: 'response', id: 'c', error: 'busy' }],
  ['a cancel', '{"type":"control_cancel_request","request_id":"r"}', { kind: 'cancel', id: 'r' }],
  ['our own messages', '{"type":"result","subtype":"success"}', { kind: 'ignored' }],
])('%s is parsed', (_name, line, expected) => {
  expect(parseControlMessage(line)).toEqual(expected);
});

test.each([
  ['{"type":', 'no JSON'],
  ['[1]', 'no object'],
  ['{"type":"frob"}', 'type'],
  ['{"type":"user","message":{"role":"user"}}', 'message.content'],
  ['{"type":"control_request","request":{"subtype":"x"}}', 'request_id'],
])('%s is unreadable, with the reason', (line, reason) => {
  expect(parseControlMessage(line)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

async function collect(chunks: (Uint8Array | string)[], maxChars = 1000): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const line of readLines(stream(), maxChars)) lines.push(line);
  return lines;
}

test('lines are joined across pieces and split characters; the last one needs no line end', async () => {
  const bytes = Buffer.from('grüße\r\n\nzwei\ndrei');
  expect(await collect([bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)])).toEqual([
    { kind: 'line', text: 'grüße\r', number: 1 },
    { kind: 'line', text: 'zwei', number: 3 },
    { kind: 'line', text: 'drei', number: 4 },
  ]);
});

test('a line without an end is refused', async () => {
  expect(await collect(['a\n', 'x'.repeat(20), 'y'], 10)).toEqual([
    { kind: 'line', text: 'a', number: 1 },
    { kind: 'too_long', number: 2 },
  ]);
});
