import { expect, test } from 'vitest';
import type { ModelMessage, ModelToolCall, Signature, Signer } from '../provider.ts';
import { toAnthropicMessages } from './anthropic-messages.ts';
import { defined } from '../../../../preload/contract/index.ts';

const SIGNER: Signer = { protocol: 'anthropic', modelId: 'claude-sonnet-4-6', origin: 'https://api.anthropic.com' };
const OTHER: Signer = { protocol: 'openai', modelId: 'qwen3', origin: 'https://other.example' };
const map = (messages: readonly ModelMessage[], signer = SIGNER) =>
  toAnthropicMessages(messages, { signer, takes: { image: true, pdf: true } });

const user = (text: string): ModelMessage => ({ role: 'user', text });
const assistant = (more: { text?: string; thinking?: string; signature?: Signature; calls?: readonly ModelToolCall[] }): ModelMessage => ({
  role: 'assistant',
  text: more.text ?? '',
  thinking: more.thinking ?? '',
  ...defined({ thinkingSignature: more.signature }),
  toolCalls: more.calls ?? [],
});
const call = (id: string, name = 'read_file'): ModelToolCall => ({ id, name, input: { id } });
const result = (callId: string, text = 'ok') => ({ callId, name: 'read_file', text, isError: false });

test('the results of parallel calls and the text after them form one message, results first', () => {
  const mapped = map([
    user('go'),
    assistant({ text: 'I look.', calls: [call('a'), call('b')] }),
    { role: 'tool', results: [result('b', 'of b'), result('a', 'of a')] },
    user('and hurry'),
  ]);
  expect(mapped).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'go' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'a', name: 'read_file', input: { id: 'a' } },
        { type: 'tool_use', id: 'b', name: 'read_file', input: { id: 'b' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'of a' },
        { type: 'tool_result', tool_use_id: 'b', content: 'of b' },
        { type: 'text', text: 'and hurry' },
      ],
    },
  ]);
});

test('ids of another protocol become valid and stay distinct, in calls and in results', () => {
  const mapped = map([
    user('go'),
    assistant({ calls: [call('functions.read:0'), call('functions.read.0')] }),
    { role: 'tool', results: [result('functions.read:0'), result('functions.read.0')] },
    assistant({ calls: [call('functions.read:0')] }),
    { role: 'tool', results: [result('functions.read:0')] },
  ]);
  const ids = mapped.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
  );
  const answered = mapped.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
  );
  expect(new Set(ids).size).toBe(3);
  expect(answered).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
});

