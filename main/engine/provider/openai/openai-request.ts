/** Builds the body of a chat completions request. Pure: equal history gives equal bytes, so that prompt caches hit. */
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { createKnownHistory, type KnownHistory } from '../encode-request.ts';
import { getModalities } from '../media.ts';
import { isDashScope, promptCacheKey } from '../prompt-cache.ts';
import { type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelRequest } from '../provider.ts';
import { returnsThinking, toOpenAiMessages, toOpenAiTools } from './openai-messages.ts';

type Plain = Readonly<Record<string, unknown>>;

export function chatRequestBody(
  config: ProviderConfig,
  request: ModelRequest,
  known: KnownHistory<ChatCompletionMessageParam> = createKnownHistory(),
) {
  const host = new URL(config.endpoint.requestUrl).hostname;
  const { generation } = config;
  const sampling = generation?.samplingParams ?? {};
  const limited = ['max_tokens', 'max_completion_tokens'].some((name) => name in sampling);
  const limitName = /^(?:o\d|gpt-5)/.test(request.modelId) ? 'max_completion_tokens' : 'max_tokens';
  const options = {
    returnsThinking: returnsThinking(host, request.modelId),
    takes: getModalities(request.modelId, generation),
    signer: getSigner(config, request.modelId),
    results: { splitsMedia: generation?.splitToolMedia, asParts: generation?.toolResultContentFormat === 'parts' },
  };
  const messages = toOpenAiMessages(request.system, request.messages, options, (message, map) =>
    known.mapped(request.modelId, message, map),
  );
  const tools = toOpenAiTools(request.tools);
  const marksCache = generation?.enableCacheControl ?? isDashScope(host);
  return {
    model: request.modelId,
    messages: marksCache ? withCacheMarks(messages) : messages,
    ...(tools.length === 0 ? {} : { tools: marksCache ? withLastToolMarked(tools) : tools }),
    ...(isDashScope(host) ? dashScopeFields({ hasTools: tools.length > 0, seesImages: options.takes.image }) : {}),
    ...(request.maxOutputTokens === undefined || limited ? {} : { [limitName]: request.maxOutputTokens }),
    ...reasoningFields(generation?.reasoning, host),
    ...promptCacheKey(request, host),
    ...sampling,
    ...generation?.extra_body,
    stream: true as const,
    stream_options: { include_usage: true },
  };
}

/**
 * What DashScope does only on request: calls in parallel, thinking that stays in the history, and pictures in full. Other hosts may
 * refuse the fields. Source: 0.24.4.
 */
function dashScopeFields({ hasTools, seesImages }: { readonly hasTools: boolean; readonly seesImages: boolean }): Plain {
  return {
    ...(hasTools ? { parallel_tool_calls: true } : {}),
    preserve_thinking: true,
    ...(seesImages ? { vl_high_resolution_images: true } : {}),
  };
}

/** Each host has its own parameters for how much a model thinks. Unknown hosts get OpenAI's. */
function reasoningFields(reasoning: Plain | false | undefined, host: string): Plain {
  if (reasoning === undefined) return {};
  const isOpenRouter = /(?:^|\.)openrouter\.ai$/.test(host);
  if (reasoning === false) {
    if (isDashScope(host)) return { enable_thinking: false };
    return isOpenRouter ? { reasoning: { enabled: false } } : {};
  }
  const { effort, budget_tokens: budget, ...others } = reasoning;
  if (isDashScope(host)) return { enable_thinking: true, ...(typeof budget === 'number' ? { thinking_budget: budget } : {}) };
  if (isOpenRouter) {
    return { reasoning: { ...others, ...(typeof budget === 'number' ? { max_tokens: budget } : effort === undefined ? {} : { effort }) } };
  }
  return effort === undefined ? {} : { reasoning_effort: effort };
}

const MARK = { cache_control: { type: 'ephemeral' } };

/** Marks the system text, which never changes, and the end of the history, up to which the next request will be the same. */
function withCacheMarks(messages: readonly ChatCompletionMessageParam[]): ChatCompletionMessageParam[] {
  const last = messages.length - 1;
  return messages.map((message, index) => (index === last || message.role === 'system' ? marked(message) : message));
}

function marked(message: ChatCompletionMessageParam): ChatCompletionMessageParam {
  const { content } = message;
  if (typeof content === 'string' && content !== '') {
    return withContent(message, [{ type: 'text', text: content, ...MARK }]);
  }
  if (!Array.isArray(content) || content.length === 0) return message;
  return withContent(
    message,
    content.map((part, index) => (index === content.length - 1 ? { ...part, ...MARK } : part)),
  );
}

function withContent(message: ChatCompletionMessageParam, content: readonly object[]): ChatCompletionMessageParam {
  return { ...message, content } as ChatCompletionMessageParam; // `cache_control` exists at DashScope and OpenRouter, not in OpenAI's types
}

function withLastToolMarked(tools: readonly ChatCompletionFunctionTool[]): ChatCompletionFunctionTool[] {
  return tools.map((tool, index) => (index === tools.length - 1 ? { ...tool, ...MARK } : tool));
}
