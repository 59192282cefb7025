/** The model's history as a chat completions request. Pure: equal history gives equal bytes, so that prompt caches hold. */
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ModelMessage, ToolSchema } from './provider.ts';

const NO_RESULT = 'There is no result: the call was interrupted before it ended.';

/**
 * `returnsThinking`: the endpoint wants its own reasoning back with the calls it led to.
 * A call without a result gets one that says so, and a result without its call is left out: either would be refused.
 */
export function toOpenAiMessages(
  system: string,
  messages: readonly ModelMessage[],
  options: { readonly returnsThinking: boolean },
): ChatCompletionMessageParam[] {
  const mapped: ChatCompletionMessageParam[] = system === '' ? [] : [{ role: 'system', content: system }];
  let open: readonly string[] = [];
  const closeOpenCalls = () => {
    mapped.push(...open.map((id) => ({ role: 'tool' as const, tool_call_id: id, content: NO_RESULT })));
    open = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      const asked = new Set(open);
      const results = message.results.filter((result) => asked.delete(result.callId));
      mapped.push(...results.map((result) => ({ role: 'tool' as const, tool_call_id: result.callId, content: result.text })));
      open = [...asked];
      continue;
    }
    closeOpenCalls();
    if (message.role === 'user') mapped.push({ role: 'user', content: message.text });
    else if (message.text !== '' || message.toolCalls.length > 0) {
      mapped.push(assistantMessage(message, options.returnsThinking));
      open = message.toolCalls.map((call) => call.id);
    }
  }
  closeOpenCalls();
  return mapped;
}

export function toOpenAiTools(tools: readonly ToolSchema[]): ChatCompletionFunctionTool[] {
  return tools.map((tool) => ({
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: tool.parameters },
  }));
}

function assistantMessage(message: Extract<ModelMessage, { role: 'assistant' }>, returnsThinking: boolean): ChatCompletionMessageParam {
  const calls = message.toolCalls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  }));
  return {
    role: 'assistant',
    content: message.text,
    ...(returnsThinking && message.thinking !== '' ? { reasoning_content: message.thinking } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** These refuse a field they do not know. */
const STRICT_HOSTS = /(?:^|\.)(?:openai\.com|openai\.azure\.com|groq\.com|mistral\.ai|cerebras\.ai)$/;
const THINKING_MODELS = /deepseek|kimi|glm|minimax|qwen|mimo/;

/** Whether reasoning goes back with the history. Models that think between tool calls answer worse, or refuse, without it. */
export function returnsThinking(host: string, modelId: string): boolean {
  return THINKING_MODELS.test(modelId.toLowerCase()) && !STRICT_HOSTS.test(host);
}
