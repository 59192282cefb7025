/**
 * When a turn compacts its conversation: before a request that would fill the window too far, and once after a request that the
 * provider refused as too long. After three failures in a row, only the latter or a request of the user starts a compaction.
 */
import type { ToolSchema } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import { compact, type CompactionRequest } from './compaction.ts';
import type { ContextUse } from './context-use.ts';
import { estimateText } from './token-estimate.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnRun } from './turn-context.ts';

/** Source: docs/formats.md 4.5. */
const MAX_FAILURES = 3;
/** If the context is full again right after a compaction, too much of it must be kept. It must grow by this factor before the next attempt. */
const REGROWTH = 1.1;

/** The size of the next request. Unit: tokens. */
export function countUsedTokens({ counted, added }: ContextUse, system: string, tools: readonly ToolSchema[]): number {
  const fixed = counted > 0 ? 0 : estimateText(system) + estimateText(JSON.stringify(tools));
  return counted + added + fixed;
}

/** The meter for a provider that does not count tokens: an estimate of what the last answer added. */
export async function* emitEstimate({ request }: TurnRun, model: ResolvedModel): AsyncGenerator<TurnOutput> {
  const use = request.context.usage();
  if (use.added === 0) return;
  const usedTokens = countUsedTokens(use, await request.systemPrompt(), request.registry.schemas);
  yield { kind: 'context_changed', context: { usedTokens, windowTokens: model.contextWindowTokens, isEstimate: true } };
}

export async function* makeRoom(
  run: TurnRun,
  model: ResolvedModel,
  why: Exclude<CompactionRequest['why'], 'asked'>,
): AsyncGenerator<TurnOutput, 'made' | 'not_made' | 'cancelled'> {
  const { control, clock, registry, history, context, systemPrompt } = run.request;
  const { compactions, compactAt } = context;
  const system = await systemPrompt();
  const usedTokens = countUsedTokens(context.usage(), system, registry.schemas);
  const isFull = usedTokens >= compactAt * model.contextWindowTokens && usedTokens > compactions.tokensAfterLast * REGROWTH;
  if (why === 'full' && (!isFull || compactions.failures >= MAX_FAILURES)) return 'not_made';
  yield* run.setCompacting(true);
  await context.compacting?.('before', '');
  const end = yield* compact({
    model,
    system,
    tools: registry.schemas,
    history: history(),
    usedTokens,
    why,
    control,
    clock,
    onRequest(durationMs) {
      run.countRequest();
      run.countApiTime(durationMs);
    },
  });
  yield* run.setCompacting(false);
  if (end.kind === 'failed') compactions.failures += 1;
  if (end.kind !== 'done') return end.kind === 'cancelled' ? 'cancelled' : 'not_made';
  compactions.failures = 0;
  await context.compacting?.('after', end.summary);
  compactions.tokensAfterLast = end.tokensAfter;
  return 'made';
}
