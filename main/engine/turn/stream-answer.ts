/**
 * One answer of the model: stream, show, retry, continue after the token limit, record.
 * Flow: send the request; forward deltas to the view. A failure removes what this attempt showed, waits visibly and sends again. An
 * answer cut by the token limit is continued with another request. Then come the record, the finished row, the message. A cancel or a final
 * failure keeps the text received so far, without its calls, so that the history stays valid.
 */
import { randomUUID } from 'node:crypto';
import { defined, ItemId, type AssistantItem, type Usage } from '../../../preload/contract/index.ts';
import type { ModelMessage, ModelToolCall, ProviderFailure, Signature, StreamEvent } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import { answerDraft } from '../transcript/index.ts';
import { createRepetitionGuard } from './repetition.ts';
import { ABORTED, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import type { RetryDecision, TurnRun } from './turn-context.ts';

/** How many times an answer that reached the token limit is continued. Source: docs/formats.md 4.4. */
const MAX_CONTINUATIONS = 3;
const CONTINUE = 'Your answer was cut by the output limit. Continue exactly where it stopped, without repeating anything.';
/** A long wait is shown again at this interval. Source: docs/formats.md 3.5. Unit: ms. */
const HEARTBEAT_MS = 30_000;

export type AnswerEnd =
  | { readonly kind: 'answered'; readonly calls: readonly ModelToolCall[] }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

type StreamEnd =
  | { readonly kind: 'done'; readonly reason: Extract<StreamEvent, { type: 'done' }>['reason'] }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

/** What has been received so far; `isShown` is set once the view has a row for it. */
interface Answer {
  id: ItemId;
  isShown: boolean;
  createdAtMs: number;
  text: string;
  thinking: string;
  /** Set once the thinking has ended. */
  thinkingMs: number | undefined;
  signature: Signature | undefined;
  calls: ModelToolCall[];
  usage: Usage | undefined;
}

export async function* streamAnswer(run: TurnRun, model: ResolvedModel): AsyncGenerator<TurnOutput, AnswerEnd> {
  const system = await run.request.systemPrompt();
  const answer = emptyAnswer(run);
  let continuations = 0;
  for (let attempt = 1; ; ) {
    const kept = { text: answer.text, thinking: answer.thinking };
    yield* run.advance({ kind: 'request_sent' });
    const end = classifyEnd(yield* readStream(run, model, { system, messages: messagesFor(run, kept.text) }, answer), answer);
    // The signature does not cover an answer that broke off or was continued.
    if (end.kind !== 'done' || continuations > 0) answer.signature = undefined;
    if (end.kind === 'cancelled') {
      yield* commitAnswer(run, model, answer, []);
      return { kind: 'cancelled' };
    }
    if (end.kind === 'failed') {
      const retry = run.request.retry(end.failure, attempt);
      if (retry === undefined) {
        yield* commitAnswer(run, model, answer, []);
        return end;
      }
      yield* dropAttempt(run, answer, kept, model);
      if (!(yield* waitToRetry(run, end.failure, attempt, retry))) {
        yield* commitAnswer(run, model, answer, []);
        return { kind: 'cancelled' };
      }
      attempt += 1;
    } else if (end.reason === 'length' && answer.calls.length === 0 && continuations < MAX_CONTINUATIONS) {
      continuations += 1;
      attempt = 1;
    } else {
      yield* commitAnswer(run, model, answer, answer.calls);
      return { kind: 'answered', calls: answer.calls };
    }
  }
}

function emptyAnswer(run: TurnRun): Answer {
  return {
    id: newId(),
    isShown: false,
    createdAtMs: run.request.clock.now(),
    text: '',
    thinking: '',
    thinkingMs: undefined,
    signature: undefined,
    calls: [],
    usage: undefined,
  };
}

function newId(): ItemId {
  return ItemId.parse(randomUUID());
}

/** A request to continue a cut answer includes its beginning; neither enters the history. */
function messagesFor(run: TurnRun, partialText: string): readonly ModelMessage[] {
  const history = run.request.history();
  if (partialText === '') return history;
  return [...history, { role: 'assistant', text: partialText, thinking: '', toolCalls: [] }, { role: 'user', text: CONTINUE }];
}

async function* readStream(
  run: TurnRun,
  model: ResolvedModel,
  { system, messages }: { system: string; messages: readonly ModelMessage[] },
  answer: Answer,
): AsyncGenerator<TurnOutput, StreamEnd> {
  const { control, clock, registry, limits } = run.request;
  const startedAtMs = clock.now();
  const limit = model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens };
  const stream = model.provider.stream({ modelId: model.modelId, system, messages, tools: registry.schemas, ...limit }, control.signal);
  const events = stream[Symbol.asyncIterator]();
  run.countRequest();
  answer.usage = undefined;
  const repetition = { text: createRepetitionGuard(), thinking: createRepetitionGuard() };
  try {
    for (;;) {
      const next = await untilAborted(events.next(), control.signal);
      if (next === ABORTED) return { kind: 'cancelled' };
      if (next.done === true)
        return {
          kind: 'failed',
          failure: { code: 'stream_invalid', message: 'The answer ended without an end marker.', problem: { code: 'no_end' } },
        };
      const event = next.value;
      if (event.type === 'done') return { kind: 'done', reason: event.reason };
      if (event.type === 'error') return control.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', failure: event.error };
      yield* receive(run, model, event, answer);
      if ((event.type === 'text' || event.type === 'thinking') && limits.allowsLoops !== true && repetition[event.type].push(event.text)) {
        const message = 'The model repeated the same text, so its answer was stopped.';
        return { kind: 'failed', failure: { code: 'loop_detected', message } };
      }
    }
  } finally {
    run.countApiTime(clock.now() - startedAtMs);
    void events.return?.()?.catch(() => undefined); // frees the connection; not awaited, because it can hang like the stream
    yield* emitUsage(run, model, answer);
  }
}

