/**
 * Turns the chunks of a chat completions stream into `StreamEvent`s. Pure apart from what it remembers between chunks;
 * ids for calls without one are made of `callIdSeed`.
 * Order: text and thinking as they come, tool calls whole at `end`, then usage, then exactly one `done` or `error`.
 * Outcomes of malformed streams: no finish reason, or an answer with nothing in it: `stream_invalid`. Broken JSON in
 * arguments, a call without a name: a call with a `problem`. A call without an id, or with one twice: a new id. No usage: no
 * usage event. An error in the middle of the stream arrives as a throw of the SDK and is the provider's to translate.
 */
import { z } from 'zod';
import type { Usage } from '../../../preload/contract/index.ts';
import type { ModelToolCall, StreamEvent } from './provider.ts';
import { createTagSplitter, type TaggedText } from './text-tags.ts';

export interface OpenAiStreamMapper {
  push(chunk: unknown): readonly StreamEvent[];
  end(): readonly StreamEvent[];
  /** A finish reason has come: what is still missing is at most the usage. */
  isFinished(): boolean;
}

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

const Delta = z.object({
  content: optionalText,
  reasoning_content: optionalText,
  /** The same under another name (OpenRouter, newer vLLM). */
  reasoning: optionalText,
  refusal: optionalText,
  tool_calls: z.array(ToolCallDelta).nullish().catch(undefined),
});

const Chunk = z.object({
  choices: z
    .array(z.object({ delta: Delta.nullish().catch(undefined), message: Delta.nullish().catch(undefined), finish_reason: optionalText }))
    .nullish()
    .catch(undefined),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(undefined),
      prompt_cache_hit_tokens: count,
    })
    .nullish()
    .catch(undefined),
});
type Chunk = z.infer<typeof Chunk>;

interface OpenCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  argumentsText: string;
}

export function createOpenAiStreamMapper(options: {
  readonly callIdSeed: string;
  readonly toolNames: ReadonlySet<string>;
}): OpenAiStreamMapper {
  const splitter = createTagSplitter();
  const calls: OpenCall[] = [];
  let finishReason: string | undefined;
  let usage: Usage | undefined;
  let hasText = false;
  let hasThinking = false;

  const tell = ({ text, thinking }: TaggedText): StreamEvent[] => {
    // White space alone is no answer.
    if (text.trim() !== '') hasText = true;
    if (thinking !== '') hasThinking = true;
    return [
      ...(thinking === '' ? [] : [{ type: 'thinking', text: thinking } as const]),
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ];
  };

  const end = (): readonly StreamEvent[] => {
    const rest = splitter.end();
    const events = tell(rest);
    const written = rest.calls.map((body) => readWrittenCall(body, options.toolNames));
    if (calls.length === 0 && written.every((call) => call !== undefined)) {
      for (const call of written) calls.push({ index: undefined, id: '', ...call });
    } else {
      events.push(...tell({ text: rest.calls.map((body) => `<tool_call>${body}</tool_call>`).join('\n'), thinking: '' }));
    }
    if (finishReason === undefined) return [...events, invalid('The answer broke off: the stream ended without a finish reason.')];
    const isEmpty = !hasText && calls.length === 0;
    if (isEmpty && finishReason !== 'length' && finishReason !== 'content_filter') {
      return [...events, invalid(hasThinking ? 'The model thought and then said nothing.' : 'The model gave an empty answer.')];
    }
    const wasCut = finishReason === 'length';
    return [
      ...events,
      ...withIds(calls, options.callIdSeed).map((call): StreamEvent => ({ type: 'tool_call', call: readCall(call, wasCut) })),
      ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
      { type: 'done', reason: calls.length > 0 ? 'tool_calls' : doneReason(finishReason) },
    ];
  };

  return {
    push(raw) {
      const chunk = Chunk.safeParse(raw);
      if (!chunk.success) return [];
      usage = usageOf(chunk.data) ?? usage;
      const choice = chunk.data.choices?.[0];
      const delta = choice?.delta ?? choice?.message;
      for (const call of delta?.tool_calls ?? []) addCallDelta(calls, call);
      if (choice?.finish_reason) finishReason = choice.finish_reason;
      return [
        ...tell({ text: '', thinking: delta?.reasoning_content ?? delta?.reasoning ?? '' }),
        ...tell(splitter.push(delta?.content ?? '')),
        ...tell({ text: delta?.refusal ?? '', thinking: '' }),
      ];
    },
    end,
    isFinished: () => finishReason !== undefined,
  };
}

/** Some servers leave out the index, others give every call the index 0: a new id means a new call. */
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

/** An id must be there and be unique in the answer; over the session the seed makes it so. */
function withIds(calls: readonly OpenCall[], seed: string): readonly OpenCall[] {
  const seen = new Set<string>();
  return calls.map((call, index) => {
    const id = call.id === '' || seen.has(call.id) ? `call_${seed}_${index}` : call.id;
    seen.add(id);
    return { ...call, id };
  });
}

function readCall(call: OpenCall, wasCut: boolean): ModelToolCall {
  const input = readArguments(call.argumentsText);
  const name = call.name === '' ? 'unknown' : call.name;
  const nameProblem = call.name === '' ? 'The call names no tool.' : undefined;
  if (input !== undefined) return { id: call.id, name, input, ...(nameProblem === undefined ? {} : { problem: nameProblem }) };
  const problem = wasCut
    ? 'The output limit was reached before the arguments were complete. Make a smaller call, or several.'
    : 'The arguments are not a valid JSON object. Send the call again with valid JSON.';
  return { id: call.id, name, input: { invalidJson: call.argumentsText }, problem: nameProblem ?? problem };
}

function readArguments(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    let value: unknown = JSON.parse(text);
    if (typeof value === 'string') value = JSON.parse(value); // encoded twice by some local servers
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // the caller turns it into a problem the model is told
  }
}

const WrittenCall = z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).default({}) });

/** A call in text counts only where it names a tool that was offered. */
function readWrittenCall(body: string, toolNames: ReadonlySet<string>): { name: string; argumentsText: string } | undefined {
  const call = WrittenCall.safeParse(readArguments(body));
  if (!call.success || !toolNames.has(call.data.name)) return undefined;
  return { name: call.data.name, argumentsText: JSON.stringify(call.data.arguments) };
}

function usageOf(chunk: Chunk): Usage | undefined {
  const usage = chunk.usage;
  if (usage === undefined || usage === null) return undefined;
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0,
    thinkingTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

function doneReason(finishReason: string): 'stop' | 'length' | 'content_filter' {
  return finishReason === 'length' || finishReason === 'content_filter' ? finishReason : 'stop';
}

function invalid(message: string): StreamEvent {
  return { type: 'error', error: { code: 'stream_invalid', message } };
}
