/** What subagents have cost since somebody counted it: the session's next figures have it in them. In memory. */
import type { Usage } from '../../../preload/contract/index.ts';

export interface Spent {
  /** `usage` and `before` are sums of one subagent; what came between is counted. */
  add(usage: Usage | undefined, before: Usage | undefined): void;
  /** Once; undefined: nothing. */
  take(): Usage | undefined;
}

export function createSpent(): Spent {
  let untold: Usage | undefined;
  return {
    add(usage, before) {
      if (usage === undefined) return;
      const more = (key: keyof Usage) => (untold?.[key] ?? 0) + usage[key] - (before?.[key] ?? 0);
      untold = {
        inputTokens: more('inputTokens'),
        outputTokens: more('outputTokens'),
        cachedTokens: more('cachedTokens'),
        thinkingTokens: more('thinkingTokens'),
      };
    },
    take() {
      const taken = untold;
      untold = undefined;
      return taken;
    },
  };
}
