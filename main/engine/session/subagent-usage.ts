/** Token usage of subagents that the session has not reported yet; its next figures include it. In memory. */
import type { Usage } from '../../../preload/contract/index.ts';

export interface SubagentUsage {
  /** `usage` and `before` are totals of one subagent; the difference is added. */
  add(usage: Usage | undefined, before: Usage | undefined): void;
  /** Returns the sum and resets it; undefined: there is none. */
  take(): Usage | undefined;
}

export function createSubagentUsage(): SubagentUsage {
  let unreported: Usage | undefined;
  return {
    add(usage, before) {
      if (usage === undefined) return;
      const more = (key: keyof Usage) => (unreported?.[key] ?? 0) + usage[key] - (before?.[key] ?? 0);
      unreported = {
        inputTokens: more('inputTokens'),
        outputTokens: more('outputTokens'),
        cachedTokens: more('cachedTokens'),
        thinkingTokens: more('thinkingTokens'),
      };
    },
    take() {
      const taken = unreported;
      unreported = undefined;
      return taken;
    },
  };
}
