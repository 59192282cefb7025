/** Builds the body of a Messages request. Pure. */
import type { ContentBlockParam, MessageCreateParamsStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { getModalities } from '../media.ts';
import { type ProviderConfig, getSigner } from '../provider-config.ts';
import type { ModelRequest } from '../provider.ts';
import { signsThinking, toAnthropicMessages, toAnthropicTools } from './anthropic-messages.ts';
import { type AnthropicThinking, claudeVersion, thinkingFor } from './anthropic-thinking.ts';

const CACHED = { cache_control: { type: 'ephemeral' } } as const;
/** The protocol allows four cache marks; tools and system take one each. */
const CACHED_USER_MESSAGES = 2;
/** Parameters of the OpenAI protocol, which this API refuses. */
const FOREIGN_PARAMS: ReadonlySet<string> = new Set([
  'max_completion_tokens',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
]);
/** Refused together with thinking, and by the newest version of the protocol. */
const SAMPLING_PARAMS: ReadonlySet<string> = new Set(['temperature', 'top_p', 'top_k']);

export function messagesRequestBody(config: ProviderConfig, request: ModelRequest): MessageCreateParamsStreaming {
  const { generation } = config;
  const sampling = generation?.samplingParams ?? {};
  const maxTokens = toNumber(sampling['max_tokens']) ?? request.maxOutputTokens ?? getOutputLimit(request.modelId);
  const messages = toAnthropicMessages(request.messages, {
    signer: getSigner(config, request.modelId),
    takes: getModalities(request.modelId, generation),
  });
  const thinking = chosenThinking(config, request, { maxTokens, messages });
  const isThinking = thinking?.thinking !== undefined && thinking.thinking.type !== 'disabled';
  const params = Object.entries(sampling).filter(([name]) => !FOREIGN_PARAMS.has(name) && !(isThinking && SAMPLING_PARAMS.has(name)));
  const marks = generation?.enableCacheControl === false ? {} : CACHED;
  const tools = toAnthropicTools(request.tools);
  return {
    model: request.modelId,
    max_tokens: maxTokens,
    ...(tools.length === 0 ? {} : { tools: tools.map((tool, at) => (at === tools.length - 1 ? { ...tool, ...marks } : tool)) }),
    ...(request.system === '' ? {} : { system: [{ type: 'text', text: request.system, ...marks }] }),
    messages: generation?.enableCacheControl === false ? messages : withCacheMarks(messages),
    ...thinking,
    ...Object.fromEntries(params),
    ...generation?.extra_body,
    stream: true,
  };
}

export function setsSampling(body: MessageCreateParamsStreaming): boolean {
  return Object.keys(body).some((name) => SAMPLING_PARAMS.has(name));
}

/**
 * The version that compatible servers were written for, and the last one that accepts temperatures. Source: the vendor's page on
 * versions.
 */
const OLDER_VERSION = { 'anthropic-version': '2023-06-01' } as const;

/** Other vendors with this protocol accept the key in either header, and do not document which. */
export function requestHeaders(baseUrl: string, key: string | undefined, samples: boolean): Record<string, string> {
  if (/(?:^|\.)anthropic\.com$/.test(new URL(baseUrl).hostname)) return samples ? OLDER_VERSION : {};
  return { ...OLDER_VERSION, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
}

/** The betas that the fields of the body belong to, after those of the settings. Source: 0.24.4. */
export function betaHeaders(
  { thinking, output_config: output }: Partial<Pick<MessageCreateParamsStreaming, 'thinking' | 'output_config'>>,
  custom: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const wanted = Object.entries(custom).find(([name]) => name.toLowerCase() === 'anthropic-beta')?.[1] ?? '';
  const betas = [
    ...wanted.split(',').map((beta) => beta.trim()),
    thinking === undefined || thinking.type === 'disabled' ? '' : 'interleaved-thinking-2025-05-14',
    output === undefined ? '' : 'effort-2025-11-24',
  ].filter((beta) => beta !== '');
  return betas.length === 0 ? {} : { 'anthropic-beta': [...new Set(betas)].join(',') };
}

/** Required by the protocol. The output limit of the model; for unknown models a limit that all of them accept. Unit: tokens. */
export function getOutputLimit(modelId: string): number {
  const name = modelId.toLowerCase();
  if (name.includes('claude')) {
    const version = claudeVersion(name);
    if (version < 3.5) return 4096;
    return version < 3.7 ? 8192 : 32_000;
  }
  return /qwen|glm|kimi|minimax|mimo/.test(name) ? 32_000 : 8192;
}

/** A `thinking` parameter of the caller takes precedence. */
function chosenThinking(
  config: ProviderConfig,
  request: ModelRequest,
  { maxTokens, messages }: { readonly maxTokens: number; readonly messages: readonly MessageParam[] },
): AnthropicThinking | undefined {
  const { reasoning, samplingParams: sampling = {} } = config.generation ?? {};
  if (sampling['thinking'] !== undefined) return undefined;
  const chosen = thinkingFor(request.modelId, reasoning, maxTokens);
  if (chosen?.thinking?.type !== 'enabled') return chosen;
  // The user set a temperature but not the thinking, so the temperature applies.
  if (reasoning === undefined && sampling['temperature'] !== undefined && sampling['temperature'] !== 1) return undefined;
  return beginsWithoutThinking(messages) && signsThinking(request.modelId) ? undefined : chosen;
}

/**
 * With a budget, a round of calls must begin with the model's own thinking. That is not so if the provider changed within the
 * round.
 */
function beginsWithoutThinking(messages: readonly MessageParam[]): boolean {
  let first: MessageParam | undefined;
  for (let at = messages.length - 1; at > 0; at -= 2) {
    const [answer, results] = [messages[at - 1], messages[at]];
    if (!getBlocks(results).some((block) => block.type === 'tool_result')) break;
    first = answer;
  }
  const head = getBlocks(first)[0]?.type;
  return first !== undefined && head !== 'thinking' && head !== 'redacted_thinking';
}

function getBlocks(message: MessageParam | undefined): readonly ContentBlockParam[] {
  return typeof message?.content === 'string' || message === undefined ? [] : message.content;
}

/** Marks the end of the stable beginning, and the end before it, where the previous request set its mark. */
function withCacheMarks(messages: readonly MessageParam[]): MessageParam[] {
  const users = messages.flatMap((message, at) => (message.role === 'user' ? [at] : [])).slice(-CACHED_USER_MESSAGES);
  return messages.map((message, at): MessageParam => {
    if (!users.includes(at)) return message;
    const blocks = getBlocks(message);
    return { role: 'user', content: blocks.map((block, place) => (place === blocks.length - 1 ? marked(block) : block)) };
  });
}

/** Only the last block of a user message can carry a mark. */
function marked(block: ContentBlockParam): ContentBlockParam {
  switch (block.type) {
    case 'text':
    case 'image':
    case 'document':
    case 'tool_result':
      return { ...block, ...CACHED };
    default:
      return block;
  }
}

function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
