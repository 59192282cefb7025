/**
 * Turns the chunks of a Gemini stream into `StreamEvent`s. Pure apart from what it remembers between chunks.
 * Order: text and thinking as they come; at `end` the signature of the text, tool calls whole, usage, then exactly one `done`
 * or `error`. Calls come whole and mostly without an id: they get one. Outcomes of malformed streams: no finish reason, or
 * nothing said: `stream_invalid`; a call that the service itself could not read: likewise, so that it is asked again.
 */
import { z } from 'zod';
import type { Usage } from '../../../../preload/contract/index.ts';
import type { Signature, Signer, StreamEvent } from '../provider.ts';
import type { StreamMapper } from '../stream-protocol.ts';
import { type RawToolCall, readToolCalls } from '../tool-calls.ts';

const optionalText = z.string().nullish().catch(undefined);
const count = z.number().nonnegative().nullish().catch(undefined);

const StreamPart = z.object({
  text: optionalText,
  thought: z.boolean().nullish().catch(undefined),
  thoughtSignature: optionalText,
  functionCall: z
    .object({ id: optionalText, name: optionalText, args: z.record(z.string(), z.unknown()).nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});
type StreamPart = z.infer<typeof StreamPart>;

const Chunk = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({ parts: z.array(StreamPart.catch({})).nullish().catch(undefined) })
          .nullish()
          .catch(undefined),
        finishReason: optionalText,
        finishMessage: optionalText,
      }),
    )
    .nullish()
    .catch(undefined),
  promptFeedback: z.object({ blockReason: optionalText }).nullish().catch(undefined),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      toolUsePromptTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
      cachedContentTokenCount: count,
    })
    .nullish()
    .catch(undefined),
});
type Chunk = z.infer<typeof Chunk>;

const WITHHELD: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
]);
const UNREADABLE_CALL: ReadonlySet<string> = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MISSING_THOUGHT_SIGNATURE']);

export function createGeminiStreamMapper(options: { readonly callIdSeed: string; readonly signer: Signer }): StreamMapper {
  const calls: RawToolCall[] = [];
  let finishReason: string | undefined;
  let usage: Usage | undefined;
  let signature: string | undefined;
  let hasText = false;
  let hasThinking = false;

  const sign = (value: string): Signature => ({ ...options.signer, value });

  const read = (part: StreamPart): StreamEvent[] => {
    if (part.functionCall) {
      const { id, name, args } = part.functionCall;
      const signed = part.thoughtSignature ? { signature: sign(part.thoughtSignature) } : {};
      calls.push({ id: id ?? '', name: name ?? '', argumentsText: JSON.stringify(args ?? {}), ...signed });
      return [];
    }
    // The last one belongs to the whole answer; it may come in a part of its own without text.
    if (part.thoughtSignature) signature = part.thoughtSignature;
    const text = part.text ?? '';
    if (text === '') return [];
    if (part.thought === true) {
      hasThinking = true;
      return [{ type: 'thinking', text }];
    }
    if (text.trim() !== '') hasText = true; // white space alone is no answer
    return [{ type: 'text', text }];
  };

  const end = (): StreamEvent[] => {
    if (finishReason === undefined) return [invalid('The answer broke off: the stream ended without a finish reason.')];
    if (UNREADABLE_CALL.has(finishReason) && calls.length === 0) {
      return [invalid('The model tried to call a tool in a way that its own service could not read.')];
    }
    const isWithheld = WITHHELD.has(finishReason);
    const wasCut = finishReason === 'MAX_TOKENS';
    if (!hasText && calls.length === 0 && !isWithheld && !wasCut) {
      return [invalid(hasThinking ? 'The model thought and then said nothing.' : 'The model gave an empty answer.')];
    }
    const told = readToolCalls(calls, { seed: options.callIdSeed, wasCut });
    const reason = wasCut ? 'length' : isWithheld ? 'content_filter' : 'stop';
    return [
      ...(signature === undefined ? [] : [{ type: 'thinking_signature', signature: sign(signature) } as const]),
      ...told.map((call) => ({ type: 'tool_call', call }) as const),
      ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
      { type: 'done', reason: calls.length > 0 ? 'tool_calls' : reason },
    ];
  };

  return {
    push(raw) {
      const chunk = Chunk.safeParse(raw).data;
      if (chunk === undefined) return [];
      usage = usageOf(chunk) ?? usage;
      const candidate = chunk.candidates?.[0];
      if (candidate?.finishReason) finishReason = candidate.finishReason;
      // A prompt that is refused has no answer, only this.
      else if (chunk.promptFeedback?.blockReason) finishReason ??= 'PROHIBITED_CONTENT';
      return (candidate?.content?.parts ?? []).flatMap(read);
    },
    end,
    isFinished: () => finishReason !== undefined,
  };
}

/** Thoughts are counted apart from the answer there; here they are a part of the output. */
function usageOf({ usageMetadata: counts }: Chunk): Usage | undefined {
  if (!counts) return undefined;
  const thinkingTokens = counts.thoughtsTokenCount ?? 0;
  return {
    inputTokens: (counts.promptTokenCount ?? 0) + (counts.toolUsePromptTokenCount ?? 0),
    outputTokens: (counts.candidatesTokenCount ?? 0) + thinkingTokens,
    cachedTokens: counts.cachedContentTokenCount ?? 0,
    thinkingTokens,
  };
}

function invalid(message: string): StreamEvent {
  return { type: 'error', error: { code: 'stream_invalid', message } };
}
