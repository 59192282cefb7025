/**
 * Turns the chunks of a chat completions stream into `StreamEvent`s. Pure except for its state between chunks; ids for calls
 * without one are derived from `callIdSeed`.
 * Order: text and thinking as they arrive, complete tool calls at `end`, then usage, then exactly one `done` or `error`.
 * Malformed streams: without a finish reason or any content, `stream_invalid`. Broken JSON in arguments or a missing name: a call
 * with a `problem`. A missing or repeated id: a new id. Missing usage: no usage event. An error in the middle of the stream
 * arrives as a throw of the SDK; the provider translates it.
 */
import { z } from 'zod';
import type { Usage as TokenUsage } from '../../../../preload/contract/index.ts';
import type { Fault } from '../provider-failure.ts';
import type { Signer, StreamEvent } from '../provider.ts';
import type { StreamMapper } from '../stream-protocol.ts';
import { readToolCalls } from '../tool-calls.ts';
import { addReasoningDetail, isSigned, ReasoningDetail } from './reasoning-details.ts';
import { createTagSplitter, type TaggedText } from './text-tags.ts';
import { type OfferedTool, readWrittenCall } from './written-calls.ts';

const optionalText = z.string().nullish().catch(undefined);
const count = z.number().nonnegative().nullish().catch(undefined);

const ToolCallDelta = z.object({
  index: z.number().nullish().catch(undefined),
  id: optionalText,
  function: z
    .object({
      name: optionalText,
      arguments: z
        .union([z.string(), z.record(z.string(), z.unknown())])
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
type ToolCallDelta = z.infer<typeof ToolCallDelta>;

/** Mistral's thinking models send parts instead of text. */
const ContentPart = z.looseObject({
  type: optionalText,
  text: optionalText,
  thinking: z
    .union([z.string(), z.array(z.looseObject({ text: optionalText }))])
    .nullish()
    .catch(undefined),
});

const Delta = z.object({
  content: z
    .union([z.string(), z.array(ContentPart)])
    .nullish()
    .catch(undefined),
  reasoning_content: optionalText,
  /** The same under another name (OpenRouter, newer vLLM). */
  reasoning: optionalText,
  reasoning_details: z.array(ReasoningDetail).nullish().catch(undefined),
  refusal: optionalText,
  tool_calls: z.array(ToolCallDelta).nullish().catch(undefined),
});

const Usage = z
  .object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
    completion_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(undefined),
    /** DeepSeek's and Moonshot's names for it. */
    prompt_cache_hit_tokens: count,
    cached_tokens: count,
  })
  .nullish()
  .catch(undefined);

const Failure = z.looseObject({ message: optionalText, code: z.unknown() }).nullish().catch(undefined);

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: Delta.nullish().catch(undefined),
        message: Delta.nullish().catch(undefined),
        finish_reason: optionalText,
        error: z.looseObject({ message: optionalText, code: z.unknown() }).nullish().catch(undefined),
        /** Moonshot reports usage here. */
        usage: Usage,
      }),
    )
    .nullish()
    .catch(undefined),
  usage: Usage,
  error: Failure,
});
type Chunk = z.infer<typeof Chunk>;

interface OpenCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  argumentsText: string;
}

/** Other names for OpenAI's `length` and `content_filter` (Mistral, Gemini's and GLM's endpoints). */
const REASONS: Readonly<Record<string, string>> = {
  max_tokens: 'length',
  model_length: 'length',
  MAX_TOKENS: 'length',
  sensitive: 'content_filter',
  safety: 'content_filter',
  SAFETY: 'content_filter',
};
/** An error in the form of a finish reason (OpenRouter, GLM, DeepSeek, vLLM). */
const FAILED: ReadonlySet<string> = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort']);

