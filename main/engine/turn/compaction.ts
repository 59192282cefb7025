/**
 * Replaces the beginning of a conversation with the model's own summary of it.
 * Flow: cut; request the summary from the model after the unchanged beginning and with the same tools, so that the cache stays valid;
 * if it is shorter, record it, replace the history, and emit a row and the new meter. A failure changes nothing, and a
 * row reports it.
 */
import { randomUUID } from 'node:crypto';
import { type CompactionKept, type CompactionProblem, ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import { COMPACTION_REQUEST } from '../../../resources/prompts/compaction-prompt.ts';
import type { Clock } from '../ports.ts';
import type { ModelMessage, ProviderFailure, ToolSchema } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import { compressionDraft, compressionNotice, describeNotice, describeProblem, noticeDraft } from '../transcript/index.ts';
import { compactedHistory, type CompactionPlan, fitForSummary, planCompaction, shortenResults } from './compaction-state.ts';
import { estimateMessages, estimateText } from './token-estimate.ts';
import { ABORTED, type TurnControl, untilAborted } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';

/** Share of the window, and of the conversation, that is kept unchanged. Source: docs/formats.md 4.5. */
const KEEP_SHARE = 0.3;
/** After the provider refused the request as too long. */
const KEEP_LESS_SHARE = 0.15;
/** Share of the window that the messages to be summarized may fill. */
const SUMMARIZED_SHARE = 0.75;
const MAX_ATTEMPTS = 3;
/** If a provider asks for a longer wait, compaction is given up and the conversation continues unchanged. Unit: ms. */
const LONGEST_WAIT_MS = 30_000;

export interface CompactionRequest {
  readonly model: ResolvedModel;
  readonly system: string;
  readonly tools: readonly ToolSchema[];
  readonly history: readonly ModelMessage[];
  /** As the meter shows it; 0: no provider has counted. */
  readonly usedTokens: number;
  /** `too_long`: the provider has refused the conversation at its current length. */
  readonly why: 'full' | 'asked' | 'too_long';
  /** What the user wants the summary to focus on. */
  readonly instructions?: string;
  readonly control: Pick<TurnControl, 'signal' | 'wait' | 'failure'>;
  readonly clock: Clock;
  /** Called after each request, so that the turn can count it. */
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
  | { readonly kind: 'failed'; readonly failure: ProviderFailure; readonly problem: CompactionProblem };

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
    yield* reportFailure(request, summary.problem);
    return { kind: 'failed' };
  }
  const after = compactedHistory(plan, summary.text);
  const { before, after: tokensOf } = measure(request);
  const tokens = { before, after: tokensOf(after) };
  if (tokens.after >= tokens.before) {
    yield* reportFailure(request, { code: 'longer' });
    return { kind: 'failed' };
  }
  yield* replace(request, plan, { history: after, summary: summary.text, tokens });
  if (request.control.failure() !== undefined) return { kind: 'cancelled' };
  return { kind: 'done', tokensBefore: tokens.before, tokensAfter: tokens.after, summary: summary.text };
}

/** Estimates, scaled to the meter. */
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
  const draft = compressionDraft({ id, ...sizes, history, kept: keptOf(plan), summary, createdAtMs });
  yield { kind: 'record', draft };
  if (control.failure() !== undefined) return; // the record was not written, so the conversation stays unchanged
  yield { kind: 'history_replaced', messages: history, tokens: tokens.after };
  const { systemPayload, gantry } = draft;
  yield { kind: 'item_added', item: compressionNotice({ systemPayload, gantry }, id, createdAtMs) };
  yield { kind: 'context_changed', context: { usedTokens: tokens.after, windowTokens: model.contextWindowTokens, isEstimate: true } };
}

function keptOf({ kept, recentFiles }: CompactionPlan): CompactionKept {
  const prompts = kept.filter((message) => message.role === 'user').length;
  return { prompts, steps: prompts === 0 && kept.length > 0, files: recentFiles.length };
}

function* reportFailure({ clock, why }: CompactionRequest, problem: CompactionProblem): Generator<TurnOutput> {
  const content = { code: 'compaction_failed', problem, isAsked: why === 'asked' } as const;
  const item: Extract<TranscriptItem, { kind: 'notice' }> = {
    kind: 'notice',
    id: ItemId.parse(randomUUID()),
    createdAtMs: clock.now(),
    level: 'warning',
    text: describeNotice(content),
    content,
  };
  yield { kind: 'record', draft: noticeDraft(item) };
  yield { kind: 'item_added', item };
}

async function summarize(request: CompactionRequest, plan: CompactionPlan): Promise<Summary> {
  const { control, clock, model } = request;
  let budget = (model.contextWindowTokens * SUMMARIZED_SHARE) / Math.max(1, measure(request).perEstimate);
  for (let attempt = 1; ; attempt += 1) {
    const summary = await requestSummary(request, fitForSummary(plan.older, budget));
    if (summary.kind !== 'failed' || attempt >= MAX_ATTEMPTS) return summary;
    const wait = getRetryDelay(summary.failure, attempt);
    if (wait === undefined) return summary;
    if (summary.failure.code === 'context_too_long') budget /= 2;
    if ((await control.wait(wait, clock)) === 'cancelled') return { kind: 'cancelled' };
  }
}

/** Undefined: another attempt would not help. Unit: ms. */
function getRetryDelay({ code, httpStatus, retryAfterMs = 500 }: ProviderFailure, attempt: number): number | undefined {
  if (code === 'context_too_long') return 0;
  const isTransient =
    code === 'rate_limited' ||
    code === 'provider_unreachable' ||
    code === 'stream_invalid' ||
    (code === 'provider_error' && (httpStatus ?? 500) >= 500);
  const waitMs = retryAfterMs * attempt;
  return isTransient && waitMs <= LONGEST_WAIT_MS ? waitMs : undefined;
}

async function requestSummary(request: CompactionRequest, older: readonly ModelMessage[]): Promise<Summary> {
  const { model, system, tools, instructions, control, clock } = request;
  const text =
    instructions === undefined ? COMPACTION_REQUEST : `${COMPACTION_REQUEST}\n\nThe user's instructions for the summary: ${instructions}`;
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
      if (next.done === true) return failed({ code: 'unfinished' });
      const event = next.value;
      if (event.type === 'text') summary += event.text;
      if (event.type === 'error') {
        if (control.signal.aborted) return { kind: 'cancelled' };
        return { kind: 'failed', failure: event.error, problem: { code: 'other', message: event.error.message } };
      }
      if (event.type !== 'done') continue;
      if (event.reason === 'length') return failed({ code: 'too_long' });
      return summary.trim() === '' ? failed({ code: 'empty' }) : { kind: 'text', text: summary };
    }
  } finally {
    request.onRequest(clock.now() - startedAtMs);
    void events.return?.()?.catch(() => undefined); // frees the connection; not awaited, because it can hang like the stream
  }
}

function failed(problem: CompactionProblem): Summary {
  return { kind: 'failed', failure: { code: 'stream_invalid', message: describeProblem(problem) }, problem };
}
