import type { TurnResult, Usage } from '../../../preload/contract/index.ts';

/** Joins a run of several turns (the end of a background task was reported to the model): sums, and the end of the last. */
export function addTurns(results: readonly TurnResult[]): TurnResult {
  const [first, ...rest] = results;
  if (first === undefined) throw new Error('a run has at least one turn');
  return rest.reduce(
    (sum, next) => ({
      ...next,
      usage: addUsage(sum.usage, next.usage),
      durationMs: sum.durationMs + next.durationMs,
      apiDurationMs: sum.apiDurationMs + next.apiDurationMs,
      modelRequests: sum.modelRequests + next.modelRequests,
      denied: [...sum.denied, ...next.denied],
    }),
    first,
  );
}

function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    thinkingTokens: a.thinkingTokens + b.thinkingTokens,
  };
}
