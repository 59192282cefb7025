/** Notices a model that makes the same call again and again. Source: docs/formats.md 4.4. */
import type { ModelToolCall } from '../provider/provider.ts';

/** The call that completes this many equal ones in a row is not run. */
export const MAX_EQUAL_CALLS = 5;

export interface LoopGuard {
  /** True for the call that is one too many. */
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