function* emitUsage(run: TurnRun, model: ResolvedModel, { usage }: Answer): Generator<TurnOutput> {
  if (usage === undefined) return;
  yield* run.addUsage(usage);
  yield {
    kind: 'context_changed',
    context: { usedTokens: usage.inputTokens + usage.outputTokens, windowTokens: model.contextWindowTokens },
  };
}

type Received = Exclude<StreamEvent, { type: 'done' | 'error' }>;

function* receive(run: TurnRun, model: ResolvedModel, event: Received, answer: Answer): Generator<TurnOutput> {
  switch (event.type) {
    case 'text':
    case 'thinking': {
      if (event.text === '') return;
      if (!answer.isShown) {
        answer.isShown = true;
        yield { kind: 'item_added', item: toItem(answer, model, true) };
      }
      if (event.type === 'text' && endThinking(run, answer)) yield { kind: 'item_changed', item: toItem(answer, model, true) };
      const offsetChars = answer[event.type].length;
      answer[event.type] += event.text;
      yield { kind: 'delta', itemId: answer.id, part: event.type, offsetChars, text: event.text };
      return;
    }
    case 'thinking_signature':
      answer.signature = event.signature;
      return;
    case 'tool_call':
      if (endThinking(run, answer)) yield { kind: 'item_changed', item: toItem(answer, model, true) };
      answer.calls.push({ ...event.call, id: run.request.takeCallId(event.call.id) });
      return;
    case 'usage':
      answer.usage = event.usage;
      return;
    default:
      event satisfies never;
  }
}

/** Returns true once, when the thinking ends. */
function endThinking({ request }: TurnRun, answer: Answer): boolean {
  if (answer.thinking === '' || answer.thinkingMs !== undefined) return false;
  answer.thinkingMs = request.clock.now() - answer.createdAtMs;
  return true;
}

/** An empty answer is a failure of the stream, or of the filter or limit that emptied it. */
function classifyEnd(end: StreamEnd, answer: Answer): StreamEnd {
  if (end.kind !== 'done' || answer.text !== '' || answer.calls.length > 0) return end;
  if (end.reason === 'content_filter') {
    const message = "The provider's content filter withheld the answer.";
    return { kind: 'failed', failure: { code: 'provider_error', message, httpStatus: 200 } }; // a status below 500: another attempt would not help
  }
  const message =
    end.reason === 'length' ? 'The output limit was reached before any text was received.' : 'The model sent an empty answer.';
  const problem = { code: end.reason === 'length' ? 'no_text' : 'empty' } as const;
  return { kind: 'failed', failure: { code: 'stream_invalid', message, problem } };
}

/** Removes the row of the failed attempt. The text before a continuation is shown again under a new id. */
function* dropAttempt(run: TurnRun, answer: Answer, kept: { text: string; thinking: string }, model: ResolvedModel): Generator<TurnOutput> {
  if (answer.isShown) yield { kind: 'item_removed', itemId: answer.id };
  Object.assign(answer, emptyAnswer(run), kept);
  if (kept.text === '' && kept.thinking === '') return;
  answer.isShown = true;
  yield { kind: 'item_added', item: toItem(answer, model, true) };
}

/** True when the wait is over, false after a cancel. */
async function* waitToRetry(
  run: TurnRun,
  failure: ProviderFailure,
  attempt: number,
  { delayMs, capacityAttempt }: NonNullable<ReturnType<RetryDecision>>,
): AsyncGenerator<TurnOutput, boolean> {
  const { control, clock } = run.request;
  const atMs = clock.now() + delayMs;
  const retry = { atMs, attempt: attempt + 1, reason: failure.message, ...defined({ problem: failure.problem, capacityAttempt }) };
  for (;;) {
    const waiting = control.wait(Math.min(Math.max(0, atMs - clock.now()), HEARTBEAT_MS), clock); // started before it is shown: a client may answer at once
    yield* run.advance({ kind: 'retry_scheduled' }, retry);
    const why = await waiting;
    if (why === 'cancelled') return false;
    if (why === 'skipped' || clock.now() >= atMs) return true;
  }
}

function* commitAnswer(run: TurnRun, model: ResolvedModel, answer: Answer, calls: readonly ModelToolCall[]): Generator<TurnOutput> {
  endThinking(run, answer);
  const { id, text, thinking, thinkingMs, usage, signature } = answer;
  const signed = signature === undefined ? {} : { thinkingSignature: signature };
  if (text === '' && thinking === '' && calls.length === 0) return;
  const contextWindowTokens = model.contextWindowTokens;
  const facts = {
    id,
    model: model.modelId,
    providerId: model.ref.providerId,
    text,
    thinking,
    ...defined({ thinkingMs }),
    ...signed,
    calls,
    usage,
    contextWindowTokens,
  };
  yield { kind: 'record', draft: answerDraft(facts) };
  if (answer.isShown) yield { kind: 'item_changed', item: toItem(answer, model, false) };
  if (text !== '' || calls.length > 0)
    yield { kind: 'message', message: { role: 'assistant', text, thinking, ...signed, toolCalls: calls } };
}

function toItem({ id, text, thinking, thinkingMs, createdAtMs }: Answer, model: ResolvedModel, streaming: boolean): AssistantItem {
  const thought = thinkingMs === undefined ? {} : { thinkingMs };
  return { kind: 'assistant', id, text, thinking, ...thought, model: model.modelId, createdAtMs, streaming };
}
