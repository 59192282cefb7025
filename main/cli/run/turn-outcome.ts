/** The result and exit code for the end of a turn. Pure. Source: docs/formats.md 3.3. */
import { ERROR_FACTS, type ErrorCode, TurnId, type TurnResult } from '../../../preload/contract/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import type { RunFailure } from '../output/failure.ts';

/** For a prompt that was answered without a turn: a slash command. */
export const NO_TURN: TurnResult = {
  turnId: TurnId.parse('none'),
  end: 'completed',
  usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 },
  durationMs: 0,
  apiDurationMs: 0,
  modelRequests: 0,
  denied: [],
};

export interface RunLimits {
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  readonly maxWallTimeMs?: number;
}

export type RunOutcome =
  | { readonly kind: 'success' }
  /** A result message with the error. */
  | { readonly kind: 'failed'; readonly failure: RunFailure }
  /** No result message: a limit of the run stopped it. */
  | { readonly kind: 'limit'; readonly failure: RunFailure };

export function outcomeOf(result: TurnResult, limits: RunLimits, toolCalls: number): RunOutcome {
  switch (result.end) {
    case 'completed':
      return { kind: 'success' };
    case 'max_turns': {
      const message = `Reached the limit of ${limits.maxTurns ?? result.modelRequests} requests to the model. Raise it with --max-session-turns.`;
      return { kind: 'limit', failure: { message, exitCode: EXIT.turnLimit } };
    }
    case 'cancelled':
      if (limits.maxWallTimeMs !== undefined && result.durationMs >= limits.maxWallTimeMs)
        return { kind: 'limit', failure: timeFailure(limits.maxWallTimeMs, result.durationMs) };
      return { kind: 'failed', failure: { message: 'The turn was cancelled.', exitCode: EXIT.failure } };
    case 'interrupted':
    case 'failed': {
      const { error } = result;
      if (error === undefined) return { kind: 'failed', failure: { message: `The turn was ${result.end}.`, exitCode: EXIT.failure } };
      if (error.code === 'tool_limit_reached') return { kind: 'limit', failure: budgetFailure(limits.maxToolCalls ?? 0, toolCalls) };
      return { kind: 'failed', failure: { message: describeError(error), exitCode: exitCodeOf(error.code) } };
    }
    default:
      return result.end satisfies never;
  }
}

/** Source: docs/formats.md 3.3. */
function timeFailure(limitMs: number, tookMs: number): RunFailure {
  const seconds = (ms: number) => `${Math.round(ms / 100) / 10}s`;
  return {
    message: `Run aborted: wall-time budget of ${seconds(limitMs)} exceeded (--max-wall-time); observed ${seconds(tookMs)}.`,
    exitCode: EXIT.budget,
  };
}

function budgetFailure(budget: number, observed: number): RunFailure {
  return {
    message: `Run aborted: tool-call budget of ${budget} exceeded (--max-tool-calls); observed ${observed}.`,
    exitCode: EXIT.budget,
  };
}

/** Failures on the model's side, which scripts for Qwen Code recognize by this prefix. */
function describeError(error: { code: ErrorCode; message: string }): string {
  return ERROR_FACTS[error.code]?.isModelFailure ? `[API Error: ${error.message}]` : error.message;
}
