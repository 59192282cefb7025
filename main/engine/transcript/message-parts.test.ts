import { expect, test } from 'vitest';
import { ItemId, type ToolItem } from '../../../preload/contract/index.ts';
import type { ModelMessage, ModelToolCall, Signature } from '../provider/provider.ts';
import { createHistoryFold } from './model-history.ts';
import { answerDraft, type AnswerFacts, toolResultDraft, userDraft } from './record-drafts.ts';
import { type RecordDraft, SessionRecord } from './session-record.ts';

const PNG = { mimeType: 'image/png', data: 'aGVsbG8=', name: 'shot.png' };
const signed = (protocol: Signature['protocol'], value: string): Signature => ({
  protocol,
  modelId: 'm',
  origin: 'https://a.example',
  value,
});

let uuids = 0;
/** The messages as the file would return them. */
const stored = (draft: RecordDraft | Record<string, unknown>) =>
  SessionRecord.parse(JSON.parse(JSON.stringify({ uuid: `u${(uuids += 1)}`, ...draft })));

function historyOf(...drafts: (RecordDraft | Record<string, unknown>)[]): ModelMessage[] {
  const fold = createHistoryFold();
  for (const draft of drafts) fold.push(stored(draft));
  return fold.messages();
}

const answer = (more: Partial<AnswerFacts>) =>
  answerDraft({
    id: ItemId.parse(`a${(uuids += 1)}`),
    model: 'm',
    providerId: 'p',
    text: 'Done.',
    thinking: '',
    calls: [],
    usage: undefined,
    contextWindowTokens: 1000,
    ...more,
  });

test('media of a prompt are written in the format of Qwen Code and read back', () => {
  const draft = userDraft(ItemId.parse('i1'), 'look', { media: [PNG] });
  expect(draft['message']).toEqual({
    role: 'user',
    parts: [{ text: 'look' }, { inlineData: { mimeType: 'image/png', data: 'aGVsbG8=', displayName: 'shot.png' } }],
  });
  expect(historyOf(draft)).toEqual([{ role: 'user', text: 'look', media: [PNG] }]);
});

test('media of a tool result are parts of its function response and are read back', () => {
  const item: ToolItem = {
    kind: 'tool',
    id: ItemId.parse('c1'),
    name: 'read_file',
    toolKind: 'read',
    verb: 'read',
    target: 'shot.png',
    status: 'success',
    startedAtMs: 0,
    display: { kind: 'none' },
  };
  const calls: ModelToolCall[] = [{ id: 'c1', name: 'read_file', input: {} }];
  const result = { callId: 'c1', name: 'read_file', text: 'an image', isError: false, media: [PNG] };
  const draft = toolResultDraft(result, item, 'Read');
  expect(draft['message']).toMatchObject({ parts: [{ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png' } }] } }] });
  expect(historyOf(answer({ calls }), draft).at(1)).toEqual({ role: 'tool', results: [result] });
});

test('media without content, as in older files, are mentioned in the text', () => {
  const parts = [{ inlineData: { mimeType: 'image/png' } }];
  expect(historyOf({ type: 'user', message: { role: 'user', parts } })).toEqual([{ role: 'user', text: '[image/png is not in the file]' }]);
});

test('one signature of one piece of thinking is stored where Qwen Code stores it, and is read back with its signer', () => {
  const thinkingSignature = signed('anthropic', 'sig1');
  const draft = answer({ thinking: 'hm', thinkingSignature });
  expect(draft['message']).toMatchObject({ parts: [{ text: 'hm', thought: true, thoughtSignature: 'sig1' }, { text: 'Done.' }] });
  expect(historyOf(draft)).toEqual([{ role: 'assistant', text: 'Done.', thinking: 'hm', thinkingSignature, toolCalls: [] }]);
});

test('encrypted thinking is kept', () => {
  const thinkingSignature = signed('anthropic', 'sig1');
  expect(historyOf(answer({ thinkingSignature }))).toMatchObject([{ thinking: '', thinkingSignature }]);
});

test('a signature that only its protocol understands is not stored in the parts', () => {
  const thinkingSignature = signed('openai-responses', '[{"type":"reasoning"}]');
  const draft = answer({ thinking: 'hm', thinkingSignature });
  expect(JSON.stringify(draft['message'])).not.toContain('thoughtSignature');
  expect(historyOf(draft)).toMatchObject([{ thinking: 'hm', thinkingSignature }]);
});

test('the signature of a call is stored in its part and read back', () => {
  const calls: ModelToolCall[] = [{ id: 'c1', name: 'glob', input: { a: 1 }, signature: signed('gemini', 'callsig') }];
  const draft = answer({ calls });
  expect(draft['message']).toMatchObject({ parts: [{ text: 'Done.' }, { functionCall: { id: 'c1' }, thoughtSignature: 'callsig' }] });
  expect(historyOf(draft).at(0)).toMatchObject({ toolCalls: calls });
});

test('for a record of Qwen Code the signer is derived from the model', () => {
  const parts = [{ text: 'hm', thought: true, thoughtSignature: 's' }, { text: 'Hi' }];
  const from = (model: string) => historyOf({ type: 'assistant', model, message: { role: 'model', parts } }).at(0);
  expect(from('claude-opus-4')).toMatchObject({ thinkingSignature: { protocol: 'anthropic', modelId: 'claude-opus-4', value: 's' } });
  expect(from('qwen3-max')).not.toHaveProperty('thinkingSignature');
});

test('two adjacent pieces of thinking do not share a signature', () => {
  const first = answer({ thinking: 'one', thinkingSignature: signed('anthropic', 's1') });
  const later = answer({ thinking: 'two', thinkingSignature: signed('anthropic', 's2') });
  expect(historyOf(first, later)).toEqual([{ role: 'assistant', text: 'Done.Done.', thinking: 'onetwo', toolCalls: [] }]);
});
