import type { TurnResult } from '../../../preload/contract/index.ts';
import { toMessageUsage } from './message-mapper.ts';
import type { ResultMessage } from './output-message.ts';

export type ResultFacts = { readonly sessionId: string; readonly uuid: string } & (
  | { readonly text: string; readonly structured?: unknown }
  | { readonly error: string }
);

/** The last message of a run. Pure. Source: docs/formats.md 3.2. */
export function toResultMessage(result: TurnResult, facts: ResultFacts): ResultMessage {
  const usage = toMessageUsage(result.usage);
  const common = {
    uuid: facts.uuid,
    session_id: facts.sessionId,
    duration_ms: result.durationMs,
    duration_api_ms: result.apiDurationMs,
    num_turns: result.modelRequests,
    permission_denials: result.denied.map((denial) => ({
      tool_name: denial.toolName,
      tool_use_id: denial.toolCallId,
      tool_input: denial.input,
    })),
  };
  if ('text' in facts) {
    const structured = facts.structured === undefined ? {} : { structured_result: facts.structured };
    return { type: 'result', subtype: 'success', is_error: false, result: facts.text, ...structured, usage, ...common };
  }
  const { total_tokens: total = 0, ...shortUsage } = usage;
  return {
    type: 'result',
    subtype: 'error_during_execution',
    is_error: true,
    error: { message: facts.error },
    usage: total > 0 ? usage : shortUsage, // without an answer of the model there is no total
    ...common,
  };
}
