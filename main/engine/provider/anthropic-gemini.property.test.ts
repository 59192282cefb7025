/** Both protocols accept any history, of any provider and however broken. */
import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAnthropicMessages } from './anthropic/anthropic-messages.ts';
import { toGeminiContents } from './gemini/gemini-messages.ts';
import type { MediaPart, ModelMessage, ModelToolCall, ModelToolResult, Signature, Signer } from './provider.ts';
import { defined } from '../../../preload/contract/index.ts';

const CLAUDE: Signer = { protocol: 'anthropic', modelId: 'claude-sonnet-4-6', origin: 'https://api.anthropic.com' };
const GEMINI: Signer = { protocol: 'gemini', modelId: 'gemini-3-pro', origin: 'https://generativelanguage.googleapis.com' };
const OTHER: Signer = { protocol: 'openai', modelId: 'qwen3', origin: 'https://other.example' };
const FOREIGN_VALUE = 'of-another-provider';

const id = fc.constantFrom('call_1', 'call_2', 'functions.read:0', 'toolu_01', '', 'ü:1', 'x'.repeat(80));
const text = fc.constantFrom('', ' \n', 'words', 'more words');
const signature: fc.Arbitrary<Signature | undefined> = fc.option(
  fc
    .tuple(fc.constantFrom(CLAUDE, GEMINI, OTHER), fc.constantFrom('own', '[{"thinking":4,"signature":"own"},{"text":5}]', '[]', '[broken'))
    .map(([signer, value]) => ({ ...signer, value: signer === OTHER ? FOREIGN_VALUE : value })),
  { nil: undefined },
);
const media: fc.Arbitrary<readonly MediaPart[]> = fc.array(
  fc.constantFrom(
    { mimeType: 'image/png', data: 'AA' },
    { mimeType: 'application/pdf', data: 'BB' },
    { mimeType: 'audio/wav', data: 'CC' },
  ),
  { maxLength: 2 },
);
const call: fc.Arbitrary<ModelToolCall> = fc.record({ id, name: fc.constantFrom('read_file', 'a b/c', ''), signature }).map((made) => ({
  id: made.id,
  name: made.name,
  input: {},
  ...defined({ signature: made.signature }),
}));
const result: fc.Arbitrary<ModelToolResult> = fc.record({ callId: id, name: fc.constant('read_file'), text, isError: fc.boolean(), media });
const message: fc.Arbitrary<ModelMessage> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), text, media }),
  fc
    .record({
      text,
      thinking: fc.constantFrom('', 'deep'),
      signature,
      toolCalls: fc.uniqueArray(call, { maxLength: 3, selector: (made) => made.id }),
    })
    .map(({ signature: signed, ...answer }) => ({
      role: 'assistant' as const,
      ...answer,
      ...defined({ thinkingSignature: signed }),
    })),
  fc.record({ role: fc.constant('tool' as const), results: fc.array(result, { maxLength: 3 }) }),
);
const history = fc.array(message, { maxLength: 10 });
const takes = { image: true, pdf: true };

function toBlocks({ content }: MessageParam): readonly ContentBlockParam[] {
  return typeof content === 'string' ? [] : content;
}

test('Anthropic: roles alternate, the user first and last, every call answered directly, ids plain and unique, no foreign thinking', () => {
  fc.assert(
    fc.property(history, (messages) => {
      const mapped = toAnthropicMessages(messages, { signer: CLAUDE, takes });
      mapped.forEach((one, at) => expect(one.role).toBe(at % 2 === 0 ? 'user' : 'assistant'));
      if (mapped.length > 0) expect(mapped.at(-1)?.role).toBe('user');
      const seen = new Set<string>();
      mapped.forEach((one, at) => {
        const blocks = toBlocks(one);
        expect(blocks.length).toBeGreaterThan(0);
        const calls = blocks.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
        for (const made of calls) {
          expect(made.id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
          expect(made.name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
          expect(seen.has(made.id)).toBe(false);
          seen.add(made.id);
        }
        const next = mapped[at + 1];
        const answered =
          next === undefined ? [] : toBlocks(next).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
        if (one.role === 'assistant') expect(answered).toEqual(calls.map((made) => made.id));
        const kinds = blocks.map((block) => block.type);
        expect(kinds.lastIndexOf('tool_result')).toBe(kinds.filter((kind) => kind === 'tool_result').length - 1);
      });
      const whole = JSON.stringify(mapped);
      expect(whole).not.toMatch(/"text":"(?:\s|\\n)*"/);
      expect(whole).not.toContain(FOREIGN_VALUE);
      expect(whole).not.toMatch(/"signature":""/);
    }),
  );
});

test('Gemini: roles alternate, the user first, results directly follow their calls in equal number, every answer with calls is signed', () => {
  fc.assert(
    fc.property(history, (messages) => {
      const mapped = toGeminiContents(messages, { signer: GEMINI, takes });
      mapped.forEach((one, at) => expect(one.role).toBe(at % 2 === 0 ? 'user' : 'model'));
      mapped.forEach((one, at) => {
        expect(one.parts?.length).toBeGreaterThan(0);
        const calls = (one.parts ?? []).filter((part) => part.functionCall !== undefined);
        const results = (mapped[at + 1]?.parts ?? []).filter((part) => part.functionResponse !== undefined);
        if (one.role !== 'model') return;
        expect(results.map((part) => part.functionResponse?.id)).toEqual(calls.map((part) => part.functionCall?.id));
        for (const { functionCall } of calls) expect(functionCall?.name).toMatch(/^[a-zA-Z0-9_.:-]{1,128}$/);
        if (calls.length > 0) expect(calls.some((part) => part.thoughtSignature !== undefined)).toBe(true);
      });
      const whole = JSON.stringify(mapped);
      expect(whole).not.toMatch(/"text":"(?:\s|\\n)*"/);
      expect(whole).not.toContain(FOREIGN_VALUE);
    }),
  );
});
