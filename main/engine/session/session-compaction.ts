/** A compaction that the user requests, and the description of what fills the context. */
import type { CompactionResult, ContextUsage } from '../../../preload/contract/index.ts';
import type { SessionOptions } from '../engine-api.ts';
import {
  compact,
  type CompactionEnd,
  createTurnControl,
  estimateMessages,
  estimateText,
  type TurnOutput,
  countUsedTokens,
} from '../turn/index.ts';
import { createTelemetryRecords, DEFAULT_WINDOW_TOKENS } from '../transcript/index.ts';
import { applyTurnOutput } from './apply-turn-output.ts';
import { reload } from './run-session-turn.ts';
import { type SessionContext } from './session-context.ts';

export interface CompactionOptions {
  readonly model: SessionOptions['model'];
  readonly instructions: string | undefined;
  readonly signal: AbortSignal;
}

/** Errors: `session_busy` (another process writes this session), `disk_full`, `file_unwritable`, and those of resolving the model. */
export async function compactSession(
  context: SessionContext,
  { model, instructions, signal }: CompactionOptions,
): Promise<CompactionResult> {
  const { identity, deps, store, view, conversation, systemPrompt, hooks } = context;
  reload(context, await store.makeWritable());
  const resolved = await deps.providers.resolve(identity.project, model);
  const system = await systemPrompt();
  const usedTokens = countUsedTokens(conversation.usage(), system, deps.registry.schemas);
  const control = createTurnControl();
  if (signal.aborted) control.cancel();
  signal.addEventListener('abort', () => control.cancel(), { once: true });
  await hooks.compacting('before', { trigger: 'manual', text: instructions ?? '' }, signal);
  let end: CompactionEnd = { kind: 'failed' };
  async function* outputs(): AsyncGenerator<TurnOutput, void> {
    end = yield* compact({
      model: resolved,
      system,
      tools: deps.registry.schemas,
      history: conversation.messages(),
      usedTokens,
      why: 'asked',
      ...(instructions === undefined || instructions.trim() === '' ? {} : { instructions }),
      control,
      clock: deps.clock,
      onRequest: () => undefined, // belongs to no turn
    });
  }
  await applyTurnOutput(outputs(), {
    control,
    view,
    store,
    logger: deps.logger,
    telemetry: createTelemetryRecords({
      promptId: `${identity.id}########compact`,
      modelId: resolved.modelId,
      nowMs: () => deps.clock.now(),
    }),
    onMessage: conversation.add,
    onHistoryReplaced: conversation.replaceHistory,
    onMeasured: conversation.measured,
    onRecorded: () => conversation.touch(deps.clock.now()),
    onEnded: () => Promise.resolve(),
  });
  const failed = control.failure();
  if (failed !== undefined) throw failed.error;
  return await conclude(context, { end, usedTokens, signal });
}

async function conclude(
  { store, conversation, hooks }: SessionContext,
  { end, usedTokens, signal }: { readonly end: CompactionEnd; readonly usedTokens: number; readonly signal: AbortSignal },
): Promise<CompactionResult> {
  if (end.kind !== 'done') return { compacted: false, tokensBefore: usedTokens, tokensAfter: usedTokens };
  conversation.compactions.failures = 0; // it works again, so automatic compaction may be tried again
  conversation.compactions.tokensAfterLast = end.tokensAfter;
  await store.sync();
  await hooks.compacting('after', { trigger: 'manual', text: end.summary }, signal);
  return { compacted: true, tokensBefore: end.tokensBefore, tokensAfter: end.tokensAfter };
}

/** Errors: none; without a model the context window of the meter is used. */
export async function describeContext(context: SessionContext, model: SessionOptions['model']): Promise<ContextUsage> {
  const { identity, deps, view, conversation, systemContext } = context;
  const [{ text, memory }, { compactAt }, resolved] = await Promise.all([
    systemContext(),
    identity.project.runSettings(),
    deps.providers.resolve(identity.project, model).catch(() => undefined),
  ]);
  const windowTokens = resolved?.contextWindowTokens ?? (view.context().windowTokens || DEFAULT_WINDOW_TOKENS);
  const use = conversation.usage();
  const usedTokens = countUsedTokens(use, text, deps.registry.schemas);
  const files = memory.files.map((file) => ({ path: file.path, label: file.label, tokens: estimateText(file.text) }));
  const memoryTokens = files.reduce((sum, { tokens }) => sum + tokens, 0);
  const estimates = {
    system: Math.max(0, estimateText(text) - memoryTokens),
    memory: memoryTokens,
    tools: estimateText(JSON.stringify(deps.registry.schemas)),
    messages: estimateMessages(conversation.messages()),
  };
  const counts = { system: 1, memory: files.length, tools: deps.registry.schemas.length, messages: conversation.messages().length };
  const perEstimate = usedTokens / Object.values(estimates).reduce((sum, tokens) => sum + tokens, 0);
  const tokensOf = (estimate: number) => Math.round(estimate * perEstimate);
  return {
    meter: { usedTokens, windowTokens, ...(use.counted > 0 && use.added === 0 ? {} : { isEstimate: true }) },
    freeTokens: Math.max(0, windowTokens - usedTokens),
    ...(Number.isFinite(compactAt) ? { compactAtTokens: Math.round(compactAt * windowTokens) } : {}),
    parts: (['system', 'memory', 'tools', 'messages'] as const).map((kind) => ({
      kind,
      tokens: tokensOf(estimates[kind]),
      count: counts[kind],
    })),
    memoryFiles: files.map((file) => ({ ...file, tokens: tokensOf(file.tokens) })),
    leftOut: memory.leftOut.map((entry) => ({ ...entry })),
  };
}

/** The tools of the next request, with their share of what the service counted. Unit: tokens. */
export async function describeTools(
  context: SessionContext,
  model: SessionOptions['model'],
): Promise<readonly { readonly name: string; readonly tokens: number }[]> {
  const { parts } = await describeContext(context, model);
  const sizes = context.deps.registry.schemas.map((schema) => ({ name: schema.name, size: estimateText(JSON.stringify(schema)) }));
  const whole = parts.find(({ kind }) => kind === 'tools')?.tokens ?? 0;
  const perSize =
    whole /
    Math.max(
      1,
      sizes.reduce((sum, { size }) => sum + size, 0),
    );
  return sizes.map(({ name, size }) => ({ name, tokens: Math.round(size * perSize) }));
}
