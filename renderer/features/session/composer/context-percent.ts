import type { ContextMeter } from '../../../../preload/contract/index.ts';

/** Undefined until a provider has reported usage, and while the window is not known. */
export function contextPercent({ usedTokens, windowTokens }: ContextMeter): number | undefined {
  if (usedTokens <= 0 || windowTokens <= 0) return undefined;
  return Math.min(100, Math.max(1, Math.round((usedTokens / windowTokens) * 100)));
}
