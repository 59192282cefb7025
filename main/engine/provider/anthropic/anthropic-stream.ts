/**
 * Turns the events of a Messages stream into `StreamEvent`s. Pure except for its state between events.
 * Order: text and thinking as they arrive; at `end` the signature of the thinking, complete tool calls, usage, then exactly one
 * `done` or `error`. Malformed streams end as in the other protocols: without a stop reason or any content, `stream_invalid`;
 * with broken JSON in arguments, a call with a `problem`. The SDK throws on an `error` event.
 */
import { z } from 'zod';
import type { Usage } from '../../../../preload/contract/index.ts';
import type { Signer, StreamEvent } from '../provider.ts';
import type { StreamMapper } from '../stream-protocol.ts';
import { type RawToolCall, readToolCalls } from '../tool-calls.ts';
import { type LayoutPiece, writeLayout } from './anthropic-layout.ts';

const optionalText = z.string().nullish().catch(undefined);
const count = z.number().nonnegative().nullish().catch(undefined);

const TokenCounts = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(undefined),
});
type TokenCounts = z.infer<typeof TokenCounts>;

const Chunk = z.object({
  type: z.string(),
  index: z.number().catch(-1),
  message: z
    .object({ usage: TokenCounts.nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  content_block: z
    .object({
      type: z.string(),
      text: optionalText,
      thinking: optionalText,
      signature: optionalText,
      data: optionalText,
      id: optionalText,
      name: optionalText,
      input: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  delta: z
    .object({ text: optionalText, thinking: optionalText, signature: optionalText, partial_json: optionalText, stop_reason: optionalText })
    .nullish()
    .catch(undefined),
  usage: TokenCounts.nullish().catch(undefined),
});
type Chunk = z.infer<typeof Chunk>;

/** A block that is still growing. */
interface OpenBlock {
  readonly index: number;
  readonly kind: 'text' | 'thinking' | 'redacted' | 'call' | 'other';
  length: number;
  /** Set for thinking. */
  signature: string;
  /** The signature of encrypted thinking. */
  readonly data: string;
  readonly call: { id: string; name: string; argumentsText: string; readonly begun: Record<string, unknown> | undefined };
}

const KINDS: Readonly<Record<string, OpenBlock['kind']>> = {
  text: 'text',
  thinking: 'thinking',
  redacted_thinking: 'redacted',
  tool_use: 'call',
};

export function createAnthropicStreamMapper(options: { readonly callIdSeed: string; readonly signer: Signer }): StreamMapper {
  const blocks: OpenBlock[] = [];
  let stopReason: string | undefined;
  let counts: TokenCounts | undefined;
  let hasText = false;

  const grow = (
    block: OpenBlock,
    more: { readonly text?: string | null | undefined; readonly thinking?: string | null | undefined },
  ): StreamEvent[] => {
    const text = block.kind === 'text' ? (more.text ?? '') : '';
    const thinking = block.kind === 'thinking' ? (more.thinking ?? '') : '';
    block.length += text.length + thinking.length;
    if (text.trim() !== '') hasText = true; // white space alone is not an answer
    return [
      ...(thinking === '' ? [] : [{ type: 'thinking', text: thinking } as const]),
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ];
  };

  const begin = (chunk: Chunk): StreamEvent[] => {
    const started = chunk.content_block;
    if (!started) return [];
    const block: OpenBlock = {
      index: chunk.index,
      kind: KINDS[started.type] ?? 'other',
      length: 0,
      signature: started.signature ?? '',
      data: started.data ?? '',
      call: { id: started.id ?? '', name: started.name ?? '', argumentsText: '', begun: started.input ?? undefined },
    };
    blocks.push(block);
    return grow(block, started);
  };

  const continueBlock = (chunk: Chunk): StreamEvent[] => {
    const block = blocks.findLast((candidate) => candidate.index === chunk.index);
    if (block === undefined || !chunk.delta) return [];
    block.signature += chunk.delta.signature ?? '';
    block.call.argumentsText += chunk.delta.partial_json ?? '';
    return grow(block, chunk.delta);
  };

  return {
    push(raw) {
      const chunk = Chunk.safeParse(raw).data;
      if (chunk === undefined) return [];
      if (chunk.type === 'content_block_start') return begin(chunk);
      if (chunk.type === 'content_block_delta') return continueBlock(chunk);
      // Only the last usage counts; it omits values that have not changed.
      counts = merged(counts, chunk.message?.usage ?? chunk.usage);
      if (chunk.type === 'message_delta' && chunk.delta?.stop_reason) stopReason = chunk.delta.stop_reason;
      return [];
    },
    end() {
      if (stopReason === undefined) return [invalid('The answer broke off: the stream ended without a stop reason.')];
      const calls = blocks.filter((block) => block.kind === 'call').map(rawCall);
      const wasCut = LENGTH_REASONS.has(stopReason);
      if (!hasText && calls.length === 0 && !wasCut && stopReason !== 'refusal') {
        const hasThinking = blocks.some((block) => block.kind === 'thinking' && block.length > 0);
        return [invalid(hasThinking ? 'The model sent only thinking and no answer.' : 'The model sent an empty answer.')];
      }
      const signature = signedValue(blocks);
      return [
        ...(signature === undefined ? [] : [{ type: 'thinking_signature', signature: { ...options.signer, value: signature } } as const]),
        ...readToolCalls(calls, { seed: options.callIdSeed, wasCut }).map((call) => ({ type: 'tool_call', call }) as const),
        ...(counts === undefined ? [] : [{ type: 'usage', usage: toUsage(counts) } as const]),
        { type: 'done', reason: calls.length > 0 ? 'tool_calls' : doneReason(stopReason) },
      ];
    },
    isFinished: () => stopReason !== undefined,
  };
}

/** Some servers send the complete arguments in the event that starts the call. */
function rawCall({ call }: OpenBlock): RawToolCall {
  const { id, name, argumentsText, begun } = call;
  return { id, name, argumentsText: argumentsText === '' && begun !== undefined ? JSON.stringify(begun) : argumentsText };
}

function signedValue(blocks: readonly OpenBlock[]): string | undefined {
  if (!blocks.some((block) => block.kind === 'thinking' || block.kind === 'redacted')) return undefined;
  return writeLayout(
    blocks.flatMap((block): LayoutPiece[] => {
      if (block.kind === 'thinking') return [{ thinking: block.length, signature: block.signature }];
      if (block.kind === 'redacted') return [{ redacted: block.data }];
      if (block.kind === 'text') return [{ text: block.length }];
      return block.kind === 'call' ? [{ calls: 1 }] : [];
    }),
  );
}

function merged(known: TokenCounts | undefined, more: TokenCounts | null | undefined): TokenCounts | undefined {
  if (!more) return known;
  const given = Object.entries(more).filter(([, value]) => value !== null && value !== undefined);
  return { ...known, ...Object.fromEntries(given) };
}

/** The protocol counts cached input, read or written, separately from the input. */
function toUsage(counts: TokenCounts): Usage {
  const cachedTokens = counts.cache_read_input_tokens ?? 0;
  return {
    inputTokens: (counts.input_tokens ?? 0) + cachedTokens + (counts.cache_creation_input_tokens ?? 0),
    outputTokens: counts.output_tokens ?? 0,
    cachedTokens,
    thinkingTokens: counts.output_tokens_details?.thinking_tokens ?? 0,
  };
}

const LENGTH_REASONS: ReadonlySet<string> = new Set(['max_tokens', 'model_context_window_exceeded']);

function doneReason(stopReason: string): 'stop' | 'length' | 'content_filter' {
  if (stopReason === 'refusal') return 'content_filter';
  return LENGTH_REASONS.has(stopReason) ? 'length' : 'stop';
}

function invalid(message: string): StreamEvent {
  return { type: 'error', error: { code: 'stream_invalid', message } };
}
