/**
 * Turns the events of the Responses API into `StreamEvent`s. Pure except for its state between events.
 * Order: text and thinking as they arrive; at the end the signature of the thinking, complete calls, usage, then `done` or
 * `error`. A stream without `response.completed` or `response.incomplete` is `stream_invalid`; `response.failed` and `error` are
 * faults. Reasoning that can be sent back (`encrypted_content`) becomes the signature, with its position among the calls.
 */
import { z } from 'zod';
import type { Usage } from '../../../../preload/contract/index.ts';
import type { Fault } from '../provider-failure.ts';
import type { Signer, StreamEvent } from '../provider.ts';
import type { StreamMapper } from '../stream-protocol.ts';
import { type RawToolCall, readToolCalls } from '../tool-calls.ts';

const text = z.string().nullish().catch(undefined);
const count = z.number().nonnegative().nullish().catch(undefined);

const Item = z.looseObject({
  type: text,
  id: text,
  call_id: text,
  name: text,
  arguments: text,
  encrypted_content: text,
  summary: z.array(z.looseObject({ text })).nullish().catch(undefined),
  content: z
    .array(z.looseObject({ type: text, text, refusal: text }))
    .nullish()
    .catch(undefined),
});
type Item = z.infer<typeof Item>;

const Failure = z.looseObject({ code: text, message: text, type: text }).nullish().catch(undefined);

