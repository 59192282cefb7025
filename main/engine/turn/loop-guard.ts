/** Detects a model that repeats the same call. Source: docs/formats.md 4.4. */
import type { ModelToolCall } from '../provider/provider.ts';

/** The call that completes this many equal calls in a row is not run. */
export const MAX_EQUAL_CALLS = 5;

export interface LoopGuard {
  /** True for the call that exceeds the limit. */
  isLoop(call: ModelToolCall): boolean;
}

export function createLoopGuard(): LoopGuard {
  let last = '';
  let count = 0;
  return {
    isLoop({ name, input }) {
      const key = `${name} ${JSON.stringify(input)}`;
      count = key === last ? count + 1 : 1;
      last = key;
      return count >= MAX_EQUAL_CALLS;
    },
  };
}
