/**
 * Turns the chunks of a Gemini stream into `StreamEvent`s. Pure except for its state between chunks.
 * Order: text and thinking as they arrive; at `end` the signature of the text, complete tool calls, usage, then exactly one
 * `done` or `error`. Calls arrive complete and mostly without an id: they get one. Malformed streams: without a finish reason or
 * any content, `stream_invalid`; the same for a call that the service itself could not parse, so that the request is repeated.
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

const HIDDEN_REASONS: ReadonlySet<string> = new Set([
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
    // The last signature belongs to the whole answer; it may arrive in a part of its own without text.
    if (part.thoughtSignature) signature = part.thoughtSignature;
    const text = part.text ?? '';
    if (text === '') return [];
    if (part.thought === true) {
      hasThinking = true;
      return [{ type: 'thinking', text }];
    }
    if (text.trim() !== '') hasText = true; // white space alone is not an answer
    return [{ type: 'text', text }];
  };

  const end = (): StreamEvent[] => {
    if (finishReason === undefined) return [invalid('The answer broke off: the stream ended without a finish reason.')];
    if (UNREADABLE_CALL.has(finishReason) && calls.length === 0) {
      return [invalid('The model made a tool call that its own service could not parse.')];
    }
    const isHidden = HIDDEN_REASONS.has(finishReason);
    const wasCut = finishReason === 'MAX_TOKENS';
    if (!hasText && calls.length === 0 && !isHidden && !wasCut) {
      return [invalid(hasThinking ? 'The model sent only thinking and no answer.' : 'The model sent an empty answer.')];
    }
    const toolCalls = readToolCalls(calls, { seed: options.callIdSeed, wasCut });
    const reason = wasCut ? 'length' : isHidden ? 'content_filter' : 'stop';
    return [
      ...(signature === undefined ? [] : [{ type: 'thinking_signature', signature: sign(signature) } as const]),
      ...toolCalls.map((call) => ({ type: 'tool_call', call }) as const),
      ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
      { type: 'done', reason: calls.length > 0 ? 'tool_calls' : reason },
    ];
  };

  return {
    push(raw) {
      const chunk = Chunk.safeParse(raw).data;
      if (chunk === undefined) return [];
      usage = toUsage(chunk) ?? usage;
      const candidate = chunk.candidates?.[0];
      if (candidate?.finishReason) finishReason = candidate.finishReason;
      // A blocked prompt has no answer, only this.
      else if (chunk.promptFeedback?.blockReason) finishReason ??= 'PROHIBITED_CONTENT';
      return (candidate?.content?.parts ?? []).flatMap(read);
    },
    end,
    isFinished: () => finishReason !== undefined,
  };
}

/** The API counts thoughts separately from the answer; we count them as output. */
function toUsage({ usageMetadata: counts }: Chunk): Usage | undefined {
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
