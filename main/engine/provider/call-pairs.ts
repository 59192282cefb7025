import type { ModelMessage, ModelToolCall } from './provider.ts';

const NO_RESULT = 'There is no result: the call was interrupted before it ended.';

type ToolMessage = Extract<ModelMessage, { role: 'tool' }>;

/**
 * Returns the history with exactly one result for each call, directly after its answer; protocols refuse anything else. A call
 * without a result gets one that says so. A result without its call is omitted, and so is an answer without content. A message
 * that is already valid stays the same object, so that its cached encoding from the last request remains usable. Pure.
 */
export function pairCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  const paired: ModelMessage[] = [];
  let open: readonly ModelToolCall[] = [];
  let given: ToolMessage[] = [];
  const close = () => {
    if (open.length > 0) paired.push(exactResults(open, given) ?? chosenResults(open, given));
    open = [];
    given = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      given.push(message);
      continue;
    }
    close();
    if (message.role === 'assistant') {
      if (message.text === '' && message.toolCalls.length === 0) continue;
      open = message.toolCalls;
    }
    paired.push(message);
  }
  close();
  return paired;
}

function exactResults(calls: readonly ModelToolCall[], [only, ...others]: readonly ToolMessage[]): ToolMessage | undefined {
  if (only === undefined || others.length > 0 || only.results.length !== calls.length) return undefined;
  return calls.every((call, index) => only.results[index]?.callId === call.id) ? only : undefined;
}

function chosenResults(calls: readonly ModelToolCall[], given: readonly ToolMessage[]): ToolMessage {
  const results = given.flatMap((message) => message.results);
  return {
    role: 'tool',
    results: calls.map(
      (call) => results.find((result) => result.callId === call.id) ?? { callId: call.id, name: call.name, text: NO_RESULT, isError: true },
    ),
  };
}