const ResponseEvent = z.looseObject({
  type: z.string(),
  output_index: z.number().nullish().catch(undefined),
  item_id: text,
  delta: text,
  arguments: text,
  code: text,
  message: text,
  error: Failure,
  item: Item.nullish().catch(undefined),
  response: z
    .looseObject({
      error: Failure,
      incomplete_details: z.looseObject({ reason: text }).nullish().catch(undefined),
      output: z.array(Item).nullish().catch(undefined),
      usage: z
        .looseObject({
          input_tokens: count,
          output_tokens: count,
          input_tokens_details: z.looseObject({ cached_tokens: count }).nullish().catch(undefined),
          output_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(undefined),
        })
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
type ResponseEvent = z.infer<typeof ResponseEvent>;

/** One piece of reasoning as it is sent back: the number of calls before it, and whether the text comes before or after it. */
export const KeptReasoning = z.array(
  z.object({ encrypted: z.string(), summary: z.array(z.string()), afterCalls: z.number(), afterText: z.boolean() }),
);
export type KeptReasoning = z.infer<typeof KeptReasoning>;

interface OpenCall extends RawToolCall {
  readonly key: string;
}

export function createResponsesStreamMapper(options: { readonly callIdSeed: string; readonly signer: Signer }): StreamMapper {
  const calls = new Map<string, OpenCall>();
  const reasoning: KeptReasoning = [];
  let end: 'stop' | 'length' | 'content_filter' | undefined;
  let usage: Usage | undefined;
  let fault: Fault | undefined;
  let hasText = false;
  let hasThinking = false;

  const emit = (type: 'text' | 'thinking', piece: string): StreamEvent[] => {
    if (piece === '') return [];
    if (type === 'thinking') hasThinking = true;
    else if (piece.trim() !== '') hasText = true;
    return [{ type, text: piece }];
  };

  const changeCall = (key: string, patch: Partial<RawToolCall>) => {
    calls.set(key, { ...(calls.get(key) ?? { key, id: '', name: '', argumentsText: '' }), ...patch });
  };

  /** The parts that the deltas omitted: some servers send only complete items, some no deltas of arguments. */
  const itemDone = (event: ResponseEvent, item: Item): StreamEvent[] => {
    if (item.type === 'function_call') {
      changeCall(callKey(event), {
        id: item.call_id ?? '',
        name: item.name ?? '',
        ...(item.arguments ? { argumentsText: item.arguments } : {}),
      });
      return [];
    }
    if (item.type === 'reasoning') {
      const summary = (item.summary ?? []).map((part) => part.text ?? '');
      if (item.encrypted_content) {
        reasoning.push({ encrypted: item.encrypted_content, summary, afterCalls: calls.size, afterText: hasText });
      }
      return hasThinking ? [] : emit('thinking', summary.join('\n\n'));
    }
    if (item.type !== 'message' || hasText) return [];
    return emit('text', (item.content ?? []).map((part) => part.text ?? part.refusal ?? '').join(''));
  };

  const push = (event: ResponseEvent): StreamEvent[] => {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return emit('text', event.delta ?? '');
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return emit('thinking', event.delta ?? '');
      case 'response.reasoning_summary_part.added':
        return hasThinking ? emit('thinking', '\n\n') : [];
      case 'response.output_item.added':
        if (event.item?.type === 'function_call') {
          changeCall(callKey(event), {
            id: event.item.call_id ?? '',
            name: event.item.name ?? '',
            argumentsText: event.item.arguments ?? '',
          });
        }
        return [];
      case 'response.function_call_arguments.delta': {
        const key = callKey(event);
        changeCall(key, { argumentsText: (calls.get(key)?.argumentsText ?? '') + (event.delta ?? '') });
        return [];
      }
      case 'response.function_call_arguments.done':
        if (event.arguments) changeCall(callKey(event), { argumentsText: event.arguments });
        return [];
      case 'response.output_item.done':
        return event.item === undefined || event.item === null ? [] : itemDone(event, event.item);
      case 'response.completed':
      case 'response.incomplete': {
        end = toDoneReason(event);
        usage = toUsage(event);
        return [];
      }
      case 'response.failed':
      case 'error': {
        const failure = event.response?.error ?? event.error ?? event;
        fault = { kind: 'in_stream', code: failure.code ?? '', text: failure.message ?? '' };
        return [];
      }
      default:
        return []; // progress events, and events of later versions
    }
  };

  return {
    push(raw) {
      const event = ResponseEvent.safeParse(raw);
      return event.success ? push(event.data) : [];
    },
    end() {
      if (end === undefined) return [invalid('The answer broke off: the stream ended before the response was completed.')];
      if (!hasText && calls.size === 0 && end === 'stop') {
        return [invalid(hasThinking ? 'The model sent only thinking and no answer.' : 'The model sent an empty answer.')];
      }
      const read = readToolCalls([...calls.values()], { seed: options.callIdSeed, wasCut: end === 'length' });
      return [
        ...(reasoning.length === 0
          ? []
          : [{ type: 'thinking_signature', signature: { ...options.signer, value: JSON.stringify(reasoning) } } as const]),
        ...read.map((call): StreamEvent => ({ type: 'tool_call', call })),
        ...(usage === undefined ? [] : [{ type: 'usage', usage } as const]),
        { type: 'done', reason: read.length > 0 ? 'tool_calls' : end },
      ];
    },
    isFinished: () => end !== undefined,
    fault: () => fault,
  };
}

/** The output index identifies a call from its first event to its last; an id may be missing. */
function callKey(event: ResponseEvent): string {
  return String(event.output_index ?? event.item_id ?? event.item?.id ?? event.item?.call_id ?? '');
}

function toDoneReason(event: ResponseEvent): 'stop' | 'length' | 'content_filter' {
  if (event.type === 'response.completed') return 'stop';
  return event.response?.incomplete_details?.reason === 'content_filter' ? 'content_filter' : 'length';
}

function toUsage(event: ResponseEvent): Usage | undefined {
  const usage = event.response?.usage;
  if (usage === undefined || usage === null) return undefined;
  return {
    inputTokens: usage.input_tokens ?? 0,
    outputTokens: usage.output_tokens ?? 0,
    cachedTokens: usage.input_tokens_details?.cached_tokens ?? 0,
    thinkingTokens: usage.output_tokens_details?.reasoning_tokens ?? 0,
  };
}

function invalid(message: string): StreamEvent {
  return { type: 'error', error: { code: 'stream_invalid', message } };
}
