/**
 * Replaces the beginning of a conversation by the model's own summary of it.
 * Flow: cut; ask the model for the summary, behind the unchanged beginning and with the same tools, so that its cache holds;
 * if that is shorter, record it, replace the history, tell a row and the new meter. Whatever fails changes nothing, and a
 * row says so.
 */
import { randomUUID } from 'node:crypto';
import { ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { COMPACTION_REQUEST } from '../../../resources/prompts/compaction-prompt.ts';
import type { Clock } from '../ports.ts';
import type { ModelMessage, ProviderFailure, ToolSchema } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import { compressionDraft, compressionNotice, noticeDraft } from '../transcript/index.ts';
import { compactedHistory, type CompactionPlan, fitForSummary, planCompaction, shortenResults } from './compaction-state.ts';
import { estimateMessages, estimateText } from './token-estimate.ts';
import { ABORTED, type TurnControl, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';

/** Of the window, and of the conversation: what stays word for word. Source: docs/formats.md 4.5. */
const KEEP_SHARE = 0.3;
/** After a refusal as too long. */
const KEEP_LESS_SHARE = 0.15;
/** Of the window: the most that a summary is made of. */
const SUMMARIZED_SHARE = 0.75;
const MAX_ATTEMPTS = 3;
/** A provider that wants a longer wait gets none: the conversation goes on as it is. Unit: ms. */
const LONGEST_WAIT_MS = 30_000;

export interface CompactionRequest {
  readonly model: ResolvedModel;
  readonly system: string;
  readonly tools: readonly ToolSchema[];
  readonly history: readonly ModelMessage[];
  /** As the meter shows it; 0: nobody has counted. */
  readonly usedTokens: number;
  /** `too_long`: the provider has refused the conversation as it is. */
  readonly why: 'full' | 'asked' | 'too_long';
  /** What the user wants the summary to look at. */
  readonly instructions?: string;
  readonly control: Pick<TurnControl, 'signal' | 'wait' | 'failure'>;
  readonly clock: Clock;
  /** The request itself; for whoever counts. */
  readonly onRequest: (durationMs: number) => void;
}

export type CompactionEnd =
  | { readonly kind: 'done'; readonly tokensBefore: number; readonly tokensAfter: number; readonly summary: string }
  /** There is too little to summarize. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed' };

type Summary =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export async function* compact(request: CompactionRequest): AsyncGenerator<TurnOutput, CompactionEnd> {
  const { model, history, why } = request;
  const share = why === 'too_long' ? KEEP_LESS_SHARE : KEEP_SHARE;
  const { perEstimate } = measure(request);
  const keepTokens = share * Math.min(model.contextWindowTokens / perEstimate, estimateMessages(history));
  const found = planCompaction(history, keepTokens);
  if (found === undefined) return { kind: 'nothing' };
  const plan = why === 'too_long' ? { ...found, kept: shortenResults(found.kept, keepTokens) } : found;
  const summary = await summarize(request, plan);
  if (summary.kind === 'cancelled') return summary;
  if (summary.kind === 'failed') {
    yield* tellFailure(request, summary.failure.message);
    return { kind: 'failed' };
  }
  const after = compactedHistory(plan, summary.text);
  const { before, after: tokensOf } = measure(request);
  const tokens = { before, after: tokensOf(after) };
  if (tokens.after >= tokens.before) {
    yield* tellFailure(request, 'The summary was longer than what it stands for.');
    return { kind: 'failed' };
  }
  yield* replace(request, plan, { history: after, summary: summary.text, tokens });
  if (request.control.failure() !== undefined) return { kind: 'cancelled' };
  return { kind: 'done', tokensBefore: tokens.before, tokensAfter: tokens.after, summary: summary.text };
}

/** Estimates, in the measure of the meter. */
function measure({ system, tools, history, usedTokens }: CompactionRequest) {
  const fixed = estimateText(system) + estimateText(JSON.stringify(tools));
  const estimated = fixed + estimateMessages(history);
  const before = usedTokens > 0 ? usedTokens : estimated;
  const perEstimate = before / estimated;
  return { before, perEstimate, after: (next: readonly ModelMessage[]) => Math.round(perEstimate * (fixed + estimateMessages(next))) };
}

function* replace(
  { clock, model, control }: CompactionRequest,
  plan: CompactionPlan,
  { history, summary, tokens }: { history: readonly ModelMessage[]; summary: string; tokens: { before: number; after: number } },
): Generator<TurnOutput> {
  const id = ItemId.parse(randomUUID());
  const createdAtMs = clock.now();
  const sizes = { tokensBefore: tokens.before, tokensAfter: tokens.after };
  const draft = compressionDraft({ id, ...sizes, history, kept: keptText(plan), summary, createdAtMs });
  yield { kind: 'record', draft };
  if (control.failure() !== undefined) return; // it was not written, so the conversation stays as it is
  yield { kind: 'history_replaced', messages: history, tokens: tokens.after };
  const { systemPayload, gantry } = draft;
  yield { kind: 'item_added', item: compressionNotice({ systemPayload, gantry }, id, createdAtMs) };
  yield { kind: 'context_changed', context: { usedTokens: tokens.after, windowTokens: model.contextWindowTokens, isEstimate: true } };
}

function keptText({ kept, recentFiles }: CompactionPlan): string {
  const prompts = kept.filter((message) => message.role === 'user').length;
  const last =
    prompts > 0 ? `the last ${count(prompts, 'prompt')} with what followed` : kept.length > 0 ? 'the last steps of the running turn' : '';
  const files = recentFiles.length > 0 ? `the paths of ${count(recentFiles.length, 'file')}` : '';
  return `Kept: ${['the summary', last, files].filter((part) => part !== '').join(', ')}. All of it can still be read here.`;
}

function count(number: number, noun: string): string {
  return number === 1 ? (noun === 'prompt' ? noun : `1 ${noun}`) : `${number} ${noun}s`;
}

function* tellFailure({ clock, why }: CompactionRequest, reason: string): Generator<TurnOutput> {
  const text = `The conversation could not be summarized, so nothing of it was changed: ${reason}${why === 'asked' ? '' : ' To try again, use /compress.'}`;
  const item: Extract<TranscriptItem, { kind: 'notice' }> = {
    kind: 'notice',
    id: ItemId.parse(randomUUID()),
    createdAtMs: clock.now(),
    level: 'warning',
    text,
  };
  yield { kind: 'record', draft: noticeDraft(item) };
  yield { kind: 'item_added', item };
}

async function summarize(request: CompactionRequest, plan: CompactionPlan): Promise<Summary> {
  const { control, clock, model } = request;
  let budget = (model.contextWindowTokens * SUMMARIZED_SHARE) / Math.max(1, measure(request).perEstimate);
  for (let attempt = 1; ; attempt += 1) {
    const summary = await ask(request, fitForSummary(plan.older, budget));
    if (summary.kind !== 'failed' || attempt >= MAX_ATTEMPTS) return summary;
    const wait = waitAfter(summary.failure, attempt);
    if (wait === undefined) return summary;
    if (summary.failure.code === 'context_too_long') budget /= 2;
    if ((await control.wait(wait, clock)) === 'cancelled') return { kind: 'cancelled' };
  }
}

/** Undefined: it would not help to ask again. Unit: ms. */
function waitAfter({ code, httpStatus, retryAfterMs = 500 }: ProviderFailure, attempt: number): number | undefined {
  if (code === 'context_too_long') return 0;
  const mayPass =
    code === 'rate_limited' ||
    code === 'provider_unreachable' ||
    code === 'stream_invalid' ||
    (code === 'provider_error' && (httpStatus ?? 500) >= 500);
  const waitMs = retryAfterMs * attempt;
  return mayPass && waitMs <= LONGEST_WAIT_MS ? waitMs : undefined;
}

async function ask(request: CompactionRequest, older: readonly ModelMessage[]): Promise<Summary> {
  const { model, system, tools, instructions, control, clock } = request;
  const text =
    instructions === undefined ? COMPACTION_REQUEST : `${COMPACTION_REQUEST}\n\nThe user asks for this in particular: ${instructions}`;
  const limit = model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens };
  const messages: readonly ModelMessage[] = [...older, { role: 'user', text }];
  const startedAtMs = clock.now();
  const events = model.provider
    .stream({ modelId: model.modelId, system, messages, tools, ...limit }, control.signal)
    [Symbol.asyncIterator]();
  let summary = '';
  try {
    for (;;) {
      const next = await untilAborted(events.next(), control.signal);
      if (next === ABORTED) return { kind: 'cancelled' };
      if (next.done === true) return failed('The answer ended without an end marker.');
      const event = next.value;
      if (event.type === 'text') summary += event.text;
      if (event.type === 'error') return control.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', failure: event.error };
      if (event.type !== 'done') continue;
      if (event.reason === 'length') return failed('The summary did not fit into one answer.');
      return summary.trim() === '' ? failed('The model sent no summary.') : { kind: 'text', text: summary };
    }
  } finally {
    request.onRequest(clock.now() - startedAtMs);
    void events.return?.()?.catch(() => undefined); // frees the connection; it may hang where the stream does
  }
}

function failed(message: string): Summary {
  return { kind: 'failed', failure: { code: 'stream_invalid', message } };
}