test('own thinking is sent back with its signature, foreign thinking and signatures are not', () => {
  const thought = { text: 'Yes.', thinking: 'Hm.' };
  const content = (signature?: Signature) =>
    map([user('q'), assistant({ ...thought, ...(signature && { signature }) }), user('r')])[1]?.content;
  expect(content({ ...SIGNER, value: 'sig' })).toEqual([
    { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
    { type: 'text', text: 'Yes.' },
  ]);
  expect(content({ ...OTHER, value: 'sig' })).toEqual([{ type: 'text', text: 'Yes.' }]);
  expect(content()).toEqual([{ type: 'text', text: 'Yes.' }]);
});

test('several blocks of thinking, some redacted, are sent back in their original positions', () => {
  const value = JSON.stringify([
    { thinking: 3, signature: 's1' },
    { redacted: 'dark' },
    { text: 2 },
    { thinking: 4, signature: 's2' },
    { text: 3 },
    { calls: 1 },
  ]);
  const message = assistant({ text: 'abcde', thinking: 'onetwoX', signature: { ...SIGNER, value }, calls: [call('a')] });
  expect(map([user('q'), message, { role: 'tool', results: [result('a')] }])[1]?.content).toEqual([
    { type: 'thinking', thinking: 'one', signature: 's1' },
    { type: 'redacted_thinking', data: 'dark' },
    { type: 'text', text: 'ab' },
    { type: 'thinking', thinking: 'twoX', signature: 's2' },
    { type: 'text', text: 'cde' },
    { type: 'tool_use', id: 'a', name: 'read_file', input: { id: 'a' } },
  ]);
});

test('two signed answers in a row become one message with only the thinking of the first', () => {
  const redacted = JSON.stringify([{ redacted: 'dark' }, { thinking: 4, signature: 's2' }, { text: 2 }]);
  const mapped = map([
    user('q'),
    assistant({ text: 'a1', thinking: 'one', signature: { ...SIGNER, value: 's1' } }),
    assistant({ text: 'a2', thinking: 'two!', signature: { ...SIGNER, value: redacted } }),
    user('r'),
  ]);
  expect(mapped[1]?.content).toEqual([
    { type: 'thinking', thinking: 'one', signature: 's1' },
    { type: 'text', text: 'a1' },
    { type: 'text', text: 'a2' },
  ]);
});

test.each([['{"not": "a layout"'], ['[{"thinking":99,"signature":"s"}]'], ['[1']])(
  'if a signature does not fit its thinking (%s), only the thinking is omitted',
  (value) => {
    const message = assistant({ text: 'Yes.', thinking: 'Hm.', signature: { ...SIGNER, value } });
    const blocks = map([user('q'), message, user('r')])[1]?.content;
    expect(JSON.stringify(blocks)).toContain('Yes.');
    if (value.startsWith('[')) expect(blocks).toEqual([{ type: 'text', text: 'Yes.' }]);
  },
);

test('thinking without a signature is sent back only to endpoints that sign nothing', () => {
  const kimi: Signer = { ...SIGNER, modelId: 'kimi-k2' };
  const value = JSON.stringify([{ thinking: 3, signature: '' }, { text: 4 }]);
  const of = (signer: Signer) =>
    map([user('q'), assistant({ text: 'Yes.', thinking: 'Hm.', signature: { ...signer, value } }), user('r')], signer)[1]?.content;
  expect(of(kimi)).toEqual([
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    { type: 'text', text: 'Yes.' },
  ]);
  expect(of(SIGNER)).toEqual([{ type: 'text', text: 'Yes.' }]);
});

test('every history alternates, begins and ends with the user, and has no empty texts', () => {
  const mapped = map([assistant({ text: 'earlier' }), user('  '), assistant({ text: 'later' }), assistant({ text: '\n' }), user('')]);
  expect(mapped.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(JSON.stringify(mapped)).not.toMatch(/"text":"\s*"/);
});

test('a call without a result gets one, and a result without its call is omitted', () => {
  const mapped = map([user('go'), { role: 'tool', results: [result('ghost')] }, assistant({ calls: [call('a')] }), user('next')]);
  expect(JSON.stringify(mapped)).not.toContain('ghost');
  expect(mapped[2]).toMatchObject({ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true }, { text: 'next' }] });
});

test('images and documents are sent in prompts and results, unreadable files are named, and errors contain only text', () => {
  const png = { mimeType: 'image/png', data: 'AAAA' };
  const mapped = map([
    {
      role: 'user',
      text: 'see',
      media: [png, { mimeType: 'application/pdf', data: 'BBBB', name: 'a.pdf' }, { mimeType: 'audio/wav', data: 'C' }],
    },
    assistant({ calls: [call('a'), call('b')] }),
    {
      role: 'tool',
      results: [
        { ...result('a'), media: [png] },
        { ...result('b', 'broke'), isError: true, media: [png] },
      ],
    },
  ]);
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  expect(mapped[0]?.content).toMatchObject([
    image,
    { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' } },
    { type: 'text', text: expect.stringContaining('audio/wav') },
    { type: 'text', text: 'see' },
  ]);
  expect(mapped[2]?.content).toEqual([
    { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'ok' }, image] },
    { type: 'tool_result', tool_use_id: 'b', content: 'broke', is_error: true },
  ]);
});
