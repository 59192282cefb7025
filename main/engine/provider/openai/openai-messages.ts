/** Maps the model's history to a chat completions request. Pure: equal history gives equal bytes, so that prompt caches hit. */
import type {
  ChatCompletionContentPart,
  ChatCompletionContentPartText,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { pairCalls } from '../call-pairs.ts';
import { dataUrl, fileName, isTaken, leftOutText, type Modalities } from '../media.ts';
import type { MediaPart, ModelMessage, ModelToolResult, Signer, ToolSchema } from '../provider.ts';
import { signatureFor } from '../signatures.ts';
import { readReasoningDetails } from './reasoning-details.ts';
import { defined } from '../../../../preload/contract/index.ts';

export interface ChatHistoryOptions {
  /** The endpoint needs its own reasoning back with the calls that followed it. */
  readonly returnsThinking: boolean;
  readonly takes: Modalities;
  readonly signer: Signer;
  readonly results?: ResultShape;
}

/** The form of tool results. Source: docs/formats.md 1.4. */
export interface ResultShape {
  /** `false`: media is inside the result itself, which strict servers refuse. */
  readonly splitsMedia?: boolean | undefined;
  /** A list with one text instead of the text. */
  readonly asParts?: boolean | undefined;
}

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

type MapOnce = (message: ModelMessage, map: () => readonly ChatCompletionMessageParam[]) => readonly ChatCompletionMessageParam[];

/** A call without a result gets one that says so, and a result without its call is omitted: the API would refuse either. */
export function toOpenAiMessages(
  system: string,
  messages: readonly ModelMessage[],
  options: ChatHistoryOptions,
  mapOnce: MapOnce = (_message, map) => map(),
): ChatCompletionMessageParam[] {
  const mapped: ChatCompletionMessageParam[] = system === '' ? [] : [{ role: 'system', content: system }];
  for (const message of pairCalls(messages)) mapped.push(...mapOnce(message, () => toMessages(message, options)));
  return mapped;
}

function toMessages(message: ModelMessage, options: ChatHistoryOptions): readonly ChatCompletionMessageParam[] {
  if (message.role === 'user') return [{ role: 'user', content: userContent(message.text, message.media ?? [], options.takes) }];
  return message.role === 'assistant' ? [assistantMessage(message, options)] : toolMessages(message.results, options);
}

export function toOpenAiTools(tools: readonly ToolSchema[]): ChatCompletionFunctionTool[] {
  return tools.map((tool) => ({
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: tool.parameters },
  }));
}

function userContent(text: string, media: readonly MediaPart[], takes: Modalities): string | ChatCompletionContentPart[] {
  if (media.length === 0) return text;
  const left = media.filter((part) => !isTaken(part, takes)).map(leftOutText);
  const whole = [text, ...left].filter((part) => part !== '').join('\n');
  const taken = media.filter((part) => isTaken(part, takes));
  if (taken.length === 0) return whole;
  return [...(whole === '' ? [] : [{ type: 'text' as const, text: whole }]), ...taken.map(mediaPart)];
}

function mediaPart(part: MediaPart): ChatCompletionContentPart {
  return part.mimeType === 'application/pdf'
    ? { type: 'file', file: { filename: fileName(part), file_data: dataUrl(part) } }
    : { type: 'image_url', image_url: { url: dataUrl(part) } };
}

/**
 * A result is text here: media that a tool has read follows the results as a separate message, unless the settings put it inside.
 */
function toolMessages(
  results: readonly ModelToolResult[],
  { takes, results: shape = {} }: ChatHistoryOptions,
): ChatCompletionMessageParam[] {
  const later: MediaPart[] = [];
  const resultMessages = results.map((result): ChatCompletionMessageParam => {
    const media = result.media ?? [];
    const taken = media.filter((part) => isTaken(part, takes));
    const inside = shape.splitsMedia === false ? taken : [];
    if (inside.length === 0) later.push(...taken);
    const left = media.filter((part) => !isTaken(part, takes)).map(leftOutText);
    const text = [result.text, ...left].filter((part) => part !== '').join('\n');
    return { role: 'tool', tool_call_id: result.callId, content: resultContent(text, inside, shape) };
  });
  if (later.length === 0) return resultMessages;
  return [...resultMessages, { role: 'user', content: userContent('This is what the tool read:', later, takes) }];
}

function resultContent(text: string, media: readonly MediaPart[], { asParts }: ResultShape): string | ChatCompletionContentPartText[] {
  if (media.length === 0 && asParts !== true) return text;
  const parts = [...(text === '' && media.length > 0 ? [] : [{ type: 'text' as const, text }]), ...media.map(mediaPart)];
  return parts as ChatCompletionContentPartText[]; // OpenAI's types allow no media here; some servers need it
}

function assistantMessage(message: AssistantMessage, options: ChatHistoryOptions): ChatCompletionMessageParam {
  const calls = message.toolCalls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  }));
  const details = readReasoningDetails(signatureFor(message.thinkingSignature, options.signer));
  return {
    role: 'assistant',
    content: message.text,
    ...(options.returnsThinking && message.thinking !== '' && details === undefined ? { reasoning_content: message.thinking } : {}),
    ...defined({ reasoning_details: details }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** These servers refuse unknown fields. */
const STRICT_HOSTS = /(?:^|\.)(?:openai\.com|openai\.azure\.com|groq\.com|mistral\.ai|cerebras\.ai)$/;
const THINKING_MODELS = /deepseek|kimi|glm|minimax|qwen|mimo/;

/** Whether reasoning is sent back with the history. Models that think between tool calls answer worse, or refuse, without it. */
export function returnsThinking(host: string, modelId: string): boolean {
  return THINKING_MODELS.test(modelId.toLowerCase()) && !STRICT_HOSTS.test(host);
}
