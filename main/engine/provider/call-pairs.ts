import type { ModelMessage, ModelToolResult } from './provider.ts';

const NO_RESULT = 'There is no result: the call was interrupted before it ended.';

/**
 * The history with exactly one result for each call, right behind its answer; every protocol refuses another one. A call
 * without a result gets one that says so, a result without its call is left out, and so is an answer with nothing in it. Pure.
 */
export function pairCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  const paired: ModelMessage[] = [];
  let open: Extract<ModelMessage, { role: 'assistant' }>['toolCalls'] = [];
  let given: ModelToolResult[] = [];
  const close = () => {
    const results = open.map(
      (call) => given.find((result) => result.callId === call.id) ?? { callId: call.id, name: call.name, text: NO_RESULT, isError: true },
    );
    if (results.length > 0) paired.push({ role: 'tool', results });
    open = [];
    given = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      given.push(...message.results);
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
