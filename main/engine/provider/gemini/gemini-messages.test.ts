import { expect, test } from 'vitest';
import { READ_TOOL } from '../anthropic-gemini.fixture.ts';
import type { ModelMessage, ModelToolCall, Signer } from '../provider.ts';
import { geminiVersion, toGeminiContents, toGeminiTools } from './gemini-messages.ts';

const SIGNER: Signer = { protocol: 'gemini', modelId: 'gemini-2.5-pro', origin: 'https://generativelanguage.googleapis.com' };
const THIRD: Signer = { ...SIGNER, modelId: 'gemini-3-pro-preview' };
const map = (messages: readonly ModelMessage[], signer = SIGNER) =>
  toGeminiContents(messages, { signer, takes: { image: true, pdf: true } });

const user = (text: string): ModelMessage => ({ role: 'user', text });
const call = (id: string, more: Partial<ModelToolCall> = {}): ModelToolCall => ({ id, name: 'read_file', input: { id }, ...more });
const answer = (text: string, ...toolCalls: ModelToolCall[]): ModelMessage => ({ role: 'assistant', text, thinking: 'Hm.', toolCalls });
const result = (callId: string, text = 'ok', isError = false) => ({ callId, name: 'read_file', text, isError });
const png = { mimeType: 'image/png', data: 'AAAA' };

test('calls and their results are one content each, an error is marked as one, thinking is omitted', () => {
  const mapped = map([
    user('go'),
    answer('I look.', call('a'), call('b')),
    { role: 'tool', results: [result('b', 'broke', true), result('a', 'of a')] },
    user('and hurry'),
  ]);
  expect(mapped).toEqual([
    { role: 'user', parts: [{ text: 'go' }] },
    {
      role: 'model',
      parts: [
        { text: 'I look.' },
        { functionCall: { id: 'a', name: 'read_file', args: { id: 'a' } } },
        { functionCall: { id: 'b', name: 'read_file', args: { id: 'b' } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'a', name: 'read_file', response: { output: 'of a' } } },
        { functionResponse: { id: 'b', name: 'read_file', response: { error: 'broke' } } },
        { text: 'and hurry' },
      ],
    },
  ]);
});

test('a signature is sent back on the part it belongs to, and only to its signer', () => {
  const message: ModelMessage = {
    role: 'assistant',
    text: 'Yes.',
    thinking: '',
    thinkingSignature: { ...SIGNER, value: 'of-text' },
    toolCalls: [call('a', { signature: { ...SIGNER, value: 'of-call' } }), call('b', { signature: { ...THIRD, value: 'foreign' } })],
  };
  expect(map([user('q'), message])[1]?.parts).toEqual([
    { text: 'Yes.', thoughtSignature: 'of-text' },
    { functionCall: { id: 'a', name: 'read_file', args: { id: 'a' } }, thoughtSignature: 'of-call' },
    { functionCall: { id: 'b', name: 'read_file', args: { id: 'b' } } },
  ]);
});

test('for the third generation foreign calls are marked as such, once per answer', () => {
  const marks = (signer: Signer, ...calls: ModelToolCall[]) =>
    map([user('q'), answer('', ...calls)], signer)[1]?.parts?.map((part) => part.thoughtSignature);
  expect(marks(THIRD, call('a'), call('b'))).toEqual(['skip_thought_signature_validator', undefined]);
  expect(marks(THIRD, call('a', { signature: { ...THIRD, value: 'own' } }), call('b'))).toEqual(['own', undefined]);
  expect(marks(SIGNER, call('a'))).toEqual([undefined]);
});

test('media from a tool is inside its result for the third generation, and after all results in earlier ones', () => {
  const history: readonly ModelMessage[] = [
    user('q'),
    answer('', call('a'), call('b')),
    { role: 'tool', results: [{ ...result('a'), media: [png] }, result('b')] },
  ];
  const inline = { inlineData: png };
  expect(map(history, THIRD)[2]?.parts).toMatchObject([
    { functionResponse: { id: 'a', parts: [inline] } },
    { functionResponse: { id: 'b' } },
  ]);
  expect(map(history)[2]?.parts).toEqual([
    { functionResponse: { id: 'a', name: 'read_file', response: { output: 'ok' } } },
    { functionResponse: { id: 'b', name: 'read_file', response: { output: 'ok' } } },
    inline,
  ]);
});

test('a history begins with the user, and has no empty texts', () => {
  const mapped = map([
    answer('earlier'),
    user(' '),
    answer(''),
    { role: 'user', text: '', media: [png, { mimeType: 'audio/wav', data: 'C' }] },
  ]);
  expect(mapped.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
  expect(mapped[2]?.parts).toEqual([{ inlineData: png }, { text: expect.stringContaining('audio/wav') }]);
});

test('a tool is sent with its schema; one without parameters has none', () => {
  const [read, none] = toGeminiTools([READ_TOOL, { ...READ_TOOL, name: 'now', parameters: { type: 'object', properties: {} } }]);
  expect(read).toEqual({ name: 'read_file', description: 'Reads a file.', parametersJsonSchema: READ_TOOL.parameters });
  expect(none).toEqual({ name: 'now', description: 'Reads a file.' });
});

test.each([
  ['gemini-2.5-flash', 2.5],
  ['models/gemini-3-pro-preview', 3],
  ['gemini-3.1-pro', 3.1],
  ['gemini-flash-latest', Number.POSITIVE_INFINITY],
  ['gemma-3', 0],
])('%s is generation %d', (modelId, version) => {
  expect(geminiVersion(modelId)).toBe(version);
});