export function createOpenAiStreamMapper(options: {
  readonly callIdSeed: string;
  /** The tools of the request: a call written as text counts only if it names one of them. */
  readonly tools: readonly OfferedTool[];
  readonly signer: Signer;
}): StreamMapper {
  const splitter = createTagSplitter({ callsAsText: options.tools.length > 0 });
  const details: ReasoningDetail[] = [];
  const calls: OpenCall[] = [];
  let finishReason: string | undefined;
  let usage: TokenUsage | undefined;
  let fault: Fault | undefined;
  let hasText = false;
  let hasThinking = false;

  const emit = ({ text, thinking }: TaggedText): StreamEvent[] => {
    // White space alone is not an answer.
    if (text.trim() !== '') hasText = true;
    if (thinking !== '') hasThinking = true;
    return [
      ...(thinking === '' ? [] : [{ type: 'thinking', text: thinking } as const]),
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ];
  };

  const end = (): readonly StreamEvent[] => {
    const rest = splitter.end();
    const events = emit(rest);
    const written = rest.calls.map((body) => readWrittenCall(body, options.tools));
    if (calls.length === 0 && written.every((call) => call !== undefined)) {
      for (const call of written) calls.push({ index: undefined, id: '', ...call });
    } else {
      events.push(...emit({ text: rest.held, thinking: '' }));
    }
    if (finishReason === undefined) return [...events, invalid('The answer broke off: the stream ended without a finish reason.')];
    const isEmpty = !hasText && calls.length === 0;
    if (isEmpty && finishReason !== 'length' && finishReason !== 'content_filter') {
      return [...events, invalid(hasThinking ? 'The model sent only thinking and no answer.' : 'The model sent an empty answer.')];
    }
    const wasCut = finishReason === 'length';
    return [
      ...events,
      ...(isSigned(details)
        ? [{ type: 'thinking_signature', signature: { ...options.signer, value: JSON.stringify(details) } } as const]
        : []),
      ...readToolCalls(calls, { seed: options.callIdSeed, wasCut }).map((call): StreamEvent => ({ type: 'tool_call', call })),
      ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
      { type: 'done', reason: calls.length > 0 ? 'tool_calls' : doneReason(finishReason) },
    ];
  };

  return {
    push(raw) {
      const chunk = Chunk.safeParse(raw);
      if (!chunk.success) return [];
      usage = toUsage(chunk.data) ?? usage;
      const choice = chunk.data.choices?.[0];
      const delta = choice?.delta ?? choice?.message;
      for (const call of delta?.tool_calls ?? []) addCallDelta(calls, call);
      for (const detail of delta?.reasoning_details ?? []) addReasoningDetail(details, detail);
      const content = readContent(delta?.content);
      if (choice?.finish_reason) finishReason = REASONS[choice.finish_reason] ?? choice.finish_reason;
      const failure = choice?.error ?? chunk.data.error;
      if (failure || FAILED.has(choice?.finish_reason ?? '')) {
        const { message, code } = failure ?? {};
        fault ??= { kind: 'in_stream', code: String(code ?? choice?.finish_reason ?? ''), text: message ?? '' };
      }
      return [
        ...emit({ text: '', thinking: delta?.reasoning_content ?? delta?.reasoning ?? content.thinking }),
        ...emit(splitter.push(content.text)),
        ...emit({ text: delta?.refusal ?? '', thinking: '' }),
      ];
    },
    end,
    isFinished: () => finishReason !== undefined,
    fault: () => fault,
  };
}

function readContent(content: z.infer<typeof Delta>['content']): TaggedText {
  if (content === null || content === undefined || typeof content === 'string') return { text: content ?? '', thinking: '' };
  const readThinking = ({ thinking }: z.infer<typeof ContentPart>) =>
    typeof thinking === 'string' ? thinking : (thinking ?? []).map((part) => part.text ?? '').join('');
  return { text: content.map((part) => part.text ?? '').join(''), thinking: content.map(readThinking).join('') };
}

/** Some servers omit the index, others give every call the index 0: a new id means a new call. */
function addCallDelta(calls: OpenCall[], delta: ToolCallDelta): void {
  const id = delta.id ?? '';
  const index = delta.index ?? undefined;
  const sameIndex = index === undefined ? calls.at(-1) : calls.findLast((call) => call.index === index);
  const continues =
    sameIndex !== undefined &&
    (id === '' || sameIndex.id === '' || sameIndex.id === id) &&
    !(index === undefined && id !== '' && sameIndex.id !== id);
  const call = continues ? sameIndex : { index, id: '', name: '', argumentsText: '' };
  if (!continues) calls.push(call);
  if (call.id === '') call.id = id;
  call.name += call.name === (delta.function?.name ?? '') ? '' : (delta.function?.name ?? '');
  const more = delta.function?.arguments ?? '';
  call.argumentsText += typeof more === 'string' ? more : JSON.stringify(more);
}

function toUsage(chunk: Chunk): TokenUsage | undefined {
  const usage = chunk.usage ?? chunk.choices?.[0]?.usage;
  if (usage === undefined || usage === null) return undefined;
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? 0,
    thinkingTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

function doneReason(finishReason: string): 'stop' | 'length' | 'content_filter' {
  return finishReason === 'length' || finishReason === 'content_filter' ? finishReason : 'stop';
}

function invalid(message: string): StreamEvent {
  return { type: 'error', error: { code: 'stream_invalid', message } };
}
